"""The clock of a running simulator, what it makes happen, and how far back a start may take it."""

import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from in_process import served_in_process
from lives import DAY, DAYS, NOON, PRM, Lives, beginning
from orders_kit import C5, TODAY, Orders, orders_simulator
from real_clients import ZeepCaller
from running_simulator import RunningSimulator, refusal, run_command, serve, start_simulator
from waiting import eventually

from sge_sim.commandes.evenements import record_opposition
from sge_sim.commandes.moving_clock import start_clock
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables.points import find_point

DAY_US = 86_400_000_000
INDEX = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    folder = tmp_path_factory.mktemp("horloge")
    with orders_simulator(folder, "--workers", "2", serve=start_simulator) as orders:
        orders.keep_state()
        yield orders


@pytest.fixture
def tiers(two_workers: Orders) -> Orders:
    two_workers.restart_at()
    return two_workers


def post(orders: Orders, **change: Any) -> requests.Response:
    return orders.simulator.ask("POST", "/api/clock", json=change)


def refused(orders: Orders, *arguments: str) -> str:
    done = orders.simulator.command("clock", *arguments)
    assert done.returncode == 2, done.stdout
    return done.stderr


def test_the_clock_is_moved_forwards_only(tiers: Orders) -> None:
    assert tiers.clock("show").startswith("2025-08-01T10:0")
    assert "décalée" in tiers.clock("set", "2025-08-02T08:00")
    assert "arrêtée" in tiers.clock("freeze")
    assert tiers.clock("freeze", "2025-08-02T12:00").startswith("2025-08-02T12:00:00+02:00")
    assert tiers.clock("advance", "1d12h").startswith("2025-08-04T00:00:00+02:00 (arrêtée)")
    assert tiers.clock("set", "2025-08-05").startswith("2025-08-05T00:00:00+02:00 (arrêtée)")
    for arguments in (("set", "2025-08-04"), ("freeze", "2025-08-04")):
        assert "ne recule pas" in refused(tiers, *arguments)
    assert "n'est pas une durée" in refused(tiers, "advance", "un jour")
    assert "n'est pas une date ISO" in refused(tiers, "set", "demain")
    assert "sort du calendrier" in refused(tiers, "advance", "9999999d")


def test_the_administration_moves_it_too(tiers: Orders) -> None:
    moved = post(tiers, action="freeze", instant="2025-08-01T12:00").json()
    assert (moved["now"], moved["kind"]) == ("2025-08-01T12:00:00+02:00", "frozen")
    assert post(tiers, action="advance", duree="30min").json()["now"].startswith("2025-08-01T12:30")
    back = post(tiers, action="set", instant="2025-08-01T12:00")
    assert (back.status_code, "ne recule pas" in back.json()["detail"]) == (400, True)
    assert post(tiers, action="advance", duree="-1d").status_code == 422
    assert post(tiers, action="rewind").status_code == 422
    assert tiers.simulator.admin("/api/clock")["kind"] == "frozen"


def test_days_reach_the_same_legal_time_over_a_clock_change_and_hours_elapse(tiers: Orders) -> None:
    tiers.clock("freeze", "2025-10-20")
    assert tiers.clock("advance", "10d").startswith("2025-10-30T00:00:00+01:00")
    moved = post(tiers, action="advance", duree="150d").json()  # 29 March, the day of the change
    assert moved["now"] == "2026-03-29T00:00:00+01:00"
    assert post(tiers, action="advance", duree="1d").json()["now"] == "2026-03-30T00:00:00+02:00"
    tiers.restart_at()
    tiers.clock("freeze", "2025-10-25T12:00")
    assert tiers.clock("advance", "24h").startswith("2025-10-26T11:00:00+01:00")


@pytest.mark.parametrize("instant", ["2004-12-31", "2045-01-01", "9999-12-31T23:59:59-14:00"])
def test_the_clock_stays_within_the_simulated_days(tiers: Orders, instant: str) -> None:
    for action in ("set", "freeze"):
        answer = post(tiers, action=action, instant=instant)
        assert (answer.status_code, "sort du calendrier" in answer.text) == (400, True)
    assert tiers.clock("show").startswith("2025-08-01")


def test_a_start_goes_back_unless_something_has_happened_since(tmp_path: Path) -> None:
    with served_in_process(tmp_path, "--population-size", "1200", "--now", "2025-09-01"):
        pass
    with orders_simulator(tmp_path) as orders:
        assert orders.today == TODAY
        assert orders.collecte(C5)["body"]["serviceSouscritId"]
    for now, sentence in (("2025-07-31", "vont jusqu'au 01/08/2025"), ("1800-01-01", "sort du")):
        assert sentence in refusal(serve(tmp_path, "--now", now))


def test_all_the_workers_follow(tiers: Orders) -> None:
    """Each new connection goes to either worker."""
    tiers.clock("advance", "40d")
    day = tiers.today
    assert day >= date(2025, 9, 10)
    answers = [
        Orders(tiers.simulator).collecte(C5, dateDebut=day, mesuresPas="PT10M") for _ in range(8)
    ]
    assert answers == ["SGT4H3"] * 8  # the day suits: only the step doesn't


def test_a_life_goes_on_as_the_clock_advances_and_a_restart_catches_up(tmp_path: Path) -> None:
    with orders_simulator(tmp_path, "--delai-activation", "3d") as orders:
        end = date(2025, 8, 20)
        number = orders.collecte(C5, **INDEX, dateFin=end)["body"]["serviceSouscritId"]
        assert orders.services(C5)[0]["etatCode"] == "DEMANDE"
        assert orders.collecte(C5, **INDEX) == "SGT431"
        orders.clock("advance", "3d")
        assert orders.services(C5)[0]["etatCode"] == "ACTIF"
        assert orders.collecte(C5, **INDEX, dateFin=date(2025, 8, 10)) == "SGT570"
        assert post(orders, action="set", instant=end.isoformat()).ok
        (service,) = described(orders.simulator)
        assert (service["id"], service["etat"]) == (number, "TERMINE")
        assert service["motif_fin"] == "Date de fin du service atteinte"
        orders.collecte(C5, **INDEX)
    # The clock moves as a stop in the middle would leave it: nothing of it has been done.
    with closing(sqlite3.connect(tmp_path / "sge-sim.db")) as database:
        database.execute("UPDATE clock SET offset_us = offset_us + ?", (10 * DAY_US,))
        database.commit()
    with served_in_process(tmp_path) as again:
        eventually(lambda: described(again)[1]["etat"] == "ACTIF")


@pytest.mark.parametrize("who", ["command", "REST"])
def test_a_stop_during_an_advance_says_what_was_reached(tmp_path: Path, who: str) -> None:
    """Years of daily files take minutes; the simulator is stopped after one of them is made."""
    options = ("--environment", "production", "--workers", "1")
    made = orders_simulator(tmp_path, *options, serve=start_simulator)
    with made as orders, ThreadPoolExecutor(1) as pool:
        assert orders.collecte(C5)["body"]["serviceSouscritId"]
        url = orders.simulator.ready["admin_url"] + "/api/clock"
        if who == "command":
            waiting = pool.submit(orders.simulator.command, "clock", "advance", "5000d")
        else:
            body = {"action": "advance", "duree": "5000d"}
            waiting = pool.submit(requests.post, url, json=body, timeout=60)
        eventually(lambda: waiting.done() or orders.simulator.admin("/health")["travail"], 60)
        assert not waiting.done()
        eventually(lambda: orders.simulator.admin("/api/flux"), 60)
        orders.simulator.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        done = waiting.result(30)
        orders.simulator.process.wait(20)
        assert time.monotonic() - began < 15
    if who == "command":
        assert (done.returncode, done.stdout) == (2, "")
        (sentence,) = done.stderr.splitlines()
    else:
        assert done.status_code == 202
        sentence = done.json()["travail"]["phrase"]
    assert re.search(
        r"L'horloge est réglée au \d\d/04/2039 .* ; ce qui est dû est fait jusqu'au .*/20[23]\d .*"
        r"fichiers? publiés?.*le simulateur s'arrête",
        sentence,
    )
    log = (tmp_path / "log.txt").read_text()
    assert "Traceback" not in log
    assert "Arrêt forcé" not in log


def described(simulator: RunningSimulator) -> list[dict[str, Any]]:
    """The services of the C5 as the administration tells them."""
    return simulator.admin(f"/api/points/{C5}")["services"]


@pytest.mark.documented("FAQ: the curve isn't collected before an order; 30 minutes after it")
def test_the_curve_of_half_hours_is_there_once_it_is_collected(tiers: Orders) -> None:
    def steps() -> int:
        tiers.clock("set", "2025-08-10")
        answer = ZeepCaller(tiers.simulator, "/ConsultationMesuresDetaillees/v2.0")(
            demande={
                "initiateurLogin": tiers.login,
                "pointId": C5,
                "mesuresTypeCode": "COURBE",
                "grandeurPhysique": "PA",
                "soutirage": True,
                "injection": False,
                "dateDebut": "2025-08-03",
                "dateFin": "2025-08-04",
                "mesuresCorrigees": False,
                "accordClient": True,
            }
        )
        grandeurs = zeep.helpers.serialize_object(answer, dict)["grandeur"]
        return sum(len(each["mesure"]) for each in grandeurs)

    without = steps()
    tiers.restart_at()
    assert tiers.collecte(C5)["body"]["serviceSouscritId"]
    assert (without < 48, steps()) == (True, 48)


@pytest.mark.assumed("identical orders are worked out one after the other")
def test_identical_orders_at_once_give_one_service(tiers: Orders) -> None:
    """Two workers, a connection for each order: one service, and SGT570 for the others."""

    def order(_: int) -> str:
        answer = Orders(tiers.simulator).collecte(C5)
        return answer if isinstance(answer, str) else "accepted"

    with ThreadPoolExecutor(10) as pool:
        answers = Counter(pool.map(order, range(20)))
    assert answers == {"accepted": 1, "SGT570": 19}
    assert len(tiers.services(C5)) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1d", "« -1d » recule : donner une durée sans signe"),
        ("-36h", "« -36h » recule"),
        ("-1x", "« -1x » n'est pas une durée"),
        ("--vite", "L'option '--vite' n'existe pas"),
    ],
)
def test_a_duration_that_goes_back_is_refused_as_one(
    tmp_path: Path, typed: str, sentence: str
) -> None:
    done = run_command("clock", "advance", typed, "--data-dir", str(tmp_path))
    assert sentence in refusal(done)


LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def test_the_oppositions_of_the_data_set_hold_no_clock_back(lives: Lives) -> None:
    with lives.database.transaction() as session:
        record_opposition(session, find_point(session, PRM))
    clock = StoredClock(lives.database)
    start_clock(clock, LONG_AGO, lives.database)
    assert clock.now().year == 2010


def test_the_clock_does_not_go_back_before_an_event_that_has_happened(lives: Lives) -> None:
    lives.change(NOON, resilie=DAY + 5 * DAYS)
    lives.until(NOON + 6 * DAYS)
    clock = StoredClock(lives.database)
    happened = beginning(DAY + 5 * DAYS)
    with pytest.raises(UsageError, match="vont jusqu'au 06/08/2025 00:00:00"):
        start_clock(clock, NOON + 4 * DAYS, lives.database)
    start_clock(clock, happened, lives.database)
    assert clock.now() >= happened


def test_an_event_that_is_still_to_come_holds_no_clock_back(lives: Lives) -> None:
    lives.change(NOON, resilie=DAY + 5 * DAYS)
    clock = StoredClock(lives.database)
    start_clock(clock, LONG_AGO, lives.database)
    assert clock.now().year == 2010
