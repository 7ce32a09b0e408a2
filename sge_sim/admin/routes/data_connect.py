"""`/api/applications`, `/api/consentements` and the page `/consentements`: Data Connect."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, RowNumber
from sge_sim.api.data_connect import ApplicationView, ConsentementView
from sge_sim.dataconnect.applications import change_application, create_application, get_application
from sge_sim.dataconnect.consentements import revoke_consentement
from sge_sim.facts.stored_clock import instant_within
from sge_sim.tables.dataconnect import APIS, ModeApplication, applications, consentements


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

    @routes.get("/api/applications", summary="Les applications de Data Connect")
    def read_applications() -> list[ApplicationView]:
        with database.sessions() as session:
            return [ApplicationView.of(one) for one in applications(session)]

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
    def delete_application(client_id: str) -> None:
        with database.transaction() as session:
            session.delete(get_application(session, client_id))

    @routes.get("/api/consentements", summary="Les consentements, du plus ancien au plus récent")
    def read_consentements(prm: str | None = None) -> list[ConsentementView]:
        return _views(prm)

    @routes.post(
        "/api/consentements/{consentement_id}/revoke",
        summary="Retirer un consentement, comme le client le peut à tout moment",
    )
    def revoke_by_number(consentement_id: RowNumber) -> ConsentementView:
        return _revoked(consentement_id)

    @routes.get("/consentements", include_in_schema=False)
    def show_consentements(request: Request) -> Response:
        return pages.render(state, request, "consentements.html", consentements=_views(None)[::-1])

    @routes.post("/consentements/{consentement_id}/retirer", include_in_schema=False)
    def revoke_on_page(consentement_id: RowNumber) -> Response:
        _revoked(consentement_id)
        return RedirectResponse("/consentements", 303)

    def _views(prm: str | None) -> list[ConsentementView]:
        now = state.clock.now()
        with database.sessions() as session:
            return [ConsentementView.of(one, now) for one in consentements(session, prm)]

    def _revoked(consentement_id: int) -> ConsentementView:
        with database.transaction() as session:
            now = instant_within(session)
            return ConsentementView.of(revoke_consentement(session, consentement_id, now), now)

    return routes
