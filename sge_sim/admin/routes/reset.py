"""`/api/snapshot` and `/api/reset`: keep the state aside, then bring it back as often as needed."""

from fastapi import APIRouter

from sge_sim.admin.routes import AdminState
from sge_sim.store.pannes import counters_of
from sge_sim.store.snapshot import restore_snapshot, take_snapshot


def router(state: AdminState) -> APIRouter:
    """Return the routes of the state as a whole."""
    routes = APIRouter(prefix="/api", tags=["état"])

    @routes.post("/snapshot", summary="Mettre de côté tout l'état", status_code=204)
    def snapshot() -> None:
        take_snapshot(state.database, state.journal, state.settings.data_dir)

    @routes.post("/reset", summary="Revenir à l'état mis de côté", status_code=204)
    def reset() -> None:
        with state.moves.held():
            restore_snapshot(state.database, state.journal, state.settings.data_dir)
        counters_of(state.settings.data_dir).forget()  # the plans that come back begin again

    return routes
