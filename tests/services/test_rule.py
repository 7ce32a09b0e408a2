import pytest

from sge_sim.services.rule import Refus, check, rule


@rule("SGT401", source="test", provenance="assumed", remede="un nombre positif")
def negatif(nombre: int) -> bool:
    """The number is positive."""
    return nombre < 0


@rule("SGT463", source="test", provenance="assumed", remede="un nombre pair")
def impair(nombre: int) -> bool:
    """The number is even."""
    return nombre % 2 == 1


RULES = (negatif, impair)


def test_first_broken_rule_in_the_order_of_the_table_decides() -> None:
    with pytest.raises(Refus) as refus:
        check(RULES, -1)
    assert refus.value.rule is negatif
    with pytest.raises(Refus) as refus:
        check(RULES, 3)
    assert refus.value.rule is impair
    check(RULES, 4)


def test_disabled_rule_is_passed_over() -> None:
    check(RULES, 3, disabled=("impair",))
    with pytest.raises(Refus) as refus:
        check(RULES, -1, disabled=("negatif",))
    assert refus.value.rule is impair
