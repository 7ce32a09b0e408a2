"""Why the interfaces of v5 refuse."""

from typing import Final

from sge_sim.dataconnect import rules_2026
from sge_sim.dataconnect.rest_rules import RestRule, adam

_V5 = "swagger v5"


def _rule(nom: str, code: str, text: str, remede: str, status: int = 400) -> RestRule:
    """Return a rule that the swagger of v5 documents."""
    return adam(nom, code, text, _V5, "documented", remede, status=status)


def _invalid(nom: str, text: str, remede: str) -> RestRule:
    return _rule(nom, "Invalid_request", text, remede)


PRM_ABSENT: Final = _invalid(
    "v5_prm_absent", "usage_point_id parameter is required", "un usage_point_id"
)
PRM_FORME: Final = _invalid(
    "v5_prm_forme", "usage_point_id parameter must be 14 digits long", "quatorze chiffres"
)
DEBUT_ABSENT: Final = _invalid(
    "v5_debut_absent", "Start date parameter is required", "une date start"
)
FIN_ABSENTE: Final = _invalid("v5_fin_absente", "End date parameter is required", "une date end")
DEBUT_FORME: Final = _invalid(
    "v5_debut_forme", "Start date parameter must be in the format YYYY-MM-DD", "2026-09-30"
)
FIN_FORME: Final = _invalid(
    "v5_fin_forme", "End date parameter must be in the format YYYY-MM-DD", "2026-09-30"
)
FIN_FUTURE: Final = _invalid(
    "v5_fin_apres_aujourd_hui",
    "The end date parameter must be earlier than the current date",
    "une date de fin, exclue, au plus tard aujourd'hui (le jour même est admis : supposé)",
)
ORDRE: Final = _invalid(
    "v5_ordre_des_dates", "Start date should be before end date", "start avant end"
)
DATES_EGALES: Final = adam(
    "v5_dates_egales",
    "technical_error",
    "Technical error. Please try later.",
    "constaté (ha-linky #16)",
    "observed",
    "start avant end : un jour demande end le lendemain",
    status=500,
)
MISE_EN_SERVICE: Final = _rule(
    "v5_avant_mise_en_service",
    "ADAM-ERR0123",
    "The requested period cannot be anterior to the meter's last activation date",
    rules_2026.AVANT_MISE_EN_SERVICE.remede,
)
PROFONDEUR: Final = _rule(
    "v5_trop_ancien",
    "ADAM-ERR0125",
    "The start date must be greater than the history deadline",
    rules_2026.PROFONDEUR.remede,
)
SEPT_JOURS: Final = _rule(
    "v5_plus_de_sept_jours",
    "ADAM-ERR0126",
    "The requested period must be less than 7 days for an access to the load curve",
    rules_2026.SEPT_JOURS.remede,
)
SENS: Final = adam(
    "v5_sens_de_la_mesure",
    "ADAM-ERR0069",
    "Le sens de la mesure ne correspond pas pour le PRM demandé",
    "constaté en production",
    "observed",
    rules_2026.SENS.remede,
)
OPPOSITION: Final = _rule(
    "v5_client_oppose",
    "ADAM-ERR0075",
    "The customer objected to the load curve recording",
    rules_2026.OPPOSITION.remede,
)
NON_TITULAIRE: Final = adam(
    "v5_client_non_titulaire",
    "ADAM-DC-0007",
    "Le client n'est pas titulaire du point demandé.",
    "production, juillet à septembre 2026",
    "observed",
    rules_2026.NON_TITULAIRE.remede,
)
SANS_CONSENTEMENT: Final = _rule(
    "v5_sans_consentement",
    "ADAM-DC-0008",
    "No consent can be found for this customer and this usage point.",
    rules_2026.NON_AUTORISE.remede,
    status=403,
)
SANS_MESURE: Final = _rule(
    "v5_sans_mesure",
    "no_data_found",
    "no measure found for this usage point",
    rules_2026.SANS_MESURE.remede,
    status=404,
)
CLIENT_PRM_ABSENT: Final = _rule(
    "v5_clients_prm_absent",
    "invalid_request",
    "usage_point_id parameter is required.",
    "un usage_point_id",
)
CLIENT_INCONNU: Final = _rule(
    "v5_client_inconnu",
    "STM-ERR-0000019",
    "Unknown or unauthorized user",
    "un PRM connu, qui soutire (contrat et adresse ne disent rien d'une production)",
    status=404,
)
