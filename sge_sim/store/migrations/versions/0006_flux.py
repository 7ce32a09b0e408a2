"""Channels, publications and the files that they deliver."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "canal",
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("type", sa.String(length=7), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("chiffrement", sa.String(length=6), nullable=False),
        sa.Column("cle", sa.String(length=64), nullable=True),
        sa.Column("iv", sa.String(length=32), nullable=True),
        sa.Column("cle_hote", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_canal_contrat_id")
        ),
        sa.PrimaryKeyConstraint("contrat_id", name=op.f("pk_canal")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("flux", sa.String(length=4), nullable=False),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("abonnement_numero", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("affaire_id", sa.String(length=8), nullable=True),
        sa.Column("debut", sa.Date(), nullable=True),
        sa.Column("fin", sa.Date(), nullable=True),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("emise", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["abonnement_numero"],
            ["abonnement.numero"],
            name=op.f("fk_publication_abonnement_numero"),
        ),
        sa.ForeignKeyConstraint(
            ["affaire_id"],
            ["affaire.affaire_id"],
            name=op.f("fk_publication_affaire_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_publication_contrat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("abonnement_numero", "flux", "debut"),
        sa.UniqueConstraint("affaire_id"),
    )
    op.create_table(
        "fichier_flux",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("nom", sa.String(length=255), nullable=False),
        sa.Column("prms", sa.Text(), nullable=False),
        sa.Column("taille", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chemin", sa.Text(), nullable=False),
        sa.Column("etat", sa.String(length=8), nullable=False),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("prochain_essai", sa.DateTime(timezone=True), nullable=True),
        sa.Column("livre_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erreur", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_fichier_flux_contrat_id")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
            name=op.f("fk_fichier_flux_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fichier_flux")),
        sa.UniqueConstraint("contrat_id", "nom"),
    )
    op.create_index(
        "ix_fichier_flux_etat", "fichier_flux", ["etat", "contrat_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_fichier_flux_publication_id"), "fichier_flux", ["publication_id"], unique=False
    )
