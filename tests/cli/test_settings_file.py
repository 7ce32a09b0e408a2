"""Settings in `sge-sim.toml`: after the command line and the variables, before the defaults."""

import os
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, run_command, start_simulator

from sge_sim.errors import UsageError
from sge_sim.settings.own_folder import read_settings_file


def test_the_first_file_gives_the_settings(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    here.mkdir()
    there.mkdir()
    assert read_settings_file([here, there]) == {}
    (there / "sge-sim.toml").write_text("workers = 2\n")
    assert read_settings_file([here, there]) == {"workers": 2}
    (here / "sge-sim.toml").write_text('profile = "fidele"\nstrict = true\n')
    assert read_settings_file([here, there]) == {"profile": "fidele", "strict": True}


@pytest.mark.parametrize(
    "text", ["ouvriers = 2", "workers =", "\xff", r'server_name = ["a\u202eb"]', r'"\u202e" = 1']
)
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "sge-sim.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError):
        read_settings_file([tmp_path])
    done = run_in(tmp_path, "serve", "--data-dir", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def assert_other_commands_read_it(simulator: RunningSimulator) -> None:
    """In the current folder it names the state's; beside the state, or there, its database."""
    state = simulator.data_dir
    here = state / "ici"
    here.mkdir()
    (here / "sge-sim.toml").write_text(f'data_dir = "{state}"\n')
    assert run_in(here, "clock", "show").returncode == 0
    wrong = "sqlite:////dev/null/rien.db"
    (here / "sge-sim.toml").write_text(f'data_dir = "{state}"\ndatabase_url = "{wrong}"\n')
    assert run_in(here, "acteurs", "list").returncode == 2
    (here / "sge-sim.toml").write_text("authorities_file = 3\n")
    refused = run_in(here, "cert", "authorities")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    with chdir(folder):
        return run_command(*arguments)


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
    assert_other_commands_read_it(simulator)
    with start_simulator(tmp_path, "--show-settings") as simulator:
        assert "profondeur_historique_mois" in (tmp_path / "log.txt").read_text()
