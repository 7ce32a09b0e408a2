"""`/datahub`: the portal in the browser, seen as whichever of its users is chosen."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.datahub_acts import do_act
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.api.datahub import (
    ETATS,
    NOMS_DES_ROLES,
    ApplicationDatahubView,
    CompteView,
    ContratDatahubView,
)
from sge_sim.datahub import portail
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import instant_within
from sge_sim.refus import Refus
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.datahub import (
    applications_datahub,
    comptes_datahub,
    contrats_datahub,
)


def router(state: AdminState) -> APIRouter:
    """Return the pages of Datahub."""
    routes = APIRouter(prefix="/datahub", include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    @routes.get("")
    def show_portal(request: Request, par: str = "") -> Response:
        return _page(request, par)

    @routes.post("/{action}")
    def act(request: Request, action: str, form: Annotated[Form, Depends(read_form)]) -> Response:
        par = form.get("par")
        try:
            with database.transaction() as session:
                do_act(session, action, form, instant_within(session))
        except Refus as refus:
            return _page(request, par, refus)
        except UsageError as error:
            return _page(request, par, error)
        return RedirectResponse(f"/datahub?par={quote(par)}" if par else "/datahub", 303)

    @routes.get("/logos/{client_id}.png")
    def show_logo(client_id: str) -> Response:
        with database.sessions() as session:
            logo = portail.get_application_datahub(session, client_id).logo
        if logo is None:
            raise UsageError("Cette application n'a pas de logo.")
        return Response(logo, media_type="image/png", headers=pages.HEADERS)

    def _page(request: Request, par: str, error: UsageError | None = None) -> Response:
        with database.sessions() as session:
            known = comptes_datahub(session)
            asking = next((one for one in known if one.email == par.lower()), None)
            found = contrats_datahub(session, asking.acteur_code if asking else None)
            own = [] if asking is None else applications_datahub(session, asking.acteur_code)
            return pages.render(
                state,
                request,
                "datahub.html",
                _status(error),
                comptes=[CompteView.of(one) for one in known],
                par=None if asking is None else CompteView.of(asking),
                # The portal shows an entity's user only the contracts that he has a role on.
                contrats=[
                    ContratDatahubView.of(session, one, data_dir)
                    for one in found
                    if asking is None
                    or any(each.email == asking.email for each in one.interlocuteurs)
                ],
                applications=[
                    ApplicationDatahubView.of_datahub(one)
                    for one in own
                    if asking is not None and one.email in (None, asking.email)
                ],
                acteurs=[one.code for one in all_acteurs(session)],
                apis=list(APIS),
                etats=ETATS,
                roles=NOMS_DES_ROLES,
                erreur=error,
                regle=error.rule if isinstance(error, Refus) else None,
            )

    return routes


def _status(error: UsageError | None) -> int:
    if error is None:
        return 200
    return 403 if isinstance(error, Refus) else 400
