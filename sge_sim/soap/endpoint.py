"""One contract published by Spyne: its document, its dispatch, its one operation, its faults."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from sge_sim.domaine.plateformes import Existence
from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once
from sge_sim.refus import Refus
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.contract import Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.exchange import Exchange, Outcome
from sge_sim.soap.messages import MessageWriter, envelope, info_demandeur
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.protocol import MIME_TYPE, FaultStyle, SgeSoap11, SgtFault, Tree
from sge_sim.transport.message import Response


class Outgoing(spyne.Soap11):  # type: ignore[misc]
    """The protocol of one contract's answers: the message that the operation wrote, or a fault.

    Faults have the SGT code in `detail/erreur/resultat`; `soap` is the prefix of the envelope.
    """

    mime_type = MIME_TYPE

    def __init__(self, contract: Contract, elements: ElementWriter, style: FaultStyle) -> None:
        super().__init__(cleanup_namespaces=False)
        self._contract = contract
        self._elements = elements
        self._style = style

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the message that the operation wrote, or write a fault."""
        if ctx.out_error is None:
            (ctx.out_document,) = ctx.out_object
            return
        exchange: Exchange = ctx.udc
        fault = _as_sgt(ctx.out_error)
        exchange.outcome = Outcome(fault.code, fault.constat, fault.rule)
        ctx.out_document = envelope([], self._fault(fault, exchange))

    def _fault(self, fault: SgtFault, exchange: Exchange) -> list[bytes]:
        """Return a fault as the guides show it.

        The services of ConsultationMesuresDetaillees have a `faultstring` of their own, and tell
        the code alone (GUI 0488 §4.3). In the others it is the label, and what is known of the
        demand follows the code (GUI 0468 §3.2.2.2).
        """
        bare = self._style.bare(exchange.instant)
        code, libelle = ("", "") if bare else (fault.code, fault.libelle)
        detail_tree: dict[str, Any] = {"resultat": {"code": code, TEXT: libelle}}
        if self._style.faultstring is None:
            if prm := exchange.prm:
                detail_tree["infoFonctionnelles"] = {"pointId": prm}
            detail_tree.update(info_demandeur(exchange.login))
        faultstring = escape(self._style.faultstring or fault.libelle)
        prefix = "soap:" if bare else ""
        head = (
            f"<soap:Fault><{prefix}faultcode>soap:Server</{prefix}faultcode>"
            f"<{prefix}faultstring>{faultstring}</{prefix}faultstring><detail>"
        )
        detail = self._elements.parts(self._contract.fault, detail_tree)
        return [head.encode(), *detail, b"</detail></soap:Fault>"]


def _as_sgt(error: Any) -> SgtFault:
    """Return `error` as a fault of SGE: what Spyne itself refuses is a malformed message."""
    if isinstance(error, SgtFault):
        return error
    if str(getattr(error, "faultcode", "")).startswith("Client"):
        return SgtFault("SGT562", constat="message : un autre contenu attendu, reçu celui-ci")
    return SgtFault("SGT500", constat=str(error))


AnswersDemand = Callable[[Exchange, MessageWriter], bytes]
"""What answers a demand: it has the answer written, then commits, so that committing is the last
thing that can refuse; whatever goes wrong before undoes the demand."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SoapOperation:
    """What Spyne calls: the handler between the tree of the request and the bytes of the answer."""

    messages: MessageWriter
    handle: AnswersDemand

    def __call__(self, ctx: Any, demande: Tree) -> bytes:
        exchange: Exchange = ctx.udc
        exchange.demande, exchange.entete = demande, ctx.in_header or {}
        contract = self.messages.contract
        try:
            message = self.handle(exchange, self.messages)
        except SgtFault:
            raise
        except Exception as error:
            _log.exception("%s n'a pas pu répondre.", contract.path)
            raise SgtFault("SGT500", constat=f"{type(error).__name__}: {error}") from error
        # A service without acquittement sends no code.
        exchange.outcome = Outcome("SGT200" if contract.response_header else None)
        return message

    def published(self, models: Models) -> Any:
        """Return the operation as a service of Spyne's."""
        contract = self.messages.contract

        def operation(ctx: Any, demande: Tree) -> bytes:
            return self(ctx, demande)

        request, response = models.element(contract.request), models.element(contract.response)
        headers = {
            key: (models.element(name),)
            for key, name in (
                ("_in_header", contract.request_header),
                ("_out_header", contract.response_header),
            )
            if name is not None
        }
        method = spyne.rpc(
            request,
            _returns=response,
            _body_style="bare",
            _operation_name=contract.operation,
            **headers,
        )(operation)
        return type("Service", (spyne.ServiceBase,), {contract.operation: method})


class Context(spyne.MethodContext):  # type: ignore[misc]
    """A context without what Spyne does for those who make a mistake with it.

    A name that is no attribute of its isn't caught, and its events, to which nobody listens, cost
    nothing. `udc` is the exchange.
    """

    def __init__(self, server: spyne.ServerBase) -> None:
        super().__init__(server, self.SERVER)

    descriptor: Any = None  # a plain attribute, where Spyne has a property
    __setattr__ = object.__setattr__
    fire_event: Any = {}.get  # takes the name of an event, does nothing


_TEXT_XML = (("Content-Type", "text/xml; charset=utf-8"),)
_OK, _FAILED = HTTPStatus.OK, HTTPStatus.INTERNAL_SERVER_ERROR
_KEPT_DOCUMENTS = 4


class Endpoint:
    """What answers on the path of one contract; `handle` raises `SgtFault` to refuse.

    `existence` says when the platform served it, None where it always has.
    Raises `UsageError` for a contract that has a type of XML Schema that isn't known here.

    A failure of `handle` is answered as SGT500, and its traceback logged. With `strict`, an answer
    that breaks the contract is such a failure. With `zoned_dates`, the dates of answers have their
    offset. `unavailable` is the code of the service when what
    it needs (the database, a file) doesn't answer. `par_seconde` is how many demands it takes in a
    second, of all actors together, for whoever counts them.
    """

    def __init__(
        self,
        contract: Contract,
        handle: AnswersDemand,
        style: FaultStyle,
        *,
        existence: Existence | None = None,
        strict: bool = False,
        zoned_dates: bool = False,
        unavailable: str = "SGT500",
        par_seconde: int | None = None,
    ) -> None:
        self.contract = contract
        self.par_seconde = par_seconde
        self.names = contract.service, contract.version
        self.existence = existence
        self._handle = handle
        self._style = style
        self._strict = strict
        self._zoned_dates = zoned_dates
        self.unavailable = unavailable
        self._models = Models(contract.schemas)
        unreadable = self._models.unreadable(contract.elements)
        if unreadable:
            raise UsageError(
                f"{contract.source} : sge-sim ne sait pas lire {', '.join(unreadable)}."
            )
        self._published = computed_once(_KEPT_DOCUMENTS)(contract.published_at)

    def answer(self, exchange: Exchange) -> Response:
        """Return the answer to the demand in `exchange`, which learns what became of it."""
        return self._way.answer(exchange)

    def fail(self, exchange: Exchange, code: str, constat: str = "") -> Response:
        """Return the fault for what failed before the service was asked."""
        return self._way.refuse(exchange, SgtFault(code, constat=constat))

    def refuse(self, exchange: Exchange, refus: Refus, whose: str) -> Response:
        """Return the fault for what a rule of `whose` refuses, without asking the service."""
        rule = refus.rule.of(whose)
        return self._way.refuse(exchange, SgtFault(rule.code, constat=refus.constat, rule=rule))

    def publish(self, url: str) -> Response:
        """Return the WSDL document with `url` as the address of its port."""
        return Response(HTTPStatus.OK, self._published(url), _TEXT_XML)

    def load(self) -> None:
        """Make Spyne read the contract now, rather than at the first call.

        Raises what is wrong with the contract.
        """
        _ = self._way

    @cached_property
    def _way(self) -> "_Way":
        contract, models = self.contract, self._models
        incoming = SgeSoap11(contract, models, self._style)
        elements = ElementWriter(models, incoming.to_unicode, zoned_dates=self._zoned_dates)
        outgoing = Outgoing(contract, elements, self._style)
        operation = SoapOperation(MessageWriter(contract, elements, self._strict), self._handle)
        application = _Application(
            [operation.published(models)],
            tns=contract.request[1:].partition("}")[0],
            name=contract.operation,
            in_protocol=incoming,
            out_protocol=outgoing,
        )
        return _Way(application)


class _Application(spyne.Application):  # type: ignore[misc]
    """An application of one operation, which nothing stands around."""

    call_wrapper = staticmethod(lambda ctx: ctx.function(ctx, *ctx.in_object))


class _Way(spyne.ServerBase):  # type: ignore[misc]
    """Spyne's stations, one after the other: bytes in, bytes out."""

    transport = "sge"

    def __init__(self, application: spyne.Application) -> None:
        super().__init__(application)
        # Spyne ties a knot of six objects for each context, which keeps the message and its answer
        # until the next collection of garbage: it is tied once, and copied.
        self._blank = vars(Context(self))

    def answer(self, exchange: Exchange) -> Response:
        context = object.__new__(Context)
        context.__dict__.update(self._blank, udc=exchange, in_string=exchange.request.body)
        (context,) = self.generate_contexts(context)
        if context.in_error is None:
            self.get_in_object(context)
        if context.in_error is None:
            self.app.process_request(context)
        return self._response(context)

    def refuse(self, exchange: Exchange, fault: SgtFault) -> Response:
        context = object.__new__(Context)
        context.__dict__.update(self._blank, udc=exchange, out_error=fault)
        return self._response(context)

    def _response(self, context: Any) -> Response:
        self.app.out_protocol.serialize(context, SgeSoap11.RESPONSE)
        message, status = context.out_document, _OK if context.out_error is None else _FAILED
        # A context and its errors hold each other: the message, which may be a large one, is let go
        # now, not when the collector comes by.
        context.in_document = context.in_body_doc = context.in_header_doc = None
        for error in (context.in_error, context.out_error):
            if error is not None:
                error.__traceback__ = None
        return Response(status, message, _TEXT_XML)
