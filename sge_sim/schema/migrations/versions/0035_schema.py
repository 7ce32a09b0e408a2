"""Every table, and the rows that stand in them from the first.

No version is published yet, so the tables are those of the models, and whoever changes a table
raises the number of this file: a database of another number is refused. With the first published
version these tables are written out here, and each later change is a migration of its own.
"""

from alembic import op
from sqlalchemy import insert

from sge_sim.tables.models import Base, Ecriture, Numero

revision = "0035"
down_revision = None

_FIRST = {
    "affaire": 170_000_000,
    "service_souscrit": 64_700_000,
    "abonnement": 3_182_900,
    "autorisation": 1_600_000,
    "panne": 0,
}
"""Where each series of numbers starts: the shapes of the recorded ones, and no number of theirs."""


def upgrade() -> None:
    connection = op.get_bind()
    Base.metadata.create_all(connection, checkfirst=False)
    numeros = [{"sorte": sorte, "dernier": dernier} for sorte, dernier in _FIRST.items()]
    connection.execute(insert(Numero), numeros)
    connection.execute(insert(Ecriture), {"id": 1, "numero": 0})
