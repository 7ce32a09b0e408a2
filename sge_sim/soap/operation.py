"""What Spyne calls once it has read a demand: the handler, then the writing of its answer."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml import etree

from sge_sim.door.exchange import Exchange, Outcome
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.codes import libelle
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.elements import ElementWriter
from sge_sim.soap.models import TEXT, Models
from sge_sim.soap.protocol import SgtFault, Tree

_BEGIN = f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{ENVELOPE}">'.encode()

_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What a service answers.

    `body` is the response element: its tree, its text if it has no children, or itself as ready
    bytes. The other fields go into the acquittement of the services that have one; a login that the
    header gave prevails.
    """

    body: Tree | str | bytes
    point_id: str | None = None
    affaire_id: str | None = None
    login: str | None = None


Handler = Callable[[Exchange], AbstractContextManager[Answer]]
"""What answers a demand. The answer is written inside the context, so that leaving it, which
commits, is the last thing that can refuse; an exception inside undoes the demand."""


@dataclass(frozen=True)
class Operation:
    """What Spyne calls: the handler between the tree of the request and the bytes of the answer."""

    contract: Contract
    elements: ElementWriter
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

    def published(self, models: Models) -> Any:
        """Return the operation as a service of Spyne's."""
        contract = self.contract

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

    def _write(self, answer: Answer, entete: Tree) -> bytes:
        if isinstance(answer.body, bytes):
            body = [answer.body]
        else:
            body = self.elements.parts(self.contract.response, answer.body)
        if self.strict:
            self._hold_against_contract(b"".join(body))
        header = self.contract.response_header
        if header is None:
            return envelope([], body)
        return envelope(self.elements.parts(header, _acquittement(answer, entete)), body)

    def _hold_against_contract(self, body: bytes) -> None:
        mistake = self.contract.first_mistake(etree.fromstring(body))
        if mistake is not None:
            raise ValueError(f"la réponse ne respecte pas le contrat : {mistake}")


def envelope(header: list[bytes], body: list[bytes]) -> bytes:
    """Return a whole message around the ready bytes of the header, if it has one, and the body."""
    if header:
        header = [b"<soap:Header>", *header, b"</soap:Header>"]
    return b"".join((_BEGIN, *header, b"<soap:Body>", *body, b"</soap:Body></soap:Envelope>"))


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
    tree.update(info_demandeur(login))
    return tree


def info_demandeur(login: str | None) -> Tree:
    """Return the element that names who asks, as a member of a header or of a fault.

    The schema wants an address there; several services let an NNI ask, which is left out (assumed).
    """
    return {"infoDemandeur": {"loginDemandeur": login}} if login and "@" in login else {}
