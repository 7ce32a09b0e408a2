"""Both doors before a crowd of hostile clients: the others are served as if they were alone."""

from datetime import date
from urllib.parse import urlencode, urlsplit

import pytest
from dataconnect_kit import C5, CURVE, DAILY, Client
from hostile_clients import MANNERS, Door, Manner, crowd, request, waits, waits_alone

from bench.calls import PATH, consultation

WEEK = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-08"}


@pytest.fixture(scope="module")
def doors(started: Client) -> dict[str, Door]:
    dc, ready, bearer = started, started.simulator.ready, started.sandbox.bearer
    tiers = ready["acteurs"]["tiers"]
    demand = consultation(C5, "ENERGIE", "EA", date(2026, 11, 1), date(2026, 11, 8))
    demand = demand.replace(b"bench@exemple.fr", dc.simulator.login.encode())
    return {
        "Data Connect": Door(
            urlsplit(dc.url).port or 0,
            ready["ca_file"],
            request("GET", f"{DAILY}?{urlencode(WEEK)}", headers=bearer),
            request("GET", f"{CURVE}?{urlencode(WEEK)}", headers=bearer),
        ),
        "SOAP": Door(
            urlsplit(dc.simulator.url).port or 0,
            ready["ca_file"],
            request("POST", PATH, demand, {"Content-Type": "text/xml"}),
            request("GET", f"{PATH}?wsdl"),
            (tiers["client_cert"], tiers["client_key"]),
        ),
    }


each_door = pytest.mark.parametrize("name", ["Data Connect", "SOAP"])
each_manner = pytest.mark.parametrize("manner", MANNERS)


@each_manner
@each_door
def test_more_hostile_clients_than_places_keep_nobody_waiting(
    doors: dict[str, Door], name: str, manner: Manner
) -> None:
    """None of the others' calls fails."""
    assert_nobody_waits(doors[name], manner, calls=50, machine_seconds=0.3)


@pytest.mark.soak
@each_manner
@each_door
def test_a_crowd_of_hostile_clients_doubles_nobodys_p99(
    doors: dict[str, Door], name: str, manner: Manner
) -> None:
    """On a machine that does nothing else, whose own turns take a millisecond or two."""
    assert_nobody_waits(doors[name], manner, calls=1500, machine_seconds=0.002)


def assert_nobody_waits(door: Door, manner: Manner, calls: int, machine_seconds: float) -> None:
    usual = waits_alone(door, calls)
    with crowd(door, manner):
        disturbed = waits(door, calls)
    for alone, beside in zip(usual, disturbed, strict=True):
        print(f"p99 {alone * 1000:.2f} ms alone, {beside * 1000:.2f} ms beside the crowd")
        assert beside <= 2 * alone + machine_seconds
