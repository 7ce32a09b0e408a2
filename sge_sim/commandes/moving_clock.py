"""Moving the simulated clock, forwards only: what has happened can't be undone.

Each move is a change that `StoredClock.change` makes; whoever asks for it then has all that is due
happen (`BackOffice.catch_up`). The clock stays within the days that are simulated.
"""

from datetime import datetime

from sge_sim.clock import (
    FIN_DES_JOURS,
    PARIS,
    PREMIER_JOUR,
    Clock,
    Duree,
    FrozenClock,
    RunningClock,
    clock_starting_at,
    legal_date,
    machine_now,
)
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import Change, StoredClock
from sge_sim.tables.ecritures import read_last_instant
from sge_sim.tables.prepared import Driver


def start_clock(clock: StoredClock, instant: datetime, database: Database) -> None:
    """Read `instant` (aware) as a simulator starts, earlier than it stopped if need be.

    Raises `UsageError` where something has happened after `instant`.
    """
    _refuse_out_of_calendar(instant)
    with database.sessions() as session:
        happened = read_last_instant(Driver.under(session))
    if happened is not None and instant < happened:
        raise UsageError(
            f"--now {_legal(instant)} : des commandes ou des événements de ce dossier vont jusqu'"
            f"au {_legal(happened)}. Omettre --now pour reprendre où l'horloge en est, ou donner "
            "un autre dossier (--data-dir)."
        )
    clock.run_from(instant)


def set_to(instant: datetime) -> Change:
    """Read `instant` (aware) now; a clock that stands still does so there.

    Raises `UsageError` for an instant that is past.
    """

    def change(before: Clock) -> Clock:
        _refuse_going_back(before, instant)
        stands_still = isinstance(before, FrozenClock)
        return FrozenClock(instant) if stands_still else clock_starting_at(instant)

    return change


def freeze_at(instant: datetime | None = None) -> Change:
    """Stand still, at `instant` (aware) or where the clock is; raises `UsageError` as above."""

    def change(before: Clock) -> Clock:
        if instant is not None:
            _refuse_going_back(before, instant)
        return FrozenClock(before.now() if instant is None else instant)

    return change


def run_on(before: Clock) -> Clock:
    """Run from where the clock stands still; leave one that runs as it is."""
    return clock_starting_at(before.now()) if isinstance(before, FrozenClock) else before


def advance_by(duree: Duree) -> Change:
    """Jump ahead by `duree`; raises `UsageError` beyond the days that are simulated."""

    def change(before: Clock) -> Clock:
        now = before.now()
        try:
            reached = duree.after(now)
        except OverflowError:
            raise UsageError(f"avancer de {duree} sort du calendrier.") from None
        _refuse_out_of_calendar(reached)
        match before:
            case RunningClock(offset):
                return RunningClock(offset + (reached - now))
            case _:
                return FrozenClock(reached)

    return change


def follow_machine(before: Clock) -> Clock:
    """Run with the machine's own time; raises `UsageError` when the clock is ahead of it."""
    _refuse_going_back(before, machine_now())
    return RunningClock()


def _refuse_going_back(before: Clock, instant: datetime) -> None:
    _refuse_out_of_calendar(instant)
    now = before.now()
    if instant < now:
        raise UsageError(
            f"l'horloge est au {_legal(now)} et ne recule pas au {_legal(instant)} : repartir d'un "
            "autre dossier (--data-dir), ou de l'état mis de côté (sge-sim reset)."
        )


def _refuse_out_of_calendar(instant: datetime) -> None:
    # By the year first: at the ends of Python's calendar, an instant has no legal date.
    years = range(PREMIER_JOUR.year, FIN_DES_JOURS.year + 1)
    inside = instant.year in years and (PREMIER_JOUR <= legal_date(instant) < FIN_DES_JOURS)
    if not inside:
        raise UsageError(
            f"le {instant:%d/%m/%Y} sort du calendrier simulé, qui va du {PREMIER_JOUR:%d/%m/%Y} "
            f"au {FIN_DES_JOURS:%d/%m/%Y} exclu."
        )


def _legal(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S}"
