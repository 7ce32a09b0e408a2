"""The other endpoints: the time of each in the process, and the orders that are taken a second."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from time import process_time
from typing import Any

from lxml import etree

from bench.calls import PATH, c5_points, telereleves
from bench.in_process import Caller, Times, caller
from bench.load import CONNECTIONS, Driver, Load, http_messages
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.protocoles import reperes_of_sge
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.homologation.client.messages import AppelFait, read_answer
from sge_sim.homologation.client.own_simulator import own_simulator
from sge_sim.services.registry import BY_PATH
from sge_sim.settings import Settings
from tests.catalogue_requests import CONTRACTS, RELEASE, envelope_of, path_of, request_of

_DAY = f"{RELEASE.reference}T10:00"
_COLLECTE = "/CommandeCollectePublicationMesures/v3.0"
_TURNS = 40
_ORDERS = 600


def each_endpoint(data_dir: Path) -> Iterator[tuple[str, Times]]:
    """Yield each path but that of the curve, and the times of what it answers to good demands.

    They are the cases of the catalogue that expect success, run as a campaign runs them: what
    a case needs is ordered before. Each order is for another point. The first run of a case reads
    what is kept, and doesn't count.
    """
    with caller(data_dir, now=_DAY) as client:
        sender = CatalogueSender(client)
        clock = StoredClock(client.simulator.database)
        with client.simulator.database.sessions() as session:
            points = c5_points(session, _TURNS), telereleves(session, _TURNS)
        missing = set(CONTRACTS) - {PATH}
        for release in (load_release(list_releases()[-1]), RELEASE):
            runner = Runner(release, sender, clock)
            good = [case for case in release.cas if case.attendu.code is None]
            for path in sorted(missing & {path_of(case) for case in good}):
                times: list[float] = []
                sender.cpu = 0.0
                for case in good:
                    if path_of(case) == path:
                        times += _times(runner, sender, case, points[case.segment != "C5"])[1:]
                missing.remove(path)
                yield path, Times.of(times, sender.cpu)
        assert not missing, f"no case of {', '.join(missing)} succeeds"


def _times(
    runner: Runner, sender: "CatalogueSender", case: Cas, points: Sequence[str]
) -> list[float]:
    """Return the times of the answers to a case that is run once for each of `points`."""
    path = path_of(case)
    sender.times[path] = []
    for point in points:
        sender.asked = (case.prm, point) if case.prm and BY_PATH[path].writes else None
        runner.run_case(case)
    return sender.times[path]


class CatalogueSender:
    """Sends demands in the process, and keeps the times of those that succeed, by path, and the
    processor's seconds of all (`cpu`).

    `asked` is a point of the catalogue, and the one that is asked of instead.
    """

    admin_url = None
    logiciel = "bench"

    def __init__(self, client: Caller) -> None:
        self._client = client
        tiers = next(caller for caller in client.simulator.callers if caller.kind == "tiers")
        self._login = tiers.login
        self.reperes = reperes_of_sge(tiers.login, tiers.contrat_id)
        self.asked: tuple[str, str] | None = None
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self.cpu = 0.0

    def call(self, service: str, version: str, demande: Mapping[str, Any]) -> AppelFait:
        """Send a demand."""
        path = f"/{service}/v{version}"
        here, there = self.asked or ("", "")
        message = etree.tostring(envelope_of(path, demande, self._login, here))
        if self.asked:
            message = message.replace(here.encode(), there.encode())
        started, cpu = stopwatch(), process_time()
        answer = self._client.post(path, message)
        spent = elapsed_ms(started)
        self.cpu += process_time() - cpu
        if answer.status == HTTPStatus.OK:
            self.times[path].append(spent)
        return AppelFait(read_answer(answer.content), message, answer.content, answer.status, spent)


def orders(driver: Driver, data_dir: Path, workers: int) -> Load:
    """Order the curve of hundreds of C5 points, one order each, over mutual TLS."""
    options = ["--now", _DAY, "--workers", str(workers)]
    with own_simulator(data_dir, options) as simulator:
        database = Database(Settings(data_dir=data_dir).database)
        with database.sessions() as session:
            points = c5_points(session, _ORDERS)
        database.dispose()
        tiers = simulator.ready["acteurs"]["tiers"]
        case = next(cas for cas in RELEASE.cas if path_of(cas) == _COLLECTE and _of_a_c5(cas))
        model = etree.tostring(request_of(case, tiers["login"], tiers["contrat_id"])).decode()
        assert case.prm is not None
        bodies = [model.replace(case.prm, prm).encode() for prm in points]
        messages = http_messages(simulator.ready, _COLLECTE, bodies)
        return driver.run(
            simulator.ready, messages, 60.0, connections=min(CONNECTIONS, len(bodies)), how="once"
        )


def _of_a_c5(case: Cas) -> bool:
    return case.segment == "C5" and case.attendu.code in (None, "SGT200")
