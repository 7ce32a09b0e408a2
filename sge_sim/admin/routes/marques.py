"""`/api/marques`: the marks that sge-sim's own clients send with their calls."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sge_sim.admin.routes import AdminState, Body

_MOST: Final = 100


class MarquesDemandees(Body):
    """The marks that are asked for."""

    origine: Literal["passage", "doctor"] = "passage"
    nombre: Annotated[int, Field(ge=1, le=_MOST)] = 1


class MarquesView(BaseModel):
    """Marks, each good for one call."""

    marques: list[str]


def router(state: AdminState) -> APIRouter:
    """Return the route of the marks."""
    routes = APIRouter(prefix="/api/marques", tags=["journal"])

    @routes.post(
        "",
        summary="Des marques pour les appels de sge-sim",
        description="Chacune vaut pour un appel, dans l'en-tête `Sge-Sim-Marque` : il n'est pas "
        "compté comme celui du client.",
        status_code=201,
    )
    def make(asked: MarquesDemandees) -> MarquesView:
        return MarquesView(marques=[state.marques.make(asked.origine) for _ in range(asked.nombre)])

    return routes
