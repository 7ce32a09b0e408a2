"""`/api/clock`: the simulated clock, read and moved."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from sge_sim.admin.moves import move_and_tell
from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.views import ClockView
from sge_sim.clock import parse_duration, parse_instant
from sge_sim.commandes.moving_clock import advance_clock, follow_machine, freeze_clock, set_clock
from sge_sim.store.stored_clock import StoredClock


class SetClock(Body):
    """Read an instant from now on."""

    action: Literal["set"]
    instant: str = Field(description="Date ou instant ISO, en heure légale", max_length=64)


class FreezeClock(Body):
    """Stand still."""

    action: Literal["freeze"]
    instant: str | None = Field(None, description="Où s'arrêter ; sans lui, ici", max_length=64)


class AdvanceClock(Body):
    """Jump ahead."""

    action: Literal["advance"]
    duree: str = Field(description="10d (à la même heure légale), 36h, 30min", max_length=32)


class RealClock(Body):
    """Follow the machine."""

    action: Literal["real"]


ClockChange = Annotated[
    SetClock | FreezeClock | AdvanceClock | RealClock, Field(discriminator="action")
]


def router(state: AdminState) -> APIRouter:
    """Return the routes of the clock."""
    routes = APIRouter(prefix="/api/clock", tags=["horloge"])

    @routes.get("", summary="L'heure simulée", response_model_exclude_none=True)
    def read_clock() -> ClockView:
        return ClockView(now=state.clock.now(), kind=state.clock.kind(), retombees=None)

    @routes.post("", summary="Avancer, arrêter ou régler l'horloge ; tout ce qui est dû se fait")
    def move_clock(change: ClockChange) -> ClockView:
        retombees = move_and_tell(state, lambda clock: _make(clock, change))
        return read_clock().model_copy(update={"retombees": retombees})

    return routes


def _make(clock: StoredClock, change: ClockChange) -> None:
    match change:
        case SetClock():
            set_clock(clock, parse_instant(change.instant))
        case FreezeClock(instant=None):
            freeze_clock(clock)
        case FreezeClock(instant=str(instant)):
            freeze_clock(clock, parse_instant(instant))
        case AdvanceClock():
            advance_clock(clock, parse_duration(change.duree))
        case RealClock():
            follow_machine(clock)
