"""The application of the B2B listener: the door, the endpoints, the journal.

Only what the real platform serves is here: `POST /<Service>/v<x.y>` and `GET …?wsdl`. Whatever
comes is recorded, and whatever fails on the way is answered: a SOAP client always gets SOAP.
"""

import logging
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sge_sim.clock import elapsed_ms, machine_now, stopwatch
from sge_sim.domaine.echanges import ASKED, ASKED_MOST, NOTED
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.domaine.plateformes import is_served, why_not_served
from sge_sim.door import gates
from sge_sim.door.cadence import TOUS, Cadence
from sge_sim.door.certificats import read_registered
from sge_sim.door.gates import Gate
from sge_sim.door.origine import CLIENT, HEADER, PRODUCT, Marques, auteur_of
from sge_sim.door.pannes import altered_answer, plans_about
from sge_sim.facts.guet import Guet
from sge_sim.facts.memoire import Memoire
from sge_sim.facts.outage import DATABASE_UNREACHABLE, log_failure
from sge_sim.journal import EchangeRecord
from sge_sim.pki.deadlines import rotation_warning
from sge_sim.pki.policy import Policy, Verdict
from sge_sim.refus import Refus, Rule
from sge_sim.settings import Settings
from sge_sim.soap.endpoint import Endpoint
from sge_sim.soap.exchange import Exchange, Outcome
from sge_sim.tables.clock import read_clock
from sge_sim.tables.comptages import SharedCadence
from sge_sim.tables.pannes import read_pannes
from sge_sim.transport.answering import text_response
from sge_sim.transport.handshake import Cause, HandshakeFailure
from sge_sim.transport.message import Request, Response

if TYPE_CHECKING:
    from sge_sim.door.variantes import Variantes


def alert_detail(failure: HandshakeFailure, verdict: Verdict | None) -> str:
    """Return the reason of a refused handshake in French, a line for each fault.

    `verdict` is the policy's on the certificate that came, None when none came. Where it knows
    the issuer that OpenSSL didn't find, the client has kept its intermediate to itself.
    """
    reason = failure.cause.value
    if failure.cause is Cause.ISSUER_NOT_FOUND and verdict is not None:
        known = not any(refusal.rule.code == "chaine" for refusal in verdict.reasons)
        reason = (
            "le certificat intermédiaire n'a pas été envoyé : le présenter à la suite du sien"
            if known
            else "l'émetteur du certificat présenté est inconnu : autorité non reconnue"
        )
    lines = [f"Alerte TLS : {reason} ({failure.detail})"]
    if verdict is not None:
        lines += [f"- {refusal.explain()}" for refusal in verdict.reasons]
    return "\n".join(lines)


_CONTENT_TYPES = ("text/xml", "application/soap+xml", "application/xml")
_PHRASE_MAX = 300

_log = logging.getLogger(__name__)
_FAR = timedelta(days=31)
"""Longer than 15 working days can take: a certificate that ends later isn't looked at further."""


@dataclass(eq=False)
class B2B:
    """The application of one process.

    `endpoints` is what is served, by path.
    `memoire` reads the state: the clock, whose a certificate is, the pannes. `gates` may
    turn away a request whose certificate is accepted, in their order. `cadence` counts the
    calls of each actor to each service; more than one a second are noted in the journal, and
    refused with `rate_refused` (HTTP 429, assumed); those of all actors beyond the ceiling of a
    service likewise, with `plafonds_refused` (SGT506, assumed). A service that `generation`
    doesn't serve on the simulated day answers as an unknown path or, with `reponse_arret`, as one
    that is unavailable: both are settings. `guet` counts for the pannes, `marques` knows the
    calls of sge-sim's own clients, `variantes` gives answers other forms. `record`
    keeps an exchange and never fails: the client has its answer, whatever becomes of the journal.
    """

    settings: Settings
    endpoints: Mapping[str, Endpoint]
    policy: Policy
    memoire: Memoire
    record: Callable[[EchangeRecord], None]
    cadence: Cadence | SharedCadence
    guet: Guet
    marques: Marques
    gates: Sequence[Gate] = ()
    variantes: "Variantes | None" = None

    def __call__(self, request: Request) -> Response:
        since, now = stopwatch(), machine_now()
        exchange = Exchange(request, started=now, instant=now)
        try:
            response = self._answer(exchange)
        except Refus as refus:
            status = HTTPStatus(int(refus.rule.code))
            response = _refused(
                exchange, status, refus.rule, refus.explain(), *refus.champs.items()
            )
        except Exception as error:
            response = self._failed(exchange, error)
        if self.variantes is not None and exchange.kind == "soap":
            contract = self.endpoints[request.path.rstrip("/")].contract
            response = self.variantes.vary(response, exchange, contract)
        spent = elapsed_ms(since)
        self._journal(self._described, exchange, response, spent)
        return response

    def refuse_handshake(self, failure: HandshakeFailure) -> None:
        """Record a connection that ended before a request could be sent."""
        verdict = None
        if failure.certificate is not None:
            verdict = self.policy.judge(failure.certificate, machine_now(), failure.chain[1:])
        self._journal(
            lambda: EchangeRecord(
                instant=self.memoire.look().ask(read_clock).now(),
                machine_instant=machine_now(),
                duration_ms=0.0,
                kind="handshake",
                origine="client",
                acteur_code=verdict.acteur if verdict else None,
                certificate_fingerprint=verdict.fingerprint if verdict else None,
                certificate_subject=verdict.subject if verdict else None,
                remote_address=failure.remote_address,
                rule=verdict.reasons[0].rule.of(gates.SERVICE)
                if verdict and verdict.reasons
                else None,
                detail=alert_detail(failure, verdict),
            )
        )

    def _answer(self, exchange: Exchange) -> Response:
        sender = exchange.request.sender
        certificate = sender.fingerprint, self.policy.environment
        vue = exchange.vue = self.memoire.look(
            (read_clock,), (read_registered, *certificate), (read_pannes,)
        )
        clock, registered, exchange.pannes = vue.found
        exchange.instant = clock.now()
        verdict = self.policy.judge(
            sender.certificate,
            exchange.started,
            sender.authorities,
            lambda name, environment: (
                registered
                if (name, environment) == certificate
                else vue.ask(read_registered, name, environment)
            ),
        )
        exchange.verdict = verdict
        if verdict.reasons:
            first = verdict.reasons[0].rule
            return _refused(exchange, HTTPStatus.FORBIDDEN, first, verdict.explain())
        assert verdict.acteur is not None
        assert verdict.kind is not None
        exchange.demandeur = Demandeur(verdict.acteur, verdict.kind)
        for gate in self.gates:
            gate(exchange, verdict.acteur)
        request, path = exchange.request, exchange.request.path.rstrip("/")
        endpoint = self.endpoints.get(path)
        gone, day, generation = "", exchange.instant.date(), self.settings.generation
        if (
            endpoint is not None
            and endpoint.existence is not None
            and not is_served(endpoint.existence, generation, day)
        ):
            gone = why_not_served(endpoint.names[0], endpoint.existence, generation, day)
            exchange.notes.append(gone)
        if endpoint is None or (gone and self.settings.reponse_arret == "404"):
            served = [
                name
                for name, served in self.endpoints.items()
                if is_served(served.existence, generation, day)
            ]
            constat = f"« {path} » n'est le chemin d'aucun service ; sont servis "
            raise Refus(gates.CHEMIN_SERVI, constat + ", ".join(sorted(served)))
        if request.method == "GET" and request.query.lower().startswith("wsdl"):
            exchange.service, exchange.version = endpoint.names
            return endpoint.publish(f"https://{request.headers.get('host', '')}{path}")
        if request.method != "POST":
            constat = f"{path} ne répond pas à {request.method}"
            raise Refus(gates.METHODE_ADMISE, constat, Allow="GET, POST")
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type not in _CONTENT_TYPES:
            raise Refus(gates.CONTENU_ADMIS, f"Content-Type « {content_type} »")
        coding = request.headers.get("content-encoding", "")
        if coding.strip().lower() not in ("", "identity"):
            constat = f"Content-Encoding « {coding} » : le corps n'est pas décodé"
            raise Refus(gates.CORPS_SANS_CODAGE, constat, **{"Accept-Encoding": "identity"})
        return self._demand(exchange, endpoint, verdict.acteur, gone)

    def _demand(self, exchange: Exchange, endpoint: Endpoint, acteur: str, gone: str) -> Response:
        service = endpoint.contract.service
        exchange.service, exchange.version = endpoint.names
        calls, together = self.cadence.count((acteur, TOUS), service, exchange.started)
        note = f"{calls}e appel de {service} par {acteur} dans la même seconde"
        if calls > 1 and self.settings.rate_refused:
            raise Refus(gates.UN_APPEL_PAR_SECONDE, note, **{"Retry-After": "1"})
        exchange.kind = "soap"
        if gone:
            return endpoint.refuse(exchange, Refus(gates.SERVICE_SERVI, gone), gates.SERVICE)
        if endpoint.par_seconde is not None and together > endpoint.par_seconde:
            most = f"{endpoint.par_seconde} au plus, tous acteurs"
            beyond = f"{together}e appel de {service} dans la même seconde : {most}."
            exchange.notes.append(beyond if self.settings.plafonds_refused else NOTED + beyond)
            if self.settings.plafonds_refused:
                refus = Refus(gates.PLAFOND_DU_SERVICE, beyond)
                return endpoint.refuse(exchange, refus, gates.SERVICE)
        struck = self.guet.strike(plans_about(exchange, acteur)) if exchange.pannes else None
        if struck is None:
            response = endpoint.answer(exchange)
        else:
            response = altered_answer(struck, exchange, endpoint)
            exchange.notes.append(struck.line)
        if exchange.outcome is not None:
            exchange.notes.append(exchange.outcome.constat)
        if calls > 1:
            exchange.notes.append(NOTED + note)
        return response

    def _failed(self, exchange: Exchange, error: Exception) -> Response:
        """Answer where something failed around the service: nothing has been committed then."""
        request = exchange.request
        reason = log_failure(_log, error, f"{request.path} ne peut pas répondre")
        try:
            endpoint = self.endpoints.get(request.path.rstrip("/"))
            if endpoint is not None and request.method == "POST":
                exchange.service, exchange.version = endpoint.names
                exchange.kind = "soap"
                code = endpoint.unavailable if isinstance(error, DATABASE_UNREACHABLE) else "SGT500"
                response = endpoint.fail(exchange, code, reason)
                exchange.notes.append(reason)
                return response
        except Exception as again:
            _log.error("%s n'a pas pu être chargé : %s", request.path, again)
        exchange.kind = "http"
        return _text(
            exchange,
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"Le simulateur ne peut pas répondre pour l'instant : {reason}.",
            ("Retry-After", "5"),
        )

    def _journal(self, describe: Callable[..., EchangeRecord], *of: Any) -> None:
        """Record what `describe` makes `of` it; whatever happens, the client has its answer."""
        try:
            self.record(describe(*of))
        except Exception as error:
            log_failure(_log, error, "Un échange n'a pas pu être décrit au journal")

    def _described(
        self, exchange: Exchange, response: Response, duration_ms: float
    ) -> EchangeRecord:
        verdict, outcome = exchange.verdict, exchange.outcome or Outcome(None)
        notes, request = exchange.notes, exchange.request
        if exchange.kind == "http":
            query = f"?{request.query}" if request.query else ""
            asked = f"{ASKED}{request.method} {request.path}{query}"
            notes = [asked[:ASKED_MOST], *notes]
        headers = request.headers
        agent, auteur = headers.get("user-agent"), CLIENT
        if HEADER in headers or (agent or "").startswith(PRODUCT):
            auteur = auteur_of(headers, self.marques)
        end = verdict.valid_until if verdict else None
        if verdict and end and end - exchange.started < _FAR and verdict.accepted:
            by_ticket = self.policy.environment == "production"
            warning = rotation_warning(end, exchange.started, by_ticket=by_ticket)
            notes = [*notes, NOTED + warning if warning else ""]
        return EchangeRecord(
            instant=exchange.instant,
            machine_instant=exchange.started,
            duration_ms=duration_ms,
            kind=exchange.kind,
            origine=auteur.origine,
            rejeu_de=auteur.rejeu_de,
            acteur_code=verdict.acteur if verdict else None,
            certificate_fingerprint=verdict.fingerprint if verdict else None,
            certificate_subject=verdict.subject if verdict else None,
            remote_address=exchange.request.sender.address,
            user_agent=agent,
            service=exchange.service,
            version=exchange.version,
            prm=exchange.prm,
            code=outcome.code,
            http_status=int(response.status),
            rule=outcome.rule,
            detail="\n".join(filter(None, notes)) or None,
            request=exchange.request.body if exchange.kind == "soap" else b"",
            response=response.content,
        )


def _refused(
    exchange: Exchange, status: HTTPStatus, rule: Rule, text: str, *headers: tuple[str, str]
) -> Response:
    """Return the answer to what a rule of the door refuses."""
    exchange.outcome = Outcome(None, rule=rule.of(gates.SERVICE))
    return _text(exchange, status, text, *headers)


def _text(exchange: Exchange, status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Response:
    """Return an answer that isn't SOAP.

    Clients that drop the body of a refusal (suds, `raise_for_status` of requests) show the status
    line: it carries the text too.
    """
    exchange.notes.append(text)
    response = text_response(status, text, *headers)
    return response._replace(reason=_in_ascii(text)[:_PHRASE_MAX])


def _in_ascii(text: str) -> str:
    """Return French text on one line of plain letters: what an HTTP status line may hold."""
    plain = unicodedata.normalize("NFKD", text.translate({0x2019: "'", 0xAB: '"', 0xBB: '"'}))
    kept = "".join(c if c.isprintable() else " " for c in plain if c < "\x7f" or c.isspace())
    return " ".join(kept.split())
