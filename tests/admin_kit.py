"""The administration and the web services of one simulator, in the process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from demandes import CDC, COLLECTE, collecte_quotidienne, fiche
from in_process import InProcess, simulator_in_process
from lxml import html
from running_simulator import ask
from sqlalchemy.orm import Session
from state_kit import numeros_within, the_point
from waiting import serving

from sge_sim.admin.application import build_admin
from sge_sim.admin.routes import AdminState
from sge_sim.clock import PARIS
from sge_sim.commandes.back_office import BackOffice, Task
from sge_sim.commandes.demandes import Emetteur, MesuresDemandees, order_m023
from sge_sim.commandes.moves import Moves
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.journal import Echange, EchangeRecord, Journal, JournalFeed
from sge_sim.processes.admin_process import _tasks, local_url
from sge_sim.tables.points import Point
from sge_sim.transport.admin_server import AdminServer, Asgi
from sge_sim.transport.listener import bind_loopback

UNKNOWN = "99999999999999"
TEXTS = [each.name for each in fields(EchangeRecord) if each.type == str | None]
"""The fields of an exchange that hold whatever text."""


@dataclass(frozen=True)
class Room:
    """The administration as a browser calls it, and its simulator."""

    services: InProcess
    state: AdminState
    home: str

    @property
    def login(self) -> str:
        return self.services.login

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return what the administration answers, redirections followed."""
        return ask(method, self.home + path, **options)

    def page(self, path: str) -> html.HtmlElement:
        """Return a page, which must be there."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.content)

    def text(self, path: str) -> str:
        """Return the words of a page, spaces made one."""
        return " ".join(self.page(path).text_content().split())

    def press(self, path: str, **fields: str) -> html.HtmlElement:
        """Send a form; return the page that it leads to."""
        answer = self.ask("POST", path, data=fields, headers={"Origin": self.home})
        assert answer.status_code == 200, answer.text
        return html.fromstring(answer.content)

    def call_cdc(self, prm: str = UNKNOWN, login: str | None = None) -> int:
        """Ask for the data sheet of a point; return the number of the exchange."""
        self.services.post(CDC, fiche(login or self.login, prm))
        return self.state.journal.newest_id()

    def order_courbe(self, prm: str, nom: str = "ROCHE") -> None:
        """Have a curve transmitted every day for a year, in the name of a customer."""
        today = self.state.clock.now().astimezone(PARIS).date()
        asker = self.services.login, self.services.contrat_id
        order = collecte_quotidienne(prm, *asker, today, today + timedelta(364), nom)
        answer = self.services.call(COLLECTE, order)
        assert not isinstance(answer, RefusRecu), answer

    def record(self, kind: KindEchange = "soap", **written: Any) -> int:
        """Put an exchange of now into the journal; return its number."""
        self.append(kind, **written)
        return self.state.journal.newest_id()

    def append(self, kind: KindEchange = "soap", **written: Any) -> None:
        """Put an exchange of now into the journal, which stores it once it is read."""
        now = self.state.clock.now()
        given = {"instant": now, "machine_instant": now, "duration_ms": 1.0} | written
        self.state.journal.append(EchangeRecord(kind=kind, **given))

    def exchange(self, number: int) -> Echange:
        """Return an exchange of the journal, whole."""
        found = self.state.journal.find_echange(number)
        assert found is not None
        return found

    def point(self, prm: str) -> Point:
        """Return a point as the database has it."""
        with self.state.database.sessions() as session:
            return the_point(session, prm)


def order_mesures(
    session: Session, emetteur: Emetteur, asked: MesuresDemandees, now: datetime
) -> str:
    """Take a demand of M023 at once; return the number of its case."""
    numeros = numeros_within(session)
    return order_m023(session, numeros, emetteur, asked, now, AUSSITOT).affaire_id


@contextmanager
def control_room(
    data_dir: Path,
    tasks: Sequence[Task] = (),
    guard: Callable[[Asgi], Asgi] = lambda application: application,
    **settings: object,
) -> Iterator[Room]:
    """Open a simulator in `data_dir` with its administration; nothing runs behind.

    A move of the clock has `tasks` done after those of every simulator; `guard` lets in.
    """
    with simulator_in_process(data_dir, **settings) as services:
        simulator = services.simulator
        journal = Journal.beside(simulator.database, data_dir)
        feed = JournalFeed(journal)
        back_office = BackOffice(simulator.clock, (*_tasks(simulator, journal), *tasks))
        moves = Moves(simulator.clock, simulator.database, back_office)
        with bind_loopback("127.0.0.1", 0) as listening, feed.running():
            state = AdminState(
                simulator.settings,
                simulator.database,
                simulator.clock,
                "https://127.0.0.1:1",
                local_url(listening),
                moves,
                journal,
                feed,
                simulator.marques,
            )
            application = guard(build_admin(state))
            with serving(AdminServer(lambda: application, listening)):
                try:
                    yield Room(services, state, f"http://127.0.0.1:{listening.getsockname()[1]}")
                finally:
                    moves.stop()
                    feed.stop()
        journal.close()
