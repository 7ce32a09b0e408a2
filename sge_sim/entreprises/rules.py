"""The rules of the interfaces of companies, each with the body of its family (`regles.yaml`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sge_sim.dataconnect.rest_rules import RestRule, read_rules
from sge_sim.dataconnect.rules_mesures import DemandeMesure, controls_of
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.refus import Control

SERVICE: Final = "Entreprises"
"""What completes the names of these rules."""
RULES_BY_FAMILY: Final = read_rules(Path(__file__).with_name("regles.yaml"), SERVICE)
"""The rules by the family of their bodies, then by name."""

GATEWAY: Final = RULES_BY_FAMILY["passerelle"]
MESURES: Final = RULES_BY_FAMILY["mesures"]
CONTRATS: Final = RULES_BY_FAMILY["contrats"]
ORDRES: Final = RULES_BY_FAMILY["ordres"]
DEMANDES: Final = RULES_BY_FAMILY["demandes"]
INFRA_J: Final = RULES_BY_FAMILY["infra_j"]


@dataclass(frozen=True)
class Famille:
    """Why the interfaces of one family refuse what can't be read, fail, and refuse a `siren`, a
    point that isn't held, one that isn't known; orders look at points later."""

    texte: RestRule
    panne: RestRule
    siren: RestRule
    titulaire: RestRule
    inconnu: RestRule


def _famille(nom: str, *rules: str) -> Famille:
    last = len(rules) - 1
    return Famille(*(RULES_BY_FAMILY[nom][rules[min(rang, last)]] for rang in range(5)))


DE_MESURES: Final = _famille(
    "mesures",
    *("texte_lisible", "probleme_technique"),
    *("siren_du_compte", "titulaire_du_point", "point_connu"),
)
DE_CONTRATS: Final = _famille(
    "contrats",
    *("requete_lisible", "erreur_technique"),
    *("siren_d_un_compte", "point_tenu", "point_existant"),
)
D_ORDRES: Final = _famille("ordres", "requete_json", "panne_muette", "siren_de_l_ordre")
_SIREN: Final = "siren_de_demande"
DE_DEMANDES: Final = _famille("demandes", "requete_de_demande", "erreur_de_demande", _SIREN)
D_INFRA_J: Final = _famille("infra_j", "requete_conforme", "erreur_du_jour", "siren_connu")


@dataclass(frozen=True)
class DemandeTitulaire(DemandeMesure):
    """What a holder asks, whose account has the measure services `ouverts`, of one `type`."""

    type: TypeServiceAcces
    ouverts: frozenset[TypeServiceAcces]


def service_ouvert(demande: DemandeTitulaire) -> bool:
    """The account has opened the service of this type of measures."""
    return demande.type in demande.ouverts


def point_communicant(demande: DemandeTitulaire) -> bool:
    """The point is supplied, and its meter communicates: a small one is open to services, a large
    one always communicates (assumed)."""
    point = demande.point
    return point.alimente and (point.grand or point.ouvert_aux_mesures)


CONTROLS: Final[Sequence[Control[DemandeTitulaire]]] = (
    MESURES["service_ouvert"].held_by(service_ouvert),
    MESURES["point_communicant"].held_by(point_communicant),
    *controls_of(
        fin_future=MESURES["fin_passee"],
        sept_jours=MESURES["sept_jours"],
        profondeur=MESURES["profondeur"],
        sens=MESURES["sens_du_contrat"],
        opposition=MESURES["courbe_enregistree"],
        sans_mesure=MESURES["mesure_trouvee"],
        mise_en_service=MESURES["apres_mise_en_service"],
    ),
)
"""What is checked of a point that is held, in this order (assumed): the service, the state of the
point, the period."""
