"""What the tests of the state put in a database, and ask of it that the simulator never does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from journal_kit import open_journal_in
from made_states import prepared_database
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.orm import Session

from sge_sim.clock import start_of_day
from sge_sim.commandes.souscription import Souscription
from sge_sim.domaine.nomenclatures import Sens, TypeServiceAcces
from sge_sim.facts.database import Database
from sge_sim.facts.lecture import questions
from sge_sim.journal import Journal
from sge_sim.tables.acces import acces_services
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.ecritures import Numeros, read_numeros
from sge_sim.tables.point_facts import Faits
from sge_sim.tables.points import POINT_SEEN, Commune, Compteur, Point, find_point
from sge_sim.tables.prepared import Driver, read_at_once

ROMIGUIERES = {"code_postal": "34650", "code_insee": "34231"}

A_POINT = {
    **ROMIGUIERES,
    "commune": "ROMIGUIERES",
    "segment": "C5",
    "etat_contractuel": "SERVC",
    "etat_alimentation": "ALIM",
    "domaine_tension": "BTINF",
    "teleoperable": True,
    "contrat_soutirage": True,
    "contrat_injection": False,
    "provisoire": False,
    "groupement_turpe": False,
    "opposition_courbe": False,
    "graine": 1,
}

AddPoint = Callable[..., str]
"""Inserts a C5 point in service, changed by its arguments, and returns its PRM."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = prepared_database(tmp_path / "sge-sim.db")
    yield database
    database.dispose()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = open_journal_in(tmp_path)
    yield journal
    journal.close()


@pytest.fixture
def add_point(database: Database) -> AddPoint:
    with database.transaction() as session:
        session.add(Commune(**ROMIGUIERES, libelle="ROMIGUIERES"))
        session.add(Commune(code_postal="13100", code_insee="13001", libelle="AIX EN PROVENCE"))
        for code in ("FOURN1", "FOURN2"):
            session.add(Acteur(code=code, nom=code, kind="fournisseur"))
    count = 0

    def add(compteurs: tuple[dict[str, Any], ...] = (), **attributs: Any) -> str:
        nonlocal count
        count += 1
        prm = attributs.pop("prm", f"{count:014d}")
        with database.transaction() as session:
            point = Point(**{**A_POINT, **attributs}, prm=prm)
            point.compteurs = [Compteur(**compteur) for compteur in compteurs]
            session.add(point)
        return prm

    return add


@contextmanager
def statements_of(database: Database | Engine | Connection) -> Iterator[list[tuple[str, Any]]]:
    """Give the statements of the block that go through SQLAlchemy, and their values."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def faits_within(session: Session, **asked: Any) -> Faits:
    """Return facts as the transaction of `session` sees them, its own changes included."""
    wanted = questions(**asked)
    read = read_at_once(Driver.under(session), wanted.values())
    return Faits(**dict(zip(wanted, read, strict=True)))


def count_points(session: Session) -> int:
    """Return how many points there are."""
    return session.scalar(select(func.count()).select_from(Point).where(POINT_SEEN)) or 0


def named_points(session: Session) -> list[Point]:
    """Return the points that are there for a reason (`pourquoi`), by PRM."""
    return list(
        session.scalars(
            select(Point).where(Point.pourquoi.is_not(None), POINT_SEEN).order_by(Point.prm)
        )
    )


def orderable_points(database: Database) -> list[str]:
    """Return the points on which an order can be carried out, by PRM: C5, in service, reachable."""
    wanted = (Point.segment == "C5", Point.teleoperable, Point.etat_contractuel == "SERVC")
    with database.sessions() as session:
        return list(session.scalars(select(Point.prm).where(*wanted).order_by(Point.prm)))


def the_point(session: Session, prm: str) -> Point:
    """Return a point that is there."""
    found = find_point(session, prm)
    assert found is not None
    return found


def numeros_within(session: Session) -> Numeros:
    """The last numbers given."""
    return read_numeros(Driver.under(session))


def faits_to_subscribe(session: Session, prm: str, souscription: Souscription) -> Faits:
    """What an order of collection or transmission asks of the state."""
    faits = faits_within(session, prm=prm, services_of=prm, abonnement=souscription.abonnement)
    return faits._replace(numeros=numeros_within(session))


def grant_acces(
    session: Session,
    prm: str,
    type: TypeServiceAcces,
    sens: Sens,
    contrat: Contrat,
    debut: date,
    fin: date | None = None,
) -> ServiceSouscrit:
    """Open an access service of the actor of a contract on the days [debut, fin)."""
    (service,) = acces_services(session, prm, ((type, sens),), [contrat], start_of_day(debut), fin)
    session.add(service)
    return service
