"""The simulator as a whole: `/health`, `/metrics`, its page."""

from typing import Final, Literal

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from sge_sim.admin import pages
from sge_sim.admin.routes import Admin, Routes
from sge_sim.api.views import TravailView
from sge_sim.journal import JournalState
from sge_sim.schema.snapshot import is_kept


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


health_routes = Routes(tags=["santé"])


@health_routes.get("/health", summary="Ce qui va mal")
def read_health(state: Admin, response: Response) -> HealthView:
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


def _etat(journal: JournalState) -> Literal["ok", "pertes", "panne"]:
    if journal.failure is not None:
        return "panne"
    return "ok" if journal.acknowledged else "pertes"


metric_routes = Routes(tags=["santé"])


@metric_routes.get(
    "/metrics", summary="Les comptes, pour Prometheus", response_class=PlainTextResponse
)
def read_metrics(state: Admin) -> Response:
    return Response(state.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


_YES_OR_NO: Final = {"True": "oui", "False": "non"}


page_routes = Routes(include_in_schema=False)


@page_routes.get("/simulateur")
def show_simulator(state: Admin, request: Request) -> Response:
    changed = {name for name, _ in state.settings.changed}
    settings = [
        (name, _YES_OR_NO.get(value, value), why) for name, value, why in state.settings.described()
    ]
    return pages.render(
        request,
        "simulateur.html",
        changes=[each for each in settings if each[0] in changed],
        defauts=[each for each in settings if each[0] not in changed],
        cote=is_kept(state.database, state.settings.data_dir),
    )
