"""The form of a point's page that plans other off-peak hours, filled as a browser does."""

import pytest
from admin_kit import Room, control_room
from lxml import html
from running_simulator import kept_open

from sge_sim.clock import parse_instant
from sge_sim.domaine.plages import officielles

C5, SANS_LINKY = "25946599093143", "24210000001819"
HAUTE, BASSE = officielles()["1411"], officielles()["1037"]


NOW = parse_instant("2026-11-30T09:00")
before_the_reform = kept_open(control_room, now=NOW, population_size=0)


def forms(room: Room, prm: str = C5) -> list[html.FormElement]:
    found: list[html.FormElement] = room.page(f"/points/{prm}").xpath(
        "//form[@aria-label='Heures creuses']"
    )
    return found


def submitted(room: Room, **typed: str) -> str:
    """Type into the form and press its button; return the words of the page that follows."""
    (form,) = forms(room)
    for name, value in typed.items():
        form.fields[name] = value
    fields = dict(form.form_values())
    return " ".join(room.press(f"/points/{C5}", **fields).text_content().split())


def test_the_form_proposes_today_and_wants_ranges_and_a_day(before_the_reform: Room) -> None:
    (form,) = forms(before_the_reform)
    assert form.method == "POST"
    assert dict(form.fields) == {"plages": None, "plages_saison_basse": None, "le": "2026-11-30"}
    required = {each.get("name") for each in form.xpath(".//input[@required]")}
    assert required == {"plages", "le"}


def test_a_meter_that_can_not_be_programmed_has_no_form(before_the_reform: Room) -> None:
    assert forms(before_the_reform, SANS_LINKY) == []
    sent = {"plages": "1411", "le": "2026-12-03"}
    refused = before_the_reform.press(f"/points/{SANS_LINKY}", **sent).text_content()
    assert "ne se programme pas à distance" in refused


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"plages": "HC (12H04-16H04;2H04-6H04)", "le": "2026-12-03"}, "officiel"),
        ({"plages": "1411", "le": "2026-11-29"}, "le 29/11/2026 est passé"),
        ({"plages": "1411", "le": "demain"}, "n'est pas une date"),
    ],
)
def test_what_can_not_be_planned_is_told_in_the_page(
    before_the_reform: Room, typed: dict[str, str], words: str
) -> None:
    told = submitted(before_the_reform, **typed)
    assert words in told
    assert "heures creuses; le" not in told


def test_a_change_is_planned_shown_and_happens_on_its_day(before_the_reform: Room) -> None:
    room = before_the_reform
    told = submitted(room, plages="1411", plages_saison_basse=BASSE.libelle, le="2026-12-03")
    assert "est réglé" in told
    planned = {"saison_haute": HAUTE.libelle, "saison_basse": BASSE.libelle}

    def shown() -> tuple[object, list[str]]:
        point = room.ask("GET", f"/api/points/{C5}").json()
        events = point["situation"].get("evenements_a_venir", [])
        return point["comptage"].get("heures_creuses"), [event["le"] for event in events]

    current, days = shown()
    assert (current != planned, days) == (True, ["2026-12-03"])
    words = room.text(f"/points/{C5}")
    assert HAUTE.libelle in words
    assert BASSE.libelle in words
    # Another plan takes its place.
    submitted(room, plages="1411", plages_saison_basse="1037", le="2026-12-04")
    assert shown() == (current, ["2026-12-04"])
    moved = room.ask("POST", "/api/clock", json={"action": "advance", "duree": "5d"})
    moved.raise_for_status()
    if moved.status_code == 202:
        room.ask("GET", moved.headers["Location"], headers={"Prefer": "wait=30"}).raise_for_status()
    assert shown() == (planned, [])
