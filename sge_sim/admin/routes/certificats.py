"""`/api/certificats`: the certificates that actors have handed in."""

from fastapi import APIRouter

from sge_sim.admin.routes import AdminState
from sge_sim.api.acteurs import CertificatView, view_certificats
from sge_sim.clock import machine_now
from sge_sim.domaine.nomenclatures import Environment


def router(state: AdminState) -> APIRouter:
    """Return the routes of the certificates."""
    routes = APIRouter(prefix="/api/certificats", tags=["certificats"])

    @routes.get("", summary="Les certificats enregistrés, ceux qui finissent en premier d'abord")
    def read_certificats(environnement: Environment | None = None) -> list[CertificatView]:
        with state.database.sessions() as session:
            return view_certificats(session, machine_now(), environnement)

    return routes
