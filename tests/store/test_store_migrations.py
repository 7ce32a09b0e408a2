"""What migrations make of the rows of an older database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, inspect, select

from sge_sim.store import schema
from sge_sim.store.annonces import unannounced_ends
from sge_sim.store.campagnes import last_observed
from sge_sim.store.commandes import Abonnement, ServiceSouscrit, abonnement_of
from sge_sim.store.database import Database, sqlite_url

BEFORE_DIRECTIONS = "0006"
BEFORE_THE_JOURNAL_LEFT = "0008"
BEFORE_ENDS_WERE_ANNOUNCED = "0018"
ANYTHING: dict[type, Any] = {
    str: "X",
    int: 0,
    float: 0.0,
    bool: False,
    date: date(2025, 1, 1),
    datetime: datetime(2025, 1, 1, tzinfo=UTC),
}


class OldRows:
    """Puts rows in a database of an older revision, whose columns the models don't know."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = MetaData()
        self.tables.reflect(connection)

    def add(self, table: str, **values: Any) -> None:
        """Insert a row; columns that can't be empty and aren't given hold anything."""
        columns = self.tables.tables[table].columns
        needed = {one.name: ANYTHING[one.type.python_type] for one in columns if not one.nullable}
        self.connection.execute(self.tables.tables[table].insert(), {**needed, **values})


@contextmanager
def database_of(folder: Path, revision: str) -> Iterator[tuple[Database, OldRows]]:
    database = Database(sqlite_url(folder / "sge-sim.db"))
    with database.writing_connection() as connection, connection.begin():
        command.upgrade(schema.alembic_config(connection), revision)
        yield database, OldRows(connection)


@pytest.mark.assumed("a number that both directions shared stays that of its services")
def test_subscriptions_keep_their_number_and_get_a_direction(tmp_path: Path) -> None:
    numbers = {1: ("SOUTIRAGE", "INJECTION"), 2: ("INJECTION",), 3: ("SOUTIRAGE",), 4: ()}
    with database_of(tmp_path, BEFORE_DIRECTIONS) as (database, old):
        old.add("acteur", code="T")
        old.add("contrat", contrat_id="C", acteur_code="T")
        old.add("commune", code_postal="1", code_insee="2")
        old.add("point", prm="P", code_postal="1", code_insee="2")
        for numero, directions in numbers.items():
            old.add(
                "abonnement",
                numero=numero,
                contrat_id="C",
                mesures_type="CDC",
                periodicite=f"P{numero}D",
            )
            for sens in directions:
                old.add(
                    "service_souscrit",
                    service_souscrit_id=f"{numero}{sens}"[:15],
                    prm="P",
                    contrat_id="C",
                    sens=sens,
                    abonnement_numero=numero,
                )
            old.add("publication", id=numero, contrat_id="C", abonnement_numero=numero)
    database.prepare()
    with database.transaction() as session:
        assert {one.numero: one.sens for one in session.scalars(select(Abonnement))} == {
            1: "SOUTIRAGE",
            2: "INJECTION",
            3: "SOUTIRAGE",
            4: "SOUTIRAGE",
        }
        assert session.scalars(
            select(ServiceSouscrit.abonnement_numero).order_by(ServiceSouscrit.abonnement_numero)
        ).all() == [1, 1, 2, 3]
        # The other direction of a number gets one of its own, referred to as the old ones are.
        other = abonnement_of(session, "C", "CDC", "INJECTION", "P1D")
        assert other not in numbers
        broken = session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
        assert not broken
    database.dispose()


def test_the_exchanges_leave_the_state_and_campaigns_remember_how_far_they_went(
    tmp_path: Path,
) -> None:
    with database_of(tmp_path, BEFORE_THE_JOURNAL_LEFT) as (database, old):
        old.add("acteur", code="T")
        old.add("echange", id=41)
        old.add("campagne", id=1, acteur_code="T", dernier_echange=41)
    database.prepare()
    assert "echange" not in inspect(database.engine).get_table_names()
    with database.sessions() as session:
        assert last_observed(session) == 41
    database.dispose()


@pytest.mark.assumed("nobody is told of what ended before ends were told")
def test_what_ended_before_ends_were_announced_counts_as_announced(tmp_path: Path) -> None:
    ended = datetime(2025, 6, 1, tzinfo=UTC)
    with database_of(tmp_path, BEFORE_ENDS_WERE_ANNOUNCED) as (database, old):
        old.add("acteur", code="T")
        old.add("contrat", contrat_id="C", acteur_code="T")
        old.add("commune", code_postal="1", code_insee="2")
        old.add("point", prm="P", code_postal="1", code_insee="2")
        old.add("affaire", affaire_id="A", prm="P", acteur_code="T", contrat_id="C")
        for numero, ended_at in (("1", ended), ("2", None)):
            old.add(
                "service_souscrit",
                service_souscrit_id=numero,
                prm="P",
                contrat_id="C",
                affaire_id="A",
                activated_at=datetime(2025, 1, 1, tzinfo=UTC),
                ended_at=ended_at,
            )
    database.prepare()
    with database.transaction() as session:
        assert unannounced_ends(session) == ()
        session.get_one(ServiceSouscrit, "2").ended_at = ended
        assert [one.service_souscrit_id for one in unannounced_ends(session)] == ["2"]
    database.dispose()
