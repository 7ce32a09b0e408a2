"""How many transactions wrote, and the latest instant at which anything happened."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_INSERT = (
    "INSERT INTO ecriture (id, numero, instant) SELECT 1, 0, MAX(moment) FROM ("
    "SELECT opened_at AS moment FROM affaire UNION ALL "
    "SELECT activated_at FROM service_souscrit WHERE affaire_id IS NOT NULL UNION ALL "
    "SELECT ended_at FROM service_souscrit UNION ALL "
    "SELECT instant FROM evenement WHERE echeance IS NULL) AS moments"
)


def upgrade() -> None:
    op.create_table(
        "ecriture",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("numero", sa.BigInteger(), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ecriture")),
    )
    op.execute(_INSERT)
