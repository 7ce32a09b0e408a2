"""What a page says once of an act, to the browser that did it and to nobody else.

The answer to a form leads to a page and leaves a cookie, which that page shows and takes away.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote, unquote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

Sorte = Literal["fait", "refus", "reglage"]

_SECONDS: Final = 60
_TEXT_MAX: Final = 600


@dataclass(frozen=True)
class FlashMessage:
    """What was done (`fait`) or refused, in French; of a move of the clock, its number."""

    sorte: Sorte
    texte: str


def lead_to(
    request: Request, address: str, sorte: Sorte | None = None, texte: str = ""
) -> Response:
    """Return the answer to a form: it leads to a page of this server, which says what is given."""
    response = RedirectResponse(address, 303)
    if sorte is not None:
        response.set_cookie(
            _name(request),
            quote(f"{sorte}:{texte[:_TEXT_MAX]}", safe=":"),
            max_age=_SECONDS,
            httponly=True,
            samesite="strict",
        )
    return response


def message_for(request: Request) -> FlashMessage | None:
    """Return what is to be said to this browser; None for nothing."""
    sorte, _, texte = unquote(request.cookies.get(_name(request), "")).partition(":")
    if sorte == "fait" or sorte == "refus" or (sorte == "reglage" and texte.isdecimal()):
        return FlashMessage(sorte, texte)  # type: ignore[arg-type]
    return None


def take_away(request: Request, response: Response) -> None:
    """Have the browser forget what the page says."""
    response.delete_cookie(_name(request), httponly=True, samesite="strict")


def _name(request: Request) -> str:
    """Return the name of the cookie: browsers share cookies among the ports of a machine."""
    return f"sge-sim-{request.url.port or 80}"
