"""The control table of CommandeArretServiceSouscritMesures (GUI 0474 v1.3.0; order assumed)."""

from sge_sim.commandes.vie import reaches_meter
from sge_sim.refus import Control, rule
from sge_sim.services.acces import (
    contrat_connu,
    contrat_de_l_acteur,
    utilisateur_connu,
    utilisateur_de_l_acteur,
)
from sge_sim.services.commande_arret_service_souscrit_mesures.demande import DemandeArretMesures
from sge_sim.services.ecarts import ecart_rules
from sge_sim.services.ordres import sans_arret_en_cours, sans_opposition_en_cours

_GUIDE = "GUI 0474 v1.3.0"


@rule("SGT4O7", source="AX.0466 v1.5.0", provenance="documented", remede="objetCode ASS")
def objet_attendu(demande: DemandeArretMesures) -> bool:
    """The object of the demand is ASS."""
    return demande.objet_code == "ASS"


@rule(
    "SGT4O3",
    source=f"{_GUIDE} ; point inconnu : supposé",
    provenance="documented",
    remede="un serviceSouscritId que RechercheServicesSouscritsMesures donne sur ce point",
    indispensable=True,
)
def service_connu(demande: DemandeArretMesures) -> bool:
    """The service exists on that point."""
    return demande.souscrit is not None


@rule(
    "SGT4O2",
    source=_GUIDE,
    provenance="documented",
    remede="un service de l'acteur appelant ; une opposition, pour le fournisseur titulaire seul",
)
def service_de_l_appelant(demande: DemandeArretMesures) -> bool:
    """The service is the caller's; an opposition is lifted by the incumbent supplier."""
    service = demande.known
    if service.type == "OPPENR":
        return demande.known_point.fournisseur_titulaire == demande.acces.demandeur.code
    return service.acteur_code == demande.acces.demandeur.code


@rule(
    "SGT4O4",
    source="AX.0466 v1.5.0 ; DEMANDE : supposé",
    provenance="documented",
    remede="un service ACTIF",
)
def service_actif(demande: DemandeArretMesures) -> bool:
    """The service is active: neither waiting nor ended."""
    return demande.known.etat == "ACTIF"


@rule(
    "SGT589",
    source="AX.0466 v1.5.0 ; arrêts qui passent par le compteur : supposé",
    provenance="assumed",
    remede="un point dont le compteur est téléopérable",
)
def compteur_teleoperable(demande: DemandeArretMesures) -> bool:
    """The meter of a C5 or P4 is within reach, where it has to stop or resume recording."""
    point = demande.known_point
    return point.teleoperable or not reaches_meter(demande.known, point)


RULES: tuple[Control[DemandeArretMesures], ...] = (
    objet_attendu,
    utilisateur_connu,
    utilisateur_de_l_acteur,
    contrat_connu,
    contrat_de_l_acteur,
    *ecart_rules("CommandeArretServiceSouscritMesures", "1.0"),
    service_connu,
    service_de_l_appelant,
    sans_opposition_en_cours,
    sans_arret_en_cours,
    service_actif,
    compteur_teleoperable,
)

UNREACHABLE_CODES = {"SGT4L2": "Tout acteur connu de la plateforme est un fournisseur ou un tiers."}
