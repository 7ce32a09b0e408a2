"""The journal in the browser: what it shows, how it is searched, how it goes on by itself."""

import threading
from pathlib import Path

import pytest
from admin_kit import UNKNOWN, Room, control_room

from sge_sim.journal import EchangeRecord


@pytest.fixture(scope="module")
def numbers(room: Room) -> dict[str, int]:
    """An exchange of each kind, by what it is."""
    made = {"refus": room.call_cdc(), "succes": room.call_cdc("25946599093143")}
    journal = room.state.journal
    instant = room.state.clock.now()
    for name, fields in {
        "handshake": {"kind": "handshake", "detail": "certificat inconnu"},
        "http": {"kind": "http", "http_status": 403},
        "wsdl": {"kind": "http", "http_status": 200, "service": "RecherchePoint", "version": "2.0"},
        "flux": {"kind": "flux", "prm": "25946599093143"},
    }.items():
        journal.append(
            EchangeRecord(instant=instant, machine_instant=instant, duration_ms=1.0, **fields)  # type: ignore[arg-type]
        )
        made[name] = journal.newest_id()
    return made


def shown(room: Room, path: str) -> set[int]:
    links = room.page(path).xpath("//table[@id='echanges']//tr/td[1]/a/@href")
    return {int(link.rpartition("/")[2]) for link in links}


def test_the_journal_comes_first_and_hides_contracts_and_files(
    room: Room, numbers: dict[str, int]
) -> None:
    hidden = {numbers["wsdl"], numbers["flux"]}
    assert shown(room, "/") == set(numbers.values()) - hidden
    row = room.page("/").xpath(f"//tr[td[1]/a[.='{numbers['refus']}']]")[0]
    words = " ".join(row.text_content().split())
    for told in ("TIERS1", "refusé", "ConsultationDonneesTechniquesContractuelles v1.0", UNKNOWN):
        assert told in words
    assert "SGT401 Demande non recevable : point inexistant" in words


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
    assert shown(room, f"/?{query}") == {numbers[name] for name in names}


def test_a_date_that_is_none_is_told(room: Room) -> None:
    assert "« hier » n'est pas une date" in room.text("/?du=hier")


def test_older_exchanges_are_a_page_away(room: Room, numbers: dict[str, int]) -> None:
    for _ in range(52):
        room.call_cdc()
    page = room.page("/?q=SGT401")
    assert len(page.xpath("//table[@id='echanges']/tbody/tr")) == 50
    (older,) = page.xpath("//a[@rel='next']/@href")
    found = shown(room, older)
    assert numbers["refus"] in found
    assert not room.page(older).xpath("//table/@data-direct")


def test_a_new_exchange_is_sent_as_the_row_of_the_page(tmp_path: Path) -> None:
    with control_room(tmp_path) as room:
        (address,) = room.page("/?issue=refuse").xpath("//table/@data-direct")
        number = room.call_cdc(login="<script>alert(1)</script>@a.fr")
        known = room.call_cdc("25946599093143")
        threading.Timer(2, room.state.feed.stop).start()
        told = room.ask("GET", address).text
    assert f"id: {number}\ndata: <tr" in told
    assert f'href="/echanges/{number}"' in told
    assert f"id: {known}\n" not in told
    assert "<script>" not in told
