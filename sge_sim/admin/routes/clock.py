"""The simulated clock, read and moved: `/api/clock`, and its form.

A client says by the header `Prefer` (RFC 7240) whether to answer before a long move is done.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import Header, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from pydantic import Field

from sge_sim.admin.pages import lead_to
from sge_sim.admin.routes import LARGEST_NUMBER, Admin, Body, Routes, RowNumber, read_by
from sge_sim.admin.routes.forms import FitForm, Form
from sge_sim.api.views import ClockView, TravailView
from sge_sim.clock import parse_duration, parse_instant
from sge_sim.commandes.moves import Move, Moves
from sge_sim.commandes.moving_clock import advance_by, follow_machine, freeze_at, run_on, set_to
from sge_sim.domaine.retombees import progress_sentence
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import Change, kind_of

RESPOND_ASYNC: Final = "respond-async"


@dataclass(frozen=True)
class Preference:
    """Whether to answer before the work is done, and after how many seconds at the latest."""

    asynchronous: bool = False
    wait: int | None = None


def read_preference(header: str) -> Preference:
    """Read the header; what isn't known or understood is passed over, as the RFC wants it.

    >>> read_preference("respond-async, wait=10")
    Preference(asynchronous=True, wait=10)
    """
    parts = [part.partition(";")[0].partition("=") for part in header.split(",")]
    values = [(name.strip().lower(), value.strip().strip('"')) for name, _, value in parts]
    # The first of a kind is the one that counts.
    wait = next((value for name, value in values if name == "wait"), "")
    known = wait.isascii() and wait.isdigit()
    return Preference((RESPOND_ASYNC, "") in values, int(wait[:9]) if known else None)


_LONGEST_WAIT_SECONDS: Final = 60

Prefer = Annotated[
    str,
    Header(
        description="respond-async : répondre 202 sans attendre que tout soit fait, après wait "
        "secondes s'il est donné (RFC 7240)",
        examples=["respond-async, wait=2"],
    ),
]
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    202: {
        "model": ClockView,
        "description": "L'horloge est déplacée ; le travail, que Location donne, n'est pas fini",
    },
    409: {"description": "Un autre réglage est venu depuis celui qui est attendu"},
    503: {"description": "La base ne répond pas ; l'horloge n'est pas déplacée"},
}


InstantTyped = Annotated[str, read_by(parse_instant)]


class MoveDemand(Body):
    """What every move may say."""

    numero: int | None = Field(
        None,
        ge=0,
        le=LARGEST_NUMBER,
        description="Réglage que la demande suppose (GET /api/clock) ; 409 s'il y en a eu un autre",
    )


class SetClock(MoveDemand):
    """Read an instant from now on."""

    action: Literal["set"]
    instant: InstantTyped = Field(description="Date ou instant ISO, en heure légale", max_length=64)


class FreezeClock(MoveDemand):
    """Stand still."""

    action: Literal["freeze"]
    instant: InstantTyped | None = Field(
        None, description="Où s'arrêter ; sans lui, ici", max_length=64
    )


class AdvanceClock(MoveDemand):
    """Jump ahead."""

    action: Literal["advance"]
    duree: Annotated[str, read_by(parse_duration)] = Field(
        description="10d (à la même heure légale), 36h, 30min", max_length=32
    )


class RealClock(MoveDemand):
    """Follow the machine."""

    action: Literal["real"]


ClockChange = Annotated[
    SetClock | FreezeClock | AdvanceClock | RealClock, Field(discriminator="action")
]


rest_routes = Routes(prefix="/api/clock", tags=["horloge"])


@rest_routes.get("", summary="L'heure simulée", response_model_exclude_none=True)
def read_clock(state: Admin) -> ClockView:
    numero, clock = state.clock.numbered()
    travail = state.moves.under_way()
    return ClockView(
        now=clock.now(),
        kind=kind_of(clock),
        numero=numero,
        retombees=None,
        travail=None if travail is None else TravailView.of(travail),
    )


@rest_routes.post(
    "",
    summary="Avancer, arrêter ou régler l'horloge ; tout ce qui est dû se fait",
    response_model_exclude_none=True,
    responses=_ANSWERS,
)
async def move_clock(
    state: Admin, demanded: ClockChange, response: Response, prefer: Prefer = ""
) -> ClockView:
    move = await run_in_threadpool(state.moves.make, _change_of(demanded), demanded.numero)
    # The clock has moved: from here on, nothing is asked that could fail.
    preference = read_preference(prefer)
    await move.wait(preference.wait or 0 if preference.asynchronous else None)
    travail = move.travail
    if travail.etat == "en_cours":
        travail = await run_in_threadpool(state.moves.look, move)
    done = travail.etat == "fait"
    if not done:
        response.status_code = 202
        response.headers["Location"] = f"/api/clock/travaux/{travail.numero}"
        if preference.asynchronous:
            response.headers["Preference-Applied"] = RESPOND_ASYNC
    reglage = move.reglage
    return ClockView(
        now=reglage.clock.now(),
        kind=kind_of(reglage.clock),
        numero=reglage.numero,
        retombees=travail.retombees if done else None,
        travail=None if done else TravailView.of(travail),
    )


@rest_routes.get("/travaux/{numero}", summary="Où en est ce qu'un déplacement fait arriver")
async def read_work(state: Admin, numero: RowNumber, prefer: Prefer = "") -> TravailView:
    move = state.moves.find(numero)
    if move is None:
        raise HTTPException(404, f"Aucun réglage récent de l'horloge ne porte le n° {numero}.")
    wait = min(read_preference(prefer).wait or 0, _LONGEST_WAIT_SECONDS)
    await move.wait(wait, held_up=False)
    return TravailView.of(await run_in_threadpool(state.moves.look, move))


def _change_of(demanded: ClockChange) -> Change:
    match demanded:
        case SetClock():
            return set_to(parse_instant(demanded.instant))
        case FreezeClock(instant=None):
            return freeze_at()
        case FreezeClock(instant=str(instant)):
            return freeze_at(parse_instant(instant))
        case AdvanceClock():
            return advance_by(parse_duration(demanded.duree))
        case _:
            return follow_machine


page_routes = Routes(include_in_schema=False)


@page_routes.post("/clock")
async def press(state: Admin, request: Request, form: FitForm) -> Response:
    address = form.back() + "#clock"
    try:
        move = await run_in_threadpool(_make, state.moves, form)
    except UsageError as error:
        return lead_to(request, address, "refus", str(error))
    await move.wait()
    if move.travail.etat == "interrompu":
        # No page may follow: the simulator stops.
        return PlainTextResponse(progress_sentence(move.travail), 202)
    return lead_to(request, address, "reglage", str(move.reglage.numero))


def _make(moves: Moves, form: Form) -> Move:
    """Make the move that the pressed button asks for, of the clock that its page shows."""
    numero = form.get("numero")
    if numero and not (numero.isascii() and numero.isdigit()):
        raise UsageError(f"« {numero} » n'est pas un numéro de réglage : recharger la page.")
    return moves.make(_change_of_form(form), int(numero[:19]) if numero else None)


def _change_of_form(form: Form) -> Change:
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
