"""How two texts are found to be the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.domaine.francais import normalise


@pytest.mark.assumed("no source says how address lines are compared")
@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("1 rue de la Mer", "1 RUE DE LA MER"),
        ("  12   BIS,RUE DE L'ÉVÊCHÉ ", "12 BIS RUE DE L EVECHE"),
        ("Saint-Pierre-du-Mont", "SAINT PIERRE DU MONT"),
        ("Cœur d’Artichaut & Cie", "COEUR D ARTICHAUT CIE"),
        ("Straße", "STRASSE"),
        ("N° 5", "N 5"),
        ("***", ""),
        ("", ""),
    ],
)
def test_case_accents_punctuation_and_spaces_make_no_difference(
    written: str, compared: str
) -> None:
    assert normalise(written) == compared


LATIN = st.text(st.characters(max_codepoint=0x17F))


@given(LATIN)
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(LATIN)
def test_no_wildcard_of_a_search_is_left(text: str) -> None:
    assert not {"%", "_", "\\"} & set(normalise(text))


def test_texts_without_accents_are_compared_as_those_with_some() -> None:
    """A text of ASCII alone goes a shorter way to the same words."""
    text = "".join(map(chr, range(128)))
    assert f"{normalise(text)} E" == normalise(f"{text} é")
