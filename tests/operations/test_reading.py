"""What an operation is given is read alike, typed or as JSON."""

import pytest

from sge_sim.operations.acteurs import create, put_login
from sge_sim.operations.data_connect import set_application
from sge_sim.operations.reading import FormError, choose_among, read


@pytest.mark.parametrize("typed", [True, False])
def test_spaces_around_are_left_out_and_what_is_blank_is_not_given(typed: bool) -> None:
    given = {"code": " A1 ", "nom": "Un nom ", "kind": " "}
    assert read(create, given, typed=typed) == {"code": "A1", "nom": "Un nom", "kind": "tiers"}
    with pytest.raises(FormError, match="nom : à donner"):
        read(create, {"code": "A1", "nom": " "}, typed=typed)


def test_a_list_may_stand_in_one_text_and_be_empty() -> None:
    asked = {"code": "A1", "login": "a@b.fr", "services": "Un, Deux trois"}
    assert read(put_login, asked, typed=True)["services"] == ["Un", "Deux", "trois"]
    emptied = {"client_id": "a", "apis": []}
    assert read(set_application, emptied, typed=False)["apis"] == []


def test_of_many_values_those_that_look_like_what_was_given_are_named() -> None:
    assert choose_among(["deux", "trois"], "x") == "choisir parmi deux, trois"
    known = [f"sgt{number}" for number in range(100, 150)] + ["erreur_technique"]
    assert choose_among(known, "erreur_tecnique") == (
        "choisir parmi erreur_technique… (51 en tout)"
    )
    assert choose_among(known, "!").startswith("choisir parmi sgt100, sgt101, sgt102, sgt103, ")
