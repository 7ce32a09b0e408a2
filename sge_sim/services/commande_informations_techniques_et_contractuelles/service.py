"""ITC: reads the demand, checks the rules, opens the case."""

from sge_sim.services.commande_informations_techniques_et_contractuelles.answer import case_opened
from sge_sim.services.commande_informations_techniques_et_contractuelles.demande import FLUX
from sge_sim.services.commande_informations_techniques_et_contractuelles.rules import RULES
from sge_sim.services.m023_reading import declare_m023, read_historiques, take_demand
from sge_sim.services.service import Appel
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = read_historiques(FLUX, appel.body["demande"])
    return Answer(case_opened(take_demand(appel, SERVICE, asked)))


SERVICE = declare_m023(
    "CommandeInformationsTechniquesEtContractuelles",
    faultstring="Erreur Technique  ITC",
    flux=(FLUX,),
    rules=RULES,
    handle=handle,
)
