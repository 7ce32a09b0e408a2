"""`/api/catalogue`: the releases of SGE and their test cases; `/api/generations`."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response

from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau


def router(state: AdminState) -> APIRouter:
    """Return the routes of what the platform was, release after release."""
    routes = APIRouter(prefix="/api", tags=["catalogue"])

    @routes.get("/catalogue", summary="Les versions de SGE du catalogue, de la plus ancienne")
    def read_releases() -> dict[str, list[str]]:
        from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
        from sge_sim.homologation.catalogue.release import list_releases

        return {"versions": list(list_releases(PROTOCOLES))}

    @routes.get(
        "/catalogue/{release}",
        summary="Les exécutions d'une version",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_release(release: str, morceau: UnMorceau) -> Response:
        from sge_sim.homologation.catalogue.french_text import run_view
        from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
        from sge_sim.homologation.catalogue.release import load_release

        runs = [run_view(run) for run in load_release(release, PROTOCOLES).cas]
        return morceau.of(runs, lambda each: each["cle"])

    @routes.get(
        "/catalogue/{release}/cas/{cas}",
        summary="Les exécutions d'un cas (ADP-R1), ou l'une d'elles (ADP-R1@C5)",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_case(release: str, cas: str, morceau: UnMorceau) -> Response:
        from sge_sim.homologation.catalogue.french_text import run_view
        from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
        from sge_sim.homologation.catalogue.release import load_release

        runs = [run_view(run) for run in load_release(release, PROTOCOLES).find(cas)]
        return morceau.of(runs, lambda each: each["cle"])

    @routes.get("/catalogue/{avant}/vers/{apres}", summary="Ce qui change d'une version à l'autre")
    def read_difference(avant: str, apres: str) -> dict[str, Any]:
        from sge_sim.homologation.catalogue.differences import diff
        from sge_sim.homologation.catalogue.protocoles import PROTOCOLES
        from sge_sim.homologation.catalogue.release import load_release

        return asdict(diff(load_release(avant, PROTOCOLES), load_release(apres, PROTOCOLES)))

    @routes.get(
        "/generations",
        summary="Depuis quand et jusqu'à quand la plateforme sert chaque service",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_generations(morceau: UnMorceau) -> Response:
        from sge_sim.api.generations import view_existences

        return morceau.of(view_existences(), lambda each: each["service"])

    @routes.get(
        "/generations/appels",
        summary="Les services qui s'arrêtent, d'après ce que chaque acteur en a appelé",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_calls(morceau: UnMorceau) -> Response:
        from sge_sim.api.generations import view_calls

        found = view_calls(state.journal)
        return morceau.of(found, lambda each: f"{each['acteur_code']}/{each['service']}")

    return routes
