"""Data Connect tells the losses that the setting wants, as SGE does."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from dataconnect_kit import C5, Client, data_connect_simulator, freeze

DEBUT, SEMAINES = date(2026, 3, 30), 29


def told(client: Client) -> int:
    """How many half-hours of the curve of summer time are told."""
    client.share(C5)
    debuts = [DEBUT + timedelta(7 * rang) for rang in range(SEMAINES)]
    lues = [
        client.measures("courbe_de_charge_consommation", C5, str(debut), str(debut + timedelta(7)))
        for debut in debuts
    ]
    return sum(len(lue["grandeur"][0]["points"]) for lue in lues)


@pytest.mark.observed("a Linky: 14 half-hours of 17 866")
def test_a_curve_lacks_what_was_lost_where_losses_are_wanted(tmp_path: Path, dc: Client) -> None:
    with data_connect_simulator(tmp_path, "--no-quotas", "--pertes", "constatees") as simulator:
        freeze(simulator)
        perdues = told(dc) - told(Client(simulator))
    assert told(dc) == SEMAINES * 7 * 48
    assert 0 < perdues < 60
