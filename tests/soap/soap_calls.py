"""A Spyne endpoint in process: bytes in, status and document out."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from lxml import etree

from sge_sim.clock import machine_now
from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.endpoint import Endpoint
from sge_sim.soap.exchange import Exchange, Outcome
from sge_sim.soap.messages import Answer, MessageWriter
from sge_sim.soap.protocol import FaultStyle
from sge_sim.transport.message import Request, Sender


@dataclass(frozen=True)
class Posted:
    status: HTTPStatus
    document: etree._Element
    outcome: Outcome
    notes: list[str]

    @property
    def code(self) -> str | None:
        result = self.document.find(".//detail/*/resultat")
        return None if result is None else result.get("code")


def envelope(body: str, header: str = "", prefix: str = "soapenv") -> bytes:
    head = f"<{prefix}:Header>{header}</{prefix}:Header>" if header else ""
    return (
        f'<{prefix}:Envelope xmlns:{prefix}="{ENVELOPE}">{head}'
        f"<{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>"
    ).encode()


def post(
    contract: Contract,
    request: bytes,
    handle: Callable[[Exchange], Answer],
    faultstring: str | None = None,
) -> Posted:
    def answering(exchange: Exchange, messages: MessageWriter) -> bytes:
        return messages.write(handle(exchange), exchange.entete)

    endpoint = Endpoint(contract, answering, FaultStyle(faultstring))
    sender = Sender(b"", (), "127.0.0.1")
    demand = Request("POST", contract.path, "", {}, request, sender)
    exchange = Exchange(demand, machine_now(), machine_now())
    response = endpoint.answer(exchange)
    document = etree.fromstring(response.content)
    return Posted(response.status, document, exchange.outcome, exchange.notes)
