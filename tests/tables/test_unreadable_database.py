"""A database that the disk spoilt says so in one sentence, with what to do, wherever it is used."""

import time
from pathlib import Path

import pytest
import requests
from running_simulator import RunningSimulator, start_simulator
from sqlalchemy import text
from test_outages import ORDER, READING, RELEASE, ask, log_of

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.outage import DATABASE_UNREACHABLE, unreachable_sentence
from sge_sim.schema.data_folder import prepare


def spoil(file: Path) -> None:
    """Overwrite a database with what is none."""
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.write(b"not a database at all, " * (size // 20))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


@pytest.fixture
def spoilt(tmp_path: Path) -> Database:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    prepare(database)
    database.dispose()
    spoil(tmp_path / "sge-sim.db")
    return database


def read(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(text("SELECT 1 FROM acteur"))


def write(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("DELETE FROM acteur"))


def look(database: Database) -> None:
    database.memoire.look()


@pytest.mark.parametrize("use", [read, write, look])
def test_each_way_to_a_spoilt_database_tells_what_to_do(spoilt: Database, use: object) -> None:
    assert callable(use)
    with pytest.raises(DATABASE_UNREACHABLE) as caught:
        use(spoilt)
    told = unreachable_sentence(caught.value)
    assert told.startswith("la base de données n'est plus lisible (file is not a database)")
    assert "restaurer son fichier ou l'effacer" in told


def is_well(running: RunningSimulator) -> bool:
    """Tell whether the simulator says that nothing is wrong with its journal."""
    answer = requests.get(running.ready["admin_url"] + "/health", timeout=30)
    return answer.status_code == 200 and answer.json()["etat"] == "ok"


def test_the_simulator_says_it_in_soap_administration_and_commands(tmp_path: Path) -> None:
    options = ("--population-size", "0", "--now", RELEASE.reference.isoformat())
    with start_simulator(tmp_path, *options) as running:
        assert ask(running, READING) is None
        spoil(tmp_path / "sge-sim.db")
        assert ask(running, ORDER) == "SGT506"
        assert ask(running, READING) in (None, "SGT506"), "what is kept in memory is still told"
        for path in ("/", "/points", "/api/clock", "/metrics"):
            answer = requests.get(running.ready["admin_url"] + path, timeout=30)
            assert answer.status_code == 503, path
            assert "restaurer son fichier" in answer.text
        for command in (("points", "show", "25946599093143"), ("acteurs", "list")):
            refused = running.command(*command)
            assert refused.returncode == 2
            assert len(refused.stderr.splitlines()) == 1
            assert "ne peut pas être lue" in refused.stderr
        log = log_of(running)
        assert "n'est plus lisible" in log
        assert "Traceback" not in log
        spoil(tmp_path / "journal.db")
        ask(running, READING)  # has something to be stored
        deadline = time.monotonic() + 10
        while is_well(running):
            assert time.monotonic() < deadline
            time.sleep(0.1)
