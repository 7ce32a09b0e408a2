"""The life of a point: what is past, holds and is to come, as a list, an image and marks."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from admin_kit import Room, control_room

from sge_sim.admin.point_life import Moment, draw_life, marks_of, moments_of
from sge_sim.clock import parse_instant
from sge_sim.referentiel.points import get_point
from sge_sim.tables.mesures_facts import MesuresFacts

C5 = "25946599093143"
HC = "24210000002382"
PLAGES = "HC (0H58-6H58;13H28-15H28)"
NOW = parse_instant("2025-03-10T10:00")


def at(day: int, hour: int = 0) -> datetime:
    return parse_instant(f"2025-03-{day:02d}T{hour:02d}:00")


def lived(room: Room, prm: str) -> dict[str, list[str]]:
    """Return the lines of the life of a point, under their titles."""
    (part,) = room.page(f"/points/{prm}").xpath("//section[@aria-labelledby='vie']")
    return {
        title.text_content(): [
            " ".join(line.text_content().split()) for line in title.getnext().xpath("li")
        ]
        for title in part.xpath(".//h3")
    }


def test_a_life_is_told_in_order_past_present_and_to_come(tmp_path: Path) -> None:
    with control_room(tmp_path, now=NOW) as room:
        acts: tuple[dict[str, Any], ...] = (
            {"points_absents..": ["2025-03-05T08:00", "2025-03-05T17:30"]},
            {"nouveau_titulaire": "2025-03-12"},
            {"nouveau_fournisseur@": ["FOURN1", "2025-03-14"]},
            {"plages": "1499", "le": "2025-04-02"},
            {"resilie": "2025-05-01"},
        )
        for fields in acts:
            page = room.press(f"/points/{HC}", **fields)
            assert f"Le point {HC} est réglé." in page.text_content()
        before = lived(room, HC)
        assert list(before) == ["À venir", "Aujourd'hui", "Passé"]
        assert before["À venir"] == [
            "12/03/2025 Événement : changement de titulaire",
            "14/03/2025 Événement : changement de fournisseur : FOURN1",
            f"02/04/2025 00:02 Événement : changement d'heures creuses : {PLAGES}",
            "01/05/2025 Événement : résiliation",
        ]
        assert before["Passé"] == [
            "05/03/2025 08:00 – 05/03/2025 17:30 Mesures : perdues jusqu'au 05/03/2025 17:30"
        ]
        room.press("/clock", action="regler", instant="2025-04-03T00:00")
        after = lived(room, HC)
        holds = "Aujourd'hui"
        assert "17/03/2014 – 12/03/2025 Titulaire : DAVID LOUIS" in after["Passé"]
        assert "17/03/2014 – 14/03/2025 Fournisseur : FOURN2" in after["Passé"]
        assert "14/03/2025 Fournisseur : FOURN1" in after[holds]
        assert f"02/04/2025 Heures creuses : {PLAGES}" in after[holds]
        assert "12/03/2025 Titulaire : DAVID LOUIS" in after[holds]


def test_orders_services_and_authorisations_are_of_a_life(tmp_path: Path) -> None:
    with control_room(tmp_path, now=NOW) as room:
        room.order_courbe(C5)
        told = lived(room, C5)
        every = "\n".join(line for lines in told.values() for line in lines)
        for words in ("Service : 64700002 Transmission", "Affaire : ", "TIERS1 au nom de ROCHE"):
            assert words in every
        page = room.page(f"/points/{C5}")
        marks = page.xpath("//ol[@aria-label='Événements de la période']/li")
        assert marks == []  # today is no part of the month that is drawn
        (mark,) = room.page(f"/points/{C5}?debut=2025-03-01&fin=2025-03-11").xpath(
            "//ol[@aria-label='Événements de la période']/li"
        )
        assert mark.text_content().startswith("1 10/03/2025 ")
        assert "Service : 64700002" in mark.text_content()


def test_a_point_that_never_lived_says_so_and_draws_nothing(room: Room) -> None:
    page = room.page("/points/24210000000692")
    words = page.text_content()
    assert "Rien n'a jamais été mesuré sur ce point" in words
    assert "Rien n'est arrivé à ce point" in words
    assert not page.xpath("//script[contains(@src, 'uplot')] | //*[@id='trace']")


def test_a_lane_has_the_last_twenty_of_its_moments(room: Room) -> None:
    lost = tuple((at(day), at(day, 12)) for day in range(1, 29))
    with room.state.database.sessions() as session:
        found = moments_of(get_point(session, C5), MesuresFacts(trous=lost), [], [], [], [], [])
    shown = [each.debut for each in found if each.piste == "Mesures"]
    assert shown == [debut for debut, _ in lost[-20:]]


EPISODES = [
    Moment("Service", at(1), at(5), "un"),
    Moment("Service", at(3), None, "deux"),
    Moment("Service", at(5), at(20), "trois"),
    Moment("Mesures", at(5, 8), at(5, 9), "perdues"),
    Moment("Événement", at(20), at(20), "résiliation"),
]


def test_marks_are_the_days_on_which_something_begins_ends_or_happens() -> None:
    marks = marks_of(EPISODES, date(2025, 3, 3), date(2025, 3, 20))
    assert marks == [
        (at(3), ["Service : deux"]),
        (at(5), ["Service : trois", "Service, fin : un", "Mesures : perdues"]),
    ]
    assert marks_of(EPISODES, date(2025, 3, 20), date(2025, 3, 21))[0][0] == at(20)


def test_the_image_has_a_row_for_what_lasts_at_the_same_time() -> None:
    image = draw_life(EPISODES, NOW)
    tops = {each.texte: y for _, _, y, each in image["bandes"]}
    assert tops["un"] == tops["trois"] == 24
    assert tops["deux"] == 48
    assert image["pistes"] == [("Service", 24), ("Mesures", 72), ("Événement", 96)]
    assert image["hauteur"] == 120
    assert 14 < image["maintenant"] < 100
    assert all(x >= 14 and x + wide <= 101 for x, wide, _, _ in image["bandes"])
    assert [each.temps(NOW) for each in EPISODES] == [
        *("passe", "present", "present", "passe", "avenir"),
    ]


@pytest.mark.parametrize("debut", ["2015-01-01T00:00", "2024-12-01T00:00"])
def test_the_image_reaches_two_years_back_at_most(debut: str) -> None:
    image = draw_life([Moment("Titulaire", parse_instant(debut), None, "CLIENT")], NOW)
    ((x, wide, _, _),) = image["bandes"]
    assert (x, round(x + wide)) == (14, 100)
    assert len(image["reperes"]) <= 9
