"""ITC: reads the demand, holds the rules, opens the case."""

from sge_sim.services.commande_informations_techniques_et_contractuelles.answer import case_opened
from sge_sim.services.commande_informations_techniques_et_contractuelles.demande import FLUX
from sge_sim.services.commande_informations_techniques_et_contractuelles.rules import RULES
from sge_sim.services.m023 import CODES_M023, LIBELLES_M023, PAR_SECONDE
from sge_sim.services.m023_reading import VIDES, has_bare_faults, read_historiques, take_demand
from sge_sim.services.service import Appel, Service
from sge_sim.soap.operation import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = read_historiques("C68", appel.body["demande"])
    return Answer(case_opened(take_demand(appel, SERVICE, asked, FLUX)))


SERVICE = Service(
    nom="CommandeInformationsTechniquesEtContractuelles",
    version="1.0",
    paquet="Historique",
    codes=CODES_M023,
    libelles=LIBELLES_M023,
    par_seconde=PAR_SECONDE,
    depuis="23.4",
    faultstring="Erreur Technique  ITC",
    vides=VIDES,
    bare_faults=has_bare_faults,
    rules=RULES,
    handle=handle,
    writes=True,
)
