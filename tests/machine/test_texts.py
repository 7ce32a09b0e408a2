"""What no text may hold, and what a text of France holds."""

import pytest

from sge_sim.machine.texts import choose_among, unfit_in

REFUSED = [0x00, 0x07, 0x1B, 0x7F, 0x85, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029]
REFUSED += [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xDC80, 0xDFFF, 0xFFFE, 0xFFFF]


@pytest.mark.parametrize("code", REFUSED)
def test_an_unfit_character_is_named(code: int) -> None:
    assert unfit_in(f"A{chr(code)}B") == (
        f"le caractère U+{code:04X} n'a pas sa place dans un texte : l'ôter"
    )


@pytest.mark.parametrize(
    "text", ["L’Haÿ-les-Roses", "à 5\u202f% : 12\u00a0€", "👩\u200d🔧 Œuvre ½", "a\tb\r\nc"]
)
def test_what_people_write_passes(text: str) -> None:
    assert unfit_in({"nom": [text, 3, None, True]}) is None


def test_a_text_within_a_line_holds_no_end_of_line() -> None:
    assert unfit_in("a\nb", line=True) is not None
    assert unfit_in("L’Haÿ\u00a0", line=True) is None


def test_the_place_in_a_structure_is_named() -> None:
    given = {"point": {"noms": ["bon", "A\ud800"]}}
    assert str(unfit_in(given)).startswith("point.noms.1 : le caractère U+D800")
    assert str(unfit_in({"a": {"\u202e": "\u202e"}})).startswith("a : le caractère U+202E")


def test_of_many_values_those_that_look_like_what_was_given_are_named() -> None:
    assert choose_among(["deux", "trois"], "x") == "choisir parmi deux, trois"
    known = [f"sgt{number}" for number in range(100, 150)] + ["erreur_technique"]
    assert choose_among(known, "erreur_tecnique") == (
        "choisir parmi erreur_technique… (51 en tout)"
    )
    assert choose_among(known, "!").startswith("choisir parmi sgt100, sgt101, sgt102, sgt103, ")
