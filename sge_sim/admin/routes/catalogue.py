"""`/api/catalogue`: the releases of SGE and their test cases; `/api/generations`."""

from types import ModuleType
from typing import Any

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau


def router(state: AdminState) -> APIRouter:
    """Return the routes of what the platform was, release after release."""
    routes = APIRouter(tags=["catalogue"])

    @routes.get("/generations", include_in_schema=False)
    def show_generations(request: Request) -> Response:
        return pages.render(
            state,
            request,
            "generations.html",
            services=_generations().view_existences(),
            appels=_generations().view_calls(state.journal),
        )

    @routes.get("/api/catalogue", summary="Les versions de SGE du catalogue, de la plus ancienne")
    def read_releases() -> dict[str, list[str]]:
        return {"versions": _views().view_releases()}

    @routes.get(
        "/api/catalogue/{release}",
        summary="Les exécutions d'une version",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_release(release: str, morceau: UnMorceau) -> Response:
        return morceau.of(_views().view_runs(release), lambda each: each["cle"])

    @routes.get(
        "/api/catalogue/{release}/cas/{cas}",
        summary="Les exécutions d'un cas (ADP-R1), ou l'une d'elles (ADP-R1@C5)",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_case(release: str, cas: str, morceau: UnMorceau) -> Response:
        return morceau.of(_views().view_runs(release, cas), lambda each: each["cle"])

    @routes.get(
        "/api/catalogue/{avant}/vers/{apres}", summary="Ce qui change d'une version à l'autre"
    )
    def read_difference(avant: str, apres: str) -> dict[str, Any]:
        found: dict[str, Any] = _views().view_difference(avant, apres)
        return found

    @routes.get(
        "/api/generations",
        summary="Depuis quand et jusqu'à quand la plateforme sert chaque service",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_generations(morceau: UnMorceau) -> Response:
        return morceau.of(_generations().view_existences(), lambda each: each["service"])

    @routes.get(
        "/api/generations/appels",
        summary="Les services qui s'arrêtent, d'après ce que chaque acteur en a appelé",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_calls(morceau: UnMorceau) -> Response:
        found = _generations().view_calls(state.journal)
        return morceau.of(found, lambda each: f"{each['acteur_code']}/{each['service']}")

    return routes


def _views() -> ModuleType:
    """Return what reads the catalogue, loaded for whoever looks at it."""
    from sge_sim.homologation.catalogue import french_text

    return french_text


def _generations() -> ModuleType:
    """Return what reads the services, loaded for whoever looks at them."""
    from sge_sim.api import declarations

    return declarations
