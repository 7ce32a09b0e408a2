"""One contract published by Spyne: its document, its dispatch, its one operation."""

import logging
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any

from sge_sim.domaine.plateformes import Existence
from sge_sim.errors import UsageError
from sge_sim.refus import Refus
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.contract import Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.exchange import Exchange
from sge_sim.soap.messages import MessageWriter
from sge_sim.soap.models import Models
from sge_sim.soap.operation import AnswersDemand, Operation
from sge_sim.soap.outgoing import Outgoing
from sge_sim.soap.protocol import FaultStyle, SgeSoap11, SgtFault
from sge_sim.transport.message import Response


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
_KEPT_DOCUMENTS = 4

_log = logging.getLogger(__name__)


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
        self._published = lru_cache(_KEPT_DOCUMENTS)(contract.published_at)

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
        operation = Operation(MessageWriter(contract, elements, self._strict), self._handle)
        application = spyne.Application(
            [operation.published(models)],
            tns=contract.request[1:].partition("}")[0],
            name=contract.operation,
            in_protocol=incoming,
            out_protocol=outgoing,
        )
        return _Way(application)


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
        context.__dict__.update(self._blank, udc=exchange)
        context.in_string = exchange.request.body
        (context,) = self.generate_contexts(context)
        if context.in_error is None:
            self.get_in_object(context)
        if context.in_error is None:
            self.get_out_object(context)
        return self._response(context)

    def refuse(self, exchange: Exchange, fault: SgtFault) -> Response:
        context = object.__new__(Context)
        context.__dict__.update(self._blank, udc=exchange, out_error=fault)
        return self._response(context)

    def _response(self, context: Any) -> Response:
        self.get_out_string(context)
        status = HTTPStatus.OK if context.out_error is None else HTTPStatus.INTERNAL_SERVER_ERROR
        (message,) = context.out_string
        # A context and its errors hold each other: the message, which may be a large one, is let go
        # now, not when the collector comes by.
        context.in_document = context.in_body_doc = context.in_header_doc = None
        for error in (context.in_error, context.out_error):
            if error is not None:
                error.__traceback__ = None
        return Response(status, message, _TEXT_XML)
