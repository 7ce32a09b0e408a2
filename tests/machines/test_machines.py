"""Clients call two simulators behind HAProxy while one is killed, one is suspended, both restart.

Every command of `docs/plusieurs-machines.md` is run, in one shell, with ports that are free.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests
from demandes import CDC, COLLECTE, fiche
from lxml import etree
from made_states import opened
from orders_kit import collecte_message
from postgresql_kit import SERVER, own_cluster
from running_simulator import XML, processes_of
from sqlalchemy import URL, create_engine, make_url, text
from state_kit import orderable_points
from waiting import eventually

from sge_sim.facts.database import Database
from sge_sim.facts.locks import SILENCE_SECONDS
from sge_sim.facts.stored_clock import StoredClock

pytestmark = pytest.mark.machines

PAGE = Path(__file__).parents[2] / "docs" / "plusieurs-machines.md"
CALLS = int(os.environ.get("SGE_SIM_MACHINES_CALLS", "2000"))
ORDERS = int(os.environ.get("SGE_SIM_MACHINES_ORDERS", "200"))
CLIENTS = 4
PHASES = 4
KEPT_CALLS = 20
"""How many calls a client sends on one connection."""
C5 = "25946599093143"
TODAY = date(2025, 8, 1)
EARLIER = "La date de début doit"
LOCKED = "SGT506"


class Shell:
    """The shell in which the commands of the page are run, one section after the other."""

    def __init__(self, folder: Path, environ: Mapping[str, str], ports: Mapping[str, str]) -> None:
        self._ports = ports
        self._sections = sections(PAGE.read_text())
        self._numbers = count()
        self._folder = folder
        with (folder / "shell.log").open("w") as log:
            self._shell = subprocess.Popen(
                ["bash", "-e"],
                stdin=subprocess.PIPE,
                cwd=folder,
                env={**os.environ, **environ},
                text=True,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    def run(self, section: str, seconds: float = 120) -> None:
        """Run the commands of a section, and wait for the last one."""
        self.type(self._sections[section], seconds)

    def type(self, commands: str, seconds: float = 120) -> None:
        done = self._folder / f"done-{next(self._numbers)}"
        for name, port in self._ports.items():
            commands = commands.replace(name, port)
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{commands}\ntouch {done}\n")
        self._shell.stdin.flush()
        eventually(lambda: done.exists() or self._shell.poll() is not None, seconds, self.log)
        assert done.exists(), self.log()

    def log(self) -> str:
        return (self._folder / "shell.log").read_text()[-4000:]

    def end(self) -> None:
        """End it, and whatever it has started: they are of its session."""
        if self._shell.poll() is None:
            os.killpg(self._shell.pid, signal.SIGTERM)
        self._shell.communicate(timeout=20)


def sections(page: str) -> dict[str, str]:
    """Return the commands of each section: its indented lines."""
    found = {}
    for section in page.split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", body, re.MULTILINE)
        found[title] = re.sub(r"^    ", "", "\n".join(blocks), flags=re.MULTILINE)
    return found


@dataclass
class Witness:
    """What clients were told, by phase."""

    answered: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    locked: Counter[str] = field(default_factory=Counter)
    """Orders that were refused because they waited 2 s for the lock, and sent again."""
    orders: dict[str, tuple[str, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Platform:
    """What the tests know of it: where HAProxy listens, and what a client presents."""

    folder: Path
    url: str
    shell: Shell
    entrance: str
    clock: StoredClock

    def ready(self, machine: int) -> Any:
        """Return the ready file of a machine, once it serves."""
        file = self.folder / f"machine-{machine}.json"
        eventually(file.exists, 120)
        return json.loads(file.read_text())

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = self.ready(1)["ca_file"]
        session.cert = (str(self.folder / "client/chain.pem"), str(self.folder / "client/key.pem"))
        return session

    def admin(self, machine: int, path: str, **asked: Any) -> Any:
        url = self.ready(machine)["admin_url"] + path
        answer = (
            requests.post(url, json=asked, timeout=120) if asked else requests.get(url, timeout=60)
        )
        assert answer.ok, answer.text
        return answer.json()

    def publisher(self) -> int:
        """Return which machine publishes, once one does."""

        def look() -> int | None:
            found = [each for each in (1, 2) if self.admin(each, "/health")["publie"]]
            return found[0] if len(found) == 1 else None

        publisher: int = eventually(look, 60)
        return publisher


@pytest.fixture(scope="module")
def server() -> Iterator[URL]:
    """The server that is named (`make test-machines SERVER=…`), or one of the test's own."""
    if SERVER in os.environ:
        named = make_url(os.environ[SERVER])
        drop_databases(named)  # those that a killed test has left
        yield named
        drop_databases(named)
        return
    with own_cluster() as made:
        yield make_url(made.url)


def drop_databases(server: URL) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("sge", "sge_retour"):
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="module")
def platform(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("machines")
    ports = {
        str(port): str(free_port()) for port in (18081, 18082, 18083, 18404, *range(18441, 18445))
    }
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin",
        "PGHOST": str(server.host),
        "PGPORT": str(server.port or 5432),
        "PGUSER": str(server.username),
        "SGE_SIM_NOW": f"{TODAY}T10:00",
        "SGE_SIM_POPULATION_SIZE": "1200",
        "SGE_SIM_JOURNAL_MAX_RECORDS": "100000",
    }
    shell = Shell(folder, environ, ports)
    try:
        shell.run("De rien", 180)
        shell.type("unset SGE_SIM_NOW")  # or each start would set the clock
        url = server.set(database="sge").render_as_string()
        database = Database(url)
        entrance = f"https://localhost:{ports['18443']}"
        made = Platform(folder, url, shell, entrance, StoredClock(database))
        shell.type(
            "sge-sim cert issue --autorite gandi --nom machines.example.fr --sortie client "
            "--data-dir machine-1\n"
            "sge-sim cert register client/chain.pem --acteur TIERS1 --environment production "
            "--data-dir machine-2"
        )
        yield made
        database.dispose()
        shell.run("La fin")
    finally:
        shell.end()


def test_no_client_loses_an_order_nor_a_file(platform: Platform) -> None:
    began, witness = time.monotonic(), Witness()
    with opened(platform.url) as database:
        prms = iter(orderable_points(database))
    events: tuple[tuple[str, Callable[[], object]], ...] = (
        ("calm", lambda: None),
        ("kill -9", lambda: kill_and_restart(platform)),
        ("SIGSTOP", lambda: suspend_publisher(platform)),
        ("rolling restart", lambda: platform.shell.run("Redémarrer l'un après l'autre", 180)),
    )
    struck = plan_two_strikes(platform)
    for phase, event in events:
        over = threading.Event()
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            work = [pool.submit(use, platform, witness, phase, prms, over) for _ in range(CLIENTS)]
            try:
                time.sleep(1.0)
                event()
                platform.admin(platform.publisher(), "/api/clock", action="advance", duree="36h")
            finally:
                over.set()
        for each in work:
            each.result()
        print(
            f"\n{phase}: {witness.answered[phase]} answered, {witness.cut[phase]} cut, "
            f"{len(witness.orders)} orders in all, {time.monotonic() - began:.0f} s; "
            f"sent again for the lock: {witness.locked[phase]}; refused: {dict(witness.refused)}"
        )
    print(f"struck: {struck(platform)}")
    assert sum(witness.answered.values()) >= CALLS
    assert len(witness.orders) >= ORDERS
    assert witness.cut.keys() <= {"kill -9"}, witness.cut
    assert witness.cut["kill -9"] <= 2 * CLIENTS
    assert not witness.refused
    assert witness.locked.total() <= ORDERS // 10
    check_orders(platform, witness)
    check_files(platform)
    check_identities(platform)
    platform.shell.run("Sauver", 180)
    assert (platform.folder / "machine-3/pki/server/authority.pem").read_bytes() == (
        platform.folder / "machine-1/pki/server/authority.pem"
    ).read_bytes()
    assert time.monotonic() - began < 14 * 60


def use(
    platform: Platform, witness: Witness, phase: str, prms: Iterator[str], over: threading.Event
) -> None:
    """Call and order, until the phase is over and has had its share of both."""
    calls, orders = CALLS // PHASES // CLIENTS + 1, ORDERS // PHASES // CLIENTS + 1
    session, login = platform.session(), platform.ready(1)["login"]
    contrat = platform.ready(1)["contrat_id"]
    number = 0
    while number < calls or not over.is_set():
        number += 1
        if number % KEPT_CALLS == 0:
            session.close()
            session = platform.session()
        orders_now = number % (calls // orders) == 0 and number < calls + calls // orders
        with witness.lock:
            prm = next(prms) if orders_now else ""
        path = COLLECTE if prm else CDC
        try:
            while True:
                day = platform.clock.now().date()
                message = (
                    collecte_message(prm, login, contrat, day, 300) if prm else fiche(login, C5)
                )
                answer = session.post(platform.entrance + path, message, headers=XML, timeout=80)
                if prm and LOCKED in answer.text:
                    with witness.lock:
                        witness.locked[phase] += 1
                elif EARLIER not in answer.text:  # else the clock was moved as it was written
                    break
        except requests.RequestException:
            with witness.lock:
                witness.cut[phase] += 1
            session.close()
            session = platform.session()
            continue
        with witness.lock:
            witness.answered[phase] += 1
            if answer.status_code != 200:
                witness.refused[f"{phase} {answer.status_code} {answer.text[:200]}"] += 1
            elif prm:
                tree = etree.fromstring(answer.content)
                affaire, service = (
                    str(tree.findtext(f".//{name}")) for name in ("affaireId", "serviceSouscritId")
                )
                witness.orders[affaire] = (service, prm)
    session.close()


def kill_and_restart(platform: Platform) -> None:
    """Kill all the processes of the first machine at once, then start it again."""
    for pid in processes_of(platform.ready(1)["pid"]):
        os.kill(pid, signal.SIGKILL)
    time.sleep(2.0)
    platform.shell.type("wait $PID_1 || true\nstart_1\nwait_for machine-1.json\nwait_up machine-1")


def suspend_publisher(platform: Platform) -> None:
    """Suspend the process that publishes, until the other machine does."""
    machine = platform.publisher()
    other = 3 - machine
    _, *children = processes_of(platform.ready(machine)["pid"])
    (admin,) = (pid for pid in children if listens_on(pid, platform.ready(machine)["admin_url"]))
    os.kill(admin, signal.SIGSTOP)
    try:
        eventually(lambda: platform.admin(other, "/health")["publie"], 3 * SILENCE_SECONDS)
        platform.admin(other, "/api/clock", action="advance", duree="36h")
    finally:
        os.kill(admin, signal.SIGCONT)


def listens_on(pid: int, url: str) -> bool:
    port = int(url.rpartition(":")[2])
    listening = {
        line.split()[9]
        for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
    }
    folder = Path(f"/proc/{pid}/fd")
    targets = [str(one.readlink()) for one in folder.iterdir() if one.is_symlink()]
    return any(f"socket:[{inode}]" in targets for inode in listening)


def plan_two_strikes(platform: Platform) -> Callable[[Platform], int]:
    """Plan a panne of two strikes; return what counts how often twelve calls are struck."""
    service = {"service": "RecherchePoint", "sorte": "http502", "au": 2}
    platform.admin(1, "/api/pannes", **service)

    def struck(platform: Platform) -> int:
        answers: Counter[int] = Counter()
        for _ in range(12):
            with platform.session() as session:
                url = platform.entrance + "/RecherchePoint/v2.0"
                answers[session.post(url, b"<vide/>", headers=XML, timeout=80).status_code] += 1
        assert answers == {502: 2, 500: 10}
        return answers[502]

    return struck


def check_orders(platform: Platform, witness: Witness) -> None:
    """Every order that was acknowledged is there, once."""
    with opened(platform.url) as database, database.reading() as connection:
        rows = connection.execute(
            text("SELECT affaire_id, service_souscrit_id, prm FROM service_souscrit")
        ).all()
        (published_twice,) = connection.execute(
            text(
                "SELECT count(*) FROM (SELECT 1 FROM publication GROUP BY abonnement_numero, flux, "
                "debut, affaire_id HAVING count(*) > 1) AS twice"
            )
        ).one()
    known = {affaire: (service, prm) for affaire, service, prm in rows if affaire}
    assert {one: known.get(one) for one in witness.orders} == witness.orders
    by_point = Counter(prm for _, _, prm in rows)
    assert {prm: by_point[prm] for _, prm in witness.orders.values() if by_point[prm] != 1} == {}
    assert len(witness.orders) <= len(known) <= len(witness.orders) + witness.cut.total()
    assert published_twice == 0


def check_files(platform: Platform) -> None:
    """Each file is there once, has arrived, and is the same from either machine."""
    platform.admin(platform.publisher(), "/api/clock", action="advance", duree="15d")
    eventually(
        lambda: {one["etat"] for one in platform.admin(1, "/api/flux?limit=1000")} == {"livre"}, 60
    )
    files = [platform.admin(machine, "/api/flux?limit=1000") for machine in (1, 2)]
    assert files[0] == files[1]
    assert len({(one["contrat_id"], one["nom"]) for one in files[0]}) == len(files[0]) > 5
    for fichier in files[0]:
        for machine in (1, 2):
            url = f"{platform.ready(machine)['admin_url']}/api/flux/{fichier['nom']}/contenu"
            content = requests.get(url, timeout=60).content
            assert sha256(content).hexdigest() == fichier["sha256"]
    print(f"{len(files[0])} files, each once, read from both")


def check_identities(platform: Platform) -> None:
    """There is one authority, and one registered certificate of the client."""
    for name in ("ca_file", "client_cert", "client_key"):
        contents = {Path(platform.ready(machine)[name]).read_bytes() for machine in (1, 2)}
        assert len(contents) == 1
    for machine in (1, 2):
        listed = platform.admin(machine, "/api/certificats")
        assert sum("machines.example.fr" in one["sujet"] for one in listed) == 1


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
