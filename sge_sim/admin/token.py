"""The token that lets other machines into the administration; its digest alone is kept.

It is 256 random bits, so a plain digest is enough: nobody finds it by trying.
"""

import base64
import binascii
import hashlib
import hmac
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, write_atomically

if TYPE_CHECKING:
    from sge_sim.transport.admin_server import Asgi

_FILE: Final = "admin-token.sha256"
_BYTES: Final = 32
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="sge-sim", charset="UTF-8"'}


def has_token(data_dir: Path) -> bool:
    """Tell whether the administration of `data_dir` has a token."""
    return (data_dir / _FILE).exists()


def draw_token(data_dir: Path) -> str:
    """Return a new token of `data_dir`, which nobody can read later; the former one is refused."""
    token = monde.token(_BYTES)
    write_atomically(data_dir / _FILE, _digest(token).encode(), PRIVATE)
    return token


def guard_by_token(data_dir: Path, application: "Asgi") -> "Asgi":
    """Return `application` for those alone who give the token, as it is now.

    As `Authorization: Bearer`, or as the password of HTTP Basic under any name, which is what a
    browser asks for.
    """

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        given = _given(dict(scope["headers"]).get(b"authorization", b"").decode("latin-1"))
        if given is not None and _is_token(data_dir, given):
            await application(scope, receive, send)
            return
        from sge_sim.admin.problems import problem

        refused = problem(
            401,
            "L'administration demande son jeton : en en-tête « Authorization: Bearer », comme mot "
            "de passe, ou pour une commande dans la variable SGE_SIM_ADMIN_TOKEN (sge-sim token "
            "en donne un autre).",
            _CHALLENGE,
        )
        await refused(scope, receive, send)

    return answer


def _is_token(data_dir: Path, given: str) -> bool:
    try:
        kept = (data_dir / _FILE).read_text()
    except OSError:
        return False
    return hmac.compare_digest(_digest(given), kept)


def _given(authorization: str) -> str | None:
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                text = base64.b64decode(value.strip(), validate=True).decode()
            except (binascii.Error, ValueError):
                return None
            return text.partition(":")[2]
        case _:
            return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
