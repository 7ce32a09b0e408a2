"""The application of the Data Connect listener: which path leads where, what the journal keeps."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from sge_sim.clock import elapsed_ms, machine_now, stopwatch
from sge_sim.dataconnect import oauth, page, rest_rules, v5
from sge_sim.dataconnect.contrat_2026 import SERVICES_API, answer_contrat, answer_services
from sge_sim.dataconnect.exchange import (
    HTML,
    PlannedAnswer,
    RestAnswer,
    RestBackend,
    RestCall,
    RestExchange,
    refusal_answer,
)
from sge_sim.dataconnect.mesures_2026 import API, answer_mesure
from sge_sim.dataconnect.rest_rules import PAGE, RestRule
from sge_sim.domaine.echanges import ASKED, ASKED_MOST
from sge_sim.domaine.pannes import Atteinte
from sge_sim.door.origine import CLIENT, HEADER, PRODUCT, AuteurDAppel, Marques, auteur_of
from sge_sim.door.pannes import departure_of
from sge_sim.facts.outage import DATABASE_UNREACHABLE, log_failure
from sge_sim.journal import EchangeRecord
from sge_sim.machine.texts import unfit_in
from sge_sim.referentiel.fiche_rest import APIS
from sge_sim.refus import Refus
from sge_sim.tables.clock import read_clock
from sge_sim.tables.pannes import read_pannes
from sge_sim.transport.message import Request, Response

Handler = Callable[..., RestAnswer]
"""Answers a call with the state, the exchange, and what the groups of the path hold."""


@dataclass(frozen=True)
class Route:
    """A path, the methods that it takes, the service and version under which it is recorded.

    `texte` refuses what can't be read; `panne` answers where the simulator itself fails.
    """

    path: re.Pattern[str]
    methods: tuple[str, ...]
    service: str | None
    version: str | None
    handler: Handler
    v5: bool = False
    texte: RestRule = rest_rules.TEXTE
    panne: RestRule = rest_rules.PANNE


def _route(
    pattern: str,
    methods: str,
    service: str | None,
    version: str | None,
    handler: Handler,
    *,
    v5: bool = False,
) -> Route:
    return Route(re.compile(pattern), tuple(methods.split()), service, version, handler, v5)


def _of_2026() -> Iterator[Route]:
    yield _route(f"/{API}/v2/([a-z_]+)", "GET", API, "2", answer_mesure)
    for api in APIS:
        # Without the PRM it isn't outside of the interface: it is wrong (measured).
        yield _route(f"/({api})/v1(?:/([^/]*))?", "GET", api, "1", answer_contrat)
    yield _route(f"/{SERVICES_API}/v1/?", "POST", SERVICES_API, "1", answer_services)


def _of_v5() -> Iterator[Route]:
    for path, resource in v5.MEASURE_RESOURCES.items():
        yield _route(f"({path})", "GET", resource.api, "5", v5.answer_mesure_v5, v5=True)
    for path, (api, _) in v5.CLIENT_RESOURCES.items():
        yield _route(f"({path})", "GET", api, "5", v5.answer_client_v5, v5=True)


def _style(_backend: RestBackend, _exchange: RestExchange) -> RestAnswer:
    return RestAnswer(200, page.style(), "text/css; charset=utf-8")


ROUTES: Final[tuple[Route, ...]] = (
    _route("/oauth2/v3/token", "POST", "oauth2", "3", oauth.answer_token),
    _route("/oauth2/v3/revoke", "POST", "oauth2", "3", oauth.answer_revoke),
    _route(
        "/dataconnect/(v1|v2)/oauth2/authorize", "GET POST", page.SERVICE, None, page.answer_page
    ),
    _route(r"/dataconnect/static/style\.css", "GET", None, None, _style),
    *_of_2026(),
    *_of_v5(),
)


def handle(
    backend: RestBackend, exchange: RestExchange, routes: Sequence[Route] = ROUTES
) -> RestAnswer:
    """Answer a call; raises `Refus`."""
    call = exchange.call
    for route in routes:
        found = route.path.fullmatch(call.path)
        if found is None or (route.v5 and not backend.settings.data_connect_v5):
            continue
        if call.method not in route.methods:
            raise Refus(rest_rules.METHODE)
        exchange.service, exchange.version = route.service, route.version
        # What an address has in ASCII can be read, but for what a % codes.
        plain = call.query.isascii() and "%" not in call.query and not call.body
        if not plain and (unfit := unfit_in({**call.parameters, **call.form})):
            raise Refus(route.texte, **{route.texte.member: unfit})
        return route.handler(backend, exchange, *found.groups())
    raise Refus(rest_rules.SANS_RESSOURCE)


Recorder = Callable[[EchangeRecord], None]

_SECRETS: Final = re.compile(rb"(client_secret=|\btoken=)[^&\s]*")
_TOKEN: Final = re.compile(rb'("access_token":")[^"]*')
_NOT_RECORDED: Final = "/dataconnect/static/"

_log = logging.getLogger(__name__)


class RestApplication:
    """Answers the calls of one process; `record` keeps an exchange and never fails.

    `marques` knows the calls of sge-sim's own clients; `others` are routes beside Data Connect's.
    """

    def __init__(
        self,
        backend: RestBackend,
        record: Recorder,
        marques: Marques,
        others: Sequence[Route] = (),
    ) -> None:
        self._routes = (*ROUTES, *others)
        self._backend = backend
        self._marques = marques
        self._record = record

    def __call__(self, request: Request) -> Response:
        answer = self._answer(
            RestCall(
                method="GET" if request.method == "HEAD" else request.method,
                path=request.path,
                query=request.query,
                headers=request.headers,
                body=request.body,
                address=request.sender.address,
            )
        )
        # Without a body no type is announced: a client would read a body of that type.
        type_ = (("Content-Type", answer.type),) if answer.body else ()
        return Response(
            HTTPStatus(answer.status),
            answer.body,
            (*type_, *answer.headers.items()),
            departure=answer.departure,
        )

    def _answer(self, call: RestCall) -> RestAnswer:
        started, machine = stopwatch(), machine_now()
        exchange = None
        try:
            vue = self._backend.database.memoire.look((read_clock,), (read_pannes,))
            clock, pannes = vue.found
            exchange = RestExchange(call, vue, clock.now(), machine, pannes=pannes)
            answer = handle(self._backend, exchange, self._routes)
        except Refus as refus:
            assert exchange is not None
            answer = refusal_answer(refus)
            exchange.rule, exchange.code = refus.rule, refus.rule.code
        except PlannedAnswer as planned:
            assert exchange is not None
            answer = planned.answer
        except Exception as error:
            reason = log_failure(_log, error, f"{call.path} ne peut pas répondre")
            rule = self._breakdown(call, error)
            answer = refusal_answer(Refus(rule))
            if exchange is None:
                return answer  # not even the simulated time can be read
            exchange.rule, exchange.code = rule, rule.code
            exchange.notes.append(reason)
        if not call.path.startswith(_NOT_RECORDED):
            self._journal(exchange, answer, elapsed_ms(started))
        return answer if exchange.atteinte is None else _altered(exchange.atteinte, answer)

    def _breakdown(self, call: RestCall, error: Exception) -> RestRule:
        """Return the answer to a failure of the simulator itself."""
        if call.path.startswith("/dataconnect/"):
            reached = not isinstance(error, DATABASE_UNREACHABLE)
            return PAGE["page_erreur"] if reached else PAGE["page_panne"]
        found = (route.panne for route in self._routes if route.path.fullmatch(call.path))
        return next(found, rest_rules.PANNE)

    def _journal(self, exchange: RestExchange, answer: RestAnswer, duration_ms: float) -> None:
        """Record an exchange; whatever happens here, the client has its answer."""
        try:
            headers, auteur = exchange.call.headers, CLIENT
            if HEADER in headers or headers.get("user-agent", "").startswith(PRODUCT):
                auteur = auteur_of(headers, self._marques)
            self._record(_record_of(exchange, auteur, answer, duration_ms))
        except Exception as error:
            log_failure(_log, error, "Un échange n'a pas pu être décrit au journal")


def _altered(struck: Atteinte, answer: RestAnswer) -> RestAnswer:
    """Return what the client gets of an answer to a call that a panne strikes."""
    if struck.panne.sorte == "xml_tronque":
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    return replace(answer, departure=departure_of(struck))


def _record_of(
    exchange: RestExchange, auteur: AuteurDAppel, answer: RestAnswer, duration_ms: float
) -> EchangeRecord:
    call, rule, application = exchange.call, exchange.rule, exchange.application
    notes = list(exchange.notes)
    if application is not None:
        notes.insert(0, f"application « {application.nom} », {application.mode}")
    notes.insert(0, f"{ASKED}{call.method} {call.path}"[:ASKED_MOST])
    if location := answer.headers.get("Location"):
        notes.append(f"vers {location}")
    return EchangeRecord(
        instant=exchange.now,
        machine_instant=exchange.machine,
        duration_ms=duration_ms,
        kind="rest",
        origine=auteur.origine,
        rejeu_de=auteur.rejeu_de,
        acteur_code=exchange.acteur_code,
        remote_address=call.address,
        user_agent=call.headers.get("user-agent"),
        service=exchange.service,
        version=exchange.version,
        prm=exchange.prm,
        code=None if exchange.code is None else exchange.code[:15],
        http_status=answer.status,
        rule=None if rule is None else rule.of(rest_rules.service_of(rule)),
        detail="\n".join(notes) or None,
        request=_request_text(call),
        response=None if answer.type == HTML else _TOKEN.sub(rb"\1***", answer.body),
    )


def _request_text(call: RestCall) -> bytes:
    """Return a request as the journal keeps it: its first line and its body, without secrets."""
    line = f"{call.method} {call.path}{'?' if call.query else ''}{call.query}"
    text = line.encode() + (b"\n\n" + call.body if call.body else b"")
    return _SECRETS.sub(rb"\1***", text)
