"""How PostgreSQL is spoken to: what is waited for, and for how long at most."""

import select
from collections.abc import Callable, Generator
from math import ceil
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Dialect, Engine, ExceptionContext, event
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.machine import monde

_Result = TypeVar("_Result")


class SilentServerError(psycopg.OperationalError):
    """The server was given up: it said nothing for too long."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up a server which says nothing for `silence_seconds` (None: never).

    A frozen server (a machine that swaps, a suspended container) keeps its sockets: neither the
    driver nor TCP would ever end the wait. One that works says nothing either, but it `answers`
    others: they are tried after each `patience_seconds`, and it is given up where it doesn't.
    """

    silence_seconds: float | None = None
    patience_seconds: float
    answers: Callable[[], bool]

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
            since, patient = stopwatch(), self.patience_seconds
            while True:
                ready = yield wanted
                if ready:
                    since, patient = stopwatch(), self.patience_seconds
                elif (silence := elapsed_ms(since) / 1000) > patient:
                    most = self.silence_seconds
                    if (most is not None and silence > most) or not self.answers():
                        self.close()
                        silence = elapsed_ms(since) / 1000
                        raise SilentServerError(f"le serveur ne dit rien depuis {silence:.0f} s")
                    patient += self.patience_seconds
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
        def answers() -> bool:
            try:
                psycopg.connect(*args, **bounds | named).close()
            except psycopg.errors.ConnectionTimeout:
                return False
            except psycopg.Error:
                pass  # a refusal is an answer
            return True

        connection = BoundedConnection.connect(*args, **bounds | named)
        connection.silence_seconds = silence_seconds
        # Half: whether it answers others may take `connect_timeout` to know.
        connection.patience_seconds, connection.answers = patience_seconds / 2, answers
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(f"SET lock_timeout = {int(patience_seconds * 1000)}")
        monde.commit(connection)
        return connection

    @event.listens_for(engine, "reset")
    def reset(
        connection: BoundedConnection, record: ConnectionPoolEntry | None, _: PoolResetState
    ) -> None:
        """Undo what is left, in the pool's stead: that one would log a traceback of a server that
        is gone, or put back a connection that it has closed."""
        try:
            connection.rollback()
        except psycopg.OperationalError:
            if record is not None:
                record.invalidate()

    @event.listens_for(engine, "handle_error")
    def give_up(context: ExceptionContext) -> None:
        """Have who asks for a connection wait no more for another one of a server given up."""
        if context.is_pre_ping and isinstance(context.original_exception, SilentServerError):
            context.is_disconnect = False
