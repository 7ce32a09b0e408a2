"""Moving the clock and telling what it set off, for the REST interface and for the clock bar."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sge_sim.domaine.retombees import Retombees
from sge_sim.store.retombees import retombees_between

if TYPE_CHECKING:
    from sge_sim.admin.routes import AdminState
    from sge_sim.store.stored_clock import StoredClock


@dataclass
class LastMove:
    """What the last move of the clock set off, or why it was refused; every page shows it."""

    retombees: Retombees | None = None
    refus: str = ""


def move_and_tell(state: "AdminState", change: Callable[["StoredClock"], None]) -> Retombees:
    """Make a change of the clock, have all that is due happen, and return what did.

    Raises `UsageError` for a change that is refused.
    """
    before = state.clock.now()
    change(state.clock)
    state.back_office.catch_up()
    with state.database.sessions() as session:
        retombees = retombees_between(session, before, state.clock.now())
    state.last_move.retombees, state.last_move.refus = retombees, ""
    return retombees
