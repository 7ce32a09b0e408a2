"""The WSGI application of the B2B listener: the door, the endpoints, the journal.

Only what the real platform serves is here: `POST /<Service>/v<x.y>` and `GET …?wsdl`. Whatever
comes is recorded before it is answered.
"""

import io
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIEnvironment

from sge_sim.clock import Clock, elapsed_ms, machine_now, stopwatch
from sge_sim.door.alerts import alert_detail
from sge_sim.door.cadence import Cadence
from sge_sim.door.gates import Gate
from sge_sim.environ import DEMANDEUR, INSTANT, OUTCOME, PRM, Demandeur
from sge_sim.pki.deadlines import rotation_warning
from sge_sim.pki.policy import Policy, Verdict
from sge_sim.store.codes import KindEchange
from sge_sim.store.journal import DecidingRule, EchangeRecord
from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.identity import peer_certificate, peer_chain, remote_address

if TYPE_CHECKING:
    from sge_sim.soap.endpoint import Endpoint
    from sge_sim.soap.protocol import SgtFault

_CONTENT_TYPES = ("text/xml", "application/soap+xml", "application/xml")
_PHRASE_MAX = 300


@dataclass(frozen=True)
class _Reply:
    """What is answered, and what the journal says of it."""

    status: HTTPStatus
    content: bytes
    headers: list[tuple[str, str]]
    kind: KindEchange = "http"
    endpoint: "Endpoint | None" = None
    prm: str | None = None
    fault: "SgtFault | None" = None
    request: bytes = b""
    detail: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def status_line(self) -> str:
        """The status, followed by the text of an answer that isn't SOAP.

        Clients that drop the body of a refusal (suds, `raise_for_status` of requests) show this.
        """
        if self.kind == "soap" or self.detail is None:
            return f"{self.status.value} {self.status.phrase}"
        return f"{self.status.value} {_in_ascii(self.detail)[:_PHRASE_MAX]}"


class B2B:
    """The application of one process.

    `endpoints` gives what is served, by path; it is asked at each call, and may load it at the
    first. `gates` may turn away a request whose certificate is accepted, in their order. `cadence`
    counts the calls of each actor to each service; more than one a second are noted in the journal,
    and refused with `rate_refused` (HTTP 429, assumed). `record` keeps an exchange.
    """

    def __init__(
        self,
        endpoints: Callable[[], Mapping[str, "Endpoint"]],
        policy: Policy,
        clock: Clock,
        record: Callable[[EchangeRecord], None],
        cadence: Cadence,
        gates: Sequence[Gate] = (),
        *,
        rate_refused: bool = False,
    ) -> None:
        self._endpoints = endpoints
        self._policy = policy
        self._clock = clock
        self._record = record
        self._cadence = cadence
        self._gates = gates
        self._rate_refused = rate_refused

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started, now = stopwatch(), machine_now()
        # Read once: the rules and the journal see the same instant.
        environ[INSTANT] = self._clock.now()
        verdict = self._policy.judge(peer_certificate(environ) or b"", now, peer_chain(environ))
        reply = self._answer(environ, verdict, now)
        self._journal(environ, verdict, reply, now, elapsed_ms(started))
        start_response(
            reply.status_line,
            [*reply.headers, ("Content-Length", str(len(reply.content)))],
        )
        return [reply.content]

    def refuse_handshake(self, failure: HandshakeFailure) -> None:
        """Record a connection that ended before a request could be sent."""
        verdict = None
        if failure.certificate is not None:
            verdict = self._policy.judge(failure.certificate, machine_now(), failure.chain[1:])
        self._record(
            EchangeRecord(
                instant=self._clock.now(),
                machine_instant=machine_now(),
                duration_ms=0.0,
                kind="handshake",
                acteur_code=verdict.acteur if verdict else None,
                certificate_fingerprint=verdict.fingerprint if verdict else None,
                certificate_subject=verdict.subject if verdict else None,
                remote_address=failure.remote_address,
                detail=alert_detail(failure, verdict),
            )
        )

    def _answer(self, environ: WSGIEnvironment, verdict: Verdict, now: datetime) -> _Reply:
        if not verdict.accepted:
            return _text(HTTPStatus.FORBIDDEN, verdict.explain())
        assert verdict.acteur is not None
        assert verdict.kind is not None
        for gate in self._gates:
            closed = gate(environ, verdict.acteur)
            if closed is not None:
                return _text(closed.status, closed.text, *closed.headers)
        path, method = environ["PATH_INFO"].rstrip("/"), environ["REQUEST_METHOD"]
        endpoints = self._endpoints()
        endpoint = endpoints.get(path)
        if endpoint is None:
            return _text(
                HTTPStatus.NOT_FOUND,
                f"« {path} » n'est le chemin d'aucun service. Chemins servis :\n"
                + "\n".join(sorted(endpoints)),
            )
        if method == "GET" and environ.get("QUERY_STRING", "").lower().startswith("wsdl"):
            return self._call(environ, endpoint, b"", "http")
        if method != "POST":
            return _text(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"{path} reçoit des demandes par POST et donne son contrat par GET {path}?wsdl.",
                ("Allow", "GET, POST"),
            )
        content_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if content_type not in _CONTENT_TYPES:
            return _text(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"Content-Type « {content_type} » : envoyer text/xml ou application/soap+xml.",
            )
        service = endpoint.contract.service
        calls = self._cadence.count(verdict.acteur, service, now)
        note = f"{calls}e appel de {service} par {verdict.acteur} dans la même seconde"
        if calls > 1 and self._rate_refused:
            text = f"{note}.\nUn appel par seconde et par service : réessayer dans une seconde."
            refused = _text(HTTPStatus.TOO_MANY_REQUESTS, text, ("Retry-After", "1"))
            return replace(refused, endpoint=endpoint)
        environ[DEMANDEUR] = Demandeur(verdict.acteur, verdict.kind)
        reply = self._call(environ, endpoint, environ["wsgi.input"].read(), "soap")
        return replace(reply, notes=(note,)) if calls > 1 else reply

    def _call(
        self, environ: WSGIEnvironment, endpoint: "Endpoint", request: bytes, kind: KindEchange
    ) -> _Reply:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Any:
            started.append((status, headers))

        environ["wsgi.input"] = io.BytesIO(request)
        environ["CONTENT_LENGTH"] = str(len(request))
        content = b"".join(endpoint(environ, start))
        status, headers = started[-1]
        return _Reply(
            HTTPStatus(int(status[:3])),
            content,
            [(name, value) for name, value in headers if name != "Content-Length"],
            kind,
            endpoint,
            environ.get(PRM),
            environ.get(OUTCOME),
            request,
        )

    def _journal(
        self,
        environ: WSGIEnvironment,
        verdict: Verdict,
        reply: _Reply,
        started: datetime,
        duration_ms: float,
    ) -> None:
        contract = reply.endpoint.contract if reply.endpoint else None
        fault = reply.fault
        told = [fault.explanation if fault else reply.detail, *reply.notes]
        in_production = self._policy.environment == "production"
        if in_production and verdict.accepted and verdict.valid_until is not None:
            told.append(rotation_warning(verdict.valid_until, started))
        self._record(
            EchangeRecord(
                instant=environ[INSTANT],
                machine_instant=started,
                duration_ms=duration_ms,
                kind=reply.kind,
                acteur_code=verdict.acteur,
                certificate_fingerprint=verdict.fingerprint,
                certificate_subject=verdict.subject,
                remote_address=remote_address(environ),
                service=contract.service if contract else None,
                version=contract.version if contract else None,
                prm=reply.prm,
                code=_code(reply),
                http_status=reply.status.value,
                rule=fault and _deciding(fault),
                detail="\n".join(filter(None, told)) or None,
                request=reply.request,
                response=reply.content,
            )
        )


def _in_ascii(text: str) -> str:
    """Return French text on one line of plain letters: what an HTTP status line may hold."""
    plain = unicodedata.normalize("NFKD", text.translate({0x2019: "'", 0xAB: '"', 0xBB: '"'}))
    kept = "".join(c if c.isprintable() else " " for c in plain if c < "\x7f" or c.isspace())
    return " ".join(kept.split())


def _code(reply: _Reply) -> str | None:
    """Return the SGT code that was answered; a service without acquittement sends none."""
    if reply.fault is not None:
        return reply.fault.code
    acquitted = reply.endpoint is not None and reply.endpoint.contract.response_header is not None
    return "SGT200" if acquitted and reply.kind == "soap" else None


def _deciding(fault: "SgtFault") -> DecidingRule | None:
    rule = fault.rule
    if rule is None:
        return None
    return DecidingRule(
        name=rule.name,
        source=rule.source,
        provenance=rule.provenance,
        explanation=f"aurait été accepté : {rule.remede}",
    )


def _text(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> _Reply:
    return _Reply(
        status,
        f"{text}\n".encode(),
        [("Content-Type", "text/plain; charset=utf-8"), *headers],
        detail=text,
    )
