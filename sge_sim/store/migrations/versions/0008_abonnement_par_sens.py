"""A subscription number per direction of the measures.

A number that both directions shared stays that of its services until they end.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_UNIQUE = ("contrat_id", "mesures_type", "sens", "periodicite")


def upgrade() -> None:
    op.add_column("abonnement", sa.Column("sens", sa.String(length=9), nullable=True))
    op.execute(
        # The greatest is INJECTION where there is nothing else.
        "UPDATE abonnement SET sens = COALESCE((SELECT MAX(service_souscrit.sens) "
        "FROM service_souscrit WHERE abonnement_numero = numero), 'SOUTIRAGE')"
    )
    if op.get_bind().dialect.name == "sqlite":
        _make_again()
    else:
        op.alter_column("abonnement", "sens", nullable=False)
        op.drop_constraint("abonnement_contrat_id_mesures_type_periodicite_key", "abonnement")
        op.create_unique_constraint(None, "abonnement", _UNIQUE)


def _make_again() -> None:
    """Make the table with its rows: SQLite drops no constraint of a table.

    Rows that refer to it are looked at when the transaction ends: those that they refer to are
    then inserted again under the same name, which Alembic's batch mode wouldn't do.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE abonnement_avant AS SELECT * FROM abonnement")
    op.drop_table("abonnement")
    op.create_table(
        "abonnement",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("mesures_type", sa.String(length=3), nullable=False),
        sa.Column("sens", sa.String(length=9), nullable=False),
        sa.Column("periodicite", sa.String(length=15), nullable=False),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_abonnement_contrat_id")
        ),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_abonnement")),
        sa.UniqueConstraint(*_UNIQUE),
    )
    op.execute(
        "INSERT INTO abonnement (numero, contrat_id, mesures_type, sens, periodicite) "
        "SELECT numero, contrat_id, mesures_type, sens, periodicite FROM abonnement_avant"
    )
    op.drop_table("abonnement_avant")
