"""What the README shows works."""

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, start_simulator

from sge_sim.api.administration import ServedClock
from sge_sim.homologation.testing.data_connect import SgeDataConnect
from sge_sim.homologation.testing.session import Sge, SgeFlux, SgeJournal

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


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


FIXTURE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("sge", Sge),
        ("sge.journal", SgeJournal),
        ("sge.clock", ServedClock),
        ("sge.flux", SgeFlux),
        ("sge.data_connect", SgeDataConnect),
    ],
)
def test_every_method_of_the_fixture_is_documented_with_its_arguments(
    prefix: str, kind: type
) -> None:
    methods = {
        name: method
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name != "tick"
    }
    written = {f"{prefix}.{name}{signature(method)}" for name, method in methods.items()}
    assert written <= set(re.findall(r"`(sge\.[^`]*\))`", FIXTURE))


def signature(method: Callable[..., object]) -> str:
    """The arguments of a method as a reader writes them, without their types."""
    _, *parameters = inspect.signature(method).parameters.values()
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty, kind=_POSITIONAL)
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        else parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in parameters
    ]
    return str(inspect.Signature(bare)).replace("'", '"')


_POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD


def test_the_page_of_the_wheel_links_to_nothing_that_it_has_not() -> None:
    assert re.findall(r"\]\((?!https?://)[^)]*\)", README) == []


def test_every_page_and_target_that_is_named_is_there() -> None:
    for page in set(
        re.findall(r"`((?:docs|catalog|certs|wsdl|tests)/[\w./-]*|[A-Z]+\.md)`", README)
    ):
        assert (ROOT / page).exists(), page
    targets = set(re.findall(r"`make ([a-z0-9-]+)", README))
    assert targets <= set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.M))
