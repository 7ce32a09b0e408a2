"""Searches of RecherchePoint in a large base: what they take, how the server finds the points."""

from collections import defaultdict
from collections.abc import Iterator

from points_kit import made_points
from search_plans import plan_of

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
    with database.sessions() as session:
        return {kind: plan_of(session, criteres) for kind, criteres in criteria(company)}
