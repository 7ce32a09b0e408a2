"""The rules of Data Connect: each with its status, its body and where it is known from.

`regles.yaml` says all of it. Those of the gateway have their names here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.refus import Control, Rule

J = TypeVar("J", contravariant=True)
_IN_WORDS: Final = ("error_description", "description", "message", "libelle")
SERVICE: Final = "DataConnect"
"""What completes the names of these rules."""


@dataclass(frozen=True)
class RestRule(Rule):
    """A rule of Data Connect, with what its refusal answers: HTTP status and body.

    `in_fault`: the body is sent within a member `fault`. `service` completes its name.
    """

    status: int
    body: Mapping[str, Any]
    in_fault: bool = field(default=False, kw_only=True)
    service: str = field(default=SERVICE, kw_only=True)

    @property
    def member(self) -> str:
        """The member of the body that says it in words."""
        return next((name for name in _IN_WORDS if self.body.get(name)), _IN_WORDS[0])

    @property
    def text(self) -> str:
        """What the body says of it."""
        return str(self.body.get(self.member, "")).strip()

    def held_by(self, holds: Callable[[J], bool]) -> "RestControl[J]":
        """Return the rule with the function that checks it: two generations have it in common."""
        return RestControl(**vars(self), holds=holds)


def service_of(rule: Rule) -> str:
    """Return what completes the name of a rule in the journal."""
    return rule.service if isinstance(rule, RestRule) else SERVICE


@dataclass(frozen=True)
class RestControl(RestRule, Control[J]):
    """A rule of Data Connect that is checked apart from the reading of the call."""


def read_rules(file: Path, service: str) -> Mapping[str, Mapping[str, RestRule]]:
    """Return the rules of a service that a file says, by the part that refuses for them."""
    parts: Any = parse_yaml(file)
    return {
        part: {nom: _rule(nom, row, service) for nom, row in rows.items()}
        for part, rows in parts.items()
    }


def _rule(nom: str, row: Mapping[str, Any], service: str) -> RestRule:
    said, body = dict(row), row["corps"]
    del said["corps"]
    status = said.pop("statut", 400)
    code = str(body.get("error") or body.get("code") or status)
    return RestRule(name=nom, code=code, status=status, body=body, service=service, **said)


RULES_BY_PART: Final = read_rules(Path(__file__).with_name("regles.yaml"), SERVICE)
"""The rules by the part that refuses for them, then by name."""

V5: Final = RULES_BY_PART["v5"]
DE_2026: Final = RULES_BY_PART["2026"]
PAGE: Final = RULES_BY_PART["page de consentement"]
_GATEWAY: Final = RULES_BY_PART["passerelle"]

NO_TOKEN: Final = _GATEWAY["sans_jeton"]
TOKEN_REFUSED: Final = _GATEWAY["jeton_refuse"]
API_NON_SOUSCRITE: Final = _GATEWAY["api_non_souscrite"]
QUOTA_HEURE: Final = _GATEWAY["quota_par_heure"]
QUOTA_SECONDE: Final = _GATEWAY["quota_par_seconde"]
SANS_RESSOURCE: Final = _GATEWAY["sans_ressource"]
METHODE: Final = _GATEWAY["methode_non_admise"]
TEXTE: Final = _GATEWAY["texte"]
PANNE: Final = _GATEWAY["probleme_technique"]
