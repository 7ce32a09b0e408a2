"""The generator is splitmix64, the same in scalar and in vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.mesures.alea import draw, draws, subkey, subkeys

cles = st.integers(0, 2**64 - 1)


def test_draw_is_splitmix64_without_its_last_bit() -> None:
    # The published first outputs of splitmix64 seeded with 1234567.
    reference = (6457827717110365317, 3203168211198807973, 9817491932198370423)
    assert [draw(1234567, rang) for rang in (1, 2, 3)] == [mot >> 1 for mot in reference]


@given(cles, st.lists(st.integers(0, 2**40), max_size=20))
def test_draws_are_the_draw_of_each_counter(cle: int, compteurs: list[int]) -> None:
    vus = draws(cle, np.array(compteurs, np.int64)).tolist()
    assert vus == [draw(cle, compteur) for compteur in compteurs]


def test_several_keys_broadcast() -> None:
    cles_2 = np.array([[3], [4]], np.uint64)
    vus = draws(cles_2, np.array([10, 11]))
    assert vus.tolist() == [[draw(3, 10), draw(3, 11)], [draw(4, 10), draw(4, 11)]]


@pytest.mark.parametrize("bit", [0, 20, 62])
def test_bits_are_even(bit: int) -> None:
    vus = draws(subkey(5, 1), np.arange(20_000)) >> bit & 1
    assert 0.48 < vus.mean() < 0.52


@given(cles, st.integers(0, 100), st.integers(0, 100))
def test_two_uses_have_two_keys(graine: int, a: int, b: int) -> None:
    assert (subkey(graine, a) == subkey(graine, b)) == (a == b)


@given(st.lists(cles, max_size=5), st.integers(1, 20))
def test_keys_of_seeds_together_are_those_of_each(graines: list[int], uses: int) -> None:
    alone = [[subkey(graine, use) for use in range(uses)] for graine in graines]
    assert subkeys(graines, uses).T.tolist() == alone
