"""The control table of CommandeRenouvellementServicesAccesDonnees (GUI 0531 §3.3).

Its order is assumed.
"""

from typing import Any

from sge_sim.refus import Control, rule
from sge_sim.services.acces_donnees import ASKER_RULES, CONSENT_RULES, END_RULES
from sge_sim.services.acces_donnees_designes import (
    OWNED_RULES,
    services_connus,
    services_d_acces,
)
from sge_sim.services.commande_renouvellement_services_acces_donnees.demande import (
    DemandeRenouvellement,
)


@rule(
    "SGT569",
    source="GUI 0531 v1.1.0 §3.3 ; code supposé",
    provenance="assumed",
    remede="une dateFin strictement postérieure à celle de chaque service ; un service sans fin ne "
    "se renouvelle pas",
)
def fin_repoussee(demande: DemandeRenouvellement) -> bool:
    """Each service ends strictly later than it did."""
    return all(
        one.date_fin is not None and (demande.date_fin is None or demande.date_fin > one.date_fin)
        for one in demande.connus
    )


RULES: tuple[Control[Any], ...] = (
    *ASKER_RULES,
    *CONSENT_RULES,
    services_connus,
    services_d_acces,
    *OWNED_RULES,
    *END_RULES,
    fin_repoussee,
)
