"""The control table of CommanderAccesDonneesMesures (GUI 0498 v1.1.0; order assumed)."""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees import ASKER_RULES, CONSENT_RULES, END_RULES
from sge_sim.services.acces_donnees_offre import type_offert_au_segment, types_connus
from sge_sim.services.acces_donnees_point import POINT_RULES
from sge_sim.services.commander_acces_donnees_mesures.demande import DemandeAccesMesures
from sge_sim.services.ecarts import ecart_rules

_GUIDE = "GUI 0498 v1.1.0"


@rule(
    "SGT463",
    source=f"{_GUIDE} ; code supposé",
    provenance="assumed",
    remede="objetCode AME",
)
def objet_ame(demande: DemandeAccesMesures) -> bool:
    """The object of the demand is AME."""
    return demande.objet_code == "AME"


@rule(
    "SGT463",
    source=f"{_GUIDE} : GRD-F ou GRD-T, facultatif ; code supposé",
    provenance="assumed",
    remede="contratType GRD-F ou GRD-T, ou l'omettre",
)
def type_de_contrat_connu(demande: DemandeAccesMesures) -> bool:
    """The type of the contract, where it is told, is one of the guide's."""
    return demande.contrat_type in (None, "GRD-F", "GRD-T")


@rule(
    "SGT583",
    source=f"{_GUIDE}, exemple de refus",
    provenance="documented",
    remede="un seul de soutirage et injection à true",
)
def un_seul_sens(demande: DemandeAccesMesures) -> bool:
    """Exactly one direction is asked for."""
    return demande.soutirage != demande.injection


@rule(
    "SGT4H1",
    source=f"{_GUIDE} : dateDebut à la date du jour, au renouvellement aussi",
    provenance="documented",
    remede="dateDebut à la date du jour (celle de l'horloge simulée)",
)
def debut_aujourd_hui(demande: DemandeAccesMesures) -> bool:
    """The service starts today, and so does its renewal."""
    return demande.date_debut == demande.jour


@rule(
    "SGT4H8",
    source=f"{_GUIDE} §1 : pas sur un P4 ; code, et surplus d'un C5 mesuré comme un P4 : supposés",
    provenance="assumed",
    remede="PMAX en soutirage, ou un autre type ; CommandeServicesAccesDonnees la donne en "
    "injection",
)
def puissances_en_soutirage(demande: DemandeAccesMesures) -> bool:
    """Maximum powers are those of what a C5 or the C5 side of a point with surplus draws."""
    return "PMAX" not in demande.types or demande.sens == "SOUTIRAGE"


@rule(
    "SGT570",
    source=f"{_GUIDE} ; prolongation : V26.2 p. 39",
    provenance="documented",
    remede="une dateFin plus lointaine, qui prolonge le service",
)
def service_pas_deja_actif(demande: DemandeAccesMesures) -> bool:
    """The same service isn't active over all the period; a later end prolongs it."""
    known = demande.identical
    if known is None:
        return True
    later = demande.date_fin is None or (
        known.date_fin is not None and demande.date_fin > known.date_fin
    )
    return known.date_fin is not None and later


RULES: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    objet_ame,
    type_de_contrat_connu,
    types_connus,
    un_seul_sens,
    *CONSENT_RULES,
    debut_aujourd_hui,
    *END_RULES,
    *ecart_rules("CommanderAccesDonneesMesures", "1.0"),
    *POINT_RULES,
    type_offert_au_segment,
    puissances_en_soutirage,
    service_pas_deja_actif,
)
