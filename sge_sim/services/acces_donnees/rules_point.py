"""What a point must be for access services to be ordered on it (homologation slides V26.2)."""

from collections.abc import Collection
from typing import Final, Protocol

from sge_sim.domaine.nomenclatures import GRANDS_PRODUCTEURS, Sens, TypeServiceAcces
from sge_sim.refus import rule
from sge_sim.services.ordres import fourniture_definitive, hors_regroupement_turpe
from sge_sim.tables.point_facts import PointFacts

_ETATS = "V26.2, tableau des états"


class SurUnPoint(Protocol):
    """What these rules look at: `types` are the types of data that access is ordered to."""

    @property
    def known_point(self) -> PointFacts: ...
    @property
    def sens(self) -> Sens: ...
    @property
    def types(self) -> Collection[TypeServiceAcces]: ...


@rule(
    "SGT4M6",
    source=f"{_ETATS} ; code de la commande précédente",
    provenance="documented",
    remede="un point en service ; en cours de résiliation convient à un grand point",
)
def etat_contractuel_admis(demande: SurUnPoint) -> bool:
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
def niveau_2(demande: SurUnPoint) -> bool:
    """A C5 or P4 is opened to services of level 2: below, nothing is offered."""
    point = demande.known_point
    return not point.petit or point.ouvert_aux_mesures


@rule(
    "SGT587",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="INJECTION, ou un point qui a un contrat en soutirage",
)
def contrat_en_soutirage(demande: SurUnPoint) -> bool:
    """The client has a contract in soutirage where that direction is asked for."""
    return demande.sens != "SOUTIRAGE" or demande.known_point.contrat_soutirage


@rule(
    "SGT588",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="SOUTIRAGE, ou un point qui a un contrat en injection",
)
def contrat_en_injection(demande: SurUnPoint) -> bool:
    """The client has a contract in injection where that direction is asked for."""
    return demande.sens != "INJECTION" or demande.known_point.contrat_injection


@rule(
    "SGT450",
    source="V26.2 (C5) : prestation en cours sur le point ; code de la commande précédente",
    provenance="assumed",
    remede="un point sans mise en service, changement de fournisseur ou de tarif en cours",
)
def sans_operation_en_cours(demande: SurUnPoint) -> bool:
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
def courbe_sans_opposition(demande: SurUnPoint) -> bool:
    """The client of a C5 doesn't oppose the recording of the curve that is asked for."""
    point = demande.known_point
    return "COURBE" not in demande.types or not (point.petit and point.opposition_courbe)


@rule(
    "SGT589",
    source="V26.2 (C5) ; AX.0466 v1.5.0",
    provenance="documented",
    remede="un point dont le compteur est téléopérable",
)
def compteur_teleoperable(demande: SurUnPoint) -> bool:
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
POINT_CODES: Final = tuple(one.code for one in POINT_RULES)
