"""A break of the state for each invariant of it."""

from datetime import timedelta

from invariants_brises import (
    CONTRAT,
    PLUS_TARD,
    Brisure,
    both,
    in_folder,
    known,
    noted,
    of_report,
    ordered,
    renamed,
    rewritten,
    sql,
)
from vecu import GRAND, INDEX, MENSUEL

NOUVELLE = {"affaireId": "M0ZZZZZZ", "serviceSouscritId": "99999999"}
FINI = "WHERE service_souscrit_id = '64700002'"
ACTIF = "WHERE service_souscrit_id = '64700004'"
COURBE_ACTIVE = "WHERE service_souscrit_id = '64700008'"
CONSENTI = "WHERE service_souscrit_id = '64700015'"
RETIRE = "WHERE service_souscrit_id = '64700020'"
SERVICE, AFFAIRE, PUBLICATION, FICHIER = (
    f"UPDATE {table} SET"
    for table in ("service_souscrit", "affaire", "publication", "fichier_flux")
)
HDM, IFJ = "WHERE objet = 'HDM'", "WHERE affaire_id IN (SELECT affaire_id FROM demande_infra_j)"
COLLECTEE = "WHERE affaire_id = 'M02T7OU9'"
IFJ_FICHIER = "WHERE nom LIKE 'SGE-SIM_IFJ%'"
R50_TROIS = "flux = 'R50' AND sequence = 3"
PLUS = "2030-01-01 00:00:00.000000"


def bump(sorte: str, by: int = 1) -> str:
    """Have a series have given more numbers."""
    return f"UPDATE numero SET dernier = dernier + {by} WHERE sorte = '{sorte}'"


DE_L_ETAT: dict[str, Brisure] = {
    "une commande acquittée y est une fois": ordered(NOUVELLE),
    "rien n'y est que personne n'ait demandé": known(lambda modele: modele.etat.ordres.pop(0)),
    "un service commandé a sa déclaration": sql("DELETE FROM autorisation_client WHERE id = 1"),
    "les numéros se suivent sans trou": sql(bump("service_souscrit")),
    "un arrêt acquitté tient": known(lambda modele: modele.etat.arrets.add("64700004")),
    "une affaire acquittée est de son point et de son contrat": sql(
        f"{AFFAIRE} contrat_id = '1000184' {HDM}"
    ),
    "ce qui fut montré fini le reste": known(
        lambda modele: modele.etat.termines.update({"64700004": ("2026-03-05", 0)})
    ),
    "un service est celui de son affaire": sql(
        f"{AFFAIRE} acteur_code = 'TIERS2' {COLLECTEE}",
        f"UPDATE autorisation_client SET acteur_code = 'TIERS2' {COLLECTEE}",
    ),
    "un service est au contrat de son acteur": sql(f"{SERVICE} acteur_code = 'TIERS2' {CONSENTI}"),
    "une affaire s'ouvre dans les jours de son contrat": sql(
        f"UPDATE contrat SET date_fin = '2026-03-01' WHERE contrat_id = '{CONTRAT}'"
    ),
    "une affaire transmise n'est pas close": sql(f"{AFFAIRE} etat = 'transmise' {COLLECTEE}"),
    "une affaire se clôt après s'être ouverte": sql(
        f"{AFFAIRE} closed_at = '2026-03-01 00:00:00.000000' {COLLECTEE}"
    ),
    "une affaire close n'attend plus": sql(f"{AFFAIRE} echeance = '{PLUS}' {COLLECTEE}"),
    "un service fini dit quand et pourquoi": sql(f"{SERVICE} motif_fin = NULL {FINI}"),
    "un service fini n'attend plus": sql(f"{SERVICE} echeance = '{PLUS}' {FINI}"),
    "un service fini l'est le jour de sa fin": sql(f"{SERVICE} date_fin = '2026-03-03' {RETIRE}"),
    "une échéance tombe à minuit": sql(
        f"{SERVICE} ended_at = '2026-03-03 23:30:00.000000', "
        f"announced_at = '2026-03-03 23:30:00.000000' WHERE service_souscrit_id = '64700005'"
    ),
    "un service actif a commencé": sql(f"{SERVICE} activated_at = NULL {CONSENTI}"),
    "un service demandé attend son début": sql(
        f"{SERVICE} etat = 'DEMANDE', activated_at = NULL, echeance = NULL {CONSENTI}"
    ),
    "un service qui a une fin l'attend": sql(f"{SERVICE} echeance = NULL {CONSENTI}"),
    "un service commence après sa commande": sql(
        f"{SERVICE} ordered_at = '2026-03-02 07:30:00.000000' {CONSENTI}"
    ),
    "deux services pareils d'un point ne courent pas ensemble": sql(
        f"CREATE TEMP TABLE autre AS SELECT * FROM service_souscrit {ACTIF}",
        "UPDATE autre SET service_souscrit_id = '64700021'",
        "INSERT INTO service_souscrit SELECT * FROM autre",
        bump("service_souscrit"),
    ),
    "une courbe commencée a sa collecte": sql(f"DELETE FROM collecte {COURBE_ACTIVE}"),
    "une collecte finit avec son service": sql(
        f"UPDATE collecte SET fin = '2026-03-20' {COURBE_ACTIVE}"
    ),
    "une collecte commence avec son service": sql(
        f"UPDATE collecte SET debut = '2026-03-01' {COURBE_ACTIVE}"
    ),
    "une transmission a son abonnement": sql(f"{SERVICE} periodicite = 'P1D' {COURBE_ACTIVE}"),
    "une option finit avec son service": sql(
        "INSERT INTO option_publication (periodicite, date_debut, service_souscrit_id) "
        "VALUES ('P1D', '2026-03-02', '64700010')"
    ),
    "une option publie dans les jours de son service": sql(
        "UPDATE option_publication SET date_debut = '2026-02-01'"
    ),
    "une déclaration est celle d'une commande de son point": sql(
        f"UPDATE autorisation_client SET prm = '{GRAND}' WHERE id = 1"
    ),
    "deux demandes infra-journalières pareilles sont à trente minutes": both(
        sql(
            f"{AFFAIRE} closed_at = '2026-03-02 07:20:00.000000' {IFJ}",
            f"CREATE TEMP TABLE autre AS SELECT * FROM affaire {IFJ}",
            "UPDATE autre SET affaire_id = 'M02T7OUZ', etat = 'non_realisee', "
            "opened_at = '2026-03-02 07:10:00.000000', closed_at = '2026-03-02 07:10:00.000000'",
            "UPDATE affaire SET opened_at = '2026-03-02 07:10:00.000000', "
            "closed_at = '2026-03-02 07:10:00.000000' WHERE objet = 'ASAD'",
            "INSERT INTO affaire SELECT * FROM autre",
            "CREATE TEMP TABLE demande AS SELECT * FROM demande_infra_j",
            "UPDATE demande SET affaire_id = 'M02T7OUZ'",
            "INSERT INTO demande_infra_j SELECT * FROM demande",
            bump("affaire"),
        ),
        known(lambda modele: modele.etat.silences.update(une=1)),
    ),
    "un historique va d'un jour à un autre": sql(
        "UPDATE demande_historique SET date_fin = date_debut"
    ),
    "ce qu'un apport n'a pas publié ne se commande pas": sql(
        "INSERT INTO apport (id, publie) VALUES (99, 0)",
        f"UPDATE point SET apport_id = 99 WHERE prm = '{MENSUEL}'",
    ),
    "rien d'échu n'attend": sql(f"{SERVICE} echeance = '2026-03-02 08:00:00.000000' {ACTIF}"),
    "les affaires s'ouvrent dans l'ordre": sql(
        f"{AFFAIRE} opened_at = '2026-03-02 00:00:00.000000' WHERE objet = 'ASAD'"
    ),
    "rien ne vient avant ce qui est arrivé": sql(
        "UPDATE ecriture SET instant = '2026-03-03 00:00:00.000000'"
    ),
    "rien n'arrive après maintenant": sql(f"UPDATE ecriture SET instant = '{PLUS}'"),
    "l'horloge est où elle fut mise": sql(f"UPDATE clock SET instant = '{PLUS}'"),
    "un réglage a un numéro plus grand": sql("UPDATE clock SET numero = 1"),
    "l'horloge avance": both(
        known(lambda modele: setattr(modele.etat, "horloge", (1, PLUS_TARD))),
        noted("horloge", reponse={"numero": 2, "instant": PLUS_TARD - timedelta(1)}),
    ),
    "une période part une fois": sql(
        "INSERT INTO publication (flux, contrat_id, abonnement_numero, sequence, debut, fin, "
        "instant, emise) SELECT flux, contrat_id, abonnement_numero, 2, '2026-03-15', "
        "'2026-03-20', '2026-03-24 02:00:00.000000', 0 FROM publication "
        "WHERE flux = 'R50' AND fin = '2026-04-01'"
    ),
    "les séquences se suivent sans trou": sql(
        f"{PUBLICATION} sequence = 9 WHERE flux = 'R50' AND sequence = 6"
    ),
    "les périodes partent dans l'ordre": sql(
        f"{PUBLICATION} sequence = 7 - sequence WHERE flux = 'R50' AND fin < '2026-04-01'"
    ),
    "une diffusion part une fois ses jours commencés": sql(
        f"{PUBLICATION} instant = '2026-02-20 00:00:00.000000' WHERE flux = 'R64B'"
    ),
    "rien n'est publié avant son heure": sql(
        f"{PUBLICATION} instant = '{PLUS}' WHERE flux = 'C68'"
    ),
    "chaque flux part à son heure": sql(
        f"{PUBLICATION} instant = datetime(instant, '+1 hour') || '.000000' WHERE {R50_TROIS}"
    ),
    "un fichier est au contrat de sa publication": sql(
        f"{PUBLICATION} contrat_id = '1100391' WHERE flux = 'IFJ'"
    ),
    "une publication émise a ses fichiers": sql(
        "INSERT INTO publication (flux, contrat_id, instant, emise) "
        f"VALUES ('NASS', '{CONTRAT}', '2026-03-05 00:00:00.000000', 1)"
    ),
    "un fichier livré n'attend plus": sql(f"{FICHIER} livre_at = NULL {IFJ_FICHIER}"),
    "un fichier prêt est essayé": sql(
        f"{FICHIER} etat = 'a_livrer', tentatives = 0, livre_at = NULL, prochain_essai = '{PLUS}' "
        f"{IFJ_FICHIER}"
    ),
    "on n'essaie deux fois que ce qui manqua": sql(f"{FICHIER} tentatives = 3 {IFJ_FICHIER}"),
    "un fichier livré est sous son nom": in_folder(
        lambda dossier: next((dossier / "flux").rglob("*R151*_M_*")).unlink()
    ),
    "un fichier est entier dès qu'il a son nom": in_folder(
        lambda dossier: next((dossier / "flux").rglob("*R50*_Q_*")).write_bytes(b"PK")
    ),
    "un fichier du dossier est noté": in_folder(
        lambda dossier: (dossier / "flux" / CONTRAT / "autre.zip").write_bytes(b"PK")
    ),
    "ce qui est gardé est ce qui est livré": rewritten(
        "*R50*_00003_Q_*", lambda content: content[:-1] + b"?", recorded=False
    ),
    "un fichier revient si une fin le veut": both(
        *[noted("livraison", reponse={"nom": "a.zip", "sha256": "1"})] * 2
    ),
    "un nom livré a un contenu": both(
        noted("livraison", reponse={"nom": "a.zip", "sha256": "1"}),
        known(lambda modele: modele.etat.pannes.clear()),
        known(lambda modele: modele.etat.retirees.update({1: PLUS_TARD})),
        sql("DELETE FROM panne_prevue"),
        noted("defaut", demande={"sorte": "ENOSPC"}),
        noted("livraison", reponse={"nom": "a.zip", "sha256": "2"}),
    ),
    "un fichier s'ouvre par la clé de son contrat": rewritten(
        "*R50*_00003_Q_*", lambda content: content[16:], recorded=True
    ),
    "un fichier tient les points de sa liste": both(
        sql(f"{FICHIER} prms = prms || ' {INDEX}' {IFJ_FICHIER}"),
        known(lambda modele: setattr(modele.etat, "lus", 0)),
    ),
    "un fichier nomme un point une fois": sql(
        f"{FICHIER} prms = prms || ' ' || prms {IFJ_FICHIER}"
    ),
    "rien ne part qui ne soit dû": sql(
        f"{FICHIER} prms = prms || ' {INDEX}' WHERE nom LIKE '%R50%_00003_Q_%'"
    ),
    "chaque jour dû d'un point est parti une fois": sql(
        f"{FICHIER} prms = '' WHERE nom LIKE '%R50%_00003_Q_%'"
    ),
    "chaque mois dû d'un point est parti une fois": sql(
        f"{FICHIER} prms = '' WHERE nom LIKE '%R151%_M_%'"
    ),
    "une fin s'annonce après elle": sql(
        f"{SERVICE} announced_at = '2026-03-01 00:00:00.000000' {FINI}"
    ),
    "une fin échue est annoncée": sql(f"{SERVICE} announced_at = NULL {FINI}"),
    "une fin s'annonce une fois": sql(
        "DELETE FROM fichier_flux WHERE nom LIKE '%NASS%64700005%'",
        "DELETE FROM publication WHERE id NOT IN (SELECT publication_id FROM fichier_flux)",
    ),
    "une demande réalisée a son fichier": sql(
        f"DELETE FROM fichier_flux {IFJ_FICHIER}", "DELETE FROM publication WHERE flux = 'IFJ'"
    ),
    "une demande non réalisée n'a pas de fichier": sql(f"{AFFAIRE} etat = 'non_realisee' {IFJ}"),
    "une diffusion suit ses séquences": renamed("*R64B*", "_00001_", "_00007_"),
    "une demande M023 acquittée y est": ordered(
        {"texte": "M0ZZZZZZ"}, "CommandeHistoriqueDonneesMesuresFines"
    ),
    "une demande M023 close a son compte rendu": renamed("*_R64_CR_*", "_CR_", "_CX_"),
    "une demande M023 échue est close": sql(
        "UPDATE demande_m023 SET etat = 'transmise', closed_at = NULL WHERE flux = 'R64'"
    ),
    "une demande M023 est traitée en douze heures": sql(
        "UPDATE demande_m023 SET due_at = '2026-03-04 00:00:00.000000', "
        "closed_at = '2026-03-04 00:00:00.000000' WHERE flux = 'R64'"
    ),
    "une demande M023 est close à son heure": sql(
        "UPDATE demande_m023 SET closed_at = '2026-03-04 00:00:00.000000' WHERE flux = 'R64'"
    ),
    "un compte rendu compte ce qui est parti": rewritten("*_R64_CR_*", of_report, recorded=True),
    "mille demandes par jour": both(
        sql(
            "WITH RECURSIVE rang(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rang WHERE n < 1001) "
            "INSERT INTO demande_m023 SELECT 'M0' || printf('%06d', n), acteur_code, contrat_id, "
            "login, reference, flux, format, prms, sens, cadre, corrigees, date_debut, date_fin, "
            "'transmise', (SELECT instant FROM clock), (SELECT instant FROM clock), NULL, NULL "
            "FROM demande_m023, rang WHERE flux = 'R64'",
            bump("affaire", 1001),
        ),
        known(lambda modele: modele.etat.silences.update(toutes=1001)),
    ),
}
"""Of orders, services, the clock, files, demands."""
