"""`serve --dataset FOLDER`: points of one's own are there from the first call."""

from pathlib import Path

import pytest
from points_kit import csv_lines, json_lines, made_points
from state_reading import count_points

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings


def points_after_start(state: Path, dataset: Path) -> int:
    simulator = open_simulator(Settings(data_dir=state, population_size=0, dataset=dataset))
    with simulator.database.sessions() as session:
        count = count_points(session)
    simulator.close()
    return count


def test_the_files_of_a_folder_are_imported_once(tmp_path: Path) -> None:
    folder, state = tmp_path / "mine", tmp_path / "state"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"".join(csv_lines(made_points(30))))
    (folder / "b.jsonl").write_bytes(b"".join(json_lines(made_points(20, first=30))))
    (folder / "lisez-moi.txt").write_text("autre chose")
    first = points_after_start(state, folder)
    assert points_after_start(state, folder) == first
    (folder / "c.csv").write_bytes(b"".join(csv_lines(made_points(5, first=50))))
    assert points_after_start(state, folder) == first + 5


def test_a_fault_is_told_and_nothing_of_the_folder_is_imported(tmp_path: Path) -> None:
    folder, state = tmp_path / "mine", tmp_path / "state"
    folder.mkdir()
    with pytest.raises(UsageError, match="ne contient aucun fichier de points"):
        points_after_start(state, folder)
    (folder / "a.csv").write_bytes(b"".join(csv_lines(made_points(3))))
    (folder / "b.jsonl").write_bytes(b"{\n[]\n")
    with pytest.raises(UsageError, match=r"b.jsonl, ligne 1 .*\(et 1 de plus\)"):
        points_after_start(state, folder)
    database = Database(sqlite_url(state / "sge-sim.db"))
    with database.sessions() as session:
        assert count_points(session) == 88
    database.dispose()
