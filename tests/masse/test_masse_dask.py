"""Files in bulk on a Dask cluster: the bytes of one process, whatever is lost on the way.

`make test-masse` gives a Python that has Dask and pyarrow (SGE_SIM_MASSE_PYTHON).
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree
from made_states import copy_state

ROOT = Path(__file__).parents[2]
FLUX = ("R50", "R151", "R63B", "R64B", "R66B")
ASKED = ("--points", "1100", "--du", "2024-10-27", "--au", "2024-10-28", "--flux", ",".join(FLUX))
"""Two parts of each flux; the day has 50 half-hours."""
READ = """
import json, sys
from pyarrow import parquet

def said(table):
    rows = table.to_pylist()
    first = [row for row in rows if row["prm"] == rows[0]["prm"]]
    prms = {row["prm"] for row in rows}
    return [len(rows), len(prms), [str(field.type) for field in table.schema], first]

print(json.dumps({name: said(parquet.read_table(name)) for name in sys.argv[1:]}, default=str))
"""

pytestmark = [pytest.mark.masse, pytest.mark.assumed("no guide knows files without an order")]


def python(*arguments: str, **named: Any) -> subprocess.Popen[str]:
    """Start the Python that has Dask, with this tree."""
    command = [str(Path(os.environ["SGE_SIM_MASSE_PYTHON"]).absolute()), *arguments]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **named}
    return subprocess.Popen(command, env=environ, cwd=ROOT, text=True, **pipes)


def masse(state: Path, folder: Path, *options: str) -> subprocess.Popen[str]:
    where = ("--sortie", str(folder), "--data-dir", str(state))
    return python("-m", "sge_sim", "flux", "masse", *ASKED, *where, *options)


def made(process: subprocess.Popen[str], folder: Path) -> dict[str, str]:
    """Wait for a command, and return the hash of each file that it made."""
    said, wrong = process.communicate(timeout=500)
    assert process.returncode == 0, wrong
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert said.startswith(f"{len(files)} fichiers")
    return {str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with python("-m", "dask", *arguments, **quiet) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Run a scheduler and so many workers of one thread; give its address and theirs."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    known = ("--scheduler-file", str(file), "--no-dashboard")
    with ExitStack() as stack:
        stack.enter_context(running("scheduler", *known, "--host", "127.0.0.1", "--port", "0"))
        options = (*known, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        processes = [stack.enter_context(running("worker", *options)) for _ in range(workers)]
        wait = f"from distributed import Client as C\nc = C(scheduler_file={str(file)!r})\n"
        wait += f"c.wait_for_workers({workers}, timeout=200)\n" if workers else ""
        wait += "print(c.scheduler.address)"
        deadline = time.monotonic() + 100
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        address, wrong = python("-c", wait).communicate(timeout=250)
        assert address, wrong
        yield address.strip(), processes


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grappe") / "etat"
    copy_state(folder, {"population_size": 1500})
    return folder


@pytest.fixture(scope="module")
def alone(state: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """What one process of this machine makes, with its tables."""
    folder = tmp_path_factory.mktemp("seul") / "sortie"
    return folder, made(masse(state, folder, "--parquet", "--workers", "1"), folder)


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_the_bytes_are_those_of_one_process(
    state: Path, alone: tuple[Path, dict[str, str]], tmp_path: Path, partitions: int
) -> None:
    with cluster(tmp_path, partitions) as (address, _):
        folder = tmp_path / "sortie"
        options = ("--dask", address, "--workers", str(partitions), "--parquet")
        assert made(masse(state, folder, *options), folder) == alone[1]


def test_what_a_killed_worker_had_is_made_by_another(
    state: Path, alone: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    with cluster(tmp_path, 2) as (address, workers):
        folder = tmp_path / "sortie"
        process = masse(state, folder, "--dask", address, "--workers", "7", "--parquet")
        deadline = time.monotonic() + 200
        while not (folder.exists() and any(folder.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert process.poll() is None, "it goes on"
        workers[0].send_signal(signal.SIGKILL)
        assert workers[0].wait(10) == -signal.SIGKILL
        assert process.poll() is None, "it goes on"
        assert made(process, folder) == alone[1]


def refused(process: subprocess.Popen[str], folder: Path) -> str:
    _, wrong = process.communicate(timeout=200)
    assert (process.returncode, folder.exists()) == (2, False), wrong
    assert "Traceback" not in wrong
    assert len(wrong.strip().splitlines()) == 1, wrong
    return wrong


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://127.0.0.1:1", "aucun ordonnanceur"),
        *((wrong, "pas l'adresse") for wrong in ("nulle part", "tcp://", "ftp://a:1")),
    ],
)
def test_an_address_where_nothing_answers_is_refused(
    state: Path, tmp_path: Path, address: str, told: str
) -> None:
    folder = tmp_path / "sortie"
    assert told in refused(masse(state, folder, "--dask", address), folder)


def test_a_cluster_that_cannot_do_it_is_refused(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sortie"
    with cluster(tmp_path, 0) as (address, _):
        assert "aucun travailleur" in refused(masse(state, folder, "--dask", address), folder)
    with cluster(tmp_path, 1) as (address, _):
        # Another tree, in which the release has another number.
        other = tmp_path / "autre"
        other.mkdir()
        where = ("--sortie", str(folder), "--data-dir", str(state), "--dask", address)
        code = (
            "import sys, sge_sim; sge_sim.__version__ = '0.0.0'\n"
            f"sys.argv[1:] = {['flux', 'masse', *ASKED, *where]!r}\n"
            "from sge_sim.cli import main; main()"
        )
        assert "le même sge-sim" in refused(python("-c", code), folder)


def test_a_table_says_what_the_files_say(alone: tuple[Path, dict[str, str]]) -> None:
    folder, files = alone
    tables = [str(folder / f"{flux}.parquet") for flux in FLUX]
    read, wrong = python("-c", READ, *tables).communicate(timeout=200)
    assert read, wrong
    of = dict(zip(FLUX, json.loads(read).values(), strict=True))
    types = ["string", "timestamp[ms, tz=UTC]", "int64", *["string"] * 4]
    assert all(types == said[2] for said in of.values())
    archive = next(nom for nom in sorted(files) if nom.startswith("ERDF_R50"))
    with ZipFile(folder / archive) as opened:
        root = etree.fromstring(opened.read(opened.namelist()[0]))
    releve = root.find("PRM/Donnees_Releve")
    written = [
        (datetime.fromisoformat(pdc.findtext("H")).astimezone(UTC), int(pdc.findtext("V")))
        for pdc in releve.iterfind("PDC")
    ]
    rows = [(datetime.fromisoformat(row["horodate"]), row["valeur"]) for row in of["R50"][3]]
    assert rows[: len(written)] == written
    assert len(rows) == 50
    assert {row["unite"] for row in of["R50"][3]} == {"W"}
    # The other flux has no offset: the hour that comes twice is two hours all the same.
    assert [(row["horodate"], row["valeur"]) for row in of["R63B"][3]] == [
        (row["horodate"], row["valeur"]) for row in of["R50"][3]
    ]
    assert {(row["grandeur"], row["unite"]) for row in of["R151"][3]} == {
        ("EA", "Wh"),
        ("PMA", "VA"),
    }
    assert {row["grille"] for row in of["R151"][3]} == {"D", "F", None}
    assert {row["grille"] for row in of["R64B"][3]} >= {"D", "F"}
    assert {(row["grandeur"], row["unite"]) for row in of["R66B"][3]} == {("PMA", "VA")}
