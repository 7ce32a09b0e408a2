"""MFI: reads the demand, holds the rules, opens the case."""

from sge_sim.services.commande_historique_donnees_mesures_fines.answer import case_opened
from sge_sim.services.commande_historique_donnees_mesures_fines.demande import FLUX, flux_of
from sge_sim.services.commande_historique_donnees_mesures_fines.rules import RULES
from sge_sim.services.m023 import CODES_M023, LIBELLES_M023, PAR_SECONDE
from sge_sim.services.m023_reading import VIDES, has_bare_faults, read_historiques, take_demand
from sge_sim.services.service import Appel, Service
from sge_sim.soap.operation import Answer


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    asked = appel.body["demande"]
    historiques = read_historiques(flux_of(asked["mesuresTypeCode"]), asked)
    return Answer(case_opened(take_demand(appel, SERVICE, historiques, FLUX)))


SERVICE = Service(
    nom="CommandeHistoriqueDonneesMesuresFines",
    version="1.0",
    paquet="Historique",
    codes=(*CODES_M023, "SGT4K1", "SGT4K4", "SGT4L8"),
    libelles=LIBELLES_M023,
    par_seconde=PAR_SECONDE,
    depuis="23.4",
    faultstring="Erreur Technique MFI",
    vides=VIDES,
    bare_faults=has_bare_faults,
    rules=RULES,
    handle=handle,
    writes=True,
)
