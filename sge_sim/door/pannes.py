"""The answer to a call that a panne strikes: another one, or the service's altered."""

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from sge_sim.domaine.pannes import Atteinte
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.exchange import Exchange
from sge_sim.transport.answering import text_response
from sge_sim.transport.message import Departure, Response

if TYPE_CHECKING:
    from sge_sim.soap.endpoint import Endpoint

_STRANGER: Final = b"<panne>ce que le contrat ne dit pas</panne>"
_TEXTS: Final = re.compile(rb">[^<]+<")


def altered_answer(struck: Atteinte, exchange: Exchange, endpoint: "Endpoint") -> Response:
    """Return what the client gets instead of the answer of its service."""
    panne, sorte = struck.panne, struck.panne.declared
    if code := panne.code or sorte.code:
        return endpoint.fail(exchange, code)
    if sorte.statuts:
        status = HTTPStatus(sorte.statuts[0])
        if not sorte.corps:
            return text_response(status, status.phrase)
        return Response(status, sorte.corps.encode(), (("Content-Type", sorte.type),))
    response = endpoint.answer(exchange)
    match panne.sorte:
        case "xml_tronque":
            return response._replace(content=response.content[: len(response.content) // 2])
        case "xml_invalide":
            return response._replace(content=_with_stranger(response.content))
        case "utf8_double":
            return response._replace(content=_TEXTS.sub(_coded_twice, response.content))
        case _ if sorte.remplace:
            return response._replace(content=_replaced(struck, response.content))
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
        case _ if struck.panne.declared.coupee:
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


def _coded_twice(text: re.Match[bytes]) -> bytes:
    """Return a text whose bytes of UTF-8 were taken for letters, and coded again (observed)."""
    return text[0].decode("latin-1").encode()


def _replaced(struck: Atteinte, content: bytes) -> bytes:
    """Return a message with what the sort replaces, value by value: each is drawn where the plan
    has a probability."""
    panne, drawn = struck.panne, 0
    pattern, other = panne.declared.remplace

    def change(found: re.Match[str]) -> str:
        nonlocal drawn
        drawn += 1
        part = 1.0 if panne.probabilite is None else panne.probabilite
        return found.expand(other) if panne.draw(f"{struck.number}/{drawn}") < part else found[0]

    return re.sub(pattern, change, content.decode()).encode()
