"""Quotas: exact at their edges, over all the processes that serve a data folder."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import requests
from dataconnect_kit import C5, Client, data_connect_simulator, freeze
from running_simulator import RunningSimulator

from sge_sim.tables.comptages import Quota, QuotaCounts

V5 = "/metering_data_dc/v5/daily_consumption"
ASKED_V5 = {"usage_point_id": C5, "start": "2026-11-01", "end": "2026-11-02"}
BURST = {
    "fault": {
        "code": 900807,
        "message": "Message throttled out",
        "description": "You have exceeded your quota",
    }
}


def hourly(until: str) -> dict[str, str]:
    return {
        "code": "900804",
        "message": "Message throttled out",
        "description": f"You have exceeded your quota .You can access API after {until}",
        "nextAccessTime": until,
    }


def spend(simulator: RunningSimulator, key: str, hour: int, calls: int) -> None:
    """Count calls of an hour as if they had been made."""
    comptes = QuotaCounts(simulator.data_dir)
    for _ in range(calls):
        assert comptes.take((Quota(key, hour, calls),)) is None
    comptes.close()


def wait_for_the_next_second() -> int:
    """Return the second that has just begun: nothing was called in it."""
    before = int(time.time())
    while (second := int(time.time())) == before:
        time.sleep(0.005)
    return second


def in_one_second(calls: Sequence[tuple[Client, str, Mapping[str, str]]]) -> list[int]:
    """The statuses of calls that all came in one second of the machine, whoever answered them."""
    for client in {id(client): client for client, _, _ in calls}.values():
        assert client.bearer
        client.http.get(client.url + "/rien", timeout=10)  # the connection is open
    for _ in range(20):
        second = wait_for_the_next_second()
        found = [client.get(path, **asked).status_code for client, path, asked in calls]
        if int(time.time()) == second:
            return found
    raise AssertionError("the machine is too slow for that many calls in a second")


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Client]]:
    """The same application at two simulators of a folder; a point is shared with it."""
    folder = tmp_path_factory.mktemp("quotas")
    with data_connect_simulator(folder) as first, data_connect_simulator(folder) as second:
        made = [Client(first), Client(second)]
        made[1].application = made[0].application
        made[0].share(C5)
        yield made


@pytest.mark.documented("5 calls a second: of an actor in v5, of an actor and an API in 2026")
def test_five_a_second_over_two_processes(clients: list[Client]) -> None:
    freeze(clients[0].simulator, "2026-11-26T10:05:00")
    synthese, generales = f"/synth_contrat_auto/v1/{C5}", f"/donnees_generales_auto/v1/{C5}"
    for path, asked in ((V5, ASKED_V5), (synthese, {})):
        seven = [(clients[n % 2], path, asked) for n in range(7)]
        assert in_one_second(seven) == [200] * 5 + [429] * 2
    bodies = []
    while not bodies:
        wait_for_the_next_second()
        answers = [clients[n % 2].get(synthese) for n in range(6)]
        bodies = [answer.json() for answer in answers if answer.status_code == 429]
    assert bodies == [BURST]
    # The other API has its own five.
    eight = [(clients[n % 2], (synthese, generales)[n % 2], {}) for n in range(8)]
    assert in_one_second(eight) == [200] * 8


@pytest.mark.documented("1 000 calls an hour and an API in 2026, 10 000 an hour in v5")
@pytest.mark.parametrize(
    ("day", "path", "asked", "key", "most"),
    [
        (27, f"/synth_contrat_auto/v1/{C5}", {}, "TIERS1 synth_contrat_auto h", 1000),
        (28, V5, ASKED_V5, "TIERS1 v5 h", 10_000),
    ],
)
def test_the_hour_is_of_the_simulated_clock(
    clients: list[Client], day: int, path: str, asked: dict[str, str], key: str, most: int
) -> None:
    first = clients[0].simulator
    freeze(first, f"2026-11-{day}T10:30:00")
    clients = [each.renewed for each in clients]  # their tokens are of another day
    hour = 1_795_597_200 // 3600 + (day - 25) * 24  # from 2026-11-25 09:00 UTC
    spend(first, key, hour, most - 2)

    def call(n: int) -> requests.Response:
        return clients[n % 2].get(path, **asked)

    # Five in all are served: never more in a second.
    wait_for_the_next_second()
    answers = [call(n) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[2].json() == answers[3].json() == hourly(f"2026-Nov-{day} 10:00:00+0000 UTC")
    # Frozen, the hour never ends; moved to its last second, it is the same; then the next.
    freeze(first, f"2026-11-{day}T10:59:59")
    assert call(0).status_code == 429
    freeze(first, f"2026-11-{day}T11:00:00")
    assert [call(n).status_code for n in range(3)] == [200] * 3


def test_quotas_may_be_switched_off(dc: Client) -> None:
    dc.share(C5)
    assert {dc.get(V5, **ASKED_V5).status_code for _ in range(30)} == {200}
    counted = (dc.simulator.data_dir / "data-connect-quotas.db").read_bytes()
    assert b"TIERS1" not in counted


@pytest.mark.assumed("a call that is refused counts under no quota")
def test_counts_are_exact(tmp_path: Path) -> None:
    comptes, others = QuotaCounts(tmp_path), QuotaCounts(tmp_path)
    second, hour = Quota("a s", 1, 2), Quota("a h", 7, 3)
    assert comptes.take((hour, second)) is None
    assert others.take((hour, second)) is None
    assert comptes.take((hour, second)) is second
    following = Quota("a s", 2, 2)
    assert others.take((hour, following)) is None
    assert comptes.take((hour, following)) is hour
    assert comptes.take((Quota("a h", 8, 3), following)) is None
    comptes.close()
    others.close()
