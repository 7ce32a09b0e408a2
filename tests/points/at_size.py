"""Searches of RecherchePoint in a large base: what they take, how the server finds the points."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from points_kit import made_points
from sqlalchemy import event

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database
from sge_sim.tables.search import Criteres, search_points

SEARCH_MS = 20
_SEARCHES = 200


def criteria(cells: dict[str, str]) -> Iterator[tuple[str, Criteres]]:
    """By what a point can be looked for: its address, its client's name, its meter, its SIRET."""
    place = {"code_postal": cells["codePostal"], "code_insee": cells["codeInseeCommune"]}
    nom = cells["nomClientFinalOuDenominationSociale"]
    yield "address", Criteres(numero_et_nom_voie=cells["numeroEtNomVoie"], **place)
    yield "name", Criteres(nom_client_final=nom, **place)
    meter = cells.get("numeroSerie") or cells.get("matricule")
    yield "meter", Criteres(matricule_ou_numero_serie=meter)
    if "numSiret" in cells:
        yield "SIRET", Criteres(siret=cells["numSiret"])


def search(database: Database, many: int) -> float:
    """Find points of the middle of the base by each criterion; print what it took, and return what
    one search in a hundred exceeds, of the slowest criterion (ms)."""
    durations = defaultdict(list)
    for cells in made_points(_SEARCHES, first=many // 2):
        for kind, criteres in criteria(cells):
            started = stopwatch()
            with database.sessions() as session:
                found = search_points(session, criteres, limit=200)
            durations[kind].append(elapsed_ms(started))
            assert cells["prm"] in [point.prm for point in found]
    slowest = 0.0
    for kind, times in durations.items():
        times.sort()
        p99 = times[int(len(times) * 0.99)]
        print(f"by {kind}: {times[len(times) // 2]:.1f} ms, p99 {p99:.1f} ms", flush=True)
        slowest = max(slowest, p99)
    return slowest


def plans(database: Database, many: int) -> dict[str, str]:
    """Return how a PostgreSQL server finds a company's points by each criterion."""
    (company,) = made_points(1, first=many // 2 // 20 * 20)
    return {kind: _plan(database, criteres) for kind, criteres in criteria(company)}


def _plan(database: Database, criteres: Criteres) -> str:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.sessions() as session:
            search_points(session, criteres, limit=200)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    with database.sessions() as session:
        lines = [
            row[0]
            for statement, values in asked
            for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", values)
        ]
    return "\n".join(lines)
