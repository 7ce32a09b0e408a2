"""Fifty equal orders at once from two processes: one service of each type, the rest refused."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import zeep
from acces_kit import C5, PERSONNE, SAD
from real_clients import ZeepCaller, refusal_of
from running_simulator import start_simulator
from sql_state import query

ORDERS = 50
TYPES = ("CDC", "ENERGIE", "IDX", "PMAX")


@pytest.mark.documented("GUI 0531 v1.1.0 p. 41: the same service again is refused, SGT570")
def test_one_order_alone_is_served(tmp_path: Path) -> None:
    options = ("--workers", "2", "--now", "2026-03-02T10:00", "--population-size", "0")
    with start_simulator(tmp_path, *options) as simulator:
        general = {
            "pointId": C5,
            "initiateurLogin": simulator.login,
            "contratId": simulator.ready["contrat_id"],
            "dateFin": date(2027, 3, 2),
            "sens": "SOUTIRAGE",
            "declarationAccordClient": {"accord": True, **PERSONNE},
        }
        services = [{"typeDonnees": one} for one in TYPES]
        demande: dict[str, Any] = {
            "donneesGenerales": general,
            "servicesSouscrits": {"serviceSouscrit": services},
        }
        callers = [ZeepCaller(simulator, SAD) for _ in range(10)]

        def order(rank: int) -> str:
            try:
                callers[rank % len(callers)](demande=demande)
            except zeep.exceptions.Fault as fault:
                return refusal_of(fault)[0]
            return "servi"

        with ThreadPoolExecutor(len(callers)) as pool:
            ends = Counter(
                end
                for ranks in range(0, ORDERS, len(callers))
                for end in pool.map(order, range(ranks, ranks + len(callers)))
            )
        assert ends == {"servi": 1, "SGT570": ORDERS - 1}
        found = query(
            simulator,
            "SELECT acces_type, COUNT(*) FROM service_souscrit WHERE type = 'ACCES' "
            "AND prm = ? GROUP BY acces_type",
            C5,
        )
        assert dict(found) == dict.fromkeys(("COURBE", "ENERGIE", "INDEX", "PMAX"), 1)
        assert query(simulator, "SELECT COUNT(*) FROM affaire")[0][0] == len(TYPES)
