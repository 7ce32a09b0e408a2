"""The state kept aside and brought back, and points of one's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_states import prepared_database

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.journal import Bounds, Journal
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.points import copy_point, describe_point
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot

C5 = "25946599093143"


def journal_of(database: Database) -> Journal:
    journal = Journal.beside(database, Path())
    journal.prepare(Bounds(1000, 10**7))
    return journal


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("state")
    database = prepared_database(folder / "sge-sim.db")
    install_dataset(database, size=1000, seed=1)
    take_snapshot(database, journal_of(database), folder)
    yield database
    database.dispose()


@pytest.fixture
def folder(installed: Database) -> Path:
    """The folder of the state, as it was kept aside."""
    place = Path(str(installed.engine.url.database)).parent
    restore_snapshot(installed, journal_of(installed), place)
    return place


def make(database: Database, **options: Any) -> dict[str, Any]:
    with database.transaction() as session:
        return describe_point(session, copy_point(session, C5, **options))


def test_a_copy_is_like_its_model_but_for_what_is_asked(installed: Database, folder: Path) -> None:
    with installed.sessions() as session:
        model = describe_point(session, C5)
    copy = make(installed, point={"etat_contractuel": "RESIL"}, compteur={"matricule": "042"})
    assert copy["prm"] != C5
    assert copy["etat_contractuel"]["code"] == "RESIL"
    changed = {name for name in model if model[name] != copy[name]}
    assert changed == {"prm", "etat_contractuel", "comptage"}


def test_copies_get_numbers_of_their_own(installed: Database, folder: Path) -> None:
    assert len({make(installed)["prm"] for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prm": C5}, "existe déjà"),
        ({"prm": "25946599093100"}, "n'est pas un PRM"),
        ({"point": {"couleur": "bleu"}}, "couleur"),
        ({"point": {"etat_contractuel": "FERME"}}, "FERME"),
        ({"point": {"graine": 1}}, "graine"),
    ],
)
def test_a_wrong_copy_is_refused_and_leaves_nothing(
    installed: Database, folder: Path, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        make(installed, **options)


def test_bringing_the_state_back_forgets_what_was_made(installed: Database, folder: Path) -> None:
    made = make(installed)["prm"]
    restore_snapshot(installed, journal_of(installed), folder)
    with installed.sessions() as session, pytest.raises(UsageError, match=made):
        describe_point(session, made)
