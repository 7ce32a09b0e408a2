"""Many clients order and stop at once, in two processes: what they write follows one another.

Of equal orders, one alone is served.
"""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import zeep
from acces_kit import PERSONNE, SAD
from orders_kit import C5, Orders, orders_simulator
from real_clients import ZeepCaller, refusal_of
from running_simulator import start_simulator

CLIENTS, ORDERS_EACH = 12, 8
POINTS = 3


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """A simulator of two processes, once its clients have ordered and stopped."""
    folder = tmp_path_factory.mktemp("busy")
    with orders_simulator(folder, "--workers", "2", serve=start_simulator) as orders:
        points = _points(orders)

        def one_client(number: int) -> None:
            client, draw = Orders(orders.simulator), random.Random(number)
            for _ in range(ORDERS_EACH):
                prm = draw.choice(points)
                ordered = client.collecte(prm)
                listed = client.services(prm) if isinstance(ordered, str) else [ordered["body"]]
                for service in listed[-1:]:
                    client.arret(prm, service["serviceSouscritId"])

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(one_client, range(CLIENTS)))
        yield orders


def _points(orders: Orders) -> list[str]:
    rows = orders.simulator.query(
        "SELECT prm FROM point WHERE segment = 'C5' AND etat_contractuel = 'SERVC' "
        "AND teleoperable AND niveau_ouverture_services = 2 AND etat_alimentation = 'ALIM' "
        "AND contrat_soutirage AND NOT opposition_courbe AND NOT provisoire "
        "AND NOT groupement_turpe AND operation_en_cours IS NULL ORDER BY prm LIMIT ?",
        POINTS - 1,
    )
    return [C5, *(row[0] for row in rows)]


def services(orders: Orders) -> list[Any]:
    found = orders.simulator.query(
        "SELECT prm, service_souscrit_id, ordered_at, activated_at, ended_at FROM service_souscrit "
        "WHERE type = 'TRANSREC' ORDER BY service_souscrit_id"
    )
    assert len(found) > CLIENTS  # or nothing was put to the test
    return found


def test_services_follow_one_another_and_numbers_grow_as_their_instants_do(busy: Orders) -> None:
    spans: dict[str, list[Any]] = {}
    for prm, _, ordered, activated, ended in services(busy):
        assert ended is None or ordered <= activated <= ended
        spans.setdefault(prm, []).append((activated, ended))
    for of_one_point in spans.values():
        for (_, ended), (started, _) in pairwise(of_one_point):
            assert ended <= started
    ordered = [service[2] for service in services(busy)]
    assert ordered == sorted(ordered)
    assert not busy.simulator.query("SELECT * FROM collecte WHERE fin < debut")


ORDERS = 30
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
        services = [{"typeDonnees": type_} for type_ in TYPES]
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
        found = simulator.query(
            "SELECT acces_type, COUNT(*) FROM service_souscrit WHERE type = 'ACCES' "
            "AND prm = ? GROUP BY acces_type",
            C5,
        )
        assert dict(found) == dict.fromkeys(("COURBE", "ENERGIE", "INDEX", "PMAX"), 1)
        assert simulator.query("SELECT COUNT(*) FROM affaire")[0][0] == len(TYPES)
