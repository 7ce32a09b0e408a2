"""Why Data Connect refuses: each reason with its status, its body and where it is known from.

Those of the gateway are here, those of the interfaces and of the consent page in `motifs_2026`,
`motifs_v5` and `motifs_page`. `docs/data-connect.md` shows all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sge_sim.domaine.provenance import Provenance


@dataclass(frozen=True)
class Motif:
    """One reason: HTTP status, body, source; `remede` is what would have passed, in French."""

    nom: str
    statut: int
    corps: Mapping[str, Any]
    source: str
    provenance: Provenance
    remede: str
    dans_fault: bool = False

    @property
    def code(self) -> str:
        """The code that the body holds."""
        return str(self.corps.get("error") or self.corps.get("code"))

    @property
    def texte(self) -> str:
        """What the body says of it."""
        said = (self.corps.get(name) for name in ("error_description", "description", "message"))
        return next((str(one).strip() for one in said if one), "")

    def enveloppe(self, corps: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a body as it is sent."""
        return {"fault": corps} if self.dans_fault else corps


def adam(
    nom: str,
    statut: int,
    code: str,
    texte: str,
    source: str,
    provenance: Provenance,
    remede: str,
) -> Motif:
    """Return a reason whose body is that of ADAM, the system of measures."""
    corps = {"error": code, "error_description": texte}
    return Motif(nom, statut, corps, source, provenance, remede)


def swagger(
    nom: str, statut: int, message: str, source: str, provenance: Provenance, remede: str
) -> Motif:
    """Return a reason whose body is that of the swagger of 2026."""
    corps = {"code": str(statut), "message": message}
    return Motif(nom, statut, corps, source, provenance, remede)


_WSO2 = "forme de WSO2, non vue"
S26 = "swagger 2026"


SANS_JETON: Final = Motif(
    "sans_jeton",
    401,
    {
        "code": "900902",
        "message": "Missing Credentials",
        "description": "Invalid Credentials. Make sure your API invocation call has a header: "
        "'Authorization : Bearer ACCESS_TOKEN' or 'Authorization : Basic ACCESS_TOKEN' or "
        "'ApiKey : API_KEY'",
    },
    _WSO2,
    "assumed",
    "un en-tête Authorization: Bearer avec un jeton de /oauth2/v3/token",
)
JETON_REFUSE: Final = Motif(
    "jeton_refuse",
    401,
    {
        "code": "900901",
        "message": "Invalid Credentials",
        "description": "Make sure you have provided the correct security credentials",
    },
    _WSO2,
    "assumed",
    "un jeton de ce simulateur, de moins de 3 h 30 d'horloge simulée, qui n'est pas révoqué",
)
API_NON_SOUSCRITE: Final = Motif(
    "api_non_souscrite",
    403,
    {
        "code": "900908",
        "message": "Resource forbidden ",
        "description": "User is NOT authorized to access the Resource. "
        "API Subscription validation failed.",
    },
    "production, octobre 2026",
    "observed",
    "une application abonnée à cette API",
)
QUOTA_HEURE: Final = Motif(
    "quota_par_heure",
    429,
    {"code": "900804", "message": "Message throttled out"},
    "production, juillet 2026 ; refus non compté : supposé",
    "observed",
    "attendre l'heure suivante de l'horloge simulée",
)
QUOTA_SECONDE: Final = Motif(
    "quota_par_seconde",
    429,
    {
        "code": 900807,
        "message": "Message throttled out",
        "description": "You have exceeded your quota",
    },
    "production, 2026",
    "observed",
    "cinq appels par seconde au plus",
    dans_fault=True,
)
SANS_RESSOURCE: Final = Motif(
    "sans_ressource",
    404,
    {
        "code": "404",
        "type": "Status report",
        "message": "Runtime Error",
        "description": "No matching resource found for given API Request",
    },
    _WSO2,
    "assumed",
    "un chemin de docs/data-connect.md ; la v5 peut être arrêtée (--no-data-connect-v5)",
)
METHODE: Final = Motif(
    "methode_non_admise",
    405,
    {
        "code": "405",
        "type": "Status report",
        "message": "Runtime Error",
        "description": "Method not allowed for given API resource",
    },
    _WSO2,
    "assumed",
    "la méthode HTTP de l'API",
)
PANNE: Final = Motif(
    "probleme_technique",
    500,
    {"code": "500", "message": "Problème technique dans l'interrogation du SI coeur"},
    S26,
    "documented",
    "réessayer : le simulateur n'a pas pu lire son état",
)
