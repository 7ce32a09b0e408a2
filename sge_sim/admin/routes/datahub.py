"""The page `/datahub`: accounts, contracts and their contacts, applications.

It shows the portal as whichever of its users is chosen sees it.
"""

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState
from sge_sim.api.datahub import (
    ETATS,
    NOMS_DES_ROLES,
    ApplicationDatahubView,
    CompteView,
    ContratDatahubView,
)
from sge_sim.datahub import portail
from sge_sim.errors import UsageError
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.datahub import (
    applications_datahub,
    comptes_datahub,
    contrats_datahub,
)


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of Datahub."""
    routes = APIRouter(prefix="/datahub", include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    @routes.get("")
    def show_portal(request: Request, par: str = "") -> Response:
        with database.sessions() as session:
            known = comptes_datahub(session)
            asking = next((compte for compte in known if compte.email == par.lower()), None)
            found = contrats_datahub(session, asking.acteur_code if asking else None)
            own = [] if asking is None else applications_datahub(session, asking.acteur_code)
            return pages.render(
                state,
                request,
                "datahub.html",
                comptes=[CompteView.of(compte) for compte in known],
                par=None if asking is None else CompteView.of(asking),
                # The portal shows an entity's user only the contracts that he has a role on.
                contrats=[
                    ContratDatahubView.of(session, row, data_dir)
                    for row in found
                    if asking is None
                    or any(each.email == asking.email for each in row.interlocuteurs)
                ],
                applications=[
                    ApplicationDatahubView.of_datahub(application)
                    for application in own
                    if asking is not None and application.email in (None, asking.email)
                ],
                acteurs=[acteur.code for acteur in all_acteurs(session)],
                apis=list(APIS),
                etats=ETATS,
                roles=NOMS_DES_ROLES,
            )

    @routes.get("/logos/{client_id}.png")
    def show_logo(client_id: str) -> Response:
        with database.sessions() as session:
            logo = portail.get_application_datahub(session, client_id).logo
        if logo is None:
            raise UsageError("Cette application n'a pas de logo.")
        return Response(logo, media_type="image/png", headers=pages.HEADERS)

    return routes
