"""`/health`: whether all goes well, for whoever watches the simulator."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sge_sim.admin.routes import AdminState
from sge_sim.admin.views import TravailView


class HealthView(BaseModel):
    """How complete the journal is, and what is being done."""

    etat: Literal["ok", "pertes"] = Field(description="pertes : le journal n'est pas complet")
    echanges_perdus: int = Field(
        description="Échanges répondus que le journal n'a pas pu garder, depuis qu'il existe"
    )
    echanges_en_attente_octets: int = Field(
        description="Octets d'échanges répondus qui attendent d'être rangés au journal"
    )
    travail: TravailView | None = Field(
        description="Ce que le dernier déplacement de l'horloge est en train de faire arriver"
    )


def router(state: AdminState) -> APIRouter:
    """Return the route of the health."""
    routes = APIRouter(tags=["santé"])

    @routes.get("/health", summary="Ce qui va mal")
    def read_health() -> HealthView:
        journal, travail = state.journal.state(), state.moves.under_way()
        return HealthView(
            etat="pertes" if journal.given_up else "ok",
            echanges_perdus=journal.given_up,
            echanges_en_attente_octets=journal.pending_bytes,
            travail=None if travail is None else TravailView.of(travail),
        )

    return routes
