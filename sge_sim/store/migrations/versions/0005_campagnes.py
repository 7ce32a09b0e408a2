"""Observed campaigns of the homologation."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "campagne",
        sa.Column("id", number, nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("release", sa.String(length=20), nullable=False),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dernier_echange", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_campagne_acteur_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campagne")),
    )
    op.create_index(op.f("ix_campagne_acteur_code"), "campagne", ["acteur_code"])
    op.create_table(
        "observation_campagne",
        sa.Column("campagne_id", number, nullable=False),
        sa.Column("echange_id", number, nullable=False),
        sa.Column("contenu", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campagne_id"], ["campagne.id"], name=op.f("fk_observation_campagne_campagne_id")
        ),
        sa.PrimaryKeyConstraint("campagne_id", "echange_id", name=op.f("pk_observation_campagne")),
    )
