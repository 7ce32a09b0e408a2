"""Every table, and the rows that stand in them from the first.

No version is published yet, so the tables are those of the models, and whoever changes a table
raises the number of this file: a database of another number is refused. With the first published
version these tables are written out here, and each later change is a migration of its own.
"""

from alembic import op

from sge_sim.store.models import Base, Ecriture, Numero

revision = "0022"
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
    Base.metadata.create_all(op.get_bind(), checkfirst=False)
    numeros = [{"sorte": sorte, "dernier": dernier} for sorte, dernier in _FIRST.items()]
    op.bulk_insert(Numero.__table__, numeros)
    op.bulk_insert(Ecriture.__table__, [{"id": 1, "numero": 0}])
