"""The pages of Data Connect: its applications, and the consents of customers."""

from typing import Final, get_args

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.admin.routes.listes import Avant
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.operations.data_connect import list_applications, list_consentements
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS

_SHOWN: Final = 100
_MODES: Final = get_args(ModeApplication)


def page_routes(state: AdminState) -> APIRouter:
    """Return the two pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/consentements")
    def show_consentements(request: Request, avant: Avant = None) -> Response:
        newest = reversed(list_consentements(state.state))
        found = [each for each in newest if avant is None or each.id < avant]
        shown = found[:_SHOWN]
        suite = following(request, avant=shown[-1].id) if len(found) > _SHOWN else None
        return pages.render(state, request, "consentements.html", consentements=shown, suite=suite)

    @routes.get("/applications")
    def show_applications(request: Request) -> Response:
        with state.database.sessions() as session:
            acteurs = [each.code for each in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "applications.html",
            applications=list_applications(state.state),
            acteurs=acteurs,
            modes=_MODES,
            apis=list(APIS),
        )

    return routes
