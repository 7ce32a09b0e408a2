"""Why the interfaces of 2026 refuse."""

from typing import Final

from sge_sim.dataconnect.rest_rules import RULES_BY_PART

_2026: Final = RULES_BY_PART["2026"]

HORS_SWAGGER: Final = _2026["demande_hors_swagger"]
AVANT_MISE_EN_SERVICE: Final = _2026["avant_mise_en_service"]
PROFONDEUR: Final = _2026["trop_ancien"]
SEPT_JOURS: Final = _2026["plus_de_sept_jours"]
FIN_FUTURE: Final = _2026["fin_apres_aujourd_hui"]
SENS: Final = _2026["sens_de_la_mesure"]
OPPOSITION: Final = _2026["client_oppose"]
NON_TITULAIRE: Final = _2026["client_non_titulaire"]
NON_AUTORISE: Final = _2026["client_non_autorise"]
SANS_MESURE: Final = _2026["sans_mesure"]
PRM_INCONNU: Final = _2026["prm_inconnu"]
SANS_SERVICE: Final = _2026["sans_service_souscrit"]
