"""What access services may be ordered on a point, cover and publish.

The point: homologation slides V26.2; the offer: the table of GUI 0531 §2.1, as rules.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sge_sim.domaine.nomenclatures import GRANDS_PRODUCTEURS, TypeServiceAcces
from sge_sim.refus import rule
from sge_sim.services.acces_donnees.demande import TYPES_DONNEES, DemandeOffre, DemandeOuverture
from sge_sim.services.ordres import fourniture_definitive, hors_regroupement_turpe

_ETATS = "V26.2, tableau des états"


@rule(
    "SGT4M6",
    source=f"{_ETATS} ; code de la commande précédente",
    provenance="documented",
    remede="un point en service ; en cours de résiliation convient à un grand point",
)
def etat_contractuel_admis(demande: DemandeOuverture) -> bool:
    """The point is in service; being terminated suits a large one, not a C5 or a P4.

    An unproductive point is admitted of P1 to P3 alone, for the time being.
    """
    point = demande.known_point
    if point.etat_contractuel == "IMPRO":
        return point.segment in GRANDS_PRODUCTEURS
    return point.etat_contractuel == "SERVC" or (point.grand and point.en_service)


@rule(
    "SGT4H9",
    source="GUI 0531 v1.1.0 §2.1",
    provenance="documented",
    remede="un point C5 ou P4 de niveau d'ouverture aux services 2",
)
def niveau_2(demande: DemandeOuverture) -> bool:
    """A C5 or P4 is opened to services of level 2: below, nothing is offered."""
    point = demande.known_point
    return not point.petit or point.ouvert_aux_mesures


@rule(
    "SGT587",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="INJECTION, ou un point qui a un contrat en soutirage",
)
def contrat_en_soutirage(demande: DemandeOuverture) -> bool:
    """The client has a contract in soutirage where that direction is asked for."""
    return demande.sens != "SOUTIRAGE" or demande.known_point.contrat_soutirage


@rule(
    "SGT588",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="SOUTIRAGE, ou un point qui a un contrat en injection",
)
def contrat_en_injection(demande: DemandeOuverture) -> bool:
    """The client has a contract in injection where that direction is asked for."""
    return demande.sens != "INJECTION" or demande.known_point.contrat_injection


@rule(
    "SGT450",
    source="V26.2 (C5) : prestation en cours sur le point ; code de la commande précédente",
    provenance="assumed",
    remede="un point sans mise en service, changement de fournisseur ou de tarif en cours",
)
def sans_operation_en_cours(demande: DemandeOuverture) -> bool:
    """No contractual operation is being worked out on a C5 or P4."""
    point = demande.known_point
    return not point.petit or point.operation_en_cours is None


@rule(
    "SGT4H7",
    source="AX.0466 v1.5.0 ; V26.2",
    provenance="documented",
    remede="un autre type que CDC, ou un point dont le client ne s'oppose pas (sge-sim points set "
    "--opposition non)",
)
def courbe_sans_opposition(demande: DemandeOuverture) -> bool:
    """The client of a C5 doesn't oppose the recording of the curve that is asked for."""
    point = demande.known_point
    return "COURBE" not in demande.types or not (point.petit and point.opposition_courbe)


@rule(
    "SGT589",
    source="V26.2 (C5) ; AX.0466 v1.5.0",
    provenance="documented",
    remede="un point dont le compteur est téléopérable",
)
def compteur_teleoperable(demande: DemandeOuverture) -> bool:
    """The meter of a C5 or P4 can be operated from afar at present."""
    point = demande.known_point
    return not point.petit or point.teleoperable


POINT_RULES: Final = (
    etat_contractuel_admis,
    fourniture_definitive,
    hors_regroupement_turpe,
    niveau_2,
    contrat_en_soutirage,
    contrat_en_injection,
    sans_operation_en_cours,
    courbe_sans_opposition,
    compteur_teleoperable,
)


_GUIDE = "GUI 0531 v1.1.0 §2.1"
_BRUTES = {"P1D": (False,), "P1M": (False,)}
_SANS_NATURE = {"P1D": (None,), "P1M": (None,)}

Offre = Mapping[TypeServiceAcces, Mapping[str, Sequence[bool | None]]]

PETITS_PUBLIENT: Final[Offre] = MappingProxyType(
    {"COURBE": _BRUTES, "ENERGIE": {}, "PMAX": _SANS_NATURE, "INDEX": _SANS_NATURE}
)
"""What C5 and P4 of level 2 may publish: by type and frequency, whether corrected."""

GRANDS_PUBLIENT: Final[Offre] = MappingProxyType(
    {
        "COURBE": {"P1D": (False,), "P7D": (False, True), "P1M": (False, True)},
        "ENERGIE": {},
        "INDEX": {"P1D": (None,)},
    }
)
"""What C1 to C4 and P1 to P3 may publish; no service covers their maximum powers."""


FLUX_PUBLIES: Final = ("R63A", "R63B", "R64A", "R64B", "R66B")
"""The files of these publications."""


@rule(
    "SGT4Q1",
    source="observé sur CommanderAccesDonneesMesures (client lowatt-enedis) : COURBE, INDEX",
    provenance="observed",
    remede="CDC, IDX, PMAX ou ENERGIE",
    indispensable=True,
)
def types_connus(demande: DemandeOuverture) -> bool:
    """The types of data are CDC, IDX, PMAX and ENERGIE, which the contract lets be any text."""
    return all(type_ in TYPES_DONNEES for type_ in demande.types_donnees)


@rule(
    "SGT4H8",
    source=f"{_GUIDE} ; code supposé",
    provenance="assumed",
    remede="CDC, IDX ou ENERGIE, ou un point C5 ou P4",
)
def type_offert_au_segment(demande: DemandeOffre) -> bool:
    """Access is offered to the type on the segment: to maximum powers on C5 and P4 alone."""
    return all(type_ in _offered(demande) for type_ in demande.types)


@rule(
    "SGT562",
    source=f"{_GUIDE} : obligatoire pour la courbe ; code supposé",
    provenance="assumed",
    remede="mesuresCorrigees dans chaque option de CDC",
)
def nature_donnee(demande: DemandeOffre) -> bool:
    """A publication of the curve says whether it is corrected."""
    return not any(option.of_curve and option.corrigees is None for option in demande.options)


@rule(
    "SGT4H2",
    source=f"{_GUIDE} ; code : AX.0466 v1.5.0",
    provenance="documented",
    remede="mesuresCorrigees à false",
)
def brutes_sur_c5(demande: DemandeOffre) -> bool:
    """The curve of a C5 or P4 is raw."""
    return not demande.petit or not any(option.publie.corrigees for option in demande.options)


@rule(
    "SGT564",
    source=f"{_GUIDE} ; code : AX.0466 v1.5.0",
    provenance="documented",
    remede="mesuresCorrigees à false, ou une fréquence P7D ou P1M",
)
def corrigees_pas_chaque_jour(demande: DemandeOffre) -> bool:
    """A corrected curve isn't published daily."""
    return not any(
        option.publie.corrigees and option.periodicite == "P1D" for option in demande.options
    )


@rule(
    "SGT4H5",
    source=f"{_GUIDE} ; code : exemple du guide, §6",
    provenance="documented",
    remede="P1D ou P1M sur un C5 ou P4 (rien pour ENERGIE) ; P1D, P7D ou P1M pour la courbe d'un "
    "grand point, P1D pour ses index",
)
def frequence_offerte(demande: DemandeOffre) -> bool:
    """The type is published at that frequency on the segment; energies never are."""
    offered = _offered(demande)
    return all(
        option.publie.corrigees in offered.get(option.acces_type, {}).get(option.periodicite, ())
        for option in demande.options
    )


@rule(
    "SGT4H5",
    source="GUI 0531 v1.1.0 p. 16 ; code supposé",
    provenance="assumed",
    remede="une seule option par service sur un C5 ou P4",
)
def une_option_sur_c5(demande: DemandeOffre) -> bool:
    """A service on a C5 or P4 publishes once at most."""
    return not demande.petit or all(len(publie) <= 1 for publie in demande.publies)


@rule(
    "SGT4H5",
    source="GUI 0531 v1.1.0 §1.4 ; code supposé",
    provenance="assumed",
    remede="une seule option par nature, brute ou corrigée",
)
def une_option_par_nature(demande: DemandeOffre) -> bool:
    """A service doesn't publish the same measures twice: once raw, once corrected at most."""
    return all(
        len({each.corrigees for each in publie}) == len(publie) for publie in demande.publies
    )


def _offered(demande: DemandeOffre) -> Offre:
    return PETITS_PUBLIENT if demande.petit else GRANDS_PUBLIENT


OFFER_RULES: Final = (
    type_offert_au_segment,
    nature_donnee,
    brutes_sur_c5,
    corrigees_pas_chaque_jour,
    frequence_offerte,
    une_option_sur_c5,
    une_option_par_nature,
)
