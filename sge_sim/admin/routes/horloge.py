"""`POST /horloge`: the clock bar of every page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin.moves import move_and_tell
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.clock import parse_duration, parse_instant
from sge_sim.commandes.moving_clock import advance_clock, follow_machine, freeze_clock, set_clock
from sge_sim.errors import UsageError
from sge_sim.store.stored_clock import StoredClock


def router(state: AdminState) -> APIRouter:
    """Return the route of the clock bar."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/horloge")
    def move(form: Annotated[Form, Depends(read_form)]) -> Response:
        try:
            move_and_tell(state, lambda clock: _change(clock, form))
        except UsageError as error:
            state.last_move.retombees, state.last_move.refus = None, str(error)
        return RedirectResponse(form.back() + "#horloge", 303)

    return routes


def _change(clock: StoredClock, form: Form) -> None:
    """Make the change that the pressed button asks for."""
    match form.get("action"):
        case "regler":
            set_clock(clock, parse_instant(form.get("instant")))
        case "arreter":
            freeze_clock(clock)
        case "repartir":
            if clock.kind() == "frozen":
                clock.run_from(clock.now())
        case "machine":
            follow_machine(clock)
        case duree:
            advance_clock(clock, parse_duration(duree))
