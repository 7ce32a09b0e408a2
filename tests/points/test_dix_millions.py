"""Ten million points in PostgreSQL: brought in, found, and a day of a million of them published.

`make test-dix-millions` says how many, by the disk that is free; the server is the test's own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from at_size import SEARCH_MS, plans, search
from points_kit import made_points
from postgresql_kit import Cluster, own_cluster
from running_simulator import start_simulator

from bench.publication import open_subscriptions, subscribe
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.schema.data_folder import prepare
from sge_sim.settings import variable_of
from sge_sim.tables.apports import count_own

pytestmark = pytest.mark.dix_millions

MANY = int(os.environ.get("SGE_SIM_POINTS", "10000000"))
PUBLISHED = min(1_000_000, MANY // 2)
WHOLE = 10_000_000
AT_ONCE = 20_000
ROOT = Path(__file__).parents[2]
KIT = ROOT / "tests" / "points_kit.py"


def say(what: str, started: float) -> float:
    seconds = elapsed_ms(started) / 1000
    print(f"{what}: {seconds:.1f} s", flush=True)
    return seconds


def test_ten_million_points_are_imported_found_and_published(tmp_path: Path) -> None:
    with own_cluster() as cluster:
        url = cluster.new_database("sge")
        environ = {variable_of("database_url"): url}
        state = tmp_path / "etat"
        database = Database(url)
        prepare(database)
        install_dataset(database, size=0, seed=2021)
        database.dispose()
        print(f"\n{MANY} points", flush=True)
        _import(state, environ)
        for which in ("first start, which makes keys", "second start"):
            started = stopwatch()
            with start_simulator(state, environ=environ, cold=True) as running:
                say(which, started)
                assert running.admin("/health")["service"] == "pret"
        try:
            with database.sessions() as session:
                assert count_own(session) == MANY
            found = plans(database, MANY)
            for kind, plan in found.items():
                print(f"by {kind}:\n{plan}", flush=True)
            slowest = search(database, MANY)
            _publish(database, url, tmp_path)
        finally:
            database.dispose()
        print(f"the server's folder: {_gigabytes(cluster):.1f} GB")
    read_whole = ("Seq Scan on point", "Seq Scan on compteur")
    assert not [kind for kind, plan in found.items() if any(each in plan for each in read_whole)]
    assert "Index Only Scan using ix_point_nom_commune" in found["name"]
    assert slowest < SEARCH_MS


def _import(state: Path, environ: dict[str, str]) -> None:
    """Have a file of them made and imported as it comes."""
    started = stopwatch()
    making = [sys.executable, str(KIT), str(MANY)]
    importing = [sys.executable, "-m", "sge_sim", "points", "import", "-", "--data-dir", str(state)]
    where = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(making, stdout=subprocess.PIPE, env=where) as made:
        done = subprocess.run(
            importing, stdin=made.stdout, env=where, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr[-2000:]
    seconds = say("imported", started)
    print(f"{MANY / seconds:.0f} points a second", flush=True)


def _publish(database: Database, url: str, folder: Path) -> None:
    """Publish a day of R50 and R151, by all cores."""
    started = stopwatch()
    chosen = (
        cells["prm"] for cells in made_points(PUBLISHED * 20 // 19 + 20) if cells["segment"] == "C5"
    )
    with database.transaction() as session:
        open_subscriptions(session)
        for first in range(0, PUBLISHED, AT_ONCE):
            some = [next(chosen) for _ in range(min(AT_ONCE, PUBLISHED - first))]
            subscribe(session, some, first)
    say(f"{PUBLISHED} ordered", started)
    ready = folder / "publie"
    ready.mkdir()
    command = [sys.executable, "-m", "bench.publication", "--publish", str(ready), url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    files, size, seconds, peak, _ = map(float, done.stdout.split())
    print(
        f"{PUBLISHED} published: {files:.0f} files, {size / 1e6:.0f} MB, {seconds:.0f} s by "
        f"{len(os.sched_getaffinity(0))} processes, {peak:.0f} MiB at most in one\n"
        f"{WHOLE} would take {seconds * WHOLE / PUBLISHED / 3600:.1f} h",
        flush=True,
    )
    assert files >= 2 * (PUBLISHED // 3000)


def _gigabytes(cluster: Cluster) -> float:
    return sum(path.stat().st_size for path in cluster.folder.rglob("*") if path.is_file()) / 1e9
