"""The other endpoints: the time of each in the process, and the orders that are taken a second."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from bench.calls import PATH, c5_points
from bench.in_process import Caller, Times, caller
from bench.load import CONNECTIONS, Driver, Load, http_messages
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.client.own_simulator import own_simulator
from sge_sim.settings import Settings
from sge_sim.store.database import Database
from tests.catalogue_requests import CONTRACTS, RELEASE, path_of, request_of

_DAY = f"{RELEASE.reference}T10:00"
_COLLECTE = "/CommandeCollectePublicationMesures/v3.0"
_TURNS = 40
_ORDERS = 600


def each_endpoint(data_dir: Path) -> Iterator[tuple[str, Times | None]]:
    """Yield each path, and the times of what it answers to the cases of the catalogue.

    An order is sent for one point after the other. None where the catalogue has no demand that is
    answered as it stands: an end needs the number of a service.
    """
    with caller(data_dir, now=_DAY) as client:
        with client.simulator.database.sessions() as session:
            points = c5_points(session, _TURNS)
        for path in sorted(CONTRACTS):
            if path != PATH:
                times = [spent for body in _bodies(client, path, points) for spent in body]
                yield path, Times.of(times) if len(times) > 1 else None


def _bodies(client: Caller, path: str, points: Sequence[str]) -> Iterator[Iterator[float]]:
    tiers = next(one for one in client.simulator.callers if one.kind == "tiers")
    for case in RELEASE.cas:
        if path_of(case) != path:
            continue
        body = etree.tostring(request_of(case, tiers.login, tiers.contrat_id))
        if path.startswith("/Commande") and case.prm is not None:
            bodies = [body.replace(case.prm.encode(), prm.encode()) for prm in points]
        else:
            bodies = [body] * _TURNS
        yield _answered(client, path, bodies)


def _answered(client: Caller, path: str, bodies: Sequence[bytes]) -> Iterator[float]:
    for turn, body in enumerate(bodies):
        started = stopwatch()
        answer = client.post(path, body)
        spent = elapsed_ms(started)
        if answer.status == 200 and turn:  # the first reads what is kept
            yield spent


def orders(driver: Driver, data_dir: Path, workers: int) -> Load:
    """Order the curve of hundreds of C5 points, one order each, over mutual TLS."""
    options = ["--now", _DAY, "--workers", str(workers)]
    with own_simulator(data_dir, options) as simulator:
        database = Database(Settings(data_dir=data_dir).database)
        with database.sessions() as session:
            points = c5_points(session, _ORDERS)
        database.dispose()
        tiers = simulator.ready["actors"]["tiers"]
        case = next(one for one in RELEASE.cas if path_of(one) == _COLLECTE and _of_a_c5(one))
        model = etree.tostring(request_of(case, tiers["login"], tiers["contrat_id"])).decode()
        assert case.prm is not None
        bodies = [model.replace(case.prm, prm).encode() for prm in points]
        messages = http_messages(simulator.ready, _COLLECTE, bodies)
        return driver.run(
            simulator.ready, messages, 60.0, connections=min(CONNECTIONS, len(bodies)), how="once"
        )


def _of_a_c5(case: Cas) -> bool:
    return case.segment == "C5" and case.attendu.code in (None, "SGT200")
