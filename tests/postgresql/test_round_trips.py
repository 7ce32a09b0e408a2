"""What a consultation asks of a PostgreSQL server."""

from pathlib import Path

import pytest
from in_process import simulator_in_process
from postgresql_kit import Cluster

from bench.calls import NOW, PATH, check, request
from sge_sim.clock import parse_instant

pytestmark = pytest.mark.postgresql

CALLS = 12


def test_a_call_whose_facts_are_kept_costs_one_round_trip(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database("appels", options="-c log_statement=all")
    now = parse_instant(NOW)
    with simulator_in_process(tmp_path, database_url=url, population_size=0, now=now) as simulator:
        for _ in range(CALLS):  # enough for the driver to prepare what it repeats
            check(simulator.post(PATH, request()).content)
        before = len(cluster.log)
        for _ in range(CALLS):
            check(simulator.post(PATH, request()).content)
        asked = [line for line in cluster.log[before:].splitlines() if "LOG:" in line]
    assert len(asked) == CALLS
    assert all("SELECT ecriture.numero" in line for line in asked)
