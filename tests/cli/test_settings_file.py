"""Settings in `sge-sim.toml`: after the command line and the variables, before the defaults."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running_simulator import start_simulator

from sge_sim.cli.settings_file import read_settings_file
from sge_sim.errors import UsageError


def test_the_first_file_gives_the_settings(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    assert read_settings_file([here, there]) == {}
    (there / "sge-sim.toml").write_text("workers = 2\n")
    assert read_settings_file([here, there]) == {"workers": 2}
    (here / "sge-sim.toml").write_text('profile = "fidele"\nstrict = true\n')
    assert read_settings_file([here, there]) == {"profile": "fidele", "strict": True}


@pytest.mark.parametrize("text", ["ouvriers = 2", "workers =", "\xff"])
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "sge-sim.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError):
        read_settings_file([tmp_path])
    done = subprocess.run(
        [sys.executable, "-m", "sge_sim", "serve", "--data-dir", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_options_prevail_over_variables_and_they_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "sge-sim.toml").write_text(
        "population_size = 0\nworkers = 3\nthreads = 5\njournal_max_records = 77\n"
    )
    environ = {**os.environ, "SGE_SIM_THREADS": "6", "SGE_SIM_WORKERS": "2"}
    with start_simulator(tmp_path, "--workers", "1", environ=environ) as simulator:
        settings = simulator.admin("/api/settings")
        log = (tmp_path / "log.txt").read_text()
    found = [settings[name] for name in ("workers", "threads", "journal_max_records")]
    assert found == [1, 6, 77]
    # The banner: the dashboard and the first call come first, then what differs.
    assert log.startswith(f"Tableau de bord {simulator.ready['admin_url']}\n")
    assert log.index("Premier appel") < log.index("journal_max_records")
    assert "profondeur_historique_mois" not in log
    with start_simulator(tmp_path, "--show-settings") as simulator:
        assert "profondeur_historique_mois" in (tmp_path / "log.txt").read_text()
