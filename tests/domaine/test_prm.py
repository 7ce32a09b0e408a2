"""The check key of a PRM."""

from itertools import islice

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sge_sim.domaine.prm import generate, generate_all, is_valid, key

BODIES = st.integers(0, 10**9 - 1).map("{:09d}".format)
PREFIXES = st.integers(0, 999).map("{:03d}".format)

OF_THE_CATALOGUE = (
    "09700274864887", "09793183698380", "24377424002398", "24380318190106", "24551519514005",
    "25110853825340", "25128509404458", "25150217034354", "25162373298976", "25262662681289",
    "25478147557460", "25825036170379", "25852098337945", "25855571545617", "25884515170669",
    "25946599093143", "25957452924301", "25999131613803", "30001610071843", "50086054270348",
    "98800000000246", "98800000396971", "98800001144455", "98800001220186", "98800001544168",
    "98800002267746", "98800003605600", "98800003605936", "98800004847471", "98800004935121",
    "98800004938924", "98800005144497", "98800005569823", "98800005782026", "98800006694381",
    "98800007059999",
)  # fmt: skip


def remainders(body: str) -> tuple[int, int]:
    """Compute both sums as the FAQ writes them, term by term."""
    c1, c2, c3, c4, c5, c6, c7, c8, c9 = map(int, body)
    n1 = c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + 2
    n2 = 2 + 2 * c9 + 3 * c8 + 4 * c7 + 5 * c6 + 6 * c5 + 7 * c4 + 8 * c3 + 9 * c2 + 10 * c1
    return n1 % 11, n2 % 11


@pytest.mark.observed("homologation catalogue, 20.x to 26.1: its points, and the unknown one")
@pytest.mark.parametrize("prm", [*OF_THE_CATALOGUE, "99999999999999"])
def test_the_points_of_the_catalogue_have_the_right_key(prm: str) -> None:
    assert is_valid(prm) is (prm in OF_THE_CATALOGUE)


@pytest.mark.documented("FAQ")
@pytest.mark.parametrize(
    ("remainders_of_body", "expected"),
    [((10, 10), "99"), ((10, 0), "98"), ((10, 7), "07"), ((0, 10), "89"), ((3, 10), "30")],
)
def test_a_remainder_of_ten_has_its_own_key(
    remainders_of_body: tuple[int, int], expected: str
) -> None:
    body = next(
        b for b in map("{:09d}".format, range(10**6)) if remainders(b) == remainders_of_body
    )
    assert key(body) == expected


@pytest.mark.documented("FAQ")
@given(BODIES)
def test_a_key_is_two_digits_both_remainders_if_neither_is_ten(body: str) -> None:
    assert len(key(body)) == 2
    assert key(body).isdigit()
    first, second = remainders(body)
    if 10 not in (first, second):
        assert key(body) == f"{first}{second}"


@given(PREFIXES, BODIES)
def test_what_is_generated_is_valid_and_says_its_parts(prefix: str, body: str) -> None:
    prm = generate(prefix, int(body))
    assert is_valid(prm)
    assert prm[:12] == prefix + body


@given(PREFIXES, BODIES, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_seen_where_no_remainder_is_ten(
    prefix: str, body: str, place: int, shift: int
) -> None:
    """The special cases of the key may hide an error: (10, x) and (0, x) have the same key."""
    digit = (int(body[place]) + shift) % 10
    wrong = f"{body[:place]}{digit}{body[place + 1 :]}"
    assume(10 not in remainders(body) + remainders(wrong))
    assert not is_valid(f"{prefix}{wrong}{key(body)}")


@pytest.mark.parametrize(
    "text", ["", "2594659909314", "259465990931433", "2594659909314x", "²" * 14]
)
def test_anything_but_fourteen_digits_is_no_prm(text: str) -> None:
    assert not is_valid(text)


@pytest.mark.parametrize("body", ["12345678", "1234567890", "12345678x", "12345678²"])
def test_a_body_that_is_not_nine_digits_has_no_key(body: str) -> None:
    with pytest.raises(ValueError, match="nine digits"):
        key(body)


@pytest.mark.parametrize(("prefix", "body"), [("25", 1), ("25x", 1), ("259", 10**9), ("259", -1)])
def test_a_prm_is_not_generated_from_anything_else(prefix: str, body: int) -> None:
    with pytest.raises(ValueError, match="a PRM"):
        generate(prefix, body)


@given(st.integers(0, 10**12))
def test_a_series_of_prms_never_repeats_itself(seed: int) -> None:
    series = list(islice(generate_all("241", seed), 200))
    assert len(set(series)) == 200
    assert all(map(is_valid, series))
    assert series == list(islice(generate_all("241", seed), 200))
