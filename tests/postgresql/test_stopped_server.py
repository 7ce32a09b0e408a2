"""PostgreSQL is stopped under a simulator, locked, and comes back: what a SOAP client sees."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date

import pytest
import requests
from catalogue_requests import envelope_of
from lxml import etree
from made_states import opened
from orders_kit import C5, NOW, TODAY, Orders
from postgresql_kit import Cluster
from running_simulator import RunningSimulator, start_simulator
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from waiting import eventually

from sge_sim.facts.database import Database
from sge_sim.facts.outage import DATABASE_UNREACHABLE, unreachable_sentence
from sge_sim.schema.data_folder import prepare
from sge_sim.tables.points import Commune

pytestmark = pytest.mark.postgresql

SOON = 5.0
READING = "/ConsultationDonneesTechniquesContractuelles/v1.0"


@pytest.fixture(scope="module")
def running(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSimulator]:
    folder = tmp_path_factory.mktemp("stopped")
    options = (
        *("--population-size", "0", "--now", NOW, "--workers", "2"),
        *("--data-connect", "--data-connect-port", "0"),
    )
    with start_simulator(folder, "--database-url", cluster.url, *options) as simulator:
        yield simulator


class OrdersOfToday(Orders):
    """Orders whose date isn't asked of the administration, which has no database either."""

    @property
    def today(self) -> date:
        return TODAY


def ask(running: RunningSimulator, number: int) -> str:
    """Order (or read, one time in two); return the code of the fault, « accepted » otherwise."""
    orders = OrdersOfToday(running)
    began = time.monotonic()
    answer = orders.collecte(C5) if number % 2 else orders.services(C5)
    assert time.monotonic() - began < SOON
    return answer if isinstance(answer, str) else "accepted"


def log_of(running: RunningSimulator) -> str:
    return (running.data_dir / "log.txt").read_text()


def test_a_stopped_server_is_told_in_soap_and_its_return_needs_no_restart(
    running: RunningSimulator, cluster: Cluster
) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(lambda _: ask(running, 0), range(16))) == {"accepted": 16}
        cluster.stop()
        told = Counter(pool.map(lambda number: ask(running, number), range(40)))
        assert told == {"SGT506": 20, "SGT500": 20}, "searching services doesn't list SGT506"
        refused = requests.get(running.ready["admin_url"] + "/api/clock", timeout=SOON)
        assert refused.status_code == 503
        assert "la base de données ne répond pas" in refused.json()["detail"]
        eventually(lambda: "Le back-office attend" in log_of(running), SOON)
        cluster.start()
        assert Counter(pool.map(lambda _: ask(running, 0), range(16))) == {"accepted": 16}
    assert ask(running, 1) == "accepted"
    # The journal is drained again.
    eventually(lambda: running.admin("/health")["etat"] == "ok", SOON)
    log = log_of(running)
    assert "Traceback" not in log
    assert log.count("Le back-office attend") == 1
    recorded = Counter(one["code"] for one in running.admin("/api/journal", limit=1000))
    assert (recorded["SGT506"], recorded["SGT500"]) == (20, 20)


@contextmanager
def in_the_middle(running: RunningSimulator, cluster: Cluster) -> Iterator[list[Future[str]]]:
    """Give the codes that orders and readings are answered while the server works for them: they
    wait for a lock of somebody who lets go of it in the end, if the server still runs."""
    paths = ("/CommandeCollectePublicationMesures/v3.0", READING)
    bodies = (
        {"demande": OrdersOfToday(running).collecte_body(C5)},
        {"pointId": C5, "loginUtilisateur": running.login, "autorisationClient": "true"},
    )
    asked = [
        (path, etree.tostring(envelope_of(path, body, running.login, C5)))
        for path, body in zip(paths, bodies, strict=True)
    ]

    def post(path: str, envelope: bytes) -> str:
        began, headers = time.monotonic(), {"Content-Type": "text/xml"}
        session = running.session_of("tiers")
        answer = session.post(running.url + path, envelope, headers=headers, timeout=60)
        assert time.monotonic() - began < SOON
        (result,) = etree.fromstring(answer.content).iterfind(".//detail/*/resultat")
        return str(result.get("code"))

    engine = create_engine(cluster.url)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(12) as pool, suppress(DBAPIError), engine.begin() as holder:
        holder.execute(text("LOCK TABLE point"))
        answered = [pool.submit(post, *each) for each in asked * 6]
        eventually(lambda: (holder.scalar(waiting) or 0) >= 6, SOON)
        yield answered
    engine.dispose()


def test_a_server_that_freezes_is_told_as_one_that_stops_and_within_five_seconds(
    running: RunningSimulator, cluster: Cluster
) -> None:
    with in_the_middle(running, cluster) as answered, cluster.frozen():
        frozen = Counter(each.result() for each in answered)
    with in_the_middle(running, cluster) as answered, cluster.stopped():
        stopped = Counter(each.result() for each in answered)
    assert frozen == stopped == {"SGT506": 12}


def test_a_restart_leaves_no_traceback(running: RunningSimulator, cluster: Cluster) -> None:
    """Whoever is in the middle of something: calls, Data Connect, a page that follows."""
    url, admin = running.ready["data_connect_url"], running.ready["admin_url"]
    with (
        in_the_middle(running, cluster) as answered,
        requests.get(f"{admin}/journal/direct", stream=True, timeout=30) as followed,
    ):
        lines = followed.iter_lines()
        next(lines)
        with cluster.stopped():
            assert {each.result() for each in answered} == {"SGT506"}
            token = requests.post(f"{url}/oauth2/v3/token", {}, verify=running.ready["ca_file"])
            assert token.status_code == 500
            with suppress(requests.RequestException):
                while next(lines, None) is not None:
                    pass
    eventually(lambda: ask(running, 0) == "accepted", SOON)
    assert "Traceback" not in log_of(running)


def test_an_order_that_waits_for_a_lock_is_told_so_soon(
    running: RunningSimulator, cluster: Cluster
) -> None:
    engine = create_engine(cluster.url)
    with engine.begin() as holder:
        holder.execute(text("SELECT numero FROM ecriture FOR UPDATE"))
        assert ask(running, 0) == "accepted"
        assert ask(running, 1) == "SGT506"
    engine.dispose()
    assert ask(running, 1) == "SGT570", "the curve that was ordered before"


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        url = f"postgresql+psycopg://sge@127.0.0.1:{port}/sge"
        with opened(url, patience_seconds=2) as database:
            began = time.monotonic()
            with pytest.raises(DATABASE_UNREACHABLE), database.reading():
                pass
            assert time.monotonic() - began < SOON


def test_a_frozen_server_is_given_up_by_all_who_look(cluster: Cluster) -> None:
    """A suspended machine keeps its sockets: TCP sees nothing."""
    database = Database(cluster.url)
    prepare(database)
    memoire = database.memoire
    before = memoire.look().edition

    def look(_: int) -> str:
        began = time.monotonic()
        with pytest.raises(DATABASE_UNREACHABLE) as told:
            memoire.look()
        assert time.monotonic() - began < SOON
        return unreachable_sentence(told.value)

    with ThreadPoolExecutor(8) as pool, database.reading() as connection:
        connection.execute(text("SELECT 1"))
        with cluster.frozen():
            told = set(pool.map(look, range(8)))
            began = time.monotonic()
            with pytest.raises(DATABASE_UNREACHABLE, match=r"ne dit rien depuis [34] s"):
                connection.execute(text("SELECT 1"))
            assert time.monotonic() - began < SOON
    assert any("le serveur ne dit rien depuis" in sentence for sentence in told)
    assert memoire.look().edition == before
    database.dispose()


def test_a_server_that_restarts_between_two_looks_fails_none(cluster: Cluster) -> None:
    with opened(cluster.url) as database:
        prepare(database)
        before = database.memoire.look().edition
        cluster.stop()
        cluster.start()
        assert database.memoire.look().edition == before


def test_a_session_that_reads_sees_one_state_whatever_is_committed_meanwhile(
    cluster: Cluster,
) -> None:
    database = Database(cluster.new_database("un_etat"))
    prepare(database)

    def communes(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(Commune)) or 0

    with database.sessions() as reading:
        assert communes(reading) == 0
        with database.transaction() as session:
            session.add(Commune(code_postal="13100", code_insee="13001", libelle="AIX"))
        assert communes(reading) == 0
    with database.sessions() as reading:
        assert communes(reading) == 1
    database.dispose()


def test_a_publication_lets_the_server_gather_what_it_reads(cluster: Cluster) -> None:
    database = Database(cluster.url, patience_seconds=0.2)
    work = text("SELECT pg_sleep(1.6)")
    with database.sessions(at_length=True) as reading:
        reading.execute(work)
    with (
        database.sessions() as reading,
        pytest.raises(DATABASE_UNREACHABLE, match="ne dit rien depuis 1 s"),
    ):
        reading.execute(work)
    database.dispose()
