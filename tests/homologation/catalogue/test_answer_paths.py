"""The small path language of assertions and borrowed values."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from sge_sim.homologation.catalogue.answer_paths import Chemin, as_text, carries_nothing

ANSWER = {
    "affaireId": None,
    "points": {"point": [{"id": "1", "ligne": "a"}, {"id": "2", "ligne": None}, {"id": "3"}]},
    "services": {
        "service": [
            {"id": "s1", "etat": "TERMINE", "type": {"code": "CCDC"}},
            {"id": "s2", "etat": "DEMANDE", "type": {"code": "CCDC"}},
            {"id": "s3", "etat": "ACTIF", "type": {"code": "OPPENR"}},
            {"id": "s4", "etat": "ACTIF", "type": {"code": "TRANSREC"}},
            {"id": "s5", "etat": "ACTIF", "type": {"code": "CCDC"}},
        ]
    },
    "vide": {"enfant": None, "enfants": []},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("affaireId", []),
        ("absent/encore", []),
        ("points/point/@id", ["1", "2", "3"]),
        ("points/point/id", ["1", "2", "3"]),
        ("points/point/ligne", ["a"]),
        ("points/point/ligne/trop", []),
        ("vide/enfants", []),
        ("services/service[etat=ACTIF]/id", ["s3", "s4", "s5"]),
        ("services/service[type/@code=CCDC]/id", ["s1", "s2", "s5"]),
        ("services/service[etat=ACTIF|DEMANDE]/id", ["s3", "s4", "s5", "s2"]),
        ("services/service[type/@code=CCDC|TRANSREC][etat=ACTIF|DEMANDE]/id", ["s5", "s4", "s2"]),
        ("services/service[rien=ACTIF]/id", []),
    ],
)
def test_a_path_finds_every_present_value_in_order(path: str, found: list[str]) -> None:
    assert Chemin(path).values(ANSWER) == found


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "a//b", "a b", "a[b]", "a[b=]", "a[=c]", "a[b=c", "a]", "a[b[c=d]=e]"]
)
def test_what_is_not_a_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Chemin(path)


def test_a_path_tells_its_names_without_the_filters() -> None:
    assert Chemin("a/b[c/@d=e|f][g=h]/@i").noms == ("a", "b", "@i")


def test_an_attribute_spelt_with_its_sign_is_found_too() -> None:
    assert Chemin("point/@id").values({"point": {"@id": "1"}}) == ["1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (12, "12"),
        (Decimal("9.0"), "9.0"),
        (date(2025, 4, 1), "2025-04-01"),
        (datetime(2025, 4, 1, 0, 30), "2025-04-01T00:30:00"),  # noqa: DTZ001
        ("x", "x"),
    ],
)
def test_a_value_is_told_as_the_message_spells_it(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("answer", [None, {}, {"a": None}, {"a": {"b": []}}, [{"a": None}]])
def test_an_answer_without_any_value_is_empty(answer: object) -> None:
    assert carries_nothing(answer)


@pytest.mark.parametrize("answer", [{"a": 0}, {"a": False}, {"a": [{"b": ""}]}])
def test_an_answer_with_one_value_is_not_empty(answer: object) -> None:
    assert not carries_nothing(answer)
