"""Datahub: accounts, contracts of service, contacts, applications, habilitateurs, tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "compte_datahub",
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("nom", sa.String(length=255), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_compte_datahub_acteur_code")
        ),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_compte_datahub")),
    )
    op.create_index(op.f("ix_compte_datahub_acteur_code"), "compte_datahub", ["acteur_code"])
    op.create_table(
        "contrat_datahub",
        sa.Column("numero", sa.String(length=15), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=5), nullable=False),
        sa.Column("etat", sa.String(length=9), nullable=False),
        sa.Column("raison_sociale", sa.String(length=255), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("annexe", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("envoye_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signe_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_contrat_datahub_acteur_code")
        ),
        sa.PrimaryKeyConstraint("numero", name=op.f("pk_contrat_datahub")),
    )
    op.create_index(op.f("ix_contrat_datahub_acteur_code"), "contrat_datahub", ["acteur_code"])
    op.create_table(
        "interlocuteur",
        sa.Column("numero", sa.String(length=15), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["numero"],
            ["contrat_datahub.numero"],
            name=op.f("fk_interlocuteur_numero"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["email"],
            ["compte_datahub.email"],
            name=op.f("fk_interlocuteur_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("numero", "email", "role", name=op.f("pk_interlocuteur")),
    )
    op.create_table(
        "application_datahub",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("service", sa.String(length=5), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["application.client_id"],
            name=op.f("fk_application_datahub_client_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["email"],
            ["compte_datahub.email"],
            name=op.f("fk_application_datahub_email"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_application_datahub")),
    )
    op.create_index(op.f("ix_application_datahub_email"), "application_datahub", ["email"])
    op.create_table(
        "habilitateur",
        sa.Column("login", sa.String(length=255), nullable=False),
        sa.Column("principal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"],
            ["utilisateur.login"],
            name=op.f("fk_habilitateur_login"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_habilitateur")),
    )
    op.create_table(
        "ticket_spice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("echeance", sa.Date(), nullable=True),
        sa.Column("ouvert_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clos_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_ticket_spice_acteur_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_spice")),
    )
    op.create_index(op.f("ix_ticket_spice_acteur_code"), "ticket_spice", ["acteur_code"])
