"""Forms on points of one's own, a point like another one, and the applications of Data Connect."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.messages import lead_to
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.admin.routes.gestes import done
from sge_sim.api.data_connect import ApplicationView
from sge_sim.dataconnect.applications import change_application, create_application, get_application
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.errors import UsageError
from sge_sim.referentiel.apports.versement import remove_own_points
from sge_sim.referentiel.points import copy_point
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS, applications

_Form = Annotated[Form, Depends(read_form)]
_MODES = get_args(ModeApplication)


def router(state: AdminState) -> APIRouter:
    """Return the forms, and the page of the applications."""
    routes = APIRouter(include_in_schema=False)
    database = state.database

    @routes.post("/points/retirer")
    def remove_points(request: Request) -> Response:
        def remove() -> str:
            count = remove_own_points(database, None)
            return f"{counted(count, 'point retiré', 'points retirés')}."

        return done(request, "/points", remove)

    @routes.post("/points/{prm}/retirer")
    def remove_point(request: Request, prm: str) -> Response:
        try:
            remove_own_points(database, [prm])
        except UsageError as error:
            return lead_to(request, f"/points/{prm}", "refus", str(error))
        return lead_to(request, "/points", "fait", f"Le point {prm} est retiré.")

    @routes.post("/points/{prm}/copier")
    def copy(request: Request, prm: str, form: _Form) -> Response:
        try:
            with database.transaction() as session:
                made = copy_point(session, prm, form.get("prm") or None)
        except UsageError as error:
            return lead_to(request, f"/points/{prm}", "refus", str(error))
        return lead_to(request, f"/points/{made}", "fait", f"Point fait comme {prm}.")

    @routes.get("/applications")
    def show_applications(request: Request) -> Response:
        with database.sessions() as session:
            views = [ApplicationView.of(each) for each in applications(session)]
            acteurs = [each.code for each in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "applications.html",
            applications=views,
            acteurs=acteurs,
            modes=_MODES,
            apis=list(APIS),
        )

    @routes.post("/applications")
    def add(request: Request, form: _Form) -> Response:
        def make() -> str:
            with database.transaction() as session:
                application = create_application(
                    session,
                    nom=form.get("nom"),
                    acteur_code=form.get("acteur"),
                    mode=form.one_of("mode", ModeApplication),
                    redirect_uri=form.get("redirect_uri"),
                    apis=form.all("apis") or tuple(APIS),
                )
                return f"L'application {application.nom} est enregistrée."

        return done(request, "/applications", make)

    @routes.post("/applications/{client_id}")
    def change(request: Request, client_id: str, form: _Form) -> Response:
        changes: dict[str, Any] = {
            "nom": form.get("nom") or None,
            "redirect_uri": form.get("redirect_uri") or None,
        }

        def set_it() -> str:
            with database.transaction() as session:
                application = change_application(session, client_id, **changes)
                return f"L'application {application.nom} est modifiée."

        return done(request, "/applications", set_it)

    @routes.post("/applications/{client_id}/retirer")
    def remove(request: Request, client_id: str) -> Response:
        def delete() -> str:
            with database.transaction() as session:
                application = get_application(session, client_id)
                nom = application.nom
                session.delete(application)
                return f"L'application {nom} est supprimée."

        return done(request, "/applications", delete)

    return routes
