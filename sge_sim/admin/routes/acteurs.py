"""The page of the actors."""

from typing import Final

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.domaine.nomenclatures import ENVIRONMENTS, PACKAGES
from sge_sim.operations.acteurs import list_acteurs

_SHOWN: Final = 15


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the actors."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/acteurs")
    def show_acteurs(request: Request, apres: str = "") -> Response:
        acteurs = [each for each in list_acteurs(state.state) if each.code > apres]
        shown = acteurs[:_SHOWN]
        return pages.render(
            state,
            request,
            "acteurs.html",
            acteurs=shown,
            suite=following(request, apres=shown[-1].code) if len(acteurs) > _SHOWN else None,
            packages=PACKAGES,
            environnements=ENVIRONMENTS,
        )

    return routes
