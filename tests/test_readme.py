"""What the README and its neighbours name is there, and the fixture's page tells all of it."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sge_sim.api.administration import ServedClock
from sge_sim.homologation.testing import Sge, SgeDataConnect, SgeFlux, SgeJournal

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FIXTURE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_two_commands_exist(command: str) -> None:
    assert f"    {command} " in README
    assert f"\n{command.removeprefix('make ')}:" in MAKEFILE


@pytest.mark.parametrize("page", ["README.md", "README.en.md", "AGENTS.md", "llms.txt"])
def test_every_page_and_target_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|catalog|certs|wsdl|tests|sge_sim)/[\w./-]*|[A-Z]+\.md)`", text)
    for path in (*named, *re.findall(r"\]\((?!https?://)([^)#]+)", text)):
        assert (ROOT / path).exists(), path
    targets = set(re.findall(r"make ([a-z0-9-]+)", text))
    assert targets <= set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.M))


def test_the_readme_is_a_page_with_one_image() -> None:
    assert len(README.splitlines()) <= 90
    assert README.count("![") == 1


def test_every_attribute_of_the_fixture_is_named_and_there() -> None:
    named = set(re.findall(r"`sge\.(\w+)", FIXTURE))
    public = {name for name in dir(Sge) if not name.startswith("_")} - {"tick"}
    made = set(re.findall(r"self\.([a-z]\w*) = ", inspect.getsource(Sge.__init__)))
    assert named == public | made


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
