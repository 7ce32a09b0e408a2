"""The metrics of a simulator, in the text of Prometheus.

The exchanges are read from the journal when it is asked, so that a call pays nothing for it. They
are counted since the administration started, those that the journal already held included; what the
journal evicts between two readings isn't counted.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from sge_sim.domaine.pannes import panne_in
from sge_sim.facts.database import Database
from sge_sim.journal import Echange, Journal
from sge_sim.machine import monde
from sge_sim.tables.flux import count_fichiers

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PAGE: Final = 1000


class Metrics:
    """The counts of one administration; several may ask at once."""

    def __init__(self, journal: Journal, database: Database) -> None:
        self._journal = journal
        self._database = database
        self._lock = monde.Lock()
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
