"""The control table of CommandeArretServicesAccesDonnees (GUI 0531 §3.4; order assumed).

It takes the services of the former orders and the opposition too: it succeeds to
CommandeArretServiceSouscritMesures (assumed).
"""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees import ASKER_RULES
from sge_sim.services.acces_donnees_designes import OWNED_RULES, services_connus
from sge_sim.services.commande_arret_services_acces_donnees.demande import DemandeArretAcces


@rule(
    "SGT589",
    source="AX.0466 v1.5.0, codes de l'arrêt ; arrêts qui passent par le compteur : supposé",
    provenance="assumed",
    remede="un point dont le compteur est téléopérable",
)
def compteur_a_portee(demande: DemandeArretAcces) -> bool:
    """The meter of a C5 or P4 is within reach, where it has to stop or resume recording."""
    return not demande.through_the_meter or demande.known_point.teleoperable


RULES: tuple[Control[Any], ...] = (*ASKER_RULES, services_connus, *OWNED_RULES, compteur_a_portee)
