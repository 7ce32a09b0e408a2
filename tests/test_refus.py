import pytest

from sge_sim.refus import Refus, check, rule


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
