"""The control table of CommandeServicesAccesDonnees (GUI 0531 §3.1; order assumed).

One service that isn't admissible refuses the whole order (GUI 0531 §1.3).
"""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees import ASKER_RULES, CONSENT_RULES, END_RULES
from sge_sim.services.acces_donnees_offre import OFFER_RULES, types_connus
from sge_sim.services.acces_donnees_point import POINT_RULES
from sge_sim.services.commande_services_acces_donnees.demande import DemandeServicesAcces


@rule(
    "SGT570",
    source="GUI 0531 v1.1.0 : un service par type ; code supposé",
    provenance="assumed",
    remede="un seul serviceSouscrit par typeDonnees",
)
def un_service_par_type(demande: DemandeServicesAcces) -> bool:
    """Each type is asked for once."""
    return len(set(demande.types_donnees)) == len(demande.types_donnees)


@rule(
    "SGT570",
    source="GUI 0531 v1.1.0, exemple p. 41 ; une fin plus lointaine aussi : supposé",
    provenance="documented",
    remede="CommandeRenouvellementServicesAccesDonnees pour une fin plus lointaine, "
    "CommandeModificationOptionsServicesAccesDonnees pour d'autres options",
)
def services_pas_deja_actifs(demande: DemandeServicesAcces) -> bool:
    """The actor has none of the services already; another service renews them or changes them."""
    return not any(one.among(demande.services, demande.contrat_id) for one in demande.asked)


RULES: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    types_connus,
    *CONSENT_RULES,
    *END_RULES,
    *POINT_RULES,
    *OFFER_RULES,
    un_service_par_type,
    services_pas_deja_actifs,
)
