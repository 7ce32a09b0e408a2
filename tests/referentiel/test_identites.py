"""Invented addresses and clients, and the chance they are drawn from."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.referentiel import identites
from sge_sim.referentiel.identites import Tirage

SEEDS = st.integers(0, 2**63)


@given(SEEDS)
def test_address_lines_are_short_capitals(seed: int) -> None:
    tirage = Tirage(seed)
    for line in (
        identites.voie(tirage),
        identites.appartement(tirage),
        identites.batiment(tirage),
        identites.zone(tirage),
        identites.personne(tirage),
        identites.societe(tirage),
    ):
        assert len(line) <= 38
        assert line == line.upper()
        assert line.isascii()


@given(SEEDS)
def test_a_siret_has_the_right_keys_and_belongs_to_nobody(seed: int) -> None:
    siret = identites.siret(Tirage(seed))
    assert len(siret) == 14
    assert siret.startswith("000")
    for number in (siret[:9], siret):
        assert identites.with_luhn_key(number[:-1]) == number


@pytest.mark.parametrize("number", ["732829320", "73282932000074", "79927398713"])
def test_the_luhn_key_is_the_usual_one(number: str) -> None:
    assert identites.with_luhn_key(number[:-1]) == number


@given(SEEDS)
def test_draws_depend_on_the_seed_alone(seed: int) -> None:
    first, second = Tirage(seed), Tirage(seed)
    assert [first.below(1000) for _ in range(20)] == [second.below(1000) for _ in range(20)]


def test_draws_are_the_same_in_every_version_of_python() -> None:
    tirage = Tirage(2021)
    assert [tirage.below(1000) for _ in range(5)] == [836, 858, 544, 247, 635]


def test_a_weight_of_zero_is_never_drawn_and_the_others_in_proportion() -> None:
    tirage = Tirage(1)
    drawn = Counter(tirage.weighted({"often": 3, "never": 0, "seldom": 1}) for _ in range(4000))
    assert drawn["never"] == 0
    assert 2 < drawn["often"] / drawn["seldom"] < 4


def test_nothing_is_drawn_from_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        Tirage(1).weighted({})


@given(SEEDS)
def test_a_day_is_drawn_between_two_days_included(seed: int) -> None:
    first, last = date(2020, 2, 28), date(2020, 3, 1)
    tirage = Tirage(seed)
    days = {tirage.day(first, last) for _ in range(60)}
    assert days == {date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1)}
