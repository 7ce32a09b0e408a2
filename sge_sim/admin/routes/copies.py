"""`POST /api/points`: a point like another one, for a test that needs its own."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.routes.apports import FILE_KINDS
from sge_sim.referentiel.copies import copy_point
from sge_sim.referentiel.points import describe_point


class Copie(Body):
    """A point to make."""

    comme: str = Field(description="PRM du point à copier")
    prm: str | None = Field(None, description="PRM du nouveau point ; tiré sinon")
    point: dict[str, Any] = Field({}, description="Attributs changés, comme dans points.yaml")
    compteur: dict[str, Any] = Field({}, description="Attributs changés du compteur")


def router(state: AdminState) -> APIRouter:
    """Return the route."""
    routes = APIRouter(prefix="/api/points", tags=["points"])

    @routes.post(
        "",
        status_code=201,
        summary="Faire un point comme un autre, ou importer des points",
        openapi_extra={
            "requestBody": {
                "content": {kind: {"schema": {"type": "string"}} for kind in FILE_KINDS}
            }
        },
        description="En `application/x-ndjson` ou `text/csv` : des points à soi, lus à mesure "
        "(`?essai=true` vérifie seulement, `?sauf_erreurs=true` importe le reste).",
    )
    def make_point(copie: Copie) -> dict[str, Any]:
        with state.database.transaction() as session:
            prm = copy_point(session, copie.comme, copie.prm, copie.point, copie.compteur)
        with state.database.sessions() as session:
            return describe_point(session, prm)

    return routes
