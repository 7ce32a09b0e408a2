"""What Spyne calls once it has read a demand: the handler, which has its answer written."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.exchange import Exchange, Outcome
from sge_sim.soap.messages import MessageWriter
from sge_sim.soap.models import Models
from sge_sim.soap.protocol import SgtFault, Tree

AnswersDemand = Callable[[Exchange, MessageWriter], bytes]
"""What answers a demand: it has the answer written, then commits, so that committing is the last
thing that can refuse; whatever goes wrong before undoes the demand."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Operation:
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
