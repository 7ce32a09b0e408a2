"""A backlog of thousands, and somebody who posts consents without end: nobody else waits long."""

import itertools
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import held_lock
import pytest
from catalogue_requests import envelope_of
from dataconnect_kit import C5, Client
from demandes import CDC, COLLECTE, collecte_quotidienne
from lives import CURVE, commande
from lxml import etree
from made_states import copy_state, opened
from running_simulator import XML, RunningSimulator, start_simulator
from sqlalchemy import func, select
from state_kit import faits_to_subscribe

from sge_sim.clock import legal_date, parse_instant
from sge_sim.commandes.affaires import subscribe
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.points import Point

pytestmark = pytest.mark.soak

OVERDUE = 5_000
CALLS = 1_000
CLIENTS = 8
CONSENTING = 2
NOW = parse_instant("2025-08-01T12:00")
DAY = timedelta(days=1)
RECHERCHE = "/RechercheServicesSouscritsMesures/v1.0"


@dataclass(frozen=True)
class Outcome:
    """What the calls got, and how long each took in seconds, in order of length."""

    codes: Counter[str | None]
    seconds: list[float]
    waits: list[float]

    @property
    def p99(self) -> float:
        return self.seconds[len(self.seconds) * 99 // 100]

    def __str__(self) -> str:
        middle, worst = self.seconds[len(self.seconds) // 2], self.seconds[-1]
        return (
            f"{dict(self.codes)}, p50 {middle * 1000:.0f} ms, p99 {self.p99 * 1000:.0f} ms, "
            f"longest {worst * 1000:.0f} ms, for the lock {self.waits[-1] * 1000:.0f} ms"
        )


def order_many(folder: Path, after: timedelta) -> list[str]:
    """Order thousands of services that start `after` a while; return the points."""
    copy_state(folder, {"population_size": 1200})
    database = Database(sqlite_url(folder / "sge-sim.db"))
    agreed = Declaration(True, "ROCHE", True, False)
    prestation = prestation_collecte("C5", "SOUTIRAGE", "CDC", recurrente=True)
    begin, end = legal_date(NOW), legal_date(NOW + 365 * DAY)
    curve = replace(CURVE, date_debut=begin, date_fin=end)
    with database.sessions() as session:
        wanted = (Point.segment == "C5", Point.teleoperable, Point.prm != C5)
        prms = list(session.scalars(select(Point.prm).where(*wanted).order_by(Point.prm)))
    steps = [replace(curve, pas=f"PT{minutes}M") for minutes in (30, 10, 15, 20, 25, 35, 40)]
    ordered = list(itertools.islice(itertools.product(steps, prms), OVERDUE))
    for some in (ordered[at : at + 250] for at in range(0, OVERDUE, 250)):
        with database.transaction() as session:
            for souscription, prm in some:
                asked = commande(prm, "TIERS1", NOW, objet="AME", delai=after)
                faits = faits_to_subscribe(session, prm, souscription)
                same = souscription.among(faits.services)
                subscribe(session, asked, faits, souscription, same, prestation, agreed)
    database.dispose()
    return prms


def messages(running: RunningSimulator, prms: Sequence[str]) -> list[tuple[str, bytes]]:
    """Return mixed calls about points that something is due on."""
    login, contrat_id = running.login, running.ready["contrat_id"]
    today = legal_date(NOW + 2 * DAY)
    draw = random.Random(22)
    made = []
    for number in range(CALLS):
        prm = draw.choice(prms)
        match number % 5:
            case 0 | 1:
                path = CDC
                asked = {"pointId": prm, "loginUtilisateur": login, "autorisationClient": True}
            case 2:
                path = RECHERCHE
                criteres = {"pointId": prm, "contratId": contrat_id}
                asked = {"criteres": criteres, "loginUtilisateur": login}
            case _:  # new ones, and the same again, which are refused
                path = COLLECTE
                days = today, today + 365 * DAY
                asked = collecte_quotidienne(prm, login, contrat_id, *days)
                asked["demande"]["accesMesures"]["periodiciteTransmission"] = "P1M"
        made.append((path, etree.tostring(envelope_of(path, asked, login, prm))))
    return made


def call_all(running: RunningSimulator, calls: Sequence[tuple[str, bytes]]) -> Outcome:
    """Send the calls, by so many clients at once."""
    codes: Counter[str | None] = Counter()
    seconds: list[float] = []

    def client(mine: Sequence[tuple[str, bytes]]) -> None:
        with running.session_of("tiers") as session:
            for path, message in mine:
                began = time.monotonic()
                answer = session.post(running.url + path, message, headers=XML, timeout=60)
                seconds.append(time.monotonic() - began)
                result = etree.fromstring(answer.content).find(".//detail/*/resultat")
                codes[None if result is None else result.get("code")] += 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, [calls[rank::CLIENTS] for rank in range(CLIENTS)]))
    return Outcome(codes, sorted(seconds), [])


@contextmanager
def consenting(running: RunningSimulator, *prms: str) -> Iterator[list[int]]:
    """Have some post the consent page of v1 without a pause; give the statuses."""
    over, statuses = Event(), list[int]()

    def post() -> None:
        client = Client(running)
        with client.http:
            while not over.is_set():
                statuses.append(client.decide(*prms, version="v1").status_code)

    with ThreadPoolExecutor(CONSENTING) as pool:
        for _ in range(CONSENTING):
            pool.submit(post)
        try:
            yield statuses
        finally:
            over.set()


def measured(folder: Path, after: timedelta, prms_consented: Sequence[str]) -> Outcome:
    """Return what the calls got while what was due within two days is done."""
    prms = order_many(folder, after)
    waits = folder / "waits"
    waits.mkdir()
    options = (
        *("--now", NOW.isoformat(), "--workers", "2"),
        *("--data-connect", "--data-connect-port", "0", "--no-quotas"),
    )
    environ = {**os.environ, held_lock.WAITS: str(waits)}
    with start_simulator(folder, *options, environ=environ) as running:
        calls = messages(running, prms)
        call_all(running, calls[:40])  # what is loaded at a first call
        with consenting(running, *prms_consented):
            for file in waits.glob("*.waits"):
                file.write_text("")
            asked, headers = {"action": "advance", "duree": "2d"}, {"Prefer": "respond-async"}
            moved = running.ask("POST", "/api/clock", json=asked, headers=headers)
            assert moved.status_code in (200, 202), moved.text
            outcome = call_all(running, calls)
            outcome = replace(outcome, waits=held_lock.waits(waits))
            deadline = time.monotonic() + 120
            while after < 2 * DAY and started(folder) < OVERDUE:
                assert time.monotonic() < deadline
                time.sleep(0.5)
    return outcome


def started(folder: Path) -> int:
    """Count the services that were ordered before, and have started."""
    mine = (ServiceSouscrit.ordered_at == NOW, ServiceSouscrit.etat != "DEMANDE")
    with opened(sqlite_url(folder / "sge-sim.db")) as database, database.sessions() as session:
        return session.scalar(select(func.count()).where(*mine)) or 0


def test_nobody_waits_for_a_backlog_nor_for_consents_without_end(tmp_path: Path) -> None:
    honest = measured(tmp_path / "honest", 100 * DAY, [C5])
    attacked = measured(tmp_path / "attacked", DAY, [C5] * 200)
    print(f"\nbeside honest clients: {honest}\nbeside the backlog and the consents: {attacked}")
    assert attacked.codes["SGT506"] + attacked.codes["SGT500"] == 0
    assert attacked.waits[-1] < 1.0
    assert attacked.p99 <= 2 * honest.p99
