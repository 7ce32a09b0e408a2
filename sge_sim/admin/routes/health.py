"""`/health`: whether all goes well, for whoever watches the simulator."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sge_sim.admin.routes import AdminState


class HealthView(BaseModel):
    """What went wrong since the simulator has started."""

    etat: Literal["ok", "pertes"] = Field(description="pertes : le journal n'est pas complet")
    echanges_perdus: int = Field(
        description="Échanges répondus que le journal n'a pas pu garder, depuis le démarrage"
    )
    derniere_perte: datetime | None = Field(description="Heure de la machine (UTC)")


def router(state: AdminState) -> APIRouter:
    """Return the route of the health."""
    routes = APIRouter(tags=["santé"])

    @routes.get("/health", summary="Ce qui va mal depuis le démarrage")
    def read_health() -> HealthView:
        losses = state.losses()
        return HealthView(
            etat="pertes" if losses.count else "ok",
            echanges_perdus=losses.count,
            derniere_perte=losses.last,
        )

    return routes
