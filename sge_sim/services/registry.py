"""Every simulated service: each published contract has one here."""

from sge_sim.services.commande_arret_service_souscrit_mesures import (
    service as commande_arret_service_souscrit_mesures,
)
from sge_sim.services.commande_collecte_publication_mesures import (
    service as commande_collecte_publication_mesures,
)
from sge_sim.services.commande_transmission_donnees_infra_j import (
    service as commande_transmission_donnees_infra_j,
)
from sge_sim.services.commande_transmission_historique_mesures import (
    service as commande_transmission_historique_mesures,
)
from sge_sim.services.consultation_donnees_techniques_contractuelles import (
    service as consultation_donnees_techniques_contractuelles,
)
from sge_sim.services.consultation_mesures import service as consultation_mesures
from sge_sim.services.consultation_mesures_detaillees import (
    service as consultation_mesures_detaillees,
)
from sge_sim.services.recherche_point import service as recherche_point
from sge_sim.services.recherche_services_souscrits_mesures import (
    service as recherche_services_souscrits_mesures,
)
from sge_sim.services.service import Service

SERVICES: tuple[Service, ...] = (
    recherche_point.SERVICE,
    consultation_donnees_techniques_contractuelles.SERVICE,
    consultation_mesures.SERVICE,
    consultation_mesures_detaillees.SERVICE_V2,
    consultation_mesures_detaillees.SERVICE_V3,
    commande_collecte_publication_mesures.SERVICE,
    recherche_services_souscrits_mesures.SERVICE,
    commande_arret_service_souscrit_mesures.SERVICE,
    commande_transmission_donnees_infra_j.SERVICE,
    commande_transmission_historique_mesures.SERVICE,
)
