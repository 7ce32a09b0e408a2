"""The simulator as a whole: `/health`, `/metrics`, its state kept aside and brought back."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from sge_sim.admin.metrics import Metrics
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.api.views import TravailView
from sge_sim.journal import Avarie, JournalState
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
from sge_sim.tables.pannes import counters_of

Nom = Annotated[
    str, Query(max_length=13, description="Nom de l'état mis de côté ; sans lui, celui par défaut")
]


class HealthView(BaseModel):
    """Whether the simulator serves, how complete the journal is, and what is being done."""

    service: Literal["demarre", "pret", "occupe", "arret"] = Field(
        description=(
            "pret : tout est servi ; occupe : de même, plus lentement, pendant ce que l'horloge "
            "fait arriver ; demarre, arret : rien n'est encore, ou plus rien n'est admis (statut "
            "503, pour qui répartit les appels)"
        )
    )

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
    publie: bool = Field(
        description="Ce simulateur publie et livre : de ceux qui partagent une base, un seul"
    )
    travail: TravailView | None = Field(
        description="Ce que le dernier déplacement de l'horloge est en train de faire arriver"
    )
    panne: str | None = Field(description="Pourquoi rien n'est rangé au journal pour l'instant")


def health_routes(state: AdminState) -> APIRouter:
    """Return the route of the health."""
    routes = APIRouter(tags=["santé"])

    @routes.get("/health", summary="Ce qui va mal")
    def read_health(response: Response) -> HealthView:
        journal, travail, phase = state.journal.state(), state.moves.under_way(), state.phase()
        if phase != "pret":
            response.status_code = 503
        return HealthView(
            service="occupe" if phase == "pret" and travail is not None else phase,
            etat=_etat(journal),
            echanges_perdus=journal.missing,
            echanges_en_attente_octets=journal.pending_bytes,
            publie=state.database.exclusivite.held,
            travail=None if travail is None else TravailView.of(travail),
            panne=journal.failure,
        )

    return routes


def _etat(journal: JournalState) -> Literal["ok", "pertes", "panne"]:
    if journal.failure is not None:
        return "panne"
    return "ok" if journal.acknowledged else "pertes"


def metric_routes(state: AdminState) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["santé"])
    metrics = Metrics(state.journal, state.database)

    @routes.get(
        "/metrics", summary="Les comptes, pour Prometheus", response_class=PlainTextResponse
    )
    def read_metrics() -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes


def reset_routes(state: AdminState) -> APIRouter:
    """Return the routes of the state as a whole."""
    routes = APIRouter(prefix="/api", tags=["état"])

    @routes.post("/snapshot", summary="Mettre de côté tout l'état", status_code=204)
    def snapshot(nom: Nom = "") -> None:
        take_snapshot(state.database, state.journal, state.settings.data_dir, nom)

    @routes.post("/reset", summary="Revenir à l'état mis de côté", status_code=204)
    def reset(nom: Nom = "") -> None:
        restore(state, nom)

    @routes.get(
        "/avaries",
        summary="Ce que le disque a abîmé des échanges en attente",
        description=PAR_PAGES,
        response_model=list[Avarie],
    )
    def read_avaries(morceau: UnMorceau) -> Response:
        return morceau.of(state.journal.avaries(), lambda each: f"{each.spool}/{each.start}")

    @routes.post("/avaries/acquitter", status_code=204, summary="Prendre acte de ce qui manque")
    def acknowledge() -> None:
        state.journal.acknowledge()

    return routes


def restore(state: AdminState, nom: str = "") -> None:
    """Bring back the state that was kept aside; raises `UsageError` where there is none."""
    with state.moves.held():
        restore_snapshot(state.database, state.journal, state.settings.data_dir, nom)
    # The plans that come back begin again.
    counters_of(state.settings.data_dir, state.database.engine).forget()
