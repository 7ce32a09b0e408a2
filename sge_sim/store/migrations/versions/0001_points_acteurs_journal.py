"""Points, actors, the journal and the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "acteur",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("nom", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=11), nullable=False),
        sa.Column("par_defaut", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_acteur")),
    )
    op.create_table(
        "commune",
        sa.Column("code_postal", sa.String(length=5), nullable=False),
        sa.Column("code_insee", sa.String(length=5), nullable=False),
        sa.Column("libelle", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("code_postal", "code_insee", name=op.f("pk_commune")),
    )
    op.create_table(
        "echange",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("machine_instant", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=True),
        sa.Column("certificate_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("certificate_subject", sa.Text(), nullable=True),
        sa.Column("remote_address", sa.String(length=255), nullable=True),
        sa.Column("service", sa.String(length=255), nullable=True),
        sa.Column("version", sa.String(length=10), nullable=True),
        sa.Column("prm", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=15), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("rule_name", sa.String(length=255), nullable=True),
        sa.Column("rule_source", sa.String(length=255), nullable=True),
        sa.Column("rule_provenance", sa.String(length=255), nullable=True),
        sa.Column("rule_explanation", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_echange")),
    )
    op.create_index("ix_echange_code", "echange", ["code", "id"], unique=False)
    op.create_index("ix_echange_prm", "echange", ["prm", "id"], unique=False)
    op.create_index("ix_echange_service", "echange", ["service", "id"], unique=False)
    op.create_index("ix_echange_size", "echange", ["id", "size"], unique=False)
    op.create_table(
        "horloge",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("offset_us", sa.BigInteger(), nullable=False),
        sa.Column("instant", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_horloge")),
    )
    op.create_table(
        "certificat",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("environnement", sa.String(length=12), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_certificat_acteur_code")
        ),
        sa.PrimaryKeyConstraint("fingerprint", "environnement", name=op.f("pk_certificat")),
    )
    op.create_index(op.f("ix_certificat_acteur_code"), "certificat", ["acteur_code"], unique=False)
    op.create_table(
        "contrat",
        sa.Column("contrat_id", sa.String(length=15), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=5), nullable=False),
        sa.Column("date_debut", sa.Date(), nullable=False),
        sa.Column("date_fin", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_contrat_acteur_code")
        ),
        sa.PrimaryKeyConstraint("contrat_id", name=op.f("pk_contrat")),
    )
    op.create_index(op.f("ix_contrat_acteur_code"), "contrat", ["acteur_code"], unique=False)
    op.create_table(
        "habilitation",
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("paquet", sa.String(length=15), nullable=False),
        sa.Column("environnement", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_habilitation_acteur_code")
        ),
        sa.PrimaryKeyConstraint(
            "acteur_code", "paquet", "environnement", name=op.f("pk_habilitation")
        ),
    )
    op.create_table(
        "point",
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("segment", sa.String(length=2), nullable=False),
        sa.Column("etat_contractuel", sa.String(length=6), nullable=False),
        sa.Column("etat_alimentation", sa.String(length=4), nullable=False),
        sa.Column("niveau_ouverture_services", sa.Integer(), nullable=True),
        sa.Column("escalier_etage_appartement", sa.String(length=38), nullable=True),
        sa.Column("batiment", sa.String(length=38), nullable=True),
        sa.Column("numero_et_nom_voie", sa.String(length=38), nullable=True),
        sa.Column("lieu_dit", sa.String(length=38), nullable=True),
        sa.Column("code_postal", sa.String(length=5), nullable=False),
        sa.Column("code_insee", sa.String(length=5), nullable=False),
        sa.Column("commune", sa.String(length=255), nullable=False),
        sa.Column("nom_client_final", sa.String(length=255), nullable=True),
        sa.Column("categorie_client_final", sa.String(length=3), nullable=True),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("fournisseur_titulaire", sa.String(length=20), nullable=True),
        sa.Column("domaine_tension", sa.String(length=5), nullable=False),
        sa.Column("tension_livraison", sa.String(length=15), nullable=True),
        sa.Column("mode_apres_compteur", sa.String(length=15), nullable=True),
        sa.Column("puissance_raccordement", sa.Integer(), nullable=True),
        sa.Column("puissance_raccordement_unite", sa.String(length=4), nullable=True),
        sa.Column("fta", sa.String(length=15), nullable=True),
        sa.Column("puissance_souscrite", sa.Integer(), nullable=True),
        sa.Column("puissance_souscrite_unite", sa.String(length=4), nullable=True),
        sa.Column("denivele_puissances", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("longue_utilisation_contexte", sa.String(length=15), nullable=True),
        sa.Column("longue_utilisation_forfait_h", sa.Integer(), nullable=True),
        sa.Column("calendrier_fournisseur", sa.String(length=15), nullable=True),
        sa.Column("date_mise_en_service", sa.Date(), nullable=True),
        sa.Column("date_resiliation", sa.Date(), nullable=True),
        sa.Column("date_modification_fta", sa.Date(), nullable=True),
        sa.Column("date_augmentation_puissance", sa.Date(), nullable=True),
        sa.Column("date_diminution_puissance", sa.Date(), nullable=True),
        sa.Column("type_comptage", sa.String(length=15), nullable=True),
        sa.Column("disjoncteur_calibre", sa.String(length=15), nullable=True),
        sa.Column("relais_plage_heures_creuses", sa.String(length=255), nullable=True),
        sa.Column("heures_creuses_id", sa.String(length=15), nullable=True),
        sa.Column("heures_creuses_libelle", sa.String(length=255), nullable=True),
        sa.Column("futures_heures_creuses_id", sa.String(length=15), nullable=True),
        sa.Column("futures_heures_creuses_libelle", sa.String(length=255), nullable=True),
        sa.Column("futures_programmations", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("transformateur_courant", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("transformateur_tension", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("mode_traitement", sa.String(length=15), nullable=True),
        sa.Column("periodicite", sa.String(length=15), nullable=True),
        sa.Column("plage_releve", sa.String(length=15), nullable=True),
        sa.Column("mode_releve", sa.String(length=15), nullable=True),
        sa.Column("media_releve", sa.String(length=15), nullable=True),
        sa.Column("teleoperable", sa.Boolean(), nullable=False),
        sa.Column("contrat_soutirage", sa.Boolean(), nullable=False),
        sa.Column("contrat_injection", sa.Boolean(), nullable=False),
        sa.Column("provisoire", sa.Boolean(), nullable=False),
        sa.Column("groupement_turpe", sa.Boolean(), nullable=False),
        sa.Column("opposition_courbe", sa.Boolean(), nullable=False),
        sa.Column("operation_en_cours", sa.String(length=3), nullable=True),
        sa.Column("graine", sa.BigInteger(), nullable=False),
        sa.Column("pourquoi", sa.Text(), nullable=True),
        sa.Column("recherche_escalier", sa.String(length=255), nullable=True),
        sa.Column("recherche_batiment", sa.String(length=255), nullable=True),
        sa.Column("recherche_voie", sa.String(length=255), nullable=True),
        sa.Column("recherche_lieu_dit", sa.String(length=255), nullable=True),
        sa.Column("recherche_nom", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["code_postal", "code_insee"],
            ["commune.code_postal", "commune.code_insee"],
            name=op.f("fk_point_code_postal_code_insee"),
        ),
        sa.ForeignKeyConstraint(
            ["fournisseur_titulaire"], ["acteur.code"], name=op.f("fk_point_fournisseur_titulaire")
        ),
        sa.PrimaryKeyConstraint("prm", name=op.f("pk_point")),
    )
    op.create_index(
        "ix_point_criteres",
        "point",
        [
            "code_insee",
            "code_postal",
            "domaine_tension",
            "categorie_client_final",
            "etat_contractuel",
            "recherche_nom",
        ],
        unique=False,
    )
    op.create_index(op.f("ix_point_siret"), "point", ["siret"], unique=False)
    op.create_index(
        "ix_point_voie", "point", ["recherche_voie", "code_insee", "code_postal"], unique=False
    )
    op.create_table(
        "utilisateur",
        sa.Column("login", sa.String(length=255), nullable=False),
        sa.Column("acteur_code", sa.String(length=20), nullable=False),
        sa.Column("services", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acteur_code"], ["acteur.code"], name=op.f("fk_utilisateur_acteur_code")
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_utilisateur")),
    )
    op.create_index(
        op.f("ix_utilisateur_acteur_code"), "utilisateur", ["acteur_code"], unique=False
    )
    op.create_table(
        "compteur",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prm", sa.String(length=14), nullable=False),
        sa.Column("matricule", sa.String(length=255), nullable=True),
        sa.Column("numero_serie", sa.String(length=255), nullable=True),
        sa.Column("localisation", sa.String(length=15), nullable=True),
        sa.Column("tic_activee", sa.Boolean(), nullable=True),
        sa.Column("tic_standard", sa.Boolean(), nullable=True),
        sa.Column("tic_activable", sa.Boolean(), nullable=True),
        sa.Column("date_pose", sa.Date(), nullable=True),
        sa.Column("date_depose", sa.Date(), nullable=True),
        sa.Column("parametres_tele_acces", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("programmation_horaire", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["prm"], ["point.prm"], name=op.f("fk_compteur_prm"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compteur")),
    )
    op.create_index(op.f("ix_compteur_matricule"), "compteur", ["matricule"], unique=False)
    op.create_index(op.f("ix_compteur_numero_serie"), "compteur", ["numero_serie"], unique=False)
    op.create_index(op.f("ix_compteur_prm"), "compteur", ["prm"], unique=False)
