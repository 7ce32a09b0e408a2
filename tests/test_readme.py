"""What the README shows works."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, start_simulator

from sge_sim.homologation.testing.session import Sge, SgeJournal

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")


def on_the_simulator(text: str, simulator: RunningSimulator) -> str:
    """The text with the paths and the port of a running simulator."""
    pki = str(simulator.data_dir / "pki")
    return text.replace(".sge-sim/pki", pki).replace("https://localhost:8443", simulator.url)


def test_first_call_with_curl(simulator: RunningSimulator) -> None:
    (snippet,) = re.findall(r"^    P=\.sge-sim.*?/RecherchePoint/v2\.0$", README, re.S | re.M)
    done = subprocess.run(
        ["bash", "-c", on_the_simulator(snippet, simulator)], capture_output=True, text=True
    )
    assert 'point id="24210000000255"' in done.stdout


def test_first_call_with_zeep(simulator: RunningSimulator) -> None:
    (snippet,) = re.findall(r"```python\n(.*?import zeep.*?)```", README, re.S)
    names: dict[str, object] = {}
    exec(on_the_simulator(snippet, simulator), names)
    assert "98610000000367" in str(names["answer"])


def examples() -> list[str]:
    """The commands that a reader can copy: whole lines, and those in a sentence without a gap."""
    lines = re.findall(r"^    (?:\$ )?(sge-sim [^#\n]+)", README, re.M)
    inline = re.findall(r"`(sge-sim (?:hosts|catalog show|cert issue|kit) ?[^`]*)`", README)
    return [
        " ".join(each.split())
        for each in (*lines, *inline)
        if not each.startswith(("sge-sim homologate", "sge-sim serve"))
    ]


def test_the_examples_work_as_they_are_written(tmp_path: Path) -> None:
    commands = examples()
    assert len(commands) >= 8
    (export,) = re.findall(r"^    (export PATH=.*)$", README, re.M)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parents[1])
    with start_simulator(tmp_path / ".sge-sim", "--population-size", "0"):
        for command in commands:
            done = subprocess.run(
                ["bash", "-c", f"{export}; {command}"],
                capture_output=True,
                text=True,
                cwd=tmp_path,
            )
            assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / ".sge-sim/mon-certificat/key.pem").exists()


def test_no_example_leaves_a_key_where_git_takes_it() -> None:
    ignored = (Path(__file__).parents[1] / ".gitignore").read_text().split()
    assert "/.sge-sim/" in ignored
    written = [each for each in examples() if "--out" in each or " kit " in each]
    assert len(written) == 2
    assert all(" .sge-sim/" in each for each in written)


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_two_commands_exist(command: str) -> None:
    assert command in README
    assert f"\n{command.removeprefix('make ')}:" in MAKEFILE


def test_every_attribute_of_the_fixture_is_named_and_there() -> None:
    named = set(re.findall(r"`sge\.(\w+)", README))
    public = {name for name in dir(Sge) if not name.startswith("_")} - {"tick"}
    made = set(re.findall(r"self\.([a-z]\w*) = ", inspect.getsource(Sge.__init__)))
    assert named == public | made
    methods = re.search(r"`sge\.journal` \|.*: (.*) \|$", README, re.M)
    assert methods
    assert all(hasattr(SgeJournal, name) for name in re.findall(r"`(\w+)`", methods[1]))
