"""Forms of answers: which comes next, and what clients have met of what contracts allow."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.errors import UsageError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api import variantes as views
    from sge_sim.door import variantes as plans
else:
    views = late("sge_sim.api.variantes")
    plans = late("sge_sim.door.variantes")

_WITHOUT = "sge-sim variantes choisit les formes et dit ce que le client a rencontré"


@operation(
    "Ce que les clients ont rencontré de ce que les contrats de leurs réponses permettent",
    "GET /variantes",
    without=_WITHOUT,
    has_page=False,
)
def show_rencontres(state: State) -> "views.RencontresView":
    """Return what the answers have met since the folder was made, of those whose form varied."""
    return views.RencontresView.of(plans.met_in(state.data_dir))


@operation(
    "Choisir la forme des réponses suivantes ; sans rien, la suivante de chaque contrat",
    "POST /variantes",
    without=_WITHOUT,
    has_page=False,
    status=204,
)
def plan(
    state: State,
    *,
    numero: Annotated[
        int | None, Says("Numéro de la forme, à partir de 0", ge=0, le=LARGEST_NUMBER)
    ] = None,
    graine: Annotated[int, Says("La même tire les mêmes formes", ge=0, le=LARGEST_NUMBER)] = 0,
    services: Annotated[list[str] | None, Says("Services concernés ; tous sans eux")] = None,
    sortes: Annotated[list[str] | None, Says("Sortes tirées ; toutes sans elles")] = None,
    variations: Annotated[
        str | None,
        Says("Sans numéro : les lignes « Variation : … » du journal à rejouer", clears=True),
    ] = None,
) -> None:
    """Choose a form; raises `UsageError` where the forms of answers don't vary."""
    if state.simulator is None or state.simulator.settings.variantes is None:
        raise UsageError("Les réponses ne varient pas : démarrer par sge-sim serve --variantes 1.")
    plans.Plan(graine, numero, services or (), sortes or (), variations).keep(state.data_dir)
