"""A large file of points: imported in time and in flat memory, called, exported as it came.

`make test-points` says how many (SGE_SIM_POINTS), and where else than in SQLite.
"""

import os
import resource
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from at_size import SEARCH_MS, search
from made_states import copy_state
from points_kit import csv_lines, made_points
from postgresql_kit import SERVER, new_database
from publication_kit import COURBE_C5, JOUR_1, Platform, at, of

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.mesures import courbe
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.apports.export import export_points
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.apports.sources import source_of
from sge_sim.referentiel.apports.versement import Bilan, import_points
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.schema.data_folder import prepare

pytestmark = pytest.mark.large

MANY = int(os.environ.get("SGE_SIM_POINTS", "1000000"))
POINTS_PER_SECOND = 1_000_000 / 300
MEMORY_MB = 120
USED = min(1000, MANY // 3)


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


def test_a_large_file_is_imported_used_exported_and_removed(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "points.csv"
    with file.open("wb") as written:
        written.writelines(csv_lines(made_points(MANY)))
    first = Source("premier.csv", csv_lines(made_points(2000, first=MANY)))
    import_points(database, [first], report=pytest.fail)
    remove_own_points(database, None)
    before, started = memory_mb(), stopwatch()
    bilan = import_points(database, [source_of(file)], report=pytest.fail)
    seconds = elapsed_ms(started) / 1000
    print(f"\n{MANY} points: {seconds:.0f} s, {memory_mb() - before:.0f} MB more")
    assert bilan == Bilan(MANY, MANY, 0, 0, True)
    assert memory_mb() - before < MEMORY_MB
    slowest = search(database, MANY)
    assert slowest < SEARCH_MS or database.engine.dialect.name != "sqlite"
    started = stopwatch()
    _use(database, tmp_path)
    print(f"{USED} called, ordered, published: {elapsed_ms(started) / 1000:.0f} s")
    started = stopwatch()
    with file.open("rb") as expected:
        for piece in export_points(database, "csv"):
            assert piece.encode() == expected.read(len(piece.encode()))
        assert not expected.read(1)
    print(f"exported: {elapsed_ms(started) / 1000:.0f} s")
    started = stopwatch()
    assert remove_own_points(database, None) == MANY
    print(f"removed: {elapsed_ms(started) / 1000:.0f} s")
    assert MANY / seconds > POINTS_PER_SECOND


def _use(database: Database, folder: Path) -> None:
    """Read the curve of some of the points, order it every day, and have two days published."""
    platform = Platform(database, folder)
    prms = {cells["prm"] for cells in made_points(USED * 2, first=1) if cells["segment"] == "C5"}
    chosen = sorted(prms)[:USED]
    for prm in chosen:
        dossier = database.memoire.look().lire(prm=prm).dossier
        assert dossier is not None
        point = mesure_of(dossier, "SOUTIRAGE")
        assert point is not None
        assert len(courbe(point, JOUR_1, JOUR_1 + timedelta(7)).valeurs) == 338  # 25 h one day
        platform.subscribe(prm, COURBE_C5)
    platform.catch_up(at(JOUR_1 + timedelta(3)))
    published = Counter(
        point.findtext("Id_PRM")
        for content in of(platform, "R50")
        for point in ElementTree.fromstring(content).iter("PRM")
    )
    assert set(published) == set(chosen)
    assert min(published.values()) >= 2
