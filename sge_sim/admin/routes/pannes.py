"""The page `/pannes`: what a tester plans to go wrong."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.declared import Formulaire
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import TypedForm
from sge_sim.api.typed_filters import service_names
from sge_sim.domaine.pannes import LIBELLES_PANNES
from sge_sim.operations.pannes import list_pannes, plan
from sge_sim.tables.acteurs import all_acteurs


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the pannes and its forms."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/pannes")
    def show(request: Request) -> Response:
        return _page(request, Formulaire(plan))

    @routes.post("/pannes")
    def add(request: Request, form: TypedForm) -> Response:
        formulaire = Formulaire(plan, form)
        done = formulaire.do(state.state)
        return RedirectResponse("/pannes", 303) if done else _page(request, formulaire)

    def _page(request: Request, formulaire: Formulaire) -> Response:
        with state.database.sessions() as session:
            acteurs = [row.code for row in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "pannes.html",
            pannes=list_pannes(state.state),
            formulaire=formulaire,
            acteurs=acteurs,
            services=service_names(),
            sortes=LIBELLES_PANNES,
        )

    return routes
