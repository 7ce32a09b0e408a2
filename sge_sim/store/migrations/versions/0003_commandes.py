"""Cases, subscribed services, demands of files, declarations, events of the points."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Where each series of numbers starts: the shapes of the recorded ones, and no number of theirs.
_FIRST = {"affaire": 170_000_000, "service_souscrit": 64_700_000, "abonnement": 3_182_900}


def upgrade() -> None:
    op.create_table(
        "numero",
        sa.Column("sorte", sa.String(length=16), nullable=False),
        sa.Column("dernier", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sorte", name=op.f("pk_numero")),
    )
    op.create_table(
        "abonnement",
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("mesures_type", sa.String(length=3), nullable=False),
        sa.Column("periodicite", sa.String(length=15), nullable=False),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_abonnement_contrat_id")
        ),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_abonnement")),
        sa.UniqueConstraint("contrat_id", "mesures_type", "periodicite"),
    )
    op.create_table(
        "affaire",
        sa.Column("affaire_id", sa.String(length=8), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("login", sa.String(length=255), nullable=False),
        sa.Column("objet", sa.String(length=15), nullable=False),
        sa.Column("fiche", sa.String(length=15), nullable=False),
        sa.Column("option", sa.String(length=15), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("demande", sa.Text(), nullable=False),
        sa.Column("etat", sa.String(length=13), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echeance", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_affaire_acteur_code")
        ),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_affaire_contrat_id")
        ),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_affaire_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("affaire_id", name=op.f("pk_affaire")),
    )
    op.create_index(op.f("ix_affaire_echeance"), "affaire", ["echeance"], unique=False)
    op.create_index(op.f("ix_affaire_prm"), "affaire", ["prm"], unique=False)
    op.create_table(
        "evenement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delai_s", sa.Integer(), nullable=False),
        sa.Column("echeance", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_evenement_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evenement")),
    )
    op.create_index(op.f("ix_evenement_echeance"), "evenement", ["echeance"], unique=False)
    op.create_index(op.f("ix_evenement_prm"), "evenement", ["prm"], unique=False)
    op.create_table(
        "autorisation_client",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("affaire_id", sa.String(length=8), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("personne_physique", sa.Boolean(), nullable=True),
        sa.Column("nom", sa.Text(), nullable=True),
        sa.Column("portee", sa.String(length=255), nullable=False),
        sa.Column("soutirage", sa.Boolean(), nullable=False),
        sa.Column("injection", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_autorisation_client_acteur_code")
        ),
        sa.ForeignKeyConstraint(
            ["affaire_id"],
            ["affaire.affaire_id"],
            name=op.f("fk_autorisation_client_affaire_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_autorisation_client_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autorisation_client")),
    )
    op.create_index(
        op.f("ix_autorisation_client_acteur_code"),
        "autorisation_client",
        ["acteur_code"],
        unique=False,
    )
    op.create_index(
        op.f("ix_autorisation_client_prm"), "autorisation_client", ["prm"], unique=False
    )
    op.create_table(
        "demande_historique",
        sa.Column("affaire_id", sa.String(length=8), nullable=False),
        sa.Column("mesures_type", sa.String(length=3), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=False),
        sa.Column("corrigees", sa.Boolean(), nullable=False),
        sa.Column("pas_minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["affaire_id"],
            ["affaire.affaire_id"],
            name=op.f("fk_demande_historique_affaire_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("affaire_id", name=op.f("pk_demande_historique")),
    )
    op.create_table(
        "demande_infra_j",
        sa.Column("affaire_id", sa.String(length=8), nullable=False),
        sa.Column("injection", sa.Boolean(), nullable=False),
        sa.Column("soutirage", sa.Boolean(), nullable=False),
        sa.Column("cdc", sa.Boolean(), nullable=False),
        sa.Column("idx", sa.Boolean(), nullable=False),
        sa.Column("ptd", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["affaire_id"],
            ["affaire.affaire_id"],
            name=op.f("fk_demande_infra_j_affaire_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("affaire_id", name=op.f("pk_demande_infra_j")),
    )
    op.create_table(
        "service_souscrit",
        sa.Column("service_souscrit_id", sa.String(length=15), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("etat", sa.String(length=7), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=True),
        sa.Column("contrat_id", sa.String(length=15), nullable=True),
        sa.Column("affaire_id", sa.String(length=8), nullable=True),
        sa.Column("mesures_type", sa.String(length=3), nullable=True),
        sa.Column("sens", sa.String(length=9), nullable=True),
        sa.Column("pas", sa.String(length=15), nullable=True),
        sa.Column("corrigees", sa.Boolean(), nullable=True),
        sa.Column("periodicite", sa.String(length=15), nullable=True),
        sa.Column("abonnement_numero", sa.Integer(), nullable=True),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.Column("motif_fin", sa.String(length=20), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("echeance", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["abonnement_numero"],
            ["abonnement.numero"],
            name=op.f("fk_service_souscrit_abonnement_numero"),
        ),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_service_souscrit_acteur_code")
        ),
        sa.ForeignKeyConstraint(
            ["affaire_id"], ["affaire.affaire_id"], name=op.f("fk_service_souscrit_affaire_id")
        ),
        sa.ForeignKeyConstraint(
            ["contrat_id"], ["contrat.contrat_id"], name=op.f("fk_service_souscrit_contrat_id")
        ),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_service_souscrit_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("service_souscrit_id", name=op.f("pk_service_souscrit")),
    )
    op.create_index(
        op.f("ix_service_souscrit_echeance"), "service_souscrit", ["echeance"], unique=False
    )
    op.create_index(op.f("ix_service_souscrit_prm"), "service_souscrit", ["prm"], unique=False)
    op.create_index(
        "ix_service_souscrit_transmis", "service_souscrit", ["type", "ended_at"], unique=False
    )
    op.bulk_insert(
        sa.table("numero", sa.column("sorte"), sa.column("dernier")),
        [{"sorte": sorte, "dernier": dernier} for sorte, dernier in _FIRST.items()],
    )
