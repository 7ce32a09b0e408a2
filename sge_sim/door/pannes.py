"""The answer to a call that a panne strikes: another one, or the service's altered."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sge_sim.domaine.pannes import Atteinte, SortePanne
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.exchange import Exchange
from sge_sim.transport.answering import text_response
from sge_sim.transport.message import Departure, Response

if TYPE_CHECKING:
    from sge_sim.soap.endpoint import Endpoint

_CODES: Final[Mapping[SortePanne, str]] = MappingProxyType({"sgt500": "SGT500", "sgt506": "SGT506"})
STATUSES: Final[Mapping[SortePanne, HTTPStatus]] = MappingProxyType(
    {
        "http403": HTTPStatus.FORBIDDEN,
        "http502": HTTPStatus.BAD_GATEWAY,
        "http503": HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""The pannes that are an HTTP status in place of the answer."""
# The shape is assumed: campaigns tell of failures without a code (23.4), none shows the message.
_WITHOUT_CODE: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>'
    b"<faultcode>soap:Server</faultcode><faultstring>Internal Error</faultstring>"
    b"</soap:Fault></soap:Body></soap:Envelope>"
)
_STRANGER: Final = b"<panne>ce que le contrat ne dit pas</panne>"


def altered_answer(struck: Atteinte, exchange: Exchange, endpoint: "Endpoint") -> Response:
    """Return what the client gets instead of the answer of its service."""
    sorte = struck.panne.sorte
    if sorte in _CODES:
        return endpoint.fail(exchange, _CODES[sorte])
    if sorte in STATUSES:
        return text_response(STATUSES[sorte], STATUSES[sorte].phrase)
    if sorte == "sans_code":
        content_type = ("Content-Type", "text/xml; charset=utf-8")
        return Response(HTTPStatus.INTERNAL_SERVER_ERROR, _WITHOUT_CODE, (content_type,))
    response = endpoint.answer(exchange)
    match sorte:
        case "xml_tronque":
            return response._replace(content=response.content[: len(response.content) // 2])
        case "xml_invalide":
            return response._replace(content=_with_stranger(response.content))
        case _:
            return response._replace(departure=departure_of(struck))


def departure_of(struck: Atteinte) -> Departure | None:
    """Return how the answer to a call that was struck leaves; None: at once, whole."""
    match struck.panne.sorte:
        case "latence":
            return Departure(delay_seconds=struck.seconds)
        case "lente":
            return Departure(over_seconds=struck.seconds)
        case "coupure":
            return Departure(kept=0.5)
        case "coupure_muette":
            return Departure(kept=0.0)
        case _:
            return None


def called_point(message: bytes) -> str | None:
    """Return the `pointId` of a message, None where none can be read."""
    try:
        root = parse_xml(message)
    except ValueError:
        return None
    found = next(root.iter("{*}pointId"), None)
    return None if found is None else (found.text or "").strip()


def _with_stranger(content: bytes) -> bytes:
    """Return a message with an element that its contract doesn't have, last in its body."""
    before, end, after = content.rpartition(b"</soap:Body>")
    place = before.rfind(b"</")
    return b"".join((before[:place], _STRANGER, before[place:], end, after))
