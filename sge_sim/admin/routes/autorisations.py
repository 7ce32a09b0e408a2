"""`/api/autorisations`: what actors declared that a customer authorises, and its audit."""

from typing import Any

from fastapi import APIRouter, Response

from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau


def router(state: AdminState) -> APIRouter:
    """Return the route of the authorisations."""
    routes = APIRouter(prefix="/api/autorisations", tags=["acteurs"])

    @routes.get(
        "",
        summary="Les autorisations déclarées, de la plus ancienne, et ce qu'un audit en dirait",
        description="Les déclarations des commandes, et celles des consultations tant que le "
        f"journal les garde. {PAR_PAGES}",
        response_model=list[dict[str, Any]],
    )
    def read_autorisations(
        morceau: UnMorceau, acteur: str | None = None, prm: str | None = None
    ) -> Response:
        from sge_sim.admin.autorisations import view_autorisations

        found = view_autorisations(state.database, state.journal, acteur)
        kept = [each for each in found if prm in (None, each["prm"])]
        return morceau.of(kept, lambda each: f"{each['id']}/{each['echange']}")

    return routes
