"""The recurrent publications that an access service may carry."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "option_publication",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_souscrit_id", sa.String(length=15), nullable=False),
        sa.Column("corrigees", sa.Boolean(), nullable=True),
        sa.Column("periodicite", sa.String(length=15), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_souscrit_id"],
            ["service_souscrit.service_souscrit_id"],
            name=op.f("fk_option_publication_service_souscrit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_option_publication")),
    )
    op.create_index(
        op.f("ix_option_publication_service_souscrit_id"),
        "option_publication",
        ["service_souscrit_id"],
        unique=False,
    )
