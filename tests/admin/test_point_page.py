"""Points in the browser: found, described, drawn, set."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from admin_kit import Room, control_room
from lxml import html

from sge_sim.admin.routes.points import last_changement
from sge_sim.clock import parse_day, parse_instant
from sge_sim.mesures import courbe
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.referentiel.series import read_columns
from sge_sim.tables.mesures import read_mesures_facts

C5 = "25946599093143"
MARCH = {"debut": "2025-03-01", "fin": "2025-03-04"}


def prms(room: Room, path: str) -> list[str]:
    return [one.text for one in room.page(path).xpath("//main//table//td[1]/a")]


@pytest.mark.parametrize(
    ("today", "jour"),
    [
        ("2025-03-30", "2024-10-27"),
        ("2025-03-31", "2025-03-30"),
        ("2025-10-27", "2025-10-26"),
        ("2027-01-01", "2026-10-25"),
        ("2024-04-01", "2024-03-31"),
    ],
)
def test_the_last_change_of_hour_is_a_link_away(room: Room, today: str, jour: str) -> None:
    assert last_changement(parse_day(today))["jour"].isoformat() == jour
    (link,) = room.page(f"/points/{C5}").xpath('//a[contains(., "changement d\'heure")]/@href')
    form = room.page(link).xpath("//section[@aria-labelledby='mesures']//form//input/@value")
    days = [parse_day(each) for each in form]
    assert (days[1] - days[0]).days == 3


@pytest.mark.parametrize(
    ("asked", "debut", "fin"),
    [
        ("", "2025-02-07", "2025-03-10"),
        ("?debut=2025-03-01", "2025-03-01", "2025-03-10"),
        ("?fin=0001-01-01", "2025-02-07", "2025-03-10"),
        ("?debut=hier", "2025-02-07", "2025-03-10"),
        ("?debut=9999-12-31&fin=9999-12-31", "9999-12-31", "9999-12-31"),
    ],
)
def test_any_period_may_be_asked_for(room: Room, asked: str, debut: str, fin: str) -> None:
    form = room.page(f"/points/{C5}{asked}").xpath("//section[@aria-labelledby='mesures']//form")
    assert form[0].xpath(".//input/@value") == [debut, fin]


def test_points_are_found_by_what_a_person_knows_of_them(room: Room) -> None:
    named = prms(room, "/points")
    assert C5 in named
    assert prms(room, f"/points?q={C5}") == [C5]
    assert C5 in prms(room, f"/points?q={C5[:8]}")
    point = room.point(C5)
    name, commune, why = point.nom_client_final, point.commune, point.pourquoi
    assert name
    assert why
    for words in (name.lower(), why[:12]):
        assert C5 in prms(room, f"/points?q={words}"), words
    assert prms(room, f"/points?q={commune}")
    assert all(room.point(prm).segment == "C1" for prm in prms(room, "/points?segment=c1")[:5])
    assert "Aucun point ne répond" in room.text("/points?q=%25")


@pytest.mark.documented("FAQ, check key")
def test_a_wrong_key_is_told_where_a_point_is_looked_for(room: Room) -> None:
    wrong = f"{C5[:-2]}99"
    hint = f"Le point {wrong} n'existe pas : ses deux derniers chiffres, la clé, devraient être 43."
    assert hint in room.text(f"/points?q={wrong}")
    assert hint in " ".join(html.fromstring(room.ask("GET", f"/points/{wrong}").text).itertext())
    assert "il faut quatorze chiffres" in room.text(f"/points?q={C5}1")
    assert "Aucun point ne répond" in room.text("/points?q=9999999")


def test_the_data_sheet_is_in_words(room: Room) -> None:
    words = room.text(f"/points/{C5}")
    for told in ("En service (SERVC)", "Compteur Linky (LINKY)", "Adresse", "Téléopérable"):
        assert told in words
    assert room.ask("GET", "/points/00000000000000").status_code == 404
    assert room.ask("GET", "/points/<script>").status_code == 404


def mesures(room: Room, **asked: str) -> dict[str, Any]:
    answer = room.ask("GET", f"/api/points/{C5}/mesures", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("type_", "unite"), [("courbe", "W"), ("energie", "Wh"), ("pmax", "VA")])
def test_measures_are_given_as_columns(room: Room, type_: str, unite: str) -> None:
    found = mesures(room, type=type_, **MARCH)
    assert found["unite"] == unite
    columns = found["colonnes"]
    assert list(columns) == ["horodate", "valeur", "pas"]
    assert len({len(one) for one in columns.values()}) == 1
    temperatures = found["temperatures"]
    assert temperatures["jours"][0] == MARCH["debut"]
    assert len(temperatures["jours"]) == len(temperatures["degres"])
    assert -15 < min(temperatures["degres"]) < 25


def test_an_index_has_its_registers(room: Room) -> None:
    columns = mesures(room, type="index", **MARCH)["colonnes"]
    assert list(columns)[:2] == ["horodate", "total"]
    assert {"F1", "D1"} <= set(columns)
    registers = [columns[name] for name in columns if name[0] == "D"]
    assert [sum(row) for row in zip(*registers, strict=True)] == columns["total"]


def test_the_end_of_a_period_is_excluded_and_the_future_is_not_told(room: Room) -> None:
    columns = mesures(room, type="energie", **MARCH)["colonnes"]
    assert [one[:10] for one in columns["horodate"]] == ["2025-03-01", "2025-03-02", "2025-03-03"]
    columns = mesures(room, type="energie", debut="2025-03-08", fin="2025-04-01")["colonnes"]
    assert columns["horodate"][-1].startswith("2025-03-09")
    for bad in (
        {"debut": "2025-03-04", "fin": "2025-03-04"},
        {"debut": "2025-04-01", "fin": "2025-04-04"},
        {"debut": "2015-01-01", "fin": "2025-03-01"},
    ):
        answer = room.ask("GET", f"/api/points/{C5}/mesures", params={"type": "courbe", **bad})
        assert answer.status_code == 400, answer.text


def test_csv_has_the_same_values(room: Room) -> None:
    answer = room.ask(
        "GET", f"/api/points/{C5}/mesures", params={"type": "index", "format": "csv", **MARCH}
    )
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text), delimiter=";"))
    columns = mesures(room, type="index", **MARCH)["colonnes"]
    assert rows[0] == list(columns)
    assert [row[1] for row in rows[1:]] == [str(one) for one in columns["total"]]


def test_stamps_keep_legal_time_over_a_change_of_hour(room: Room) -> None:
    with room.state.database.sessions() as session:
        facts = read_mesures_facts(session, C5)
    point = point_mesure(room.point(C5), facts, "SOUTIRAGE")
    assert point is not None
    day, after = date(2024, 10, 27), date(2024, 10, 28)
    series = read_columns(point, "courbe", day, after)
    stamps = series.stamps()
    assert len(stamps) == len(courbe(point, day, after).valeurs)
    for one, epoch in zip(stamps, series.horodates.tolist(), strict=True):
        assert parse_instant(one).timestamp() == epoch
    if stamps:
        assert {one[-6:] for one in stamps} == {"+01:00", "+02:00"}


DONE = f"Le point {C5} est réglé."


def test_the_buttons_do_what_points_set_does(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant("2025-03-10T10:00")) as room:
        path = f"/points/{C5}"

        def press(**fields: Any) -> str:
            return " ".join(room.press(path, **fields).text_content().split())

        assert DONE in press(**{"jours_absents..": ["2025-03-01", "2025-03-03"]})
        columns = mesures(room, type="energie", debut="2025-02-26", fin="2025-03-05")["colonnes"]
        assert columns["valeur"].count(None) >= 2
        press(jours_absents="aucun")
        columns = mesures(room, type="energie", debut="2025-02-26", fin="2025-03-05")["colonnes"]
        assert None not in columns["valeur"]
        assert DONE in press(teleoperable="non")
        assert DONE in press(service_acces="oui", type="")
        assert DONE in press(opposition="oui", delai="")
        assert "est passé" in press(resilie="2025-01-01")
        assert "n'est pas un fournisseur" in press(
            **{"nouveau_fournisseur@": ["TIERS1", "2025-04-01"]}
        )
        assert "01/04/2025 Événement : résiliation" in press(resilie="2025-04-01")
        planned = press(resilie="2025-05-01")
        assert "est déjà prévue pour le 01/04/2025" in planned
        assert "type résiliation ; le 01/04/2025" in planned
        assert "Résiliation prévue le 01/04/2025" in planned
        given_up = press(resilie="aucun")
        assert DONE in given_up
        assert "Résiliation prévue" not in given_up
        assert "n'est pas une date" in press(**{"jours_absents..": ["x", "y"]})


def test_an_act_says_what_it_does_and_stands_alone(room: Room) -> None:
    """Beside the page, none but the first open; without a script too."""
    page = room.page(f"/points/{C5}")
    (button,) = page.xpath("//nav[@class='onglets']/button")
    panel = page.get_element_by_id(button.get("popovertarget"))
    assert panel.get("popover") is not None
    acts = panel.xpath("./details")
    assert len(acts) == len(panel.xpath(".//form")) > 10
    assert {each.get("name") for each in acts} == {"acte"}
    assert [each.get("open") is not None for each in acts].count(True) == 1
    assert all(each.xpath("./p")[0].text_content().endswith(".") for each in acts)


def test_the_plot_library_is_served_to_the_page_of_a_point_alone(room: Room) -> None:
    script = room.ask("GET", "/static/uplot/uPlot.iife.min.js")
    assert script.status_code == 200
    assert b"https://github.com/leeoniya/uPlot (v1.6.32)" in script.content[:100]
    assert "MIT" in room.ask("GET", "/static/uplot/LICENSE.txt").text
    assert room.page(f"/points/{C5}").xpath("//script[contains(@src, 'uplot')]")
    assert not room.page("/").xpath("//script[contains(@src, 'uplot')]")
