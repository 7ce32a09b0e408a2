"""A large file of points: imported in time and in flat memory, called, exported as it came.

`make test-points` says how many (SGE_SIM_POINTS), and where else than in SQLite.
"""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_states import copy_state
from points_kit import csv_lines, made_points
from postgresql_kit import SERVER, new_database

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.apports.export import export_points
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import Bilan, import_points, remove_own_points
from sge_sim.schema.revisions import prepare
from sge_sim.tables.search import Criteres, search_points

pytestmark = pytest.mark.large

MANY = int(os.environ.get("SGE_SIM_POINTS", "1000000"))
POINTS_PER_SECOND = 1_000_000 / 300
MEMORY_MB = 120
SEARCH_MS = 20
SEARCHES = 200


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        copy_state(tmp_path, {"population_size": 0})
        database = Database(sqlite_url(tmp_path / "sge-sim.db"))
        yield database
        database.dispose()
        return
    if not os.environ.get(SERVER):
        pytest.skip("SERVER=postgresql+psycopg://… runs it on PostgreSQL too")
    with new_database("points") as url:
        database = Database(url)
        prepare(database)
        install_dataset(database, size=0, seed=2021)
        yield database
        database.dispose()


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_a_large_file_is_imported_searched_exported_and_removed(database: Database) -> None:
    first = Source("premier.csv", csv_lines(made_points(2000, first=MANY)))
    import_points(database, [first], report=pytest.fail)
    remove_own_points(database, None)
    before, started = memory_mb(), stopwatch()
    source = Source("points.csv", csv_lines(made_points(MANY)))
    bilan = import_points(database, [source], report=pytest.fail)
    seconds = elapsed_ms(started) / 1000
    print(f"\n{MANY} points: {seconds:.0f} s, {memory_mb() - before:.0f} MB more")
    assert bilan == Bilan(MANY, MANY, 0, 0, True)
    assert memory_mb() - before < MEMORY_MB
    assert MANY / seconds > POINTS_PER_SECOND
    _search(database)
    expected = csv_lines(made_points(MANY))
    for piece in export_points(database, "csv"):
        for line in piece.encode().splitlines(keepends=True):
            assert line == next(expected)
    assert next(expected, None) is None
    assert remove_own_points(database, None) == MANY


def _search(database: Database) -> None:
    """Search by address, name, SIRET and meter, as RecherchePoint does."""
    durations = []
    for cells in made_points(SEARCHES, first=MANY // 2):
        place = {"code_postal": cells["codePostal"], "code_insee": cells["codeInseeCommune"]}
        asked = [
            Criteres(numero_et_nom_voie=cells["numeroEtNomVoie"], **place),
            Criteres(nom_client_final=cells["nomClientFinalOuDenominationSociale"], **place),
            Criteres(matricule_ou_numero_serie=cells.get("numeroSerie") or cells.get("matricule")),
        ]
        if "numSiret" in cells:
            asked.append(Criteres(siret=cells["numSiret"]))
        for criteres in asked:
            started = stopwatch()
            with database.sessions() as session:
                found = search_points(session, criteres, limit=200)
            durations.append(elapsed_ms(started))
            assert cells["prm"] in [point.prm for point in found]
    durations.sort()
    slowest = durations[int(len(durations) * 0.99)]
    print(f"searches: {durations[len(durations) // 2]:.1f} ms, p99 {slowest:.1f} ms")
    if database.engine.dialect.name == "sqlite":
        assert slowest < SEARCH_MS
