"""Data Connect: applications, consents, revoked tokens; what an access service comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("nom", sa.String(length=38), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=11), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("apis", sa.JSON(), nullable=False),
        sa.Column("par_defaut", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_application_acteur_code")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_acteur_code"), "application", ["acteur_code"])
    op.create_table(
        "partage",
        sa.Column("autorisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("titulaire", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["application.client_id"],
            name=op.f("fk_partage_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("autorisation_id", name=op.f("pk_partage")),
        sa.UniqueConstraint("client_id", "titulaire"),
    )
    op.create_table(
        "consentement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("autorisation_id", sa.BigInteger(), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["autorisation_id"],
            ["partage.autorisation_id"],
            name=op.f("fk_consentement_autorisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_consentement_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consentement")),
    )
    op.create_index(op.f("ix_consentement_autorisation_id"), "consentement", ["autorisation_id"])
    op.create_index(op.f("ix_consentement_prm"), "consentement", ["prm"])
    op.create_table(
        "jeton_revoque",
        sa.Column("jti", sa.String(length=36), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_jeton_revoque")),
    )
    op.create_index(op.f("ix_jeton_revoque_fin"), "jeton_revoque", ["fin"])
    op.add_column("service_souscrit", sa.Column("consentement_id", sa.BigInteger(), nullable=True))
    op.create_index(
        op.f("ix_service_souscrit_consentement_id"), "service_souscrit", ["consentement_id"]
    )
    op.execute("INSERT INTO numero (sorte, dernier) VALUES ('autorisation', 1600000)")
