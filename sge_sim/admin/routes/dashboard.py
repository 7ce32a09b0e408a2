"""`/` and `/echanges/<id>`: the dashboard's actors and exchanges."""

from fastapi import APIRouter, HTTPException, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.pretty import pretty
from sge_sim.admin.routes import AdminState, RowNumber
from sge_sim.admin.typed_filters import code_typed, service_names, service_typed
from sge_sim.admin.views import ExchangeView, ExchangeWithBodies
from sge_sim.admin.views_acteurs import view_acteurs
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.store.journal import RechercheJournal

_SHOWN = 50
_CLOCK: dict[KindClock, str] = {
    "real": "à l'heure de la machine",
    "shifted": "décalée",
    "frozen": "arrêtée",
}


def router(state: AdminState) -> APIRouter:
    """Return the pages of the dashboard."""
    routes = APIRouter(include_in_schema=False)
    services = service_names()

    @routes.get("/")
    def show_dashboard(
        request: Request,
        code: str = "",
        prm: str = "",
        service: str = "",
    ) -> Response:
        code, prm, service = code.strip(), prm.strip(), service.strip()
        recherche = RechercheJournal(
            code=code_typed(code), prm=prm or None, service=service_typed(service)
        )
        echanges = state.journal.find_echanges(recherche, limit=_SHOWN)
        with state.database.sessions() as session:
            context = {
                "settings": state.settings,
                "b2b_url": state.b2b_url,
                "now": state.clock.now(),
                "clock": _CLOCK[state.clock.kind()],
                "acteurs": view_acteurs(session, machine_now()),
                "services": services,
                "filters": {"code": code, "prm": prm, "service": service},
                "echanges": [ExchangeView.of(one) for one in echanges],
            }
        return pages.render(request, "index.html", **context)

    @routes.get("/echanges/{echange_id}")
    def show_exchange(request: Request, echange_id: RowNumber) -> Response:
        found = state.journal.find_echange(echange_id)
        if found is None:
            raise HTTPException(404, f"Aucun échange ne porte le numéro {echange_id}.")
        context = {
            "echange": ExchangeWithBodies.of(found),
            "request_text": pretty(found.request),
            "response_text": pretty(found.response),
        }
        return pages.render(request, "echange.html", **context)

    return routes
