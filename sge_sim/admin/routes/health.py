"""The simulator as a whole: `/health`, `/metrics`, its state kept aside and brought back.

Metrics are in the text of Prometheus. The exchanges are read from the journal when it is asked, so
that a call pays nothing for it. They are counted since the administration started, those that the
journal already held included; what the journal evicts between two readings isn't counted.
`/api/marques` gives the marks that sge-sim's own clients send with their calls.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from threading import Lock
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from pydantic import BaseModel, Field

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body
from sge_sim.api.views import TravailView
from sge_sim.domaine.pannes import panne_in
from sge_sim.facts.database import Database
from sge_sim.journal import Echange, Journal, JournalState
from sge_sim.schema.snapshot import is_kept
from sge_sim.tables.flux import count_fichiers

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PAGE: Final = 1000


class Metrics:
    """The counts of one administration; several may ask at once."""

    def __init__(self, journal: Journal, database: Database) -> None:
        self._journal = journal
        self._database = database
        self._lock = Lock()
        self._last = 0
        self._requests: Counter[tuple[str, ...]] = Counter()
        self._refusals: Counter[tuple[str, ...]] = Counter()
        self._pannes: Counter[tuple[str, ...]] = Counter()
        self._durations: dict[str, list[int]] = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """Return the counts of now."""
        with self._lock:
            self._catch_up()
            return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give the families; `prometheus_client` calls it."""
        for name, explanation, parts, calls in (
            (
                "requests",
                "Échanges, par sorte, service, code retour et statut HTTP.",
                ("sorte", "service", "code", "statut"),
                self._requests,
            ),
            (
                "refusals",
                "Refus d'une règle, par code et par règle.",
                ("code", "regle"),
                self._refusals,
            ),
            ("pannes", "Échanges touchés, par panne prévue.", ("panne",), self._pannes),
        ):
            family = CounterMetricFamily(f"sge_sim_{name}", explanation, labels=parts)
            for key, number in sorted(calls.items()):
                family.add_metric(key, number)
            yield family
        durations = HistogramMetricFamily(
            "sge_sim_request_duration_seconds",
            "Durée des appels, de la demande entière à la réponse entière, par service.",
            labels=("service",),
        )
        for service, counts in sorted(self._durations.items()):
            buckets, total = [], 0
            for bound, count in zip((*map(str, _BUCKETS), "+Inf"), counts, strict=True):
                total += count
                buckets.append((bound, total))
            durations.add_metric((service,), buckets, self._seconds[service])
        yield durations
        yield from self._state()

    def _state(self) -> Iterator[Metric]:
        files = GaugeMetricFamily(
            "sge_sim_files",
            "Fichiers publiés, par flux et état ; a_livrer : dus à leur destinataire.",
            labels=("flux", "etat"),
        )
        with self._database.sessions() as session:
            for flux, etat, count in count_fichiers(session):
                files.add_metric((flux, etat), count)
        yield files
        journal = self._journal.state()
        for name, explanation, value in (
            ("records", "Échanges gardés au journal.", journal.records),
            ("bytes", "Octets gardés au journal.", journal.bytes),
            ("backlog_bytes", "Octets qui attendent d'être rangés.", journal.pending_bytes),
            ("lost_records", "Échanges que le journal n'a pas pu garder.", journal.missing),
        ):
            yield GaugeMetricFamily(f"sge_sim_journal_{name}", explanation, value=value)

    def _catch_up(self) -> None:
        self._last = min(self._last, self._journal.newest_id())  # a reset takes exchanges back
        while page := self._journal.find_echanges(after_id=self._last, limit=_PAGE):
            for echange in page:
                self._count(echange)
            self._last = page[-1].id
            if len(page) < _PAGE:
                break  # what came meanwhile is for the next reading

    def _count(self, echange: Echange) -> None:
        service, code = echange.service or "", echange.code or ""
        self._requests[echange.kind, service, code, str(echange.http_status or "")] += 1
        if echange.rule is not None:
            self._refusals[code, echange.rule.name] += 1
        numero, _ = panne_in(echange.detail)
        if numero is not None:
            self._pannes[str(numero),] += 1
        if echange.kind in ("soap", "rest"):
            seconds = echange.duration_ms / 1000
            counts = self._durations.setdefault(service, [0] * (len(_BUCKETS) + 1))
            counts[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds[service] += seconds


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
    """Return the route of the metrics."""
    routes = APIRouter(tags=["santé"])
    metrics = Metrics(state.journal, state.database)

    @routes.get(
        "/metrics", summary="Les comptes, pour Prometheus", response_class=PlainTextResponse
    )
    def read_metrics() -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes


_MOST: Final = 100


class MarquesDemandees(Body):
    """The marks that are asked for."""

    origine: Literal["passage", "doctor"] = "passage"
    nombre: Annotated[int, Field(ge=1, le=_MOST)] = 1


class MarquesView(BaseModel):
    """Marks, each good for one call."""

    marques: list[str]


def marque_routes(state: AdminState) -> APIRouter:
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


_YES_OR_NO: Final = {"True": "oui", "False": "non"}


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the simulator and its forms."""
    routes = APIRouter(include_in_schema=False)
    database, data_dir = state.database, state.settings.data_dir

    @routes.get("/simulateur")
    def show_simulator(request: Request) -> Response:
        changed = {name for name, _ in state.settings.changed}
        settings = [
            (name, _YES_OR_NO.get(value, value), why)
            for name, value, why in state.settings.described()
        ]
        return pages.render(
            state,
            request,
            "simulateur.html",
            changes=[each for each in settings if each[0] in changed],
            defauts=[each for each in settings if each[0] not in changed],
            cote=is_kept(database, data_dir),
        )

    return routes
