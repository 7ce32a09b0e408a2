"""Why the consent page refuses."""

from typing import Final

from sge_sim.dataconnect.rest_rules import RestRule, adam
from sge_sim.domaine.nomenclatures import Provenance


def _page(nom: str, text: str, remede: str, provenance: Provenance = "documented") -> RestRule:
    return adam(nom, "Invalid_request", text, "swagger v5 (v1)", provenance, remede)


TYPE_ABSENT: Final = _page(
    "page_type_absent", "Response type parameter is required", "response_type=code"
)
TYPE: Final = _page(
    "page_type", "Response type parameter must be code", "response_type=code", "assumed"
)
CLIENT_ABSENT: Final = _page(
    "page_client_absent", "Client id parameter is required", "client_id", "assumed"
)
STATE: Final = _page(
    "page_state",
    "State parameter must be at most 100 characters",
    "state de 100 caractères",
    "assumed",
)
DUREE_ABSENTE: Final = _page(
    "page_duree_absente", "Duration parameter is required", "duration=P1Y", "assumed"
)
DUREE_FORME: Final = adam(
    "page_duree_forme",
    "invalid_duration_format",
    "Duration parameter must be in the ISO 8601 format",
    "swagger v5 (v1) ; texte supposé",
    "assumed",
    "des jours, semaines, mois ou années ISO 8601 : P6M, P1Y",
)
DUREE_LONGUE: Final = adam(
    "page_duree_longue",
    "maximum_duration_exceeded",
    "Duration parameter must be at most 3 years",
    "swagger v5 (v1) ; texte supposé",
    "assumed",
    "trois ans au plus : P3Y",
)
CLIENT_INCONNU: Final = adam(
    "page_client_inconnu",
    "access_denied",
    "The client is not authorized to request an authorization",
    "swagger v5 (v1) ; texte supposé",
    "assumed",
    "le client_id d'une application enregistrée",
    status=403,
)
PANNE: Final = adam(
    "page_panne",
    "service_unavailable",
    "Service unavailable for the moment. Please try later.",
    "swagger v5 (v1)",
    "documented",
    "réessayer",
    status=503,
)
SERVEUR: Final = adam(
    "page_erreur",
    "server_error",
    "technical error",
    "swagger v5 (v1)",
    "documented",
    "réessayer",
    status=500,
)
