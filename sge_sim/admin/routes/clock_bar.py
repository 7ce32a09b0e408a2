"""`POST /clock`: the clock bar of every page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse, RedirectResponse

from sge_sim.admin.moves import Move, Moves
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.clock import parse_duration, parse_instant
from sge_sim.commandes.moving_clock import advance_by, follow_machine, freeze_at, run_on, set_to
from sge_sim.domaine.retombees import progress_sentence
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import Change


def router(state: AdminState) -> APIRouter:
    """Return the route of the clock bar."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/clock")
    async def press(form: Annotated[Form, Depends(read_form)]) -> Response:
        try:
            move = await run_in_threadpool(_make, state.moves, form)
        except UsageError as error:
            state.moves.refus = str(error)
        else:
            await move.wait()
            if move.travail.etat == "interrompu":
                # No page may follow: the simulator stops.
                return PlainTextResponse(progress_sentence(move.travail), 202)
        return RedirectResponse(form.back() + "#clock", 303)

    return routes


def _make(moves: Moves, form: Form) -> Move:
    """Make the move that the pressed button asks for, of the clock that its page shows."""
    numero = form.get("numero")
    if numero and not (numero.isascii() and numero.isdigit()):
        raise UsageError(f"« {numero} » n'est pas un numéro de réglage : recharger la page.")
    return moves.make(_change(form), int(numero[:19]) if numero else None)


def _change(form: Form) -> Change:
    match form.get("action"):
        case "regler":
            return set_to(parse_instant(form.get("instant")))
        case "arreter":
            return freeze_at()
        case "repartir":
            return run_on
        case "machine":
            return follow_machine
        case duree:
            return advance_by(parse_duration(duree))
