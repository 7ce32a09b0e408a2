"""The answer to a call that a panne strikes: another one, or the service's altered."""

import re
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Final

from sge_sim.domaine.pannes import Atteinte, Panne, plans_at
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
        case _:
            part = struck.panne.declared.part
            return Departure(kept=part) if part < 1 else None


def plans_about(exchange: Exchange, acteur: str) -> tuple[Panne, ...]:
    """Return the plans that may strike a call of a web service."""
    plans = plans_at(exchange.pannes, "soap", exchange.instant, exchange.service, acteur)
    if any(panne.prm is not None for panne in plans):
        prm = _called_point(exchange.request.body)
        return tuple(panne for panne in plans if panne.prm in (None, prm))
    return plans


def _called_point(message: bytes) -> str | None:
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
    panne, numbers = struck.panne, count(1)
    pattern, other = panne.declared.remplace

    def change(found: re.Match[str]) -> str:
        drawn = panne.takes(f"{struck.number}/{next(numbers)}")
        return found.expand(other) if drawn else found[0]

    return re.sub(pattern, change, content.decode()).encode()
