"""`/api/services` and `/services`: the subscribed services."""

from typing import Annotated, Final, get_args

from fastapi import APIRouter, Query, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.admin.routes.listes import (
    PAR_PAGES,
    AvantNom,
    EtatServiceTyped,
    Limite,
    page_of,
)
from sge_sim.api.points import ServiceSouscritView, ServiceView
from sge_sim.api.typed_filters import known_spelling
from sge_sim.domaine.nomenclatures import EtatService
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.consultation import find_services_souscrits

_SHOWN: Final = 100
_ETATS: Final = get_args(EtatService)


def router(state: AdminState) -> APIRouter:
    """Return the routes of the subscribed services."""
    routes = APIRouter(tags=["services souscrits"])

    @routes.get(
        "/api/services",
        summary="Les services souscrits, du dernier commandé au premier",
        description=PAR_PAGES,
        response_model=list[ServiceSouscritView],
    )
    def read_services(
        request: Request,
        etat: EtatServiceTyped | None = None,
        prm: str | None = None,
        acteur: str | None = None,
        limit: Limite = 100,
        avant: AvantNom = None,
    ) -> Response:
        with state.database.sessions() as session:
            found = find_services_souscrits(
                session, etat=etat, prm=prm, acteur_code=acteur, before=avant, limit=limit + 1
            )
            view = ServiceSouscritView.of
            return page_of(request, found, limit, view, avant=lambda each: each.service_souscrit_id)

    @routes.get("/services", include_in_schema=False)
    def show_services(
        request: Request,
        etat: str = "",
        prm: str = "",
        acteur: str = "",
        avant: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        typed = known_spelling(etat, _ETATS)
        chosen = next((one for one in _ETATS if one == typed), None)
        with state.database.sessions() as session:
            found = find_services_souscrits(
                session,
                etat=chosen,
                prm=prm.strip() or None,
                acteur_code=acteur or None,
                before=avant or None,
                limit=_SHOWN + 1,
            )
            services = [ServiceView.of(one) for one in found[:_SHOWN]]
            acteurs = [one.code for one in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "services.html",
            services=services,
            suite=following(request, avant=services[-1].id) if len(found) > _SHOWN else None,
            etats=_ETATS,
            acteurs=acteurs,
            filtres={"etat": chosen, "prm": prm, "acteur": acteur},
        )

    return routes
