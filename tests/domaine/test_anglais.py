"""What is said in English: of French sentences that are there, by a table that lacks no remedy."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

import sge_sim.domaine.anglais as anglais
from sge_sim.api.declarations import ELSEWHERE
from sge_sim.dataconnect.documentation import all_rules
from sge_sim.domaine.anglais import VARIABLE, speaks_english, translated
from sge_sim.machine.files import data_path
from sge_sim.refus import Rule
from sge_sim.services.registry import SERVICES

FOLDER = Path(anglais.__file__).parent
PLACE = re.compile(r"\{\w+\}")


def table(name: str) -> dict[str, str]:
    read: dict[str, str] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return read


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "en")


def rules_within(found: Any) -> Iterator[Rule]:
    if isinstance(found, Rule):
        yield found
    elif isinstance(found, (list, tuple)):
        for each in found:
            yield from rules_within(each)


def test_the_remedy_of_every_rule_has_its_english_and_no_other_is_there() -> None:
    services = chain.from_iterable(service.controls for service in SERVICES)
    elsewhere = chain.from_iterable(rules for _, rules in ELSEWHERE.values())
    remedies = {rule.remede for rule in chain(services, elsewhere, rules_within(list(all_rules())))}
    same = {each for each in remedies if not re.search(r"[ ,]", each.removeprefix("objetCode "))}
    assert remedies - table("remedes").keys() <= same
    assert table("remedes").keys() <= remedies


def test_every_point_of_the_data_set_says_in_english_what_it_is_for() -> None:
    points = data_path("catalog") / "datasets" / "homologation" / "points.yaml"
    said = {each["pourquoi"] for each in yaml.safe_load(points.read_text("utf-8"))}
    assert table("points").keys() <= said
    french = re.compile(r"\b(à|dont|et|un|le|la|les|de|en|jusqu|toutes)\b| :")
    assert [each for each in said - table("points").keys() if french.search(each)] == []


@pytest.mark.parametrize("name", ["phrases", "remedes", "points"])
def test_a_sentence_and_its_english_have_the_same_places(name: str) -> None:
    for french, english in table(name).items():
        if french.startswith("{option} : inconnu"):
            continue  # what is given is left out: it repeats the option
        assert sorted(PLACE.findall(french)) == sorted(PLACE.findall(english)), french


def test_the_parts_of_a_sentence_are_looked_up_too(english: None) -> None:
    rule = "RecherchePoint/point_connu"
    assert translated(f"        {rule} [OFF ADP-NR1, documenté]") == (
        f"        {rule} [OFF ADP-NR1, documented]"
    )
    assert translated("Ce qui passe  un point en service") == "Would pass  a point in service"
    assert translated(f"{rule} : aurait été accepté : un point en service") == (
        f"{rule}: would have been accepted: a point in service"
    )


def test_the_most_literal_form_is_taken(english: None) -> None:
    said = (
        "X a répondu SGT401 par la règle X/r (aurait été accepté : un point en service), attendu A"
    )
    assert translated(said) == (
        "X answered SGT401 by the rule X/r (would have been accepted: a point in service), A wanted"
    )


@pytest.mark.parametrize(
    "said",
    ["", "Demande non recevable : point inexistant", "  <libelle>En service</libelle>", "\n"],
)
def test_what_the_table_lacks_stays_as_it_is(english: None, said: str) -> None:
    assert translated(said) == said


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("", False), ("fr", False), ("EN", True), ("en_GB.UTF-8", True), (None, False)],
)
def test_english_is_asked_for_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, value: str | None, wanted: bool
) -> None:
    if value is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, value)
    assert speaks_english() == wanted
    assert (translated("Premier appel :") == "First call:") == wanted
