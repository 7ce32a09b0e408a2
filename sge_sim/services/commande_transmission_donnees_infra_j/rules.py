"""The control table of CommandeTransmissionDonneesInfraJ (GUI 0481; order assumed)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.demandes import InfraJ
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES, GRANDS_PRODUCTEURS
from sge_sim.services.acces import CONTRACT_RULES
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import (
    Ordre,
    demandeur_sans_droit,
    fourniture_provisoire,
    point_inconnu,
    regroupement_turpe,
)
from sge_sim.services.rule import Rule, rule

_GUIDE = "GUI 0481 v1.2.0"


@dataclass(frozen=True)
class Demande(Ordre):
    """An infra-daily demand, as its rules look at it.

    `accords` are the declarations in which the client agrees. `en_cours` tells whether the same
    demand is less than 30 minutes old. `ecart` is what the platform being played answers
    instead.
    """

    ecart: Ecart | None
    objet_code: str
    civilites_connues: bool
    accords: Sequence[Declaration]
    infra_j: InfraJ
    en_cours: bool


@rule(
    "SGT402",
    source=f"{_GUIDE} §2 ; code supposé",
    provenance="assumed",
    remede="objetCode AME, civilité M ou Mme, et l'un au moins de cdc, idx et ptd à true",
)
def conditions_d_utilisation(demande: Demande) -> bool:
    """The object is AME, civilities are known, and some data are asked for."""
    asked = demande.infra_j
    some = asked.cdc or asked.idx or asked.ptd
    return demande.objet_code != "AME" or not demande.civilites_connues or not some


@rule(
    "SGT585",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="soutirage ou injection à true",
)
def sens_absent(demande: Demande) -> bool:
    """A direction is asked for."""
    return not (demande.infra_j.soutirage or demande.infra_j.injection)


@rule(
    "SGT566",
    source="OFF F375A-NR1",
    provenance="documented",
    remede="une déclaration où accordClient est à true pour chaque sens demandé",
)
def accord_absent(demande: Demande) -> bool:
    """The client agrees for each direction asked for."""
    asked = demande.infra_j
    return (asked.soutirage and not any(one.soutirage for one in demande.accords)) or (
        asked.injection and not any(one.injection for one in demande.accords)
    )


@rule(
    "SGT4N8",
    source=f"{_GUIDE} §1",
    provenance="documented",
    remede="un point C1 à C4 ou P1 à P3",
)
def segment_refuse(demande: Demande) -> bool:
    """The point is of more than 36 kVA."""
    return not demande.known_point.grand


@rule(
    "SGT4M6",
    source="V26.2, tableau des états",
    provenance="documented",
    remede="un point en service, en cours de résiliation compris",
)
def etat_contractuel_refuse(demande: Demande) -> bool:
    """The point is in service; a producer's that isn't any more is tolerated for now."""
    point = demande.known_point
    if point.segment in GRANDS_PRODUCTEURS:
        return point.etat_contractuel in ("ECRAC", "INACCE")
    return not point.en_service


@rule(
    "SGT466",
    source="AX.0466 v1.5.0 ; déclencheur supposé",
    provenance="assumed",
    remede="injection seule sur un point de production",
)
def contrat_producteur(demande: Demande) -> bool:
    """What a producer's point consumes isn't transmitted."""
    return demande.infra_j.soutirage and demande.known_point.segment.startswith("P")


@rule(
    "SGT4B2",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="un point alimenté ou limité",
)
def point_coupe(demande: Demande) -> bool:
    """The point is supplied; a limited supply is one."""
    point = demande.known_point
    return not point.alimente and point.en_service


@rule(
    "SGT476",
    source=f"{_GUIDE} §1 ; ptd en injection, injection sans contrat : supposé",
    provenance="documented",
    remede="un compteur ICE, PME-PMI ou SAPHIR ; ptd en soutirage seulement ; injection sur un "
    "point qui injecte",
)
def compteur_incompatible(demande: Demande) -> bool:
    """The meter is of a kind that can, and measures what is asked for."""
    point, asked = demande.known_point, demande.infra_j
    return (
        point.type_comptage not in COMPTEURS_TELERELEVES
        or (asked.ptd and not asked.soutirage)
        or (asked.injection and not point.contrat_injection and point.en_service)
    )


@rule(
    "SGT4O1",
    source=f"{_GUIDE} §1",
    provenance="documented",
    remede="un point relevé par un boîtier IP",
)
def media_sans_ip(demande: Demande) -> bool:
    """The meter is read through an IP box."""
    return demande.known_point.media_releve != "IP"


@rule(
    "SGT584",
    source="AX.0466 v1.5.0 ; ce qui est comparé : supposé",
    provenance="documented",
    remede="attendre 30 minutes (sge-sim clock advance 30min), ou demander autre chose",
)
def demande_identique_recente(demande: Demande) -> bool:
    """The same demand isn't in progress: same point, contract, directions and data."""
    return demande.en_cours


RULES: tuple[Rule[Demande], ...] = (
    *ecart_rules("CommandeTransmissionDonneesInfraJ", "1.0"),
    demandeur_sans_droit,
    *CONTRACT_RULES,
    conditions_d_utilisation,
    point_inconnu,
    sens_absent,
    accord_absent,
    segment_refuse,
    regroupement_turpe,
    etat_contractuel_refuse,
    contrat_producteur,
    fourniture_provisoire,
    point_coupe,
    compteur_incompatible,
    media_sans_ip,
    demande_identique_recente,
)
