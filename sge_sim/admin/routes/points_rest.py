"""What sge-sim's own reports ask of the points: which words are personal."""

from fastapi import APIRouter

from sge_sim.admin.routes import AdminState
from sge_sim.api.views import Sent
from sge_sim.referentiel.apports.anonymat import personal_words


class Mots(Sent):
    """Words of a report."""

    mots: list[str]


def rest_routes(state: AdminState) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/points", include_in_schema=False)

    @routes.post("/personnels")
    def read_personal(mots: Mots) -> list[str]:
        return sorted(personal_words(state.database, mots.mots))

    return routes
