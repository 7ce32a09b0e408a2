"""MFA: reads the demand, checks the rules, opens the case."""

from sge_sim.services.commande_historique_donnees_mesures_facturantes.answer import case_opened
from sge_sim.services.commande_historique_donnees_mesures_facturantes.demande import FLUX
from sge_sim.services.commande_historique_donnees_mesures_facturantes.rules import RULES
from sge_sim.services.m023_reading import declare_m023, read_historiques, take_demand
from sge_sim.services.service import Appel
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = read_historiques(FLUX, appel.body["demande"])
    return Answer(case_opened(take_demand(appel, SERVICE, asked)))


SERVICE = declare_m023(
    "CommandeHistoriqueDonneesMesuresFacturantes",
    codes=("SGT4K1", "SGT4K4", "SGT4L8"),
    faultstring="Erreur Technique  MFA",
    flux=(FLUX,),
    rules=RULES,
    handle=handle,
)
