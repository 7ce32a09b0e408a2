"""Processes are killed at work, when the seed says so: what was acknowledged stands, once, whole.

Orders are taken and the clock runs ahead, so that services start and end, files are published and
delivered, while workers, the administration or all processes end at once. `make test-kills` does it
on SQLite, and on PostgreSQL where a server is named.
"""

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Event

import pytest
import requests
from demandes import COLLECTE
from lxml import etree
from made_states import copy_state, opened
from orders_kit import collecte_message
from postgresql_kit import SERVER, new_database
from running_simulator import XML, RunningSimulator, processes_of, start_simulator
from sqlalchemy import select, text
from state_kit import orderable_points

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.flux.contenus import content_of
from sge_sim.journal import Journal
from sge_sim.tables.flux import FichierFlux

pytestmark = pytest.mark.kills

ROUNDS = int(os.environ.get("SGE_SIM_KILL_ROUNDS", "40"))
NOW = "2025-08-01T10:00"
CLIENTS = 4
KILLS = 2
OPTIONS = (
    *("--population-size", "1200", "--environment", "production", "--workers", "2"),
    *("--delai-activation", "2h", "--journal-max-records", "1000000"),
)


@dataclass
class Witness:
    """What clients were told: the orders that were acknowledged, those that nobody answered."""

    orders: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    refused: Counter[str | None] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Place:
    """A simulator's folder and database."""

    folder: Path
    url: str | None

    def database(self) -> AbstractContextManager[Database]:
        return opened(self.url or sqlite_url(self.folder / "sge-sim.db"))

    @property
    def log(self) -> str:
        """What the last simulator said."""
        return (self.folder / "log.txt").read_text()

    @contextmanager
    def running(self, *options: str) -> Iterator[RunningSimulator]:
        database = () if self.url is None else ("--database-url", self.url)
        with start_simulator(self.folder, *OPTIONS, *database, *options) as running:
            yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "state"
    if request.param == "sqlite":
        copy_state(folder, {"population_size": 1200})
        yield Place(folder, None)
    elif not os.environ.get(SERVER):
        pytest.skip("SERVER=postgresql+psycopg://user@host/postgres names none")
    else:
        with new_database("kills") as url:
            yield Place(folder, url)


def use(
    running: RunningSimulator,
    clock: StoredClock,
    witness: Witness,
    prms: list[str],
    draw: random.Random,
    over: Event,
) -> None:
    """Order until it is over, on a new connection whenever one is lost."""
    session, asker = running.session_of("tiers"), (running.login, running.ready["contrat_id"])
    while not over.is_set():
        day = clock.now().date()
        message = collecte_message(draw.choice(prms), *asker, day, draw.randrange(2, 60))
        try:
            answer = session.post(running.url + COLLECTE, message, headers=XML, timeout=20)
        except requests.RequestException:
            witness.unanswered += 1
            session.close()
            session = running.session_of("tiers")
            time.sleep(0.05)
            continue
        tree = etree.fromstring(answer.content)
        affaire, service = tree.findtext(".//affaireId"), tree.findtext(".//serviceSouscritId")
        if answer.status_code == 200 and affaire and service:
            witness.orders[affaire] = service
        else:
            result = tree.find(".//detail/*/resultat")
            witness.refused[None if result is None else result.get("code")] += 1
    session.close()


def advance(running: RunningSimulator, over: Event) -> None:
    """Have the clock run ahead; what is due is done by the administration, killed or not."""
    asked, headers = {"action": "advance", "duree": "6h"}, {"Prefer": "respond-async"}
    while not over.wait(0.2):
        with suppress(requests.RequestException):
            running.ask("POST", "/api/clock", json=asked, headers=headers)


def kill_some(running: RunningSimulator, witness: Witness, draw: random.Random) -> None:
    """Kill a child at a time, then perhaps the parent, which leaves none of them."""
    parent = running.process.pid
    for _ in range(KILLS):
        time.sleep(draw.uniform(0.2, 1.0))
        _, *children = processes_of(parent)
        with suppress(ProcessLookupError):
            os.kill(draw.choice(children), signal.SIGKILL)
            witness.kills["child"] += 1
    time.sleep(draw.uniform(0.1, 0.6))
    if draw.random() < 0.6:
        for pid in processes_of(parent):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        witness.kills["all"] += 1


def play(place: Place, witness: Witness, prms: list[str], number: int) -> None:
    """Play one round: use, kills, an end."""
    over = Event()
    with (
        place.running() as running,
        place.database() as database,
        ThreadPoolExecutor(CLIENTS + 1) as pool,
    ):
        try:
            clock = StoredClock(database)
            draws = [random.Random(number * CLIENTS + client) for client in range(CLIENTS)]
            work = [pool.submit(use, running, clock, witness, prms, draw, over) for draw in draws]
            work.append(pool.submit(advance, running, over))
            kill_some(running, witness, random.Random(number))
        finally:
            over.set()
    for each in work:
        each.result()
    assert "Traceback" not in place.log, place.log


def lost(place: Place, witness: Witness) -> list[str]:
    """Return the acknowledged orders whose case or service isn't there."""
    asked = text("SELECT affaire_id, service_souscrit_id FROM service_souscrit")
    with place.database() as database, database.reading() as connection:
        known = {tuple(row) for row in connection.execute(asked)}
        cases = {row[0] for row in connection.execute(text("SELECT affaire_id FROM affaire"))}
    return [one for one in witness.orders.items() if one not in known or one[0] not in cases]


TORN = {
    "a case without its service": "SELECT affaire_id FROM affaire WHERE affaire_id NOT IN "
    "(SELECT affaire_id FROM service_souscrit WHERE affaire_id IS NOT NULL)",
    "a case without its declaration, or with two": "SELECT a.affaire_id FROM affaire a LEFT JOIN "
    "autorisation_client c ON c.affaire_id = a.affaire_id GROUP BY a.affaire_id "
    "HAVING count(c.id) <> 1",
    "a case of two services": "SELECT affaire_id FROM service_souscrit "
    "WHERE affaire_id IS NOT NULL GROUP BY affaire_id HAVING count(*) > 1",
    "a service that started without its collection, or with two": "SELECT s.service_souscrit_id "
    "FROM service_souscrit s LEFT JOIN collecte c ON c.service_souscrit_id = s.service_souscrit_id "
    "WHERE s.type = 'TRANSREC' AND s.activated_at IS NOT NULL "
    "GROUP BY s.service_souscrit_id HAVING count(c.id) <> 1",
    "a collection that outlives its service": "SELECT c.id FROM collecte c JOIN service_souscrit s "
    "ON c.service_souscrit_id = s.service_souscrit_id "
    "WHERE (s.etat = 'TERMINE') <> (c.fin IS NOT NULL)",
    "an open case of a service that started": "SELECT a.affaire_id FROM affaire a "
    "JOIN service_souscrit s ON a.affaire_id = s.affaire_id "
    "WHERE (s.etat = 'DEMANDE') <> (a.etat = 'transmise')",
    "a period of a subscription published twice": "SELECT abonnement_numero FROM publication "
    "WHERE abonnement_numero IS NOT NULL GROUP BY abonnement_numero, flux, debut "
    "HAVING count(*) > 1",
    "a gap in the numbers of a subscription": "SELECT abonnement_numero FROM publication "
    "WHERE sequence IS NOT NULL AND abonnement_numero IS NOT NULL GROUP BY abonnement_numero, flux "
    "HAVING max(sequence) <> count(*)",
}
"""What must not be, and the query that finds it."""


def torn(place: Place) -> dict[str, int]:
    """Count what is half done, by kind."""
    with place.database() as database, database.reading() as connection:
        found = {told: len(connection.execute(text(query)).all()) for told, query in TORN.items()}
        if place.url is None:
            for pragma in ("quick_check", "foreign_key_check"):
                rows = connection.execute(text(f"PRAGMA {pragma}")).all()
                found[pragma] = len([row for row in rows if tuple(row) != ("ok",)])
    return {told: number for told, number in found.items() if number}


def spoilt_files(place: Place) -> list[str]:
    """Return the files, made or delivered, whose content isn't the recorded one."""
    with place.database() as database, database.sessions() as session:
        files = session.scalars(select(FichierFlux)).all()
        if place.url is not None:  # they are in the database
            return [
                file.nom
                for file in files
                if sha256(content_of(session, place.folder, file)).hexdigest() != file.sha256
            ]
        copies = [(place.folder / file.chemin, file.sha256) for file in files]
        copies += [
            (place.folder / "flux" / file.contrat_id / file.nom, file.sha256)
            for file in files
            if file.etat == "livre"
        ]
    return [
        path.name
        for path, digest in copies
        if not path.exists() or sha256(path.read_bytes()).hexdigest() != digest
    ]


def recorded(place: Place) -> Counter[str]:
    """Count by case the answers of the journal that acknowledge an order."""
    found: Counter[str] = Counter()
    with place.database() as database:
        journal = Journal.beside(database, place.folder)
        before = None
        while page := journal.find_echanges(limit=500, before_id=before, with_bodies=True):
            before = page[-1].id
            for exchange in page:
                body = (exchange.response or b"").decode()
                found.update(set(re.findall(r"<affaireId>(\w+)</affaireId>", body)))
        journal.close()
    return found


def settle(place: Place) -> None:
    """Have all that is due done, and the journal drained."""
    with place.running() as running:
        admin = running.ready["admin_url"]
        for _ in count():
            done = requests.post(f"{admin}/api/flux/publish", timeout=300)
            assert done.ok, place.log
            files = running.admin("/api/flux", limit=1000)
            if all(file["etat"] == "livre" for file in files):
                break
            time.sleep(0.5)
        health = running.admin("/health")
        assert (health["etat"], health["echanges_perdus"]) == ("ok", 0), health


def test_what_was_acknowledged_stands_once_and_whole(place: Place) -> None:
    witness = Witness()
    with place.running("--now", NOW):
        pass
    with place.database() as database:
        prms = orderable_points(database)
    began = time.monotonic()
    for number in range(ROUNDS):
        play(place, witness, prms, number)
        assert lost(place, witness) == [], f"round {number}"
        assert torn(place) == {}, f"round {number}"
    settle(place)
    told = recorded(place)
    with place.database() as database, database.reading() as connection:
        (orders,) = connection.execute(text("SELECT count(*) FROM affaire")).one()
        (ended,) = connection.execute(
            text("SELECT count(*) FROM service_souscrit WHERE ended_at IS NOT NULL")
        ).one()
        (files,) = connection.execute(text("SELECT count(*) FROM fichier_flux")).one()
    print(
        f"\n{ROUNDS} rounds in {time.monotonic() - began:.0f} s, {dict(witness.kills)} kills: "
        f"{len(witness.orders)} orders acknowledged, {witness.unanswered} calls unanswered, "
        f"{dict(witness.refused)} refused, {orders} cases, {ended} ends, {files} files"
    )
    assert lost(place, witness) == []
    assert torn(place) == {}
    assert spoilt_files(place) == []
    assert len(witness.orders) <= orders <= len(witness.orders) + witness.unanswered
    assert {affaire: told[affaire] for affaire in witness.orders if told[affaire] != 1} == {}
    assert not {None, "SGT500"} & witness.refused.keys()
    assert len(witness.orders) > 5 * ROUNDS, "or nothing was put to the test"
