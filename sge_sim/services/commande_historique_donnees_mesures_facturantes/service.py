"""MFA: reads the demand, holds the rules, opens the case."""

from sge_sim.services.commande_historique_donnees_mesures_facturantes.answer import case_opened
from sge_sim.services.commande_historique_donnees_mesures_facturantes.demande import FLUX
from sge_sim.services.commande_historique_donnees_mesures_facturantes.rules import RULES
from sge_sim.services.m023 import CODES_M023, LIBELLES_M023, PAR_SECONDE
from sge_sim.services.m023_reading import VIDES, has_bare_faults, read_historiques, take_demand
from sge_sim.services.service import Appel, Service
from sge_sim.soap.operation import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = read_historiques("R67", appel.body["demande"])
    return Answer(case_opened(take_demand(appel, SERVICE, asked, FLUX)))


SERVICE = Service(
    nom="CommandeHistoriqueDonneesMesuresFacturantes",
    version="1.0",
    paquet="Historique",
    codes=(*CODES_M023, "SGT4K1", "SGT4K4", "SGT4L8"),
    libelles=LIBELLES_M023,
    par_seconde=PAR_SECONDE,
    depuis="23.4",
    faultstring="Erreur Technique  MFA",
    vides=VIDES,
    bare_faults=has_bare_faults,
    rules=RULES,
    handle=handle,
    writes=True,
)
