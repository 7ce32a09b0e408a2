"""Planned faults, and which one struck a file."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "panne_prevue",
        sa.Column("numero", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("sorte", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=100), nullable=True),
        sa.Column("acteur", sa.String(length=20), nullable=True),
        sa.Column("prm", sa.String(length=14), nullable=True),
        sa.Column("du", sa.Integer(), nullable=False),
        sa.Column("au", sa.Integer(), nullable=False),
        sa.Column("probabilite", sa.Float(precision=53), nullable=True),
        sa.Column("graine", _NUMBER, nullable=False),
        sa.Column("secondes", sa.Float(precision=53), nullable=True),
        sa.Column("dispersion", sa.Float(precision=53), nullable=False),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_panne_prevue")),
    )
    op.add_column("fichier_flux", sa.Column("panne", _NUMBER, nullable=True))
    op.execute("INSERT INTO numero (sorte, dernier) VALUES ('panne', 0)")
