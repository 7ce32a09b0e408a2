"""The bodies that clients send: neither a thread nor a lock is taken for one before it is whole.

How many may come at once is bounded by the doors (`sge_sim.transport.admin_server`).
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, Final

from anyio import CancelScope, current_time
from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from sge_sim.errors import UsageError, system_reason
from sge_sim.machine import monde

PATIENCE_SECONDS: Final = 20.0
LEAST_BYTES: Final = 16 * 1024
"""Of a file, in the time that a whole demand has."""


async def read_whole(request: Request) -> None:
    """Have the request keep its body; raises `HTTPException` (408) for one that doesn't come."""
    with _awaited():
        await request.body()


@asynccontextmanager
async def spooled(request: Request, folder: Path) -> AsyncIterator[IO[bytes]]:
    """Give a file without a name, in `folder`, that holds the body, however long it takes to come.

    Raises `HTTPException` (408) for one that is silent, or slower than a line of a telephone, and
    `UsageError` where the disk is full.
    """
    with monde.nameless_file(folder, buffering=0) as file:
        with _awaited() as waiting:
            expected = LEAST_BYTES
            async for piece in request.stream():
                try:
                    await run_in_threadpool(file.write, piece)
                except OSError as error:
                    raise UsageError(
                        f"Le fichier n'est pas gardé : {system_reason(error)}."
                    ) from error
                if file.tell() >= expected:
                    expected = file.tell() + LEAST_BYTES
                    waiting.deadline = current_time() + PATIENCE_SECONDS
        file.seek(0)
        yield file


@contextmanager
def _awaited() -> Iterator[CancelScope]:
    with CancelScope(deadline=current_time() + PATIENCE_SECONDS) as waiting:
        try:
            yield waiting
        except ClientDisconnect:
            waiting.cancel()
    if waiting.cancel_called:
        raise HTTPException(
            408,
            f"La demande n'est pas arrivée : elle a {PATIENCE_SECONDS:g} s, et un fichier autant "
            f"pour chaque {LEAST_BYTES // 1024} Kio.",
            {"Connection": "close"},
        )
