"""What the README shows works."""

import re
import subprocess
from pathlib import Path

import pytest
from running_simulator import RunningSimulator

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


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_two_commands_exist(command: str) -> None:
    assert command in README
    assert f"\n{command.removeprefix('make ')}:" in MAKEFILE
