"""`/health`: whether all goes well, for whoever watches the simulator."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sge_sim.admin.routes import AdminState
from sge_sim.admin.views import TravailView
from sge_sim.store.journal import JournalState


class HealthView(BaseModel):
    """How complete the journal is, and what is being done."""

    etat: Literal["ok", "pertes", "panne"] = Field(
        description=(
            "pertes : le journal n'est pas complet, et personne n'en a pris acte (sge-sim journal "
            "repair) ; panne : rien n'y est rangé pour l'instant"
        )
    )
    echanges_perdus: int = Field(
        description="Échanges répondus que le journal n'a pas pu garder, depuis qu'il existe"
    )
    echanges_en_attente_octets: int = Field(
        description="Octets d'échanges répondus qui attendent d'être rangés au journal"
    )
    travail: TravailView | None = Field(
        description="Ce que le dernier déplacement de l'horloge est en train de faire arriver"
    )
    panne: str | None = Field(description="Pourquoi rien n'est rangé au journal pour l'instant")


def router(state: AdminState) -> APIRouter:
    """Return the route of the health."""
    routes = APIRouter(tags=["santé"])

    @routes.get("/health", summary="Ce qui va mal")
    def read_health() -> HealthView:
        journal, travail = state.journal.state(), state.moves.under_way()
        return HealthView(
            etat=_etat(journal),
            echanges_perdus=journal.missing,
            echanges_en_attente_octets=journal.pending_bytes,
            travail=None if travail is None else TravailView.of(travail),
            panne=journal.failure,
        )

    return routes


def _etat(journal: JournalState) -> Literal["ok", "pertes", "panne"]:
    if journal.failure is not None:
        return "panne"
    return "ok" if journal.acknowledged else "pertes"
