"""Files in bulk: the same to the byte however the work is shared out; refused before it begins."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from made_states import copy_state
from running_simulator import run_command

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.flux.parallele import Equipe
from sge_sim.masse import parties
from sge_sim.tables.points import first_small_points

pytestmark = pytest.mark.assumed("no guide knows files without an order")

DATES = (date(2024, 3, 30), date(2024, 4, 1))
DAYS = ("--du", "2024-03-30", "--au", "2024-04-01")
"""The second is the day of 46 half-hours."""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("masse") / "etat"
    copy_state(folder, {"population_size": 1200})
    return folder


def made(folder: Path) -> dict[str, str]:
    return {one.name: sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()}


def test_the_files_are_the_same_whoever_makes_them(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--points", "30", *DAYS, "--flux", "R50,R151,R63B,R64B")
    folder = tmp_path / "un"
    done = run_command(
        *("flux", "masse", *asked, "--sortie", str(folder), "--workers", "1"),
        *("--data-dir", str(state)),
    )
    assert done.returncode == 0, done.stderr
    alone = made(folder)
    assert {nom.split("_")[1] for nom in alone} >= {"R63B", "R64B"}
    assert len(alone) == 8, "one file of each flux and day"
    assert done.stdout.startswith("8 fichiers")
    shared = {}
    database = Database(sqlite_url(state / "sge-sim.db"))
    for cut in ((1000, 1, 1), (10, 1, 1), (10, 31, 2)):
        folder = tmp_path / f"{cut}"
        points, jours, workers = cut
        monkeypatch.setattr(parties, "POINTS_PAR_PARTIE", points)
        monkeypatch.setattr(parties, "JOURS_PAR_PARTIE", jours)
        with database.sessions() as session, Equipe(workers) as equipe:
            prms = first_small_points(session, 30)
            parts = parties.cut_in_parts(prms, ("R50", "R63B"), *DATES, "1100256")
            assert len(parts) == 2 * (30 // min(points, 30)) * (2 // min(jours, 2))
            files = sum(files for files, _ in parties.make_parts(session, parts, equipe, folder))
        shared[cut] = made(folder)
        assert len(shared[cut]) == files
    database.dispose()
    assert shared[10, 1, 1] == shared[10, 31, 2]
    assert shared[1000, 1, 1].items() <= alone.items()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"--flux": "R50,R4x"}, "R4X ne se fait pas en masse"),
        ({"--points": "0"}, "demander de 1"),
        ({"--points": "999999"}, "points C5 ; en demander"),
        ({"--points": "absent.txt"}, "absent.txt"),
        ({"--au": "2024-03-30"}, "la fin après le début"),
        ({"--dask": "tcp://localhost:1"}, "pip install 'sge-sim[dask]'"),
        ({"--parquet": ""}, "pip install 'sge-sim[parquet]'"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_written(
    state: Path, tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    folder = tmp_path / "sortie"
    asked = {"--points": "10", "--du": "2024-03-30", "--au": "2024-04-01", "--flux": "R50"}
    options = [word for option in (asked | changed).items() for word in option if word]
    done = run_command("flux", "masse", *options, "--sortie", str(folder), "--data-dir", str(state))
    assert (done.returncode, told in done.stderr, folder.exists()) == (2, True, False), done.stderr
    assert "Traceback" not in done.stderr


def test_points_of_a_file_are_those_of_the_base(state: Path, tmp_path: Path) -> None:
    points = tmp_path / "points.txt"
    points.write_text("25946599093143\n11111111111111\n")
    asked = ("--points", str(points), *DAYS, "--flux", "R50", "--sortie", str(tmp_path / "s"))
    refused = run_command("flux", "masse", *asked, "--data-dir", str(state))
    assert (refused.returncode, "11111111111111" in refused.stderr) == (2, True)
