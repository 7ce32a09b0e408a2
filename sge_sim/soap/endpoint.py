"""One contract published by Spyne: its document, its dispatch, its one operation."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Any

from lxml import etree

from sge_sim.door.exchange import Exchange, Outcome
from sge_sim.errors import UsageError
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import libelle
from sge_sim.soap.contract import Contract
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.protocol import FaultStyle, SgeSoap11, SgtFault, Tree
from sge_sim.transport.message import Response

_TEXT_XML = (("Content-Type", "text/xml; charset=utf-8"),)
_KEPT_DOCUMENTS = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What a service answers.

    `body` is the tree of the response element, its text, or that element as ready bytes. The other
    fields go into the acquittement of the services that have one; a login that the header gave
    prevails.
    """

    body: Tree | bytes | str
    point_id: str | None = None
    affaire_id: str | None = None
    login: str | None = None


Handler = Callable[[Exchange], AbstractContextManager[Answer]]
"""What answers a demand. The answer is written inside the context, so that leaving it, which
commits, is the last thing that can refuse; an exception inside undoes the demand."""


class Endpoint:
    """What answers on the path of one contract; `handle` raises `SgtFault` to refuse.

    Raises `UsageError` for a contract that has a type of XML Schema that isn't known here.

    A failure of `handle` is answered as SGT500, and its traceback logged. With `strict`, an answer
    that breaks the contract is such a failure. `unavailable` is the code of the service when what
    it needs (the database, a file) doesn't answer.
    """

    def __init__(
        self,
        contract: Contract,
        handle: Handler,
        style: FaultStyle,
        *,
        strict: bool = False,
        unavailable: str = "SGT500",
    ) -> None:
        self.contract = contract
        self._handle = handle
        self._style = style
        self._strict = strict
        self._unavailable = unavailable
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

    def fail(self, exchange: Exchange, explanation: str, *, unreachable: bool) -> Response:
        """Return the fault for what failed before the service was asked.

        `unreachable` says that it will do again: the service is momentarily unavailable.
        """
        code = self._unavailable if unreachable else "SGT500"
        return self._way.refuse(exchange, SgtFault(code, explanation=explanation))

    def publish(self, url: str) -> Response:
        """Return the WSDL document with `url` as the address of its port."""
        return Response(HTTPStatus.OK, self._published(url), _TEXT_XML)

    def load(self) -> None:
        """Have Spyne read the contract now, rather than at the first call.

        Raises what is wrong with the contract.
        """
        _ = self._way

    @cached_property
    def _way(self) -> "_Way":
        contract, models = self.contract, self._models
        protocol = SgeSoap11(contract, models, self._style)
        operation = _Operation(contract, protocol, self._handle, self._strict)
        application = spyne.Application(
            [_service(contract, models, operation)],
            tns=contract.request[1:].partition("}")[0],
            name=contract.operation,
            in_protocol=protocol,
            out_protocol=SgeSoap11(contract, models, self._style),
        )
        return _Way(application)


class _Context(spyne.MethodContext):  # type: ignore[misc]
    """What Spyne's stations hand on, without what Spyne does for those who make a mistake with it.

    A name that is no attribute of its isn't caught, and an event that nobody listens to costs
    nothing.
    """

    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **options: Any) -> None:
        if self.app.event_manager.handlers:
            super().fire_event(event, *args, **options)


class _Way(spyne.ServerBase):  # type: ignore[misc]
    """Spyne's stations, one after the other: bytes in, bytes out."""

    transport = "sge"

    def answer(self, exchange: Exchange) -> Response:
        context = self._context(exchange)
        context.in_string = (exchange.request.body,)
        (context,) = self.generate_contexts(context)
        if context.in_error is None:
            self.get_in_object(context)
        if context.in_error is None:
            self.get_out_object(context)
        return self._response(context)

    def refuse(self, exchange: Exchange, fault: SgtFault) -> Response:
        context = self._context(exchange)
        context.out_error = fault
        return self._response(context)

    def _context(self, exchange: Exchange) -> Any:
        context = _Context(self, spyne.MethodContext.SERVER)
        context.udc = exchange
        return context

    def _response(self, context: Any) -> Response:
        self.get_out_string(context)
        status = HTTPStatus.OK if context.out_error is None else HTTPStatus.INTERNAL_SERVER_ERROR
        (message,) = context.out_string
        return Response(status, message, _TEXT_XML)


@dataclass(frozen=True)
class _Operation:
    """What Spyne calls: the handler between the tree of the request and the bytes of the answer."""

    contract: Contract
    protocol: SgeSoap11
    handle: Handler
    strict: bool

    def __call__(self, ctx: Any, demande: Tree) -> bytes:
        exchange: Exchange = ctx.udc
        exchange.demande, exchange.entete = demande, ctx.in_header or {}
        try:
            with self.handle(exchange) as answer:
                message = self._write(answer, exchange.entete)
        except SgtFault:
            raise
        except Exception as error:
            _log.exception("%s n'a pas pu répondre.", self.contract.path)
            raise SgtFault("SGT500", explanation=f"{type(error).__name__}: {error}") from error
        # A service without acquittement sends no code.
        exchange.outcome = Outcome("SGT200" if self.contract.response_header else None)
        return message

    def _write(self, answer: Answer, entete: Tree) -> bytes:
        body = answer.body
        if not isinstance(body, bytes):
            body = self.protocol.write(self.contract.response, body)
        if self.strict:
            self._hold_against_contract(body)
        acquittement = self.contract.response_header and self.protocol.write(
            self.contract.response_header, _acquittement(answer, entete)
        )
        return self.protocol.envelope(acquittement or None, body)

    def _hold_against_contract(self, body: bytes) -> None:
        mistake = self.contract.first_mistake(etree.fromstring(body))
        if mistake is not None:
            raise ValueError(f"la réponse ne respecte pas le contrat : {mistake}")


def _service(contract: Contract, models: Models, operation: _Operation) -> Any:
    def published(ctx: Any, demande: Tree) -> bytes:
        return operation(ctx, demande)

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
    )(published)
    return type("Service", (spyne.ServiceBase,), {contract.operation: method})


def _acquittement(answer: Answer, header: Tree) -> Tree:
    """Return the header of a success: the result, the point and, where known, the login."""
    functional = {
        name: value
        for name, value in (("pointId", answer.point_id), ("affaireId", answer.affaire_id))
        if value is not None
    }
    login = header.get("infoDemandeur", {}).get("loginDemandeur") or answer.login
    tree: dict[str, Any] = {"resultat": {"code": "SGT200", TEXT: libelle("SGT200")}}
    if functional:
        tree["infoFonctionnelles"] = functional
    if login:
        tree["infoDemandeur"] = {"loginDemandeur": login}
    return tree
