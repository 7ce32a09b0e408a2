"""Removes points of one's own, and what an import that was killed has left, in slices."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import BusyError, UsageError
from sge_sim.facts.database import Database
from sge_sim.machine import monde
from sge_sim.tables.apports import count_own, delete_own, discard, hide_all, own_among

SMALLEST: Final = 100
_LARGEST: Final = 2000
_SLICE_MS: Final = 200.0
_SOON_MS: Final = 200.0
_RETRY_SECONDS: Final = 0.02


@contextmanager
def alone_with_points(database: Database, *, wait: bool = False) -> Iterator[None]:
    """Let one import or removal at a time go on; raises `BusyError` where another one does, unless
    it is to `wait` for its end."""
    started = stopwatch()
    with ExitStack() as held:
        while not held.enter_context(database.alone(wait=wait)):
            held.pop_all().close()
            if elapsed_ms(started) > _SOON_MS:  # or it is short work
                raise BusyError(
                    "Un import ou un retrait de points est en cours "
                    f"({database.who_is_alone()}) : attendre qu'il finisse."
                )
            monde.sleep(_RETRY_SECONDS)
        yield


def remove_own_points(database: Database, prms: Collection[str] | None) -> int:
    """Remove these points of one's own, or all of them; return how many there were.

    With what belongs to them: services, orders, gaps. `None` removes all of them, which nobody
    sees any more from the start. Raises `UsageError`, and removes nothing, for a point that isn't
    there or wasn't brought in; `BusyError` where an import goes on.
    """
    with alone_with_points(database):
        with database.transaction() as session:
            if prms is None:
                count = count_own(session)
                hide_all(session)
            else:
                count = len(prms)
                foreign = sorted(set(prms) - own_among(session, prms))
                if foreign:
                    raise UsageError(
                        f"le point {foreign[0]} n'est pas un point importé : seuls ceux-là se "
                        "retirent."
                    )
                delete_own(session, prms)
        discard_hidden(database)
        database.settle_bulk_writes()
        return count


def remove_remains(database: Database, carry_on: Callable[[], bool]) -> None:
    """Remove what a killed import or removal has left, unless one is running.

    `carry_on` is asked between two slices; what it leaves goes the next time.
    """
    with database.alone(wait=False) as alone:
        if alone:
            discard_hidden(database, carry_on)
            database.settle_bulk_writes()


def discard_hidden(database: Database, carry_on: Callable[[], bool] = lambda: True) -> None:
    """Remove what isn't published, in slices."""
    removed, size = 1, SMALLEST
    while removed and carry_on():
        started = stopwatch()
        with database.transaction() as session:
            removed = discard(session, size)
        worked = elapsed_ms(started)
        size = resized(size, worked)
        if removed:
            database.let_others_write(worked)


def resized(size: int, worked_ms: float) -> int:
    """Return the size of the next slice, so that it takes about as long as one should."""
    return max(SMALLEST, min(_LARGEST, 2 * size, int(size * _SLICE_MS / max(worked_ms, 1.0))))
