"""The contractual life of a C4: powers by class, prestations of its own."""

from typing import Any

import pytest
from test_perimetre import PRM, Lives, asked, beginning, day, events, told
from test_perimetre import followed as followed

from sge_sim.domaine.perimetre import CLASSES_C4, NatureEvenement
from sge_sim.errors import UsageError
from sge_sim.operations.perimetre import declare as declare_typed
from sge_sim.tables.points import Point

POWERS = {"HPH": 84, "HCH": 96, "HPE": 108, "HCE": 108}
C4 = {
    **{"segment": "C4", "fta": "BTSUPCU4", "type_comptage": "PMEI", "puissance_raccordement": 144},
    **{"denivele_puissances": POWERS, "puissance_souscrite": 108, "domaine_tension": "BTSUP"},
}


@pytest.mark.documented("guides C12 1.12.4 and R17 1.11.4: prestations F120A, F130, F140A, F170")
@pytest.mark.parametrize(
    ("nature", "champs", "prestation", "expected"),
    [
        ("MES", {"titulaire": "ROCHE"}, "F120A", [("RES", "1", 1), ("MES", "1", 1)]),
        ("CFNE", {"fournisseur": "FOURN2"}, "F130", [("CFNS", "1", 1), ("CFNE", "2", 1)]),
        ("RES", {}, "F140A", [("RES", "1", 1)]),
        ("MCT", {"puissances": {"HPH": 60}}, "F170", [("MCT", "1", 2)]),
        ("MCT", {"puissance": 120}, "F170", [("MCT", "1", 2)]),
        ("MCT", {"fta": "BTSUPLU4"}, "F160", [("MCT", "1", 2)]),
        ("MCT", {"fta": "BTSUPLU4", "puissance": 60}, "F160+F170", [("MCT", "1", 2)]),
        ("MCF", {"calendrier": "FC000014"}, "F180", [("MCF", "1", 1)]),
        ("CMAT", {"matricule": "021122"}, "F185A", [("CMAT", "1", 1)]),
        ("COU", {}, "F200A", [("COU", "1", 1)]),
        ("MDACT", {"titulaire": "ROCHE"}, "M007", [("MDACT", "1", 1)]),
    ],
)
def test_each_nature_is_seen_by_each_contract(
    followed: Lives, nature: NatureEvenement, champs: dict[str, Any], prestation: str, expected: Any
) -> None:
    followed.set(**C4)
    asked(followed, nature, **champs)
    followed.until(beginning(day(5)))
    assert told(followed) == expected
    affaire = events(followed)[0].affaire
    assert affaire is not None
    assert affaire.prestation == prestation


def test_powers_by_class_are_what_the_point_becomes(followed: Lives) -> None:
    followed.set(**C4)
    asked(followed, "MCT", puissances={"HCE": 120, "HPH": 60})
    followed.until(beginning(day(5)))
    (event,) = events(followed)
    expected = {"HPH": 60, "HCH": 96, "HPE": 108, "HCE": 120}
    assert (event.avant.par_classe, event.apres.par_classe) == (POWERS, expected)
    assert event.apres.date_diminution == event.apres.date_sequence == day(5)
    with followed.database.sessions() as session:
        point = session.get_one(Point, PRM)
        assert point.denivele_puissances == expected
        assert [*point.denivele_puissances] == [*CLASSES_C4]
        assert point.puissance_souscrite == 120


@pytest.mark.documented("T7 §5.2.1.6: powers don't decrease from a class to the next")
@pytest.mark.parametrize(
    ("champs", "columns", "said"),
    [
        ({"puissances": {"HCH": 80}}, {}, r"HCH \(80 kVA\) est en dessous de HPH \(84 kVA\)"),
        ({"puissances": {"HCE": 107}}, {}, "les puissances ne décroissent pas de HPH à HCE"),
        ({"puissances": {"HPH": 0}}, {}, "1 kVA au moins"),
        ({"puissances": {"P": 60}}, {}, "se donnent pour HPH, HCH, HPE, HCE"),
        ({"puissances": {"HCE": 145}}, {}, "145 kVA ne va pas au point .* de 37 à 144 kVA"),
        ({"puissance": 36}, {}, "36 kVA ne va pas au point .* de 37 à 144 kVA"),
        ({"puissance": 251}, {"puissance_raccordement": None}, "de 37 à 250 kVA"),
        (
            {"fta": "BTINFCU4"},
            {},
            "« BTINFCU4 » n'est pas d'un C4 : choisir parmi BTSUPCU4, BTSUPLU4",
        ),
        ({"fta": "BTSUPCUACC"}, {}, "n'est pas d'un C4"),
        ({"puissances": POWERS}, {}, "ne change"),
        ({"fta": "BTSUPLU4"}, {"date_modification_fta": day(-300)}, "05/11/2026"),
        ({"puissances": {"HPH": 3}}, {"segment": "C5"}, "est un C5 : donner une seule puissance"),
        ({"puissance": 60}, {"segment": "C3"}, "seuls les C5 et les C4"),
    ],
)
def test_what_is_not_admissible_is_refused(
    followed: Lives, champs: dict[str, Any], columns: dict[str, Any], said: str
) -> None:
    followed.set(**C4 | columns)
    with pytest.raises(UsageError, match=said):
        asked(followed, "MCT", **champs)


@pytest.mark.parametrize("power", ["84.5", "-3", "", True])
def test_powers_are_whole(power: Any) -> None:
    with pytest.raises(UsageError, match="un nombre entier de kVA par classe"):
        declare_typed(None, prm=PRM, nature="MCT", puissances={"HPH": power})  # type: ignore[arg-type]
