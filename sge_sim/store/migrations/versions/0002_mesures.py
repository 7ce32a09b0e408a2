"""What the measures of a point depend on, and the access services."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "calendrier_date",
        _id(),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("cote", sa.String(length=12), nullable=False),
        sa.Column("depuis", sa.Date(), nullable=False),
        sa.Column("calendrier", sa.String(length=15), nullable=False),
        _point("calendrier_date"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendrier_date")),
    )
    op.create_index(op.f("ix_calendrier_date_prm"), "calendrier_date", ["prm"], unique=False)
    op.create_table(
        "collecte",
        _id(),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("service_souscrit_id", sa.String(length=15), nullable=True),
        _point("collecte"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collecte")),
    )
    op.create_index(op.f("ix_collecte_prm"), "collecte", ["prm"], unique=False)
    op.create_index(
        op.f("ix_collecte_service_souscrit_id"), "collecte", ["service_souscrit_id"], unique=False
    )
    op.create_table(
        "service_acces",
        _id(),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("debut", sa.Date(), nullable=False),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("acteur_code", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_service_acces_acteur_code")
        ),
        _point("service_acces"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_acces")),
    )
    op.create_index(op.f("ix_service_acces_prm"), "service_acces", ["prm"], unique=False)
    op.create_table(
        "trou",
        _id(),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=False),
        _point("trou"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trou")),
    )
    op.create_index(op.f("ix_trou_prm"), "trou", ["prm"], unique=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _point(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["prm"], ["point.prm"], name=op.f(f"fk_{table}_prm"), ondelete="CASCADE"
    )
