"""How an answer of an ASGI application leaves where it doesn't leave at once, whole."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from starlette.responses import Response

from sge_sim.transport.message import Departure


async def depart(
    answer: Response,
    departure: Departure,
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Send an answer as `departure` says; no thread is held meanwhile."""
    parts = departure.parts(bytes(answer.body))
    await anyio.sleep(parts[0][0])
    if departure.kept > 0:
        await send(
            {
                "type": "http.response.start",
                "status": answer.status_code,
                "headers": answer.raw_headers,
            }
        )
        for rank, (pause, part) in enumerate(parts):
            await anyio.sleep(pause if rank else 0)
            await send({"type": "http.response.body", "body": part, "more_body": True})
    if departure.cuts:
        _hang_up(send)
        await receive()  # until the connection has ended: uvicorn then has nothing to add
    else:
        await send({"type": "http.response.body"})


def _hang_up(send: Any) -> None:
    """Close the connection, what was sent first; ASGI has no word for it.

    uvicorn gives as `send` a method of what holds the connection.
    """
    send.__self__.transport.close()
