"""Of the simulators of a platform one publishes; another takes over, the first writes nothing."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from orders_kit import C5, Orders
from postgresql_kit import new_database, two_simulators
from running_simulator import RunningSimulator, suspended
from waiting import eventually

from sge_sim.facts.database import Database
from sge_sim.facts.locks import SILENCE_SECONDS, ExclusiviteLostError
from sge_sim.flux.contenus import keep_content
from sge_sim.schema.data_folder import prepare
from sge_sim.schema.pieces import Pieces
from sge_sim.tables.plateforme import read_contenu, write_contenu

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.assumed("how machines share the publications is ours to choose"),
]


@pytest.fixture
def two_bases(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    with new_database("garde") as url:
        first, second = Database(url), Database(url)
        prepare(first)
        Pieces(first, tmp_path).prepare(None)
        yield first, second
        first.dispose()
        second.dispose()


def test_one_process_at_a_time_has_the_right_and_another_takes_it_over(
    two_bases: tuple[Database, Database],
) -> None:
    first, second = two_bases
    assert first.exclusivite.take()
    assert not second.exclusivite.take()
    with first.transaction() as session:
        first.exclusivite.check(session)
    first.exclusivite.close()
    assert second.exclusivite.take()
    assert not first.exclusivite.take()


def test_one_whose_session_the_server_has_ended_writes_nothing(
    two_bases: tuple[Database, Database],
) -> None:
    first, second = two_bases
    assert first.exclusivite.take()
    end_locking_session(second)
    eventually(second.exclusivite.take)
    with pytest.raises(ExclusiviteLostError), first.transaction() as session:
        first.exclusivite.check(session)
    with second.transaction() as session:
        second.exclusivite.check(session)
    assert not first.exclusivite.take()


def test_two_threads_that_make_the_same_file_keep_it_once(
    two_bases: tuple[Database, Database], tmp_path: Path
) -> None:
    """`POST /api/flux/publish` comes while the publisher makes what is due."""
    database = two_bases[0]
    file = tmp_path / "fichier.zip"
    file.write_bytes(b"un fichier")
    empreinte = sha256(b"un fichier").hexdigest()
    assert database.exclusivite.take()
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            write_contenu(session, empreinte, file)
            other = pool.submit(keep_content, database, file, empreinte)
            time.sleep(0.5)  # for it to have looked, and found nothing
        other.result(10)
    keep_content(database, file, empreinte)  # which the other has taken away
    with database.sessions() as session:
        assert read_contenu(session, empreinte) == b"un fichier"


def end_locking_session(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )


@pytest.fixture(scope="module")
def two(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RunningSimulator]]:
    folder, production = tmp_path_factory.mktemp("two"), ("--environment", "production")
    with two_simulators(folder, database_url, *production) as running:
        yield running


def test_files_are_made_once_and_read_from_either(two: list[RunningSimulator]) -> None:
    eventually(lambda: any(publishes(each) for each in two), 20)
    assert Counter(publishes(each) for each in two) == {True: 1, False: 1}
    for number, simulator in enumerate(two):
        if not number:
            Orders(simulator).collecte(C5)
        advance(simulator, "3d")
    check_files(two)


def test_a_suspended_publisher_loses_the_right_and_writes_nothing_once_it_goes_on(
    two: list[RunningSimulator],
) -> None:
    (publisher,) = filter(publishes, two)
    (other,) = (each for each in two if each is not publisher)
    before = len(listed(other))
    with suspended(publisher.process.pid):
        eventually(lambda: publishes(other), 2 * SILENCE_SECONDS)
        advance(other, "3d")
        assert len(listed(other)) > before
    eventually(lambda: not publishes(publisher), 20)
    check_files(two)
    assert publishes(other)


KEPT = {"files": "/api/flux?limit=1000", "services": f"/api/points/{C5}"}
"""What is looked at before and after."""
C5_OF_ANOTHER = "25946599093143"


def publishes(simulator: RunningSimulator) -> bool:
    return bool(simulator.admin("/health")["publie"])


def advance(simulator: RunningSimulator, duree: str) -> None:
    moved = simulator.ask("POST", "/api/clock", json={"action": "advance", "duree": duree})
    assert moved.ok, moved.text


def listed(simulator: RunningSimulator) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = simulator.admin(KEPT["files"])
    return files


def check_files(two: list[RunningSimulator]) -> None:
    """Each file is there once, delivered, and the same from either machine."""
    eventually(lambda: {each["etat"] for each in listed(two[0])} == {"livre"}, 20)
    here = [{file["nom"]: file for file in listed(each)} for each in two]
    assert here[0] == here[1]
    assert len(here[0]) == len(listed(two[0])) > 0
    for nom, fichier in here[0].items():
        for simulator in two:
            content = simulator.ask("GET", f"/api/flux/{nom}/contenu").content
            assert sha256(content).hexdigest() == fichier["sha256"]


def test_a_state_that_was_kept_aside_comes_back_on_both_with_its_files(
    two: list[RunningSimulator],
) -> None:
    one, other = two
    check_files(two)  # what is delivered meanwhile isn't what was kept
    taken = one.ask("POST", "/api/snapshot?nom=avant")
    assert taken.status_code == 204, taken.text
    before = {key: one.admin(path) for key, path in KEPT.items()}
    Orders(other).collecte(C5_OF_ANOTHER)
    advance(other, "4d")
    assert len(listed(one)) > len(before["files"])
    for simulator in two:
        back = simulator.ask("POST", "/api/reset?nom=avant")
        assert back.status_code == 204, back.text
        assert {key: one.admin(path) for key, path in KEPT.items()} == before
    check_files(two)
    advance(other, "4d")
    check_files(two)
    refused = one.ask("POST", "/api/reset?nom=jamais")
    assert (refused.status_code, "jamais" in refused.text) == (400, True)
