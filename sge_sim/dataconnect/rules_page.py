"""Why the consent page refuses."""

from typing import Final

from sge_sim.dataconnect.rest_rules import RULES_BY_PART

_PAGE: Final = RULES_BY_PART["page de consentement"]

TYPE_ABSENT: Final = _PAGE["page_type_absent"]
TYPE: Final = _PAGE["page_type"]
CLIENT_ABSENT: Final = _PAGE["page_client_absent"]
STATE: Final = _PAGE["page_state"]
DUREE_ABSENTE: Final = _PAGE["page_duree_absente"]
DUREE_FORME: Final = _PAGE["page_duree_forme"]
DUREE_LONGUE: Final = _PAGE["page_duree_longue"]
CLIENT_INCONNU: Final = _PAGE["page_client_inconnu"]
PANNE: Final = _PAGE["page_panne"]
SERVEUR: Final = _PAGE["page_erreur"]
