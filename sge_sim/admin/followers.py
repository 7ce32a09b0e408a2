"""The pages that are kept live, each by a stream of events: so many of them, without a thread."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeVar

from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from sge_sim.admin import pages

T = TypeVar("T")

MOST: Final = 8
_PATIENCE_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.1


async def changed(look: Callable[[], T], seen: T | None) -> T:
    """Return what `look` gives once it isn't `seen`; after ten seconds at the latest."""
    for _ in range(int(_PATIENCE_SECONDS / _LOOK_SECONDS)):
        if look() != seen:
            break
        await asyncio.sleep(_LOOK_SECONDS)
    return look()


class Followed(StreamingResponse):
    """A stream of events, which takes one of the `places` as it begins, or says 503."""

    def __init__(self, events: AsyncIterator[str], places: set["Followed"]) -> None:
        super().__init__(events, media_type="text/event-stream", headers=pages.HEADERS)
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if len(self._places) >= MOST:
            await Response(status_code=503, headers={"Retry-After": "10"})(scope, receive, send)
            return
        self._places.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._places.discard(self)
