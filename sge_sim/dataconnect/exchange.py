"""A call of Data Connect on its way to its answer, as plain values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError

from sge_sim.dataconnect.rest_rules import RestRule
from sge_sim.dataconnect.tokens import Tokens
from sge_sim.domaine.pannes import Atteinte, Panne
from sge_sim.domaine.prm import PRM
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Vue
from sge_sim.refus import Refus, Rule
from sge_sim.settings import Settings
from sge_sim.tables.comptages import QuotaCounts, SharedQuotas
from sge_sim.tables.dataconnect import ApplicationFacts
from sge_sim.transport.message import Departure

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class RestBackend:
    """The state, the key of the tokens, the counts of the quotas.

    `guet` counts for the pannes.
    """

    settings: Settings
    database: Database
    tokens: Tokens
    counts: QuotaCounts | SharedQuotas
    guet: Guet


JSON = "application/json"
OCTETS = "application/octet-stream"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class RestCall:
    """What came: `path` is the path, `query` the text after the `?`; header names are in small
    letters. `parameters` are those of the address; of one that comes twice, the last."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str | None = None
    parameters: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        read = dict(parse_qsl(self.query, keep_blank_values=True))
        object.__setattr__(self, "parameters", read)

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form that was posted; of one that comes twice, the last."""
        return dict(self.champs)

    @cached_property
    def champs(self) -> list[tuple[str, str]]:
        """The fields of a form that was posted, in their order."""
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def prm(self) -> str | None:
        """The point that is asked for, in the parameters or last in the path; None for none."""
        asked = (self.parameters.get(name) for name in ("usage_point_id", "pointId"))
        last = self.path.rpartition("/")[2]
        return next(filter(None, asked), last if PRM.fullmatch(last) else None)

    @property
    def media_type(self) -> str:
        """The media type of the body, in small letters, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class RestAnswer:
    """What is answered; `departure` delays or cuts it where a panne strikes."""

    status: int
    body: bytes = b""
    type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    departure: Departure | None = None


class PlannedAnswer(Exception):  # noqa: N818 - it isn't an error of ours
    """A call that gets `answer` in place of its own, because a plan says so."""

    def __init__(self, answer: RestAnswer) -> None:
        super().__init__(str(answer.status))
        self.answer = answer


@dataclass
class RestExchange:
    """One exchange; each station adds what it found, for those that follow and the journal.

    `application` is the one that calls, as far as it is known, `client` the same for what comes
    after it was found. `vue` is the state, at which a call looks once. `now` is the simulated
    instant, `machine` the machine's. `service` is the name of the API, `atteinte` is the
    panne that has struck, `pannes` are those planned.
    """

    call: RestCall
    vue: Vue
    now: datetime
    machine: datetime
    client: ApplicationFacts = field(init=False)
    application: ApplicationFacts | None = None
    acteur_code: str | None = None
    service: str | None = None
    version: str | None = None
    prm: str | None = None
    code: str | None = None
    rule: Rule | None = None
    atteinte: Atteinte | None = None
    notes: list[str] = field(default_factory=list)
    pannes: Sequence[Panne] = ()


class Corps(BaseModel):
    """The JSON that a company posts: names that it has besides are passed over."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


def read_json(
    exchange: RestExchange, model: type[M], rule: RestRule, types: Sequence[str] = ("", JSON)
) -> M:
    """Return what was posted as one of these types; raises `Refus` by `rule` for anything else."""
    try:
        if exchange.call.media_type in types:
            return model.model_validate_json(exchange.call.body)
        exchange.notes.append(f"type de corps : {exchange.call.media_type}")
    except ValidationError as error:
        first = error.errors()[0]
        exchange.notes.append(f"{'.'.join(map(str, first['loc'])) or 'corps'} : {first['type']}")
    raise Refus(rule)


def json_answer(valeur: Any, status: int = 200, type: str = JSON) -> RestAnswer:
    """Return a value as compact JSON, its accents written as they are."""
    body = json.dumps(valeur, ensure_ascii=False, separators=(",", ":")).encode()
    return RestAnswer(status, body, type)


def answer_2026(backend: RestBackend, value: Any) -> RestAnswer:
    """Return the answer of an interface of 2026, announced as bytes (observed) unless it is set
    otherwise."""
    return json_answer(value, type=JSON if backend.settings.data_connect_json else OCTETS)


def refusal_answer(refus: Refus) -> RestAnswer:
    """Return the answer of a refusal."""
    rule = refus.rule
    assert isinstance(rule, RestRule), "the rules of this platform say what they answer"
    body = {**rule.body, **refus.champs}
    if not body:
        return RestAnswer(rule.status)
    return json_answer({"fault": body} if rule.in_fault else body, rule.status)
