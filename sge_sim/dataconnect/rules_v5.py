"""Why the interfaces of v5 refuse."""

from typing import Final

from sge_sim.dataconnect.rest_rules import RULES_BY_PART

_V5: Final = RULES_BY_PART["v5"]

PRM_ABSENT: Final = _V5["v5_prm_absent"]
PRM_FORME: Final = _V5["v5_prm_forme"]
DEBUT_ABSENT: Final = _V5["v5_debut_absent"]
FIN_ABSENTE: Final = _V5["v5_fin_absente"]
DEBUT_FORME: Final = _V5["v5_debut_forme"]
FIN_FORME: Final = _V5["v5_fin_forme"]
FIN_FUTURE: Final = _V5["v5_fin_apres_aujourd_hui"]
ORDRE: Final = _V5["v5_ordre_des_dates"]
DATES_EGALES: Final = _V5["v5_dates_egales"]
MISE_EN_SERVICE: Final = _V5["v5_avant_mise_en_service"]
PROFONDEUR: Final = _V5["v5_trop_ancien"]
SEPT_JOURS: Final = _V5["v5_plus_de_sept_jours"]
SENS: Final = _V5["v5_sens_de_la_mesure"]
OPPOSITION: Final = _V5["v5_client_oppose"]
NON_TITULAIRE: Final = _V5["v5_client_non_titulaire"]
SANS_CONSENTEMENT: Final = _V5["v5_sans_consentement"]
SANS_MESURE: Final = _V5["v5_sans_mesure"]
CLIENT_PRM_ABSENT: Final = _V5["v5_clients_prm_absent"]
CLIENT_INCONNU: Final = _V5["v5_client_inconnu"]
