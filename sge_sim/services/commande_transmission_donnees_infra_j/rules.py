"""The control table of CommandeTransmissionDonneesInfraJ (GUI 0481 v1.2.0; order assumed)."""

from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES, GRANDS_PRODUCTEURS, PRODUCTEURS
from sge_sim.refus import Control, rule
from sge_sim.services.acces import CONTRACT_RULES
from sge_sim.services.commande_transmission_donnees_infra_j.demande import DemandeTransmissionInfraJ
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import (
    POINT_SGT402,
    demandeur_habilite,
    fourniture_definitive,
    hors_regroupement_turpe,
    point_alimente,
)

_GUIDE = "GUI 0481 v1.2.0"


@rule(
    "SGT402",
    source=f"{_GUIDE} §2 ; code supposé",
    provenance="assumed",
    remede="objetCode AME, civilité M ou Mme, et l'un au moins de cdc, idx et ptd à true",
)
def conditions_d_utilisation_respectees(demande: DemandeTransmissionInfraJ) -> bool:
    """The object is AME, civilities are known, and some data are asked for."""
    asked = demande.infra_j
    some = asked.cdc or asked.idx or asked.ptd
    return demande.objet_code == "AME" and demande.civilites_connues and some


@rule(
    "SGT585",
    source="AX.0466 v1.5.0",
    provenance="documented",
    remede="soutirage ou injection à true",
)
def sens_demande(demande: DemandeTransmissionInfraJ) -> bool:
    """A direction is asked for."""
    return demande.infra_j.soutirage or demande.infra_j.injection


@rule(
    "SGT566",
    source="OFF F375A-NR1",
    provenance="documented",
    remede="une déclaration où accordClient est à true pour chaque sens demandé",
)
def accord_donne(demande: DemandeTransmissionInfraJ) -> bool:
    """The client agrees for each direction asked for."""
    asked = demande.infra_j
    return (not asked.soutirage or any(accord.soutirage for accord in demande.accords)) and (
        not asked.injection or any(accord.injection for accord in demande.accords)
    )


@rule(
    "SGT4N8", source=f"{_GUIDE} §1", provenance="documented", remede="un point C1 à C4 ou P1 à P3"
)
def segment_admis(demande: DemandeTransmissionInfraJ) -> bool:
    """The point is of more than 36 kVA."""
    return demande.known_point.grand


@rule(
    "SGT4M6",
    source="V26.2, tableau des états",
    provenance="documented",
    remede="un point en service, en cours de résiliation compris",
)
def etat_contractuel_admis(demande: DemandeTransmissionInfraJ) -> bool:
    """The point is in service; a producer's that isn't any more is tolerated for now."""
    point = demande.known_point
    if point.segment in GRANDS_PRODUCTEURS:
        return point.etat_contractuel not in ("ECRAC", "INACCE")
    return point.en_service


@rule(
    "SGT466",
    source="AX.0466 v1.5.0 ; déclencheur supposé",
    provenance="assumed",
    remede="injection seule sur un point de production",
)
def soutirage_d_un_consommateur(demande: DemandeTransmissionInfraJ) -> bool:
    """What a producer's point consumes isn't transmitted."""
    return not (demande.infra_j.soutirage and demande.known_point.segment in PRODUCTEURS)


@rule(
    "SGT476",
    source=f"{_GUIDE} §1 ; ptd en injection, injection sans contrat : supposé",
    provenance="documented",
    remede="un compteur ICE, PME-PMI ou SAPHIR ; ptd en soutirage seulement ; injection sur un "
    "point qui injecte",
)
def compteur_compatible(demande: DemandeTransmissionInfraJ) -> bool:
    """The meter is of a kind that can, and measures what is asked for."""
    point, asked = demande.known_point, demande.infra_j
    return (
        point.type_comptage in COMPTEURS_TELERELEVES
        and (asked.soutirage or not asked.ptd)
        and (not asked.injection or point.contrat_injection or not point.en_service)
    )


@rule(
    "SGT4O1",
    source=f"{_GUIDE} §1",
    provenance="documented",
    remede="un point relevé par un boîtier IP",
)
def media_ip(demande: DemandeTransmissionInfraJ) -> bool:
    """The meter is read through an IP box."""
    return demande.known_point.media_releve == "IP"


@rule(
    "SGT584",
    source="AX.0466 v1.5.0 ; ce qui est comparé : supposé",
    provenance="documented",
    remede="attendre 30 minutes (sge-sim clock advance 30min), ou demander autre chose",
)
def sans_demande_identique_recente(demande: DemandeTransmissionInfraJ) -> bool:
    """The same demand isn't in progress: same point, contract, directions and data."""
    return not demande.en_cours


RULES: tuple[Control[DemandeTransmissionInfraJ], ...] = (
    *ecart_rules("CommandeTransmissionDonneesInfraJ", "1.0"),
    demandeur_habilite,
    *CONTRACT_RULES,
    conditions_d_utilisation_respectees,
    POINT_SGT402,
    sens_demande,
    accord_donne,
    segment_admis,
    hors_regroupement_turpe,
    etat_contractuel_admis,
    soutirage_d_un_consommateur,
    fourniture_definitive,
    point_alimente,
    compteur_compatible,
    media_ip,
    sans_demande_identique_recente,
)
