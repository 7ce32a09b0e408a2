"""Moving the simulated clock, forwards only: what has happened can't be undone.

Whoever moves it then has all that is due happen (`BackOffice.catch_up`).
"""

from datetime import datetime, timedelta

from sge_sim.clock import PARIS, machine_now
from sge_sim.errors import UsageError
from sge_sim.store.clock import StoredClock


def set_clock(clock: StoredClock, instant: datetime) -> None:
    """Read `instant` (aware) now; a clock that stands still does so there.

    Raises `UsageError` for an instant that is past.
    """
    _refuse_going_back(clock, instant)
    if clock.kind() == "frozen":
        clock.freeze(instant)
    else:
        clock.run_from(instant)


def freeze_clock(clock: StoredClock, instant: datetime | None = None) -> None:
    """Stand still, at `instant` (aware) or where the clock is; raises `UsageError` as above."""
    if instant is not None:
        _refuse_going_back(clock, instant)
    clock.freeze(clock.now() if instant is None else instant)


def advance_clock(clock: StoredClock, duree: timedelta) -> None:
    """Jump ahead by `duree`; raises `UsageError` beyond the calendar's last year."""
    try:
        clock.now() + duree
    except OverflowError:
        raise UsageError(f"avancer de {duree.days} jours sort du calendrier.") from None
    clock.advance(duree)


def follow_machine(clock: StoredClock) -> None:
    """Run with the machine's own time; raises `UsageError` when the clock is ahead of it."""
    _refuse_going_back(clock, machine_now())
    clock.follow_machine()


def _refuse_going_back(clock: StoredClock, instant: datetime) -> None:
    now = clock.now()
    if instant < now:
        raise UsageError(
            f"l'horloge est au {now:%d/%m/%Y %H:%M:%S} et ne recule pas au "
            f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S} : repartir d'un autre dossier "
            "(--data-dir), ou de l'état mis de côté (POST /api/reset)."
        )
