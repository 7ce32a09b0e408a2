"""One contract published by Spyne: its document, its dispatch, its one operation."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from lxml import etree

from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import libelle
from sge_sim.soap.contract import Contract
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.protocol import SgeSoap11, SgtFault, Tree

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """What reaches a service: the request as plain values, and what came with it.

    `header` is empty where the client sent none.
    """

    body: Tree
    header: Tree
    environ: WSGIEnvironment


@dataclass(frozen=True)
class Answer:
    """What a service answers.

    `body` is the tree of the response element, or that element as ready bytes. The other fields
    go into the acquittement of the services that have one; a login that the header gave prevails.
    """

    body: Tree | bytes
    point_id: str | None = None
    affaire_id: str | None = None
    login: str | None = None


Handler = Callable[[Call], Answer]


class Endpoint:
    """The WSGI application of one contract; `handle` raises `SgtFault` to refuse.

    `faultstring` is the text of every fault; None where it is the label of its code.

    A failure of `handle` is answered as SGT500, and its traceback logged. With `strict`, an answer
    that breaks the contract is such a failure.
    """

    def __init__(
        self, contract: Contract, handle: Handler, faultstring: str | None, strict: bool = False
    ) -> None:
        self.contract = contract
        self._handle = handle
        self._faultstring = faultstring
        self._strict = strict

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer

    @cached_property
    def application(self) -> "_Wsgi":
        """What Spyne makes of the contract, at the first call: the start can do without."""
        contract, models = self.contract, Models(self.contract.schemas)
        protocol = SgeSoap11(contract, models, self._faultstring)
        operation = _Operation(contract, protocol, self._handle, self._strict)
        application = spyne.Application(
            [_service(contract, models, operation)],
            tns=contract.request[1:].partition("}")[0],
            name=contract.operation,
            in_protocol=protocol,
            out_protocol=SgeSoap11(contract, models, self._faultstring),
        )
        return _Wsgi(application, contract)


class _Wsgi(spyne.WsgiApplication):  # type: ignore[misc]
    """Spyne's WSGI application, publishing our document instead of one of its own making."""

    def __init__(self, application: Any, contract: Contract) -> None:
        super().__init__(application)
        self._contract = contract

    def handle_wsdl_request(self, req_env: Any, start_response: Any, url: str) -> list[bytes]:
        document = self._contract.published_at(url)
        start_response(
            "200 OK",
            [
                ("Content-Type", "text/xml; charset=utf-8"),
                ("Content-Length", str(len(document))),
            ],
        )
        return [document]


@dataclass(frozen=True)
class _Operation:
    """What Spyne calls: the handler between the tree of the request and the bytes of the answer."""

    contract: Contract
    protocol: SgeSoap11
    handle: Handler
    strict: bool

    def __call__(self, ctx: Any, demande: Tree) -> bytes:
        header = ctx.in_header or {}
        try:
            answer = self.handle(Call(demande, header, ctx.transport.req))
            body = answer.body
            if not isinstance(body, bytes):
                body = self.protocol.write(self.contract.response, body)
            if self.strict:
                self._hold_against_contract(body)
            if self.contract.response_header:
                ctx.out_header = self.protocol.write(
                    self.contract.response_header, _acquittement(answer, header)
                )
        except SgtFault:
            raise
        except Exception as error:
            _log.exception("%s n'a pas pu répondre.", self.contract.path)
            raise SgtFault("SGT500", explanation=f"{type(error).__name__}: {error}") from error
        return body

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
