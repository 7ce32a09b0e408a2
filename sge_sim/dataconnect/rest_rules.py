"""The rules of Data Connect: each with its status, its body and where it is known from.

Those of the gateway are here, those of the interfaces and of the consent page in `rules_2026`,
`rules_v5` and `rules_page`. `docs/data-connect.md` shows all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.refus import Control, Rule

J = TypeVar("J", contravariant=True)
SERVICE: Final = "DataConnect"
"""What completes the names of these rules."""


@dataclass(frozen=True)
class RestRule(Rule):
    """A rule of Data Connect, with what its refusal answers: HTTP status and body.

    `in_fault`: the body is sent within a member `fault`.
    """

    status: int
    body: Mapping[str, Any]
    in_fault: bool = field(default=False, kw_only=True)

    @property
    def text(self) -> str:
        """What the body says of it."""
        said = (self.body.get(name) for name in ("error_description", "description", "message"))
        return next((str(text).strip() for text in said if text), "")

    def held_by(self, holds: Callable[[J], bool]) -> "RestControl[J]":
        """Return the rule with the function that checks it: two generations have it in common."""
        return RestControl(**vars(self), holds=holds)


@dataclass(frozen=True)
class RestControl(RestRule, Control[J]):
    """A rule of Data Connect that is checked apart from the reading of the call."""


def rest(
    nom: str,
    status: int,
    body: Mapping[str, Any],
    source: str,
    provenance: Provenance,
    remede: str,
    *,
    in_fault: bool = False,
) -> RestRule:
    """Return a rule whose code is that of its body."""
    code = str(body.get("error") or body.get("code"))
    return RestRule(nom, code, source, provenance, remede, status, body, in_fault=in_fault)


def adam(
    nom: str,
    code: str,
    text: str,
    source: str,
    provenance: Provenance,
    remede: str,
    *,
    status: int = 400,
) -> RestRule:
    """Return a rule whose body is that of ADAM, the system of measures."""
    body = {"error": code, "error_description": text}
    return rest(nom, status, body, source, provenance, remede)


def swagger(nom: str, status: int, message: str, remede: str) -> RestRule:
    """Return a rule that the swagger of 2026 documents, with its body."""
    body = {"code": str(status), "message": message}
    return rest(nom, status, body, _S26, "documented", remede)


_WSO2: Final = "forme de WSO2, non vue"
_S26: Final = "swagger 2026"


NO_TOKEN: Final = rest(
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
TOKEN_REFUSED: Final = rest(
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
API_NON_SOUSCRITE: Final = rest(
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
QUOTA_HEURE: Final = rest(
    "quota_par_heure",
    429,
    {"code": "900804", "message": "Message throttled out"},
    "production, juillet 2026 ; refus non compté : supposé",
    "observed",
    "attendre l'heure suivante de l'horloge simulée",
)
QUOTA_SECONDE: Final = rest(
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
    in_fault=True,
)
SANS_RESSOURCE: Final = rest(
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
METHODE: Final = rest(
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
TEXTE: Final = adam(
    "texte", "invalid_request", "caractère refusé", "RFC 6749", "assumed", "un texte lisible"
)
PANNE: Final = rest(
    "probleme_technique",
    500,
    {"code": "500", "message": "Problème technique dans l'interrogation du SI coeur"},
    _S26,
    "documented",
    "réessayer : le simulateur n'a pas pu lire son état",
)
