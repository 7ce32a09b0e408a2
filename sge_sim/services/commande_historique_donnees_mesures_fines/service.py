"""MFI: reads the demand, checks the rules, opens the case."""

from sge_sim.services.commande_historique_donnees_mesures_fines.answer import case_opened
from sge_sim.services.commande_historique_donnees_mesures_fines.demande import FLUX_FINS
from sge_sim.services.commande_historique_donnees_mesures_fines.rules import RULES
from sge_sim.services.m023_reading import declare_m023, read_historiques, take_demand
from sge_sim.services.service import Appel
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = appel.body["demande"]
    historiques = read_historiques(FLUX_FINS[asked["mesuresTypeCode"]], asked)
    return Answer(case_opened(take_demand(appel, SERVICE, historiques)))


SERVICE = declare_m023(
    "CommandeHistoriqueDonneesMesuresFines",
    codes=("SGT4K1", "SGT4K4", "SGT4L8"),
    faultstring="Erreur Technique MFI",
    mesures=tuple(FLUX_FINS),
    flux=tuple(FLUX_FINS.values()),
    rules=RULES,
    handle=handle,
)
