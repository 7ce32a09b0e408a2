"""The services whose rules are built; a published endpoint that isn't here answers SGT500."""

from sge_sim.services.consultation_donnees_techniques_contractuelles import (
    service as consultation_donnees_techniques_contractuelles,
)
from sge_sim.services.recherche_point import service as recherche_point
from sge_sim.services.service import Service

SERVICES: tuple[Service, ...] = (
    recherche_point.SERVICE,
    consultation_donnees_techniques_contractuelles.SERVICE,
)
