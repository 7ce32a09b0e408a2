"""How PostgreSQL is spoken to: what is waited for, and for how long at most."""

import select
from collections.abc import Generator
from math import ceil
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Dialect, Engine, event

from sge_sim.clock import elapsed_ms, stopwatch

_Result = TypeVar("_Result")


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up a server which says nothing for `silence_seconds` (None: never).

    A frozen server (a machine that swaps, a suspended container) keeps its sockets: neither the
    driver nor TCP would ever end the wait.
    """

    silence_seconds: float | None = None

    @property
    def dropped(self) -> bool:
        """Whether the server has ended a connection on which nothing is awaited.

        It has something to say then; asking it would take a round trip.
        """
        if self.closed:
            return True
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        return bool(waiting.poll(0))

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Do what the driver does; raise `psycopg.OperationalError` once the server is given up."""
        return super().wait(self._heard(gen), *args, **kwargs)

    def _heard(self, gen: Generator[Any, int, _Result]) -> Generator[Any, int, _Result]:
        try:
            wanted = next(gen)
            since = stopwatch()
            while True:
                ready = yield wanted
                if ready:
                    since = stopwatch()
                elif (most := self.silence_seconds) and elapsed_ms(since) > most * 1000:
                    self.close()
                    raise psycopg.OperationalError(f"le serveur ne dit rien depuis {most:g} s")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _Result = end.value
            return result


def bound_waits(engine: Engine, patience_seconds: float, silence_seconds: float) -> None:
    """Have the connections of `engine` wait `patience_seconds` for others' locks at most.

    So do they for a server that doesn't take them, unless the URL says it (`connect_timeout`, in
    seconds), or whose machine went (`tcp_user_timeout`, in milliseconds). Instants are written in
    UTC: in legal time the year 9999 has no end.
    """
    bounds = {
        "connect_timeout": ceil(patience_seconds),
        "tcp_user_timeout": int(patience_seconds * 1000),
    }

    @event.listens_for(engine, "do_connect")
    def connect(
        _dialect: Dialect, _record: Any, args: tuple[Any, ...], named: dict[str, Any]
    ) -> BoundedConnection:
        connection = BoundedConnection.connect(*args, **bounds | named)
        connection.silence_seconds = silence_seconds
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(f"SET lock_timeout = {int(patience_seconds * 1000)}")
        connection.commit()
        return connection
