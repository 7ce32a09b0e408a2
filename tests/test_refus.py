"""One type of rule, one refusal, one way to check: for every way in."""

from pathlib import Path

import pytest
from rules_page import rules_page

from sge_sim.api.declarations import all_whole_rules
from sge_sim.refus import Refus, Rule, check, hold, refusals, rule


@rule("SGT401", source="test", provenance="assumed", remede="un nombre positif")
def positif(nombre: int) -> bool:
    """The number is positive."""
    return nombre > 0


@rule("SGT463", source="test", provenance="assumed", remede="un nombre pair")
def pair(nombre: int) -> bool:
    """The number is even."""
    return nombre % 2 == 0


RULES = (positif, pair)


def test_first_rule_that_does_not_hold_in_the_order_of_the_table_decides() -> None:
    with pytest.raises(Refus) as refus:
        check(RULES, -1)
    assert refus.value.rule is positif
    with pytest.raises(Refus) as refus:
        check(RULES, 3)
    assert refus.value.rule is pair
    check(RULES, 4)


def test_disabled_rule_is_passed_over() -> None:
    check(RULES, 3, disabled=("pair",))
    with pytest.raises(Refus) as refus:
        check(RULES, -1, disabled=("positif",))
    assert refus.value.rule is pair


@rule("SGT402", source="test", provenance="assumed", remede="moins de cent")
def petit(nombre: int) -> bool | str:
    """The number is small."""
    return nombre < 100 or f"{nombre} est trop grand"


def test_a_rule_that_says_what_is_wrong_is_heard() -> None:
    with pytest.raises(Refus) as refus:
        check((petit,), 101)
    assert refus.value.constat == "101 est trop grand"
    assert str(refus.value) == "SGT402 : 101 est trop grand. Il faudrait moins de cent."


def test_all_that_is_wrong_is_told_in_the_order_of_the_rules() -> None:
    found = refusals((positif, petit, pair), 101)
    assert [(refus.rule, refus.constat) for refus in found] == [
        (petit, "101 est trop grand"),
        (pair, ""),
    ]
    assert refusals((positif, petit, pair), 4) == ()
    assert hold((positif, petit, pair), 4)
    assert not hold((positif, petit, pair), 101)


def test_a_whole_name_is_that_of_one_rule() -> None:
    """Versions of a service share their rules; nothing else shares a name."""
    known: dict[str, Rule] = {}
    for found in all_whole_rules():
        assert found == known.setdefault(found.name, found)
        service, _, name = found.name.partition("/")
        assert service
        assert name.isidentifier()


def test_every_rule_says_its_source_and_what_would_have_been_accepted() -> None:
    for found in all_whole_rules():
        assert found.code, found.name
        assert found.source, found.name
        assert found.remede, found.name
        assert not found.remede.endswith("."), found.name


def test_the_page_of_the_other_rules_is_up_to_date() -> None:
    """Renew it by `make pages`."""
    page = Path(__file__).parents[1] / "docs" / "regles.md"
    assert page.read_text(encoding="utf-8") == rules_page()
