"""`/api/applications`, `/api/consentements` and the page `/consentements`: Data Connect."""

from collections.abc import Sequence
from functools import partial
from typing import Final, get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, RowNumber, following
from sge_sim.admin.routes.forms import TypedForm, write
from sge_sim.admin.routes.listes import PAR_PAGES, Apres, AskedPage, Avant, Limite, page_of
from sge_sim.api.data_connect import ApplicationView, ConsentementView
from sge_sim.dataconnect.applications import change_application, create_application, get_application
from sge_sim.dataconnect.consentements import remove_consentement
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.facts.stored_clock import instant_within
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS, ConsentementDonne, applications, consentements

_SHOWN: Final = 100


class ApplicationDemande(Body):
    """An application to be registered."""

    nom: str
    acteur: str
    mode: ModeApplication
    redirect_uri: str
    apis: list[str] | None = None


class ApplicationChangee(Body):
    """Changes of an application; what isn't sent stays as it is."""

    nom: str | None = None
    redirect_uri: str | None = None
    apis: list[str] | None = None


def router(state: AdminState) -> APIRouter:
    """Return the routes of Data Connect."""
    routes = APIRouter(tags=["data connect"])
    database = state.database

    @routes.get(
        "/api/applications",
        summary="Les applications de Data Connect",
        description=PAR_PAGES,
        response_model=list[ApplicationView],
    )
    def read_applications(page: AskedPage) -> Response:
        with database.sessions() as session:
            views = [ApplicationView.of(each) for each in applications(session)]
        return page.of(views, lambda each: each.client_id)

    @routes.post("/api/applications", summary="Enregistrer une application", status_code=201)
    def add_application(asked: ApplicationDemande) -> ApplicationView:
        with database.transaction() as session:
            made = create_application(
                session,
                nom=asked.nom,
                acteur_code=asked.acteur,
                mode=asked.mode,
                redirect_uri=asked.redirect_uri,
                apis=tuple(APIS) if asked.apis is None else asked.apis,
            )
            return ApplicationView.of(made)

    @routes.post("/api/applications/{client_id}", summary="Modifier une application")
    def set_application(client_id: str, asked: ApplicationChangee) -> ApplicationView:
        with database.transaction() as session:
            return ApplicationView.of(change_application(session, client_id, **asked.model_dump()))

    @routes.delete(
        "/api/applications/{client_id}", summary="Supprimer une application", status_code=204
    )
    def remove_application(client_id: str) -> None:
        with database.transaction() as session:
            session.delete(get_application(session, client_id))

    @routes.get(
        "/api/consentements",
        summary="Les consentements, du plus ancien au plus récent",
        description=PAR_PAGES,
        response_model=list[ConsentementView],
    )
    def read_consentements(
        request: Request, prm: str | None = None, limit: Limite = 100, apres: Apres = None
    ) -> Response:
        now = state.clock.now()
        with database.sessions() as session:
            found = [each for each in consentements(session, prm) if each.id > (apres or 0)]
            view = partial(ConsentementView.of, now=now)
            return page_of(request, found, limit, view, apres=lambda each: each.id)

    @routes.delete(
        "/api/consentements/{consentement_id}",
        summary="Retirer un consentement, comme le client le peut à tout moment",
        description="Il reste dans la liste, fini.",
        status_code=204,
    )
    def remove_by_number(consentement_id: RowNumber) -> None:
        _remove(consentement_id)

    @routes.get("/consentements", include_in_schema=False)
    def show_consentements(request: Request, avant: Avant = None) -> Response:
        with database.sessions() as session:
            newest = reversed(consentements(session))
            found = [each for each in newest if avant is None or each.id < avant]
            shown = found[:_SHOWN]
            return pages.render(
                state,
                request,
                "consentements.html",
                consentements=_views(shown),
                suite=following(request, avant=shown[-1].id) if len(found) > _SHOWN else None,
            )

    @routes.post("/consentements/{consentement_id}/retirer", include_in_schema=False)
    def remove_on_page(consentement_id: RowNumber) -> Response:
        _remove(consentement_id)
        return RedirectResponse("/consentements", 303)

    def _views(rows: Sequence[ConsentementDonne]) -> list[ConsentementView]:
        now = state.clock.now()
        return [ConsentementView.of(each, now) for each in rows]

    def _remove(consentement_id: int) -> None:
        with database.transaction() as session:
            remove_consentement(session, consentement_id, instant_within(session))

    return routes


_MODES: Final = get_args(ModeApplication)


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the applications and its forms."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/applications")
    def show_applications(request: Request) -> Response:
        with state.database.sessions() as session:
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
    def add(request: Request, form: TypedForm) -> Response:
        def make(session: Session) -> str:
            application = create_application(
                session,
                nom=form.get("nom"),
                acteur_code=form.get("acteur"),
                mode=form.one_of("mode", ModeApplication),
                redirect_uri=form.get("redirect_uri"),
                apis=form.all("apis") or tuple(APIS),
            )
            return f"L'application {application.nom} est enregistrée."

        return write(request, state.database, "/applications", make)

    @routes.post("/applications/{client_id}")
    def change(request: Request, client_id: str, form: TypedForm) -> Response:
        def set_fields(session: Session) -> str:
            application = change_application(
                session,
                client_id,
                nom=form.get("nom") or None,
                redirect_uri=form.get("redirect_uri") or None,
            )
            return f"L'application {application.nom} est modifiée."

        return write(request, state.database, "/applications", set_fields)

    @routes.post("/applications/{client_id}/retirer")
    def remove(request: Request, client_id: str) -> Response:
        def delete(session: Session) -> str:
            application = get_application(session, client_id)
            session.delete(application)
            return f"L'application {application.nom} est supprimée."

        return write(request, state.database, "/applications", delete)

    return routes
