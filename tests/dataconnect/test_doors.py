"""Both doors before hundreds of hostile clients: the others are served as if they were alone."""

from datetime import date
from urllib.parse import urlencode, urlsplit

import pytest
from dataconnect_kit import C5, CURVE, DAILY, Client
from hostile_clients import MANNERS, Door, Manner, crowd, request, waits

from bench.calls import PATH, consultation

MACHINE_SECONDS = 0.3  # for a machine that has other work
WEEK = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-08"}


@pytest.fixture(scope="module")
def doors(dc: Client) -> dict[str, Door]:
    ready, bearer = dc.simulator.ready, dc.sandbox.bearer
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


@pytest.mark.parametrize("manner", MANNERS)
@pytest.mark.parametrize("name", ["Data Connect", "SOAP"])
def test_hundreds_of_hostile_clients_keep_nobody_waiting(
    doors: dict[str, Door], name: str, manner: Manner
) -> None:
    """More of them than a door has places; none of the others' calls fails."""
    door = doors[name]
    usual, usual_anew = waits(door)
    with crowd(door, manner):
        disturbed, disturbed_anew = waits(door)
    assert disturbed < 2 * usual + MACHINE_SECONDS
    assert disturbed_anew < 2 * usual_anew + MACHINE_SECONDS
