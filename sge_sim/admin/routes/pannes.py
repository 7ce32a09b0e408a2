"""`/api/pannes` and the page `/pannes`: what a tester plans to go wrong."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, RowNumber
from sge_sim.admin.routes.forms import TypedForm
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.api.pannes import PanneDemande, PanneView, plan_panne, view_pannes
from sge_sim.api.typed_filters import service_names
from sge_sim.domaine.pannes import LIBELLES_PANNES, SORTES
from sge_sim.errors import UsageError
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.pannes import remove_panne, remove_pannes

_EMPTY_FORM: Final[Mapping[str, str]] = {"du": "1", "graine": "0", "dispersion": "0"}
"""What the form has before anything is typed."""


def router(state: AdminState) -> APIRouter:
    """Return the routes of the pannes."""
    routes = APIRouter(tags=["pannes"])
    database, data_dir = state.database, state.settings.data_dir

    @routes.get(
        "/api/pannes",
        summary="Les pannes prévues et leurs comptes",
        description=PAR_PAGES,
        response_model=list[PanneView],
    )
    def read_all(page: AskedPage) -> Response:
        with database.sessions() as session:
            views = view_pannes(session, data_dir)
        return page.of(views, lambda each: each.numero)

    @routes.post("/api/pannes", summary="Prévoir une panne", status_code=201)
    def add(asked: PanneDemande) -> PanneView:
        with database.transaction() as session:
            return plan_panne(session, asked)

    @routes.delete("/api/pannes", summary="Retirer toutes les pannes prévues", status_code=204)
    def remove_all() -> None:
        with database.transaction() as session:
            remove_pannes(session)

    @routes.delete("/api/pannes/{numero}", summary="Retirer une panne prévue", status_code=204)
    def remove(numero: RowNumber) -> None:
        with database.transaction() as session:
            if not remove_panne(session, numero):
                raise HTTPException(404, f"Aucune panne prévue ne porte le numéro {numero}.")

    @routes.get("/pannes", include_in_schema=False)
    def show(request: Request) -> Response:
        return _page(request)

    @routes.post("/pannes", include_in_schema=False)
    def add_on_page(request: Request, form: TypedForm) -> Response:
        saisie = {name: values[0] for name, values in form.fields.items()}
        try:
            add(PanneDemande.model_validate_strings(saisie, strict=False))
        except UsageError as error:
            return _page(request, str(error), saisie)
        except ValidationError as error:
            names = ", ".join(dict.fromkeys(str(wrong["loc"][0]) for wrong in error.errors()))
            return _page(request, f"Valeur refusée : {names}.", saisie)
        return RedirectResponse("/pannes", 303)

    @routes.post("/pannes/{numero}/retirer", include_in_schema=False)
    def remove_on_page(numero: RowNumber) -> Response:
        remove(numero)
        return RedirectResponse("/pannes", 303)

    def _page(
        request: Request, refus: str = "", saisie: Mapping[str, str] = _EMPTY_FORM
    ) -> Response:
        with database.sessions() as session:
            acteurs = [row.code for row in all_acteurs(session)]
            pannes = view_pannes(session, data_dir)
        return pages.render(
            state,
            request,
            "pannes.html",
            pannes=pannes,
            acteurs=acteurs,
            services=service_names(),
            sortes=[(sorte, LIBELLES_PANNES[sorte]) for sorte in SORTES],
            refus=refus,
            saisie=saisie,
        )

    return routes
