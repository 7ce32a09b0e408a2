"""The state as a whole: kept aside, brought back; the settings of the simulator that serves it."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

from sge_sim.machine.late import late
from sge_sim.operations import Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api import etat as views
    from sge_sim.schema import snapshot
    from sge_sim.tables import pannes
else:
    views = late("sge_sim.api.etat")
    snapshot = late("sge_sim.schema.snapshot")
    pannes = late("sge_sim.tables.pannes")

Nom = Annotated[str, Says("Nom de l'état mis de côté ; sans lui, celui par défaut", "avant")]


@operation(
    "Mettre de côté tout l'état du simulateur, pour y revenir",
    "POST /snapshot",
    "snapshot",
    status=204,
    done="L'état est mis de côté : y revenir le reprendra.",
    place="POST /simulateur/copie",
    back="/simulateur",
)
def keep(state: State, *, nom: Nom = "") -> None:
    """Keep the state aside."""
    snapshot.take_snapshot(state.database, state.journal, state.data_dir, nom)


@operation(
    "Revenir à l'état mis de côté : commandes, points, horloge, journal",
    "POST /reset",
    "reset",
    status=204,
    done="L'état mis de côté est repris.",
    place="POST /simulateur/retour",
    back="/simulateur",
    serving="if any",  # its clock may be moving
)
def bring_back(state: State, *, nom: Nom = "") -> None:
    """Bring back the state that was kept aside; raises `UsageError` where there is none."""
    with nullcontext() if state.simulator is None else state.simulator.moves.held():
        snapshot.restore_snapshot(state.database, state.journal, state.data_dir, nom)
    # The plans that come back begin again.
    pannes.counters_of(state.data_dir, state.database.engine).forget()


@operation(
    "Les réglages en vigueur",
    "GET /settings",
    "settings",
    place="GET /simulateur",
    serving="always",
)
def show_settings(state: State) -> "views.SettingsView":
    """Return the settings in force, the password of the database masked; null where none is."""
    return views.view_settings(state.simulator.settings)
