"""Demands of M023, and the recurrent files of access services."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "demande_m023",
        sa.Column("affaire_id", sa.String(length=8), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("login", sa.String(length=255), nullable=False),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("flux", sa.String(length=4), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("prms", sa.Text(), nullable=False),
        sa.Column("sens", sa.String(length=9), nullable=False),
        sa.Column("cadre", sa.String(length=13), nullable=False),
        sa.Column("corrigees", sa.Boolean(), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=True),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.Column("etat", sa.String(length=13), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_demande_m023_acteur_code")
        ),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_demande_m023_contrat_id")
        ),
        sa.PrimaryKeyConstraint("affaire_id", name=op.f("pk_demande_m023")),
    )
    op.create_index("ix_demande_m023_etat", "demande_m023", ["etat", "due_at"])
    op.create_index("ix_demande_m023_opened", "demande_m023", ["flux", "opened_at"])
    op.add_column("publication", sa.Column("m023_id", sa.String(length=8), nullable=True))
    op.add_column("publication", sa.Column("periodicite", sa.String(length=15), nullable=True))
    op.add_column("publication", sa.Column("corrigees", sa.Boolean(), nullable=True))
