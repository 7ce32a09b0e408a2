"""The clock bar: on every page, in calendar days, telling what an advance set off."""

from datetime import date
from pathlib import Path

from admin_kit import Room, control_room

from sge_sim.clock import parse_instant
from sge_sim.domaine.retombees import Retombees, in_a_sentence

CHANGE_OF_HOUR = "2025-03-29T10:00"


def read(room: Room) -> str:
    (instant,) = room.page("/").xpath("//section[@id='clock']//time/@datetime")
    return str(instant)


def test_a_day_keeps_the_legal_time_over_a_change_of_hour(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant(CHANGE_OF_HOUR)) as room:
        room.press("/clock", action="arreter")
        assert read(room).startswith("2025-03-29T10:00")
        room.press("/clock", action="1d")
        assert read(room).startswith("2025-03-30T10:00")
        assert read(room).endswith("+02:00")
        room.press("/clock", action="1h")
        assert read(room).startswith("2025-03-30T11:00")
        page = room.press("/clock", action="regler", instant="2025-04-09T08:00")
        assert "rien n'était dû" in page.text_content()
        page = room.press("/clock", action="regler", instant="2025-01-01")
        (told,) = page.xpath("//p[@role='alert']")
        assert "ne recule pas" in told.text_content()
        room.press("/clock", action="repartir")
        assert room.state.clock.kind() == "shifted"


def test_the_page_comes_back_where_it_was(room: Room) -> None:
    answer = room.ask("POST", "/clock", data={"action": "1h", "retour": "/?q=sgt4"})
    assert answer.url.endswith("/?q=sgt4#clock")
    answer = room.ask("POST", "/clock", data={"action": "1h", "retour": "//evil.example/x"})
    assert answer.url.startswith(room.home)


def test_what_happened_is_said_in_words() -> None:
    start = parse_instant(date(2025, 1, 1).isoformat())
    assert in_a_sentence(Retombees(start, start)) == "Rien n'était dû."
    told = Retombees(start, start, fichiers=720, termines=2, affaires=1)
    assert in_a_sentence(told) == "720 fichiers publiés, 2 services terminés, 1 affaire close."


def test_the_hours_of_homologation_are_told_of_homologation_alone(tmp_path: Path) -> None:
    for environment, told in (("homologation", True), ("production", False)):
        folder = tmp_path / environment
        now = parse_instant("2025-03-29T23:30")
        with control_room(folder, now=now, environment=environment) as room:
            (bar,) = room.page("/").xpath("//section[@id='clock']")
            assert ("plateforme fermée" in bar.text_content()) is told
            assert ("plateforme" in bar.text_content()) is told
