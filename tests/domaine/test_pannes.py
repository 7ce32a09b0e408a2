"""Planned faults: which calls they strike, for how long, and what is refused."""

from typing import Any

import pytest

from sge_sim.domaine.pannes import Atteinte, Panne, last_call, panne_in
from sge_sim.errors import UsageError


def struck(panne: Panne, calls: int) -> list[int]:
    return [number for number in range(1, calls + 1) if panne.strikes(number)]


def test_the_nth_to_the_mth_call_are_struck_and_no_other() -> None:
    assert struck(Panne(numero=1, sorte="sgt500", du=3, au=5), 20) == [3, 4, 5]


def test_the_same_seed_strikes_the_same_calls_and_another_one_others() -> None:
    first, same, other = (
        struck(Panne(numero=n, sorte="http502", au=1000, probabilite=0.3, graine=seed), 2000)
        for n, seed in ((1, 7), (2, 7), (3, 8))
    )
    assert first == same != other
    assert 250 < len(first) < 350
    assert max(first) <= 1000
    assert first[:6] == [1, 2, 4, 8, 11, 12]  # whoever changes the draw breaks kept scenarios


def test_a_certain_plan_strikes_once_and_a_drawing_one_ends_after_a_hundred_calls() -> None:
    assert last_call(None, 4, None) == 4
    assert last_call(None, 4, 0.5) == 103
    assert last_call(9, 4, 0.5) == 9


def test_a_latency_is_fixed_or_log_normal_around_its_median() -> None:
    fixed = Panne(numero=1, sorte="latence", au=1000, secondes=2.0)
    assert {Atteinte(fixed, n).seconds for n in range(1, 50)} == {2.0}
    drawn = Panne(numero=1, sorte="latence", au=1000, secondes=2.0, dispersion=0.5, graine=7)
    values = sorted(Atteinte(drawn, n).seconds for n in range(1, 1001))
    assert 1.8 < values[500] < 2.2
    assert 3.1 < values[841] < 3.5  # the median times e^0.5, one sigma up
    assert values == sorted(Atteinte(drawn, n).seconds for n in range(1, 1001))


def test_the_journal_gives_the_number_of_the_plan_back() -> None:
    panne = Panne(numero=12, sorte="lente", au=5, secondes=1.5)
    line = Atteinte(panne, 4).line
    assert line == "Panne prévue n° 12 : réponse lente (1,5 s), appel 4."
    assert panne_in(f"autre chose\n{line}\nencore") == (12, line)
    assert panne_in("Panne prévue n° x") == (None, "")
    assert panne_in(None) == (None, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"du": 5, "au": 4},
        {"secondes": 2.0},
        {"sorte": "latence"},
        {"sorte": "latence", "secondes": -1.0},
        {"sorte": "latence", "secondes": float("nan")},
        {"sorte": "lente", "secondes": 601.0},
        {"sorte": "lente", "secondes": 2.0, "dispersion": 1.0},
    ],
)
def test_a_plan_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Panne(**{"numero": 1, "sorte": "sgt500", "au": 10, **wrong})
