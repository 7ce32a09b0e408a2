"""A move of the clock is one thing, what it sets off another: each is told as it is.

The bar on every page counts in calendar days.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from admin_kit import Room, control_room
from lxml import html
from sqlalchemy.exc import OperationalError

from sge_sim.admin.routes.clock import Preference, read_preference
from sge_sim.api.administration import Administration, ServedClock
from sge_sim.api.views import TravailView
from sge_sim.clock import parse_instant
from sge_sim.domaine.retombees import Retombees, in_a_sentence, progress_sentence
from sge_sim.errors import UsageError

NOW = "2025-03-10T10:00"
DAY = {"action": "advance", "duree": "1d"}
ASYNC = {"Prefer": "respond-async"}


class Gate:
    """What is due, as a task of the back office: it lasts as long as the gate is shut.

    While it is `locked` it meets the lock of another, as a database that is held does.
    """

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.opened.set()
        self.reached = threading.Event()
        self.locked = False
        self.fails = False

    def __call__(self, _until: datetime, carry_on: Callable[[], bool]) -> None:
        self.reached.set()
        while carry_on():
            if self.fails:
                raise RuntimeError("essai")
            if self.locked:
                raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))
            if self.opened.wait(0.01):
                return

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Have what is due last as long as the block."""
        self.reached.clear()
        self.opened.clear()
        try:
            yield
        finally:
            self.opened.set()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Room, Gate]]:
    gate = Gate()
    folder = tmp_path_factory.mktemp("horloge")
    with control_room(folder, (gate,), now=parse_instant(NOW), population_size=0) as room:
        yield room, gate
        gate.opened.set()


@pytest.fixture
def room(opened: tuple[Room, Gate]) -> Room:
    return opened[0]


@pytest.fixture
def gate(opened: tuple[Room, Gate]) -> Iterator[Gate]:
    gate = opened[1]
    yield gate
    gate.opened.set()
    gate.locked = gate.fails = False
    deadline = time.monotonic() + 10
    while opened[0].state.moves.under_way():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def read(room: Room) -> dict[str, Any]:
    clock: dict[str, Any] = room.ask("GET", "/api/clock").json()
    return clock


def move(room: Room, headers: dict[str, str] | None = None, **change: Any) -> requests.Response:
    return room.ask("POST", "/api/clock", json={**DAY, **change}, headers=headers)


def day_of(clock: dict[str, Any]) -> int:
    return datetime.fromisoformat(clock["now"]).day


def test_a_clock_that_has_moved_is_never_answered_by_a_5xx(room: Room, gate: Gate) -> None:
    before = read(room)
    gate.locked = True
    answer = move(room)
    assert (answer.status_code, "Retry-After" in answer.headers) == (202, False)
    assert answer.json()["numero"] != before["numero"]
    travail = answer.json()["travail"]
    assert (travail["etat"], travail["attend"]) == ("en_cours", True)
    assert "database is locked" in travail["phrase"]
    assert day_of(read(room)) == day_of(before) + 1
    gate.locked = False
    done = room.ask("GET", answer.headers["Location"], headers={"Prefer": "wait=10"}).json()
    assert (done["etat"], done["phrase"]) == ("fait", "Rien n'était dû.")


def test_what_fails_for_good_ends_the_call_with_what_was_reached(
    room: Room, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    gate.fails = True
    answer = move(room)
    assert answer.status_code == 202
    assert answer.json()["travail"]["etat"] == "interrompu"
    assert "erreur inattendue" in answer.json()["travail"]["phrase"]
    assert "essai" in caplog.text


def test_a_move_meant_for_another_setting_moves_nothing(room: Room, gate: Gate) -> None:
    numero = read(room)["numero"]
    first = move(room, numero=numero)
    assert first.status_code == 200
    after = read(room)
    assert after["numero"] == first.json()["numero"] > numero
    for change in (DAY, {"action": "freeze"}, {"action": "set", "instant": "2026-01-01"}):
        again = room.ask("POST", "/api/clock", json={**change, "numero": numero})
        assert again.status_code == 409
        assert "n'a pas été déplacée" in again.json()["detail"]
    assert (read(room)["numero"], day_of(read(room))) == (after["numero"], day_of(after))
    assert move(room).status_code == 200, "the number may be left out"


def test_of_two_moves_at_once_of_one_setting_a_single_one_is_made(room: Room, gate: Gate) -> None:
    before = read(room)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: move(room, numero=before["numero"]), range(8)))
    assert sorted(one.status_code for one in answers) == [200, *[409] * 7]
    assert day_of(read(room)) == day_of(before) + 1


def test_two_moves_at_once_without_a_number_are_both_made(room: Room, gate: Gate) -> None:
    before = datetime.fromisoformat(read(room)["now"])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: move(room, duree="1h"), range(8)))
    assert {one.status_code for one in answers} == {200}
    passed = datetime.fromisoformat(read(room)["now"]) - before
    assert timedelta(hours=8) <= passed < timedelta(hours=9)


def test_a_number_is_never_given_again_by_a_state_brought_back(room: Room, gate: Gate) -> None:
    assert room.ask("POST", "/api/snapshot").status_code == 204
    kept = read(room)["numero"]
    undone = move(room).json()["numero"]
    assert room.ask("POST", "/api/reset").status_code == 204
    assert read(room)["numero"] == kept
    assert move(room, duree="2h").json()["numero"] > undone
    assert move(room, numero=undone).status_code == 409


def test_while_it_works_the_clock_and_the_health_say_so(room: Room, gate: Gate) -> None:
    with gate.shut():
        answer = move(room, ASYNC)
        assert answer.status_code == 202
        assert answer.headers["Preference-Applied"] == "respond-async"
        for shown in (read(room), room.ask("GET", "/health").json()):
            travail = TravailView.model_validate(shown["travail"])
            assert (travail.numero, travail.etat) == (answer.json()["numero"], "en_cours")
            assert "ce qui est dû est fait jusqu'au" in travail.phrase
        assert "ce qui est dû est fait jusqu'au" in room.text("/")
        assert room.ask("GET", answer.headers["Location"]).json()["etat"] == "en_cours"
    done = room.ask("GET", answer.headers["Location"], headers={"Prefer": "wait=10"}).json()
    assert done["etat"] == "fait"
    assert "travail" not in read(room)
    assert room.ask("GET", "/health").json()["travail"] is None
    assert room.ask("GET", "/api/clock/travaux/1").status_code == 404


def test_a_call_without_preference_and_our_clients_wait_for_the_end(room: Room, gate: Gate) -> None:
    served = ServedClock(Administration(room.home))
    asked: tuple[Callable[[], Any], ...] = (
        lambda: move(room),
        lambda: served.advance(timedelta(hours=1)),
        lambda: room.press("/clock", action="1h"),
    )
    for ask in asked:
        with ThreadPoolExecutor(1) as pool, gate.shut():
            waiting: Future[Any] = pool.submit(ask)
            assert gate.reached.wait(10)
            time.sleep(1.2)  # beyond what our client waits for at once
            assert not waiting.done()
            gate.opened.set()
            waiting.result(10)
    assert served.retombees is not None
    assert "ce qui est dû est fait jusqu'au" in served.progress


def test_our_client_carries_the_number_that_it_read(
    room: Room, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = Administration(room.home)
    before = admin.clock()
    move(room)
    monkeypatch.setattr(admin, "clock", lambda: before)
    with pytest.raises(UsageError, match="n'a pas été déplacée"):
        ServedClock(admin).advance(timedelta(hours=1))


def test_the_page_carries_the_number_of_the_clock_that_it_shows(room: Room, gate: Gate) -> None:
    page = room.page("/")
    numbers = set(page.xpath("//form[@action='/clock']/input[@name='numero']/@value"))
    assert numbers == {str(read(room)["numero"])}
    (numero,) = numbers
    room.press("/clock", action="1d", numero=numero)
    after = read(room)
    page = room.press("/clock", action="1d", numero=numero)
    assert "n'a pas été déplacée" in page.xpath("//p[@role='alert']")[0].text_content()
    page = room.press("/clock", action="1d", numero="²")
    assert "recharger la page" in page.xpath("//p[@role='alert']")[0].text_content()
    assert read(room)["numero"] == after["numero"]


def test_a_reset_ends_what_the_clock_that_it_undoes_set_off(room: Room, gate: Gate) -> None:
    assert room.ask("POST", "/api/snapshot").status_code == 204
    with gate.shut():
        answer = move(room, ASYNC)
        assert gate.reached.wait(10)
        assert room.ask("POST", "/api/reset").status_code == 204
        ended = room.ask("GET", answer.headers["Location"]).json()
    assert ended["etat"] == "interrompu"
    assert "l'état mis de côté est revenu" in ended["phrase"]


def test_a_reset_that_is_refused_ends_nothing(tmp_path: Path) -> None:
    gate = Gate()
    with control_room(tmp_path, (gate,), now=parse_instant(NOW), population_size=0) as room:
        with gate.shut():
            answer = move(room, ASYNC)
            assert gate.reached.wait(10)
            assert room.ask("POST", "/api/reset").status_code == 400
            assert room.ask("GET", answer.headers["Location"]).json()["etat"] == "en_cours"
        wait = {"Prefer": "wait=10"}
        assert room.ask("GET", answer.headers["Location"], headers=wait).json()["etat"] == "fait"


@pytest.mark.parametrize("who", ["REST", "client", "page"])
def test_a_stop_ends_the_call_with_what_was_reached(tmp_path: Path, who: str) -> None:
    gate = Gate()
    with control_room(tmp_path, (gate,), now=parse_instant(NOW), population_size=0) as room:
        served = ServedClock(Administration(room.home))
        with ThreadPoolExecutor(1) as pool, gate.shut():
            if who == "client":
                waiting: Future[Any] = pool.submit(served.advance, timedelta(days=1))
            elif who == "REST":
                waiting = pool.submit(move, room)
            else:
                waiting = pool.submit(room.ask, "POST", "/clock", data={"action": "1d"})
            assert gate.reached.wait(10)
            room.state.moves.stop()
            sentence = "L'horloge est réglée au 11/03/2025 10:00 ; ce qui est dû est fait jusqu'au"
            if who == "client":
                with pytest.raises(UsageError, match=f"{sentence} .*le simulateur s'arrête"):
                    waiting.result(5)
                return
            answer = waiting.result(5)
            assert answer.status_code == 202
            said = answer.json()["travail"]["phrase"] if who == "REST" else answer.text
            assert said.startswith(sentence)
            assert "le simulateur s'arrête" in said
            assert move(room).json()["travail"]["etat"] == "interrompu", "one that comes later too"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Preference()),
        ("respond-async", Preference(asynchronous=True)),
        ("wait=10, Respond-Async", Preference(asynchronous=True, wait=10)),
        ('respond-async; foo="bar", wait="3"', Preference(asynchronous=True, wait=3)),
        ("wait=5, wait=9", Preference(wait=5)),
        ("wait=-1, wait=², handling=lenient", Preference()),
        ("waiting=5", Preference()),
    ],
)
def test_a_preference_is_read_as_the_rfc_has_it(header: str, expected: Preference) -> None:
    assert read_preference(header) == expected


def test_pages_show_the_end_of_what_was_under_way(room: Room, gate: Gate) -> None:
    with gate.shut():
        move(room, ASYNC)
        page = html.fromstring(room.ask("GET", "/").content)
        (shown,) = page.xpath("//section[@id='clock']//p[@data-travail]")
        travail = room.state.moves.under_way()
        assert travail is not None
        assert shown.text_content() == progress_sentence(travail)


CHANGE_OF_HOUR = "2025-03-29T10:00"


def shown(room: Room) -> str:
    (instant,) = room.page("/").xpath("//section[@id='clock']//time/@datetime")
    return str(instant)


def test_a_day_keeps_the_legal_time_over_a_change_of_hour(tmp_path: Path) -> None:
    with control_room(tmp_path, now=parse_instant(CHANGE_OF_HOUR)) as room:
        room.press("/clock", action="arreter")
        assert shown(room).startswith("2025-03-29T10:00")
        room.press("/clock", action="1d")
        assert shown(room).startswith("2025-03-30T10:00")
        assert shown(room).endswith("+02:00")
        room.press("/clock", action="1h")
        assert shown(room).startswith("2025-03-30T11:00")
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
