"""The journal in the browser: what it shows, how it is searched, how it goes on by itself."""

import threading
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from admin_kit import UNKNOWN, Room, control_room
from click import unstyle

from sge_sim.admin.filtres_journal import bars_of
from sge_sim.api.views import ExchangeView
from sge_sim.cli.console import call_line
from sge_sim.clock import parse_instant
from sge_sim.operations.pannes import plan

KNOWN = "25946599093143"


@pytest.fixture(scope="module")
def numbers(room: Room) -> dict[str, int]:
    """An exchange of each kind, by what it is."""
    made = {"refus": room.call_cdc(), "succes": room.call_cdc(KNOWN)}
    kinds: dict[str, dict[str, Any]] = {
        "handshake": {"kind": "handshake", "detail": "certificat inconnu"},
        "http": {"kind": "http", "http_status": 403},
        "wsdl": {"kind": "http", "http_status": 200, "service": "RecherchePoint", "version": "2.0"},
        "flux": {"kind": "flux", "prm": KNOWN},
    }
    for name, fields in kinds.items():
        made[name] = room.record(**fields)
    return made


def shown(room: Room, path: str) -> set[int]:
    links = room.page(path).xpath("//table[@id='echanges']//tr/td[1]/a/@href")
    return {int(link.rpartition("/")[2]) for link in links}


def test_the_journal_comes_first_and_hides_contracts_and_files(
    room: Room, numbers: dict[str, int]
) -> None:
    hidden = {numbers["wsdl"], numbers["flux"]}
    assert shown(room, "/journal") == set(numbers.values()) - hidden
    row = room.page("/journal").xpath(f"//tr[td[1]/a[.='{numbers['refus']}']]")[0]
    words = " ".join(row.text_content().split())
    for told in (
        *("TIERS1", "refusé", "ConsultationDonneesTechniquesContractuelles v1.0", UNKNOWN),
        *("SGT401", "point_connu : il fallait "),
    ):
        assert told in words


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("genre=wsdl", {"wsdl"}),
        ("genre=flux&genre=wsdl", {"wsdl", "flux"}),
        ("genre=http", {"http"}),
        ("genre=http&genre=wsdl", {"http", "wsdl"}),
        ("genre=soap&issue=refuse", {"refus"}),
        ("issue=accepte", {"succes"}),
        ("origine=client", {"refus", "succes"}),
        ("origine=passage", set()),
        ("q=sgt4", {"refus"}),
        ("q=2594", {"succes"}),
        ("q=CONSULTATIONd", {"refus", "succes"}),
        ("q=point_CON", {"refus"}),
        ("acteur=FOURN1", set()),
        ("du=2025-03-11", set()),
        ("au=2025-03-09", set()),
        ("du=2025-03-10&au=2025-03-10&genre=handshake", {"handshake"}),
    ],
)
def test_the_journal_is_filtered(
    room: Room, numbers: dict[str, int], query: str, names: set[str]
) -> None:
    assert shown(room, f"/journal?{query}") == {numbers[name] for name in names}


def test_a_date_that_is_none_is_told(room: Room) -> None:
    assert "« hier » n'est pas une date" in room.text("/journal?du=hier")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("issue=zut", "(donné : zut) : choisir parmi accepte, refuse."),
        ("origine=zut", "(donné : zut) : choisir parmi client,"),
        ("genre=soap&genre=zut", "pas une des valeurs admises (donné : zut)"),
    ],
)
def test_a_word_that_means_nothing_is_refused(room: Room, asked: str, sentence: str) -> None:
    assert sentence in room.text(f"/journal?{asked}")
    assert not shown(room, f"/journal?{asked}")


@pytest.mark.parametrize("path", ["/api/journal", "/api/regles"])
def test_a_code_that_there_is_not_is_refused(room: Room, path: str) -> None:
    refused = room.ask("GET", path, params={"code": "SGT999"})
    assert refused.status_code == 400
    assert refused.json()["detail"].startswith("« SGT999 » n'est pas un code retour :")
    for known in ("sgt4f7", "invalid_client", "INVALID_CLIENT", "415"):
        assert room.ask("GET", path, params={"code": known}).status_code == 200


def test_older_exchanges_are_a_page_away(room: Room, numbers: dict[str, int]) -> None:
    for _ in range(52):
        room.call_cdc()
    page = room.page("/journal?q=SGT401")
    assert len(page.xpath("//table[@id='echanges']/tbody/tr")) == 50
    (older,) = page.xpath("//a[@rel='next']/@href")
    found = shown(room, older)
    assert numbers["refus"] in found
    assert not room.page(older).xpath("//table/@data-direct")


def test_a_new_exchange_is_sent_as_the_row_of_the_page(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        (address,) = room.page("/journal?issue=refuse").xpath("//table/@data-direct")
        number = room.call_cdc(login="<script>alert(1)</script>@a.fr")
        known = room.call_cdc("25946599093143")
        threading.Timer(2, room.state.feed.stop).start()
        told = room.ask("GET", address).text
    assert f"id: {number}\ndata: <tr" in told
    assert f'href="/echanges/{number}"' in told
    assert f"id: {known}\n" not in told
    assert "<script>" not in told


def test_a_page_is_told_that_the_state_was_replaced_though_calls_have_come_since(
    tmp_path: Path,
) -> None:
    with control_room(tmp_path) as room:
        room.ask("POST", "/api/snapshot")
        room.call_cdc()
        (address,) = room.page("/journal").xpath("//table/@data-direct")
        room.ask("POST", "/api/reset")
        room.call_cdc()
        assert "event: remplace" in room.ask("GET", address).text


def test_a_row_says_what_serve_says(room: Room, numbers: dict[str, int]) -> None:
    found = room.exchange(numbers["refus"])
    line = unstyle(call_line(found))
    cause = ExchangeView.of(found).cause
    assert line.endswith(cause)
    assert cause.startswith("ConsultationDonneesTechniquesContractuelles/point_connu : ")
    row = f"//tr[td[1]/a[.='{found.id}']]"
    (cell,) = room.page(f"/journal?avant={found.id + 1}").xpath(f"{row}/td[7]")
    assert cell.get("title") == cause


def test_what_was_no_soap_says_how_it_asked(room: Room) -> None:
    room.services.post("/RecherchePoint/v9.9", b"")
    row = room.page("/journal?genre=http").xpath("//table[@id='echanges']/tbody/tr[1]")[0]
    words = " ".join(row.text_content().split())
    assert "POST /RecherchePoint/v9.9 HTTP 404 Porte/chemin_servi : il fallait" in words


def test_exchanges_are_found_by_rule_and_by_fault(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        by_rule = room.call_cdc()
        plan(room.state.state, sorte="sgt506")
        plan(room.state.state, sorte="http502")
        first, second = room.call_cdc(), room.call_cdc(KNOWN)
        room.call_cdc(KNOWN)
        assert shown(room, "/journal?panne=toutes") == {first, second}
        assert shown(room, "/journal?panne=2") == {second}
        assert shown(room, "/journal?panne=1&issue=refuse&q=SGT5") == {first}
        assert shown(room, "/journal?panne=3") == set()
        assert shown(room, "/journal?regle=POINT_connu") == {by_rule}
        whole = "ConsultationDonneesTechniquesContractuelles/point_connu"
        assert shown(room, f"/journal?regle={whole}") == {by_rule}
        assert shown(room, "/journal?regle=connu") == set()
        row = room.page("/journal?panne=1").xpath("//tbody/tr")[0]
        (mark,) = row.xpath(".//a[@class='marque-panne']")
        assert mark.text == "panne 1"
        assert "panne : un nombre entier est attendu (donné : zut)" in room.text(
            "/journal?panne=zut"
        )
        assert whole in room.page("/journal").xpath("//datalist[@id='regles']/option/@value")


def test_what_was_noted_stands_apart_from_what_decided(room: Room) -> None:
    detail = "Noté, non refusé : 2e appel dans la même seconde\nCe point n'existe pas"
    number = room.record(code="SGT401", detail=detail)
    page = room.page(f"/echanges/{number}")
    (noted,) = page.xpath("//section[@aria-labelledby='note']/p")
    assert noted.text_content() == "2e appel dans la même seconde"
    (decided,) = page.xpath("//section[@aria-labelledby='detail']/p")
    assert decided.text_content() == "Ce point n'existe pas"
    row = room.page("/journal").xpath(f"//tr[td[1]/a[.='{number}']]")[0]
    assert row.xpath("string(td[7]/small)") == "noté, non refusé : 2e appel dans la même seconde"


def test_a_day_begins_above_its_first_row_and_rows_have_the_time_alone(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        days = ("2025-03-30T00:30+01:00", "2025-03-30T03:30+02:00", "2025-03-31T00:10+02:00")
        for day in days:
            room.record(instant=datetime.fromisoformat(day))
        rows = room.page("/journal").xpath("//table[@id='echanges']/tbody/tr")
        assert [("jour" in row.get("class"), row.get("data-jour")) for row in rows] == [
            (True, "lundi 31 mars 2025"),
            (True, "dimanche 30 mars 2025"),
            (False, "dimanche 30 mars 2025"),
        ]
        times = [row.xpath("string(td[2])") for row in rows]
        assert times == ["00:10:00", "03:30:00", "00:30:00"]


@pytest.mark.parametrize("typed", ["2025-03-10", "10/03/2025"])
def test_a_day_is_taken_as_it_is_shown(room: Room, typed: str) -> None:
    (value,) = room.page(f"/journal?du={typed}").xpath("//input[@name='du']/@value")
    assert value == "2025-03-10"


def test_bars_count_exchanges_by_period_and_lead_to_them(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant("2025-03-30T01:50")) as room:
        for hours in (0, 0, 1, 30):
            room.append(
                instant=room.state.clock.now() + timedelta(hours=hours),
                machine_instant=room.state.clock.now(),
                http_status=500 if hours else 200,
                code="SGT401" if hours else "SGT200",
            )
        page = room.page("/journal?q=sgt")
        links = page.xpath("//main//*[local-name()='svg']/*[local-name()='a']")
        said = [link.xpath("./*[local-name()='title']")[0].text.strip() for link in links]
        assert said == [
            "30/03/2025 01:00 : 2 acceptés",
            "30/03/2025 03:00 : 1 refusé",
            "31/03/2025 07:00 : 1 refusé",
        ]
        assert [len(shown(room, link.get("href"))) for link in links] == [2, 1, 1]
        assert not room.page(links[0].get("href")).xpath("//main//*[local-name()='svg']")
        menu = page.xpath("//nav[@id='menu']//li//small")
        assert [each.text_content() for each in menu] == ["4 gardés"]
        assert "n'est pas une date" in room.text("/journal?periode=hier/demain")


@pytest.mark.parametrize(
    ("first", "last", "starts"),
    [
        ("2025-03-29T12:00", "2025-03-31T12:30", 48),  # an hour is missing
        ("2025-10-25T23:00", "2025-10-26T23:59", 26),
        ("2025-10-20T23:00", "2025-10-27T00:00", 8),
        ("2024-01-01T00:00", "2025-12-31T23:59", 46),
        ("2025-03-10T10:00", "2025-03-10T10:00", 1),
    ],
)
def test_bars_begin_at_legal_hours_and_days(first: str, last: str, starts: int) -> None:
    minutes = [int(parse_instant(each).timestamp()) // 60 for each in (first, last)]
    bars = bars_of({(minute, "accepte"): 1 for minute in minutes})
    assert len(bars) == starts
    assert sum(sum(each.comptes.values()) for each in bars) == len({*minutes})
    assert all(one.fin == other.debut for one, other in pairwise(bars))
    of_days = bars[0].fin - bars[0].debut > timedelta(hours=20)
    assert {each.debut.hour for each in bars} == {0} or not of_days
    assert {each.debut.minute for each in bars} == {0}
