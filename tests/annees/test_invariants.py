"""Each invariant sees a break of its own, and nothing is wrong with what wasn't broken.

The folder is one that lived a month; a break changes what it holds, or what its clients were told.
"""

import pickle
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from invariants import check, invariants
from invariants_brises import (
    CONTRAT,
    PLUS_TARD,
    Brisure,
    both,
    consulted,
    corrupt,
    half_hours,
    in_folder,
    journal,
    known,
    noted,
    ordered,
    read,
    reopened,
    said,
    sql,
    tell_token,
)
from invariants_brisures import DE_L_ETAT, bump
from invariants_brisures_grd import DES_CLIENTS
from modele import Modele
from recits import DETAILLEES, Recit
from vecu import COURBE, COURT, GRAND, INDEX, lived

SERVICE = "UPDATE service_souscrit SET"
CONSENTI = "WHERE service_souscrit_id = '64700015'"

BRISURES: dict[str, Brisure] = DE_L_ETAT | {
    "une mesure redite est la même": consulted({"2026-03-03": "1"}),
    "un registre ne recule pas": consulted(index={"2026-04-05": "1"}),
    "l'énergie d'un jour est celle de ses index": consulted(
        {"2027-01-01": "7"}, {"2027-01-01": "1000000000", "2027-01-02": "1000000005"}
    ),
    "l'énergie d'un jour est celle de sa courbe": both(
        consulted({"2027-01-01": "1000"}, prm=COURBE),
        known(lambda modele: modele.appels.pop("brise/1")),
        consulted(half_hours("2"), pas="PT30M", prm=COURBE),
    ),
    "un jour a ses pas": consulted(half_hours("2", more=1), pas="PT30M"),
    "une demi-heure compte des Wh": consulted(half_hours("3"), pas="PT30M"),
    "Data Connect dit ce que disent les services": read(INDEX, energies={"2026-03-03": "1"}),
    "les fichiers disent ce que disent les services": said("service x"),
    "les fichiers disent ce que dit Data Connect": said("Data Connect x"),
    "rien n'est publié deux fois autrement": said("fichier x"),
    "un échange répondu est une fois au journal": journal(
        "DELETE FROM message WHERE echange_id = 3",
        "DELETE FROM echange WHERE id = 3",
        "UPDATE bilan SET records = records - 1 WHERE kind = 'soap'",
    ),
    "un échange sans réponse est au plus une fois au journal": both(
        journal(
            "CREATE TEMP TABLE autre AS SELECT * FROM echange WHERE id = 3",
            "UPDATE autre SET id = 999",
            "INSERT INTO echange SELECT * FROM autre",
            "UPDATE bilan SET records = records + 1 WHERE kind = 'soap'",
        ),
        known(
            lambda modele: modele.appels.update(
                {"semaine/2": replace(modele.appels["semaine/2"], answered=False)}
            )
        ),
    ),
    "un échange dit ce qui fut répondu": known(
        lambda modele: modele.appels.update(
            {"semaine/2": replace(modele.appels["semaine/2"], refus="SGT4H1")}
        )
    ),
    "chaque échange a son profil": journal("UPDATE echange SET profil_id = 99 WHERE id = 20"),
    "un message est celui d'un échange": journal("INSERT INTO message (echange_id) VALUES (9999)"),
    "un message est à une place": journal(
        "INSERT INTO place (echange_id, spool, debut) VALUES (3, 'x', 0)"
    ),
    "un bilan compte ce qui est gardé": journal("UPDATE bilan SET records = 7 WHERE kind = 'rest'"),
    "aucun échange n'est d'après maintenant": journal(
        "UPDATE echange SET instant = 4000000000000000 WHERE id = 20"
    ),
    "une écriture coupée est une avarie au plus": journal(
        "INSERT INTO avarie VALUES ('x', 0, 'abime', 10, 1, 0, 0)"
    ),
    "un consentement acquitté y est": known(
        lambda modele: modele.etat.consentements.append((1, "x", INDEX, "2027-01-01"))
    ),
    "un consentement ouvre cinq services par sens": sql(
        f"DELETE FROM service_souscrit {CONSENTI}", bump("service_souscrit", -1)
    ),
    "un consentement a ses jours": sql(f"{SERVICE} date_fin = date(date_fin, '-1 day') {CONSENTI}"),
    "un consentement retiré est fini": known(lambda modele: modele.etat.revoques.add(1)),
    "un consentement échu est fini": both(
        sql(
            "UPDATE consentement SET fin = '2026-03-10 23:00:00.000000' WHERE id = 1",
            f"{SERVICE} date_fin = '2026-03-11' WHERE consentement_id = 1",
        ),
        known(lambda modele: modele.etat.consentements.pop(0)),
    ),
    "un jeton vit trois heures et demie": noted(
        "jeton",
        demande={"client_id": "x"},
        reponse={"access_token": "y", "expires_in": 60},
    ),
    "un jeton fini n'ouvre rien": read(INDEX, token=tell_token),
    "un jeton révoqué l'est": both(
        known(lambda modele: modele.etat.jetons_revoques.update({"z": "avant"})),
        read(INDEX, token=lambda _modele: "z"),
    ),
    "rien n'est dit sans consentement": read(GRAND),
    "un quota ne se dépasse pas": sql(
        "INSERT INTO compte VALUES ('TIERS1 comptage_auto h', 1, 1001)",
        base="data-connect-quotas.db",
    ),
    "un partage garde son numéro": both(
        known(lambda modele: modele.etat.partages.update({("x", "y"): 1})),
        noted(
            "consentement",
            demande={"client_id": "x", "titulaire": "y", "prms": [INDEX], "fin": "2027-01-01"},
            reponse={"autorisation_id": 2, "id": 9},
        ),
    ),
    "une panne prévue y est jusqu'à son retrait": sql("DELETE FROM panne_prevue"),
    "une panne ne frappe que dans sa fenêtre": known(
        lambda modele: modele.etat.pannes[1].update(fin=PLUS_TARD - timedelta(900))
    ),
    "une panne frappe ce qu'elle vise": known(
        lambda modele: modele.etat.pannes[1].update(acteur="TIERS2")
    ),
    "une panne ne frappe que ses appels": known(lambda modele: modele.etat.pannes[1].update(au=0)),
    "une panne a un numéro neuf": noted("panne", demande={}, reponse={"numero": 1}),
    "une campagne ouverte y est": known(
        lambda modele: modele.etat.campagnes.update({9: {"acteur": "TIERS1", "fermee": False}})
    ),
    "une campagne n'observe que son acteur": journal(
        "UPDATE profil SET acteur_code = 'TIERS2' WHERE service = 'RecherchePoint'"
    ),
    "une campagne a vu ce qu'elle observe": sql("UPDATE campaign SET dernier_echange = 0"),
    "une campagne fermée ne bouge plus": sql(
        "INSERT INTO campaign_observation (campaign_id, echange_id, contenu) VALUES (1, 1, '{}')"
    ),
    "un point retiré ne laisse rien": noted(
        "points_retires", demande={"prms": [GRAND]}, reponse={}
    ),
    "un point apporté y est": known(lambda modele: modele.etat.apportes.add("99999999999999")),
    "le passé d'un point est passé": sql(
        f"INSERT INTO ancien_etat (prm, jusqu_a, valeurs) VALUES ('{GRAND}', '2040-01-01', '{{}}')"
    ),
    "un état gardé est entier": in_folder(corrupt),
    "un état rendu est celui qui fut gardé": noted("retour", demande={"nom": "debut"}, reponse={}),
    "rouvert, il est ce qui fut laissé": reopened,
    "la base est entière": sql(
        "INSERT INTO trou (prm, debut, fin) VALUES ('x', '2026-03-01', '2026-03-02')"
    ),
    "les secrets sont à leur propriétaire": in_folder(
        lambda dossier: (dossier / "pki/clients/tiers/key.pem").chmod(0o644)
    ),
    "aucun fichier provisoire ne reste": in_folder(
        lambda dossier: (dossier / "flux" / CONTRAT / ".a.zip.part").touch()
    ),
    "la mémoire est bornée": noted("ressources", reponse={"octets": 2**29, "fichiers": 40}),
    "les fichiers ouverts sont bornés": noted("ressources", reponse={"octets": 1, "fichiers": 400}),
    "un refus se comprend": noted(DETAILLEES, nom="brise/1", refus=""),
    "un appel a une réponse": both(*[noted("RecherchePoint", nom="brise/1", reponse={})] * 2),
    "une commande acquittée a son affaire": ordered({}),
    "un numéro d'affaire sert une fois": ordered(
        {"texte": "M02T7OUL"}, "CommandeHistoriqueDonneesMesuresFines"
    ),
    "un numéro de service sert à une commande": both(
        known(
            lambda modele: modele.etat.ordres.remove(
                next(each for each in modele.etat.ordres if each.service == "64700009")
            )
        ),
        ordered(
            {"affaireId": "M02T7OUG", "serviceSouscritId": "64700009"},
            "CommandeServicesAccesDonnees",
            COURT,
        ),
    ),
    "un service dit terminé le reste": both(
        noted("RechercheServicesSouscritsMesures", nom="brise/1"),
        noted(
            "RechercheServicesSouscritsMesures",
            nom="brise/1",
            reponse={"a": [{"serviceSouscritId": "64700005", "etatCode": "ACTIF"}]},
        ),
    ),
    "une page répond": noted("page", demande={"chemin": "/"}, reponse={"statut": 500}),
    "rien n'échoue": noted("casse", demande={"trace": "là"}),
}
BRISURES |= DES_CLIENTS


@pytest.fixture(scope="module")
def vecu(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A folder that lived, and its model, looked at once."""
    dossier = tmp_path_factory.mktemp("vecu") / "vie"
    modele = lived(dossier)
    shutil.rmtree(dossier / "pki" / "authorities")  # many files, the same for all
    assert check(dossier, modele, modele.touched(), whole=True) == []
    return dossier, pickle.dumps(modele)


def test_each_invariant_has_a_break() -> None:
    names = [each.nom for each in invariants()]
    assert sorted(BRISURES) == sorted(names)
    assert len({*names}) == len(names)
    assert all(each.source for each in invariants())


def test_what_was_not_broken_holds(vecu: tuple[Path, bytes], tmp_path: Path) -> None:
    dossier, modele = _copied(vecu, tmp_path)
    assert check(dossier, modele, (), whole=True) == []
    assert check(dossier, modele, {"commandes", "flux", "journal"}, whole=False) == []


@pytest.mark.parametrize("nom", BRISURES)
def test_an_invariant_sees_its_break(nom: str, vecu: tuple[Path, bytes], tmp_path: Path) -> None:
    dossier, modele = _copied(vecu, tmp_path)
    BRISURES[nom](dossier, modele)
    found = check(dossier, modele, (), whole=True)
    assert {name for name, _ in found} == {nom}, found


@pytest.mark.parametrize(
    "nom",
    [
        "une affaire close n'attend plus",
        "les séquences se suivent sans trou",
        "un fichier livré est sous son nom",
        "une demande M023 est close à son heure",
        "un consentement a ses jours",
        "un bilan compte ce qui est gardé",
        "une panne prévue y est jusqu'à son retrait",
        "la base est entière",
    ],
)
def test_a_step_is_held_to_what_it_touched(
    nom: str, vecu: tuple[Path, bytes], tmp_path: Path
) -> None:
    """Of tables that grow, few rows are looked at: those of the points that were touched."""
    dossier, modele = _copied(vecu, tmp_path)
    modele.prms.update((COURBE, INDEX))
    BRISURES[nom](dossier, modele)
    (touched,) = [each.suit for each in invariants() if each.nom == nom]
    assert {name for name, _ in check(dossier, modele, touched, whole=False)} == {nom}
    assert check(dossier, modele, {"ressources"}, whole=False) == []


def test_what_opens_files_is_checked_after_the_same_things() -> None:
    """A file is opened once: what isn't checked then never sees it."""
    faits = {"ouverts", "points_des_fichiers", "comptes_rendus", "fichiers_relus", "contrats"}
    assert len({each.suit for each in invariants() if each.fait in faits}) == 1


def _copied(vecu: tuple[Path, bytes], tmp_path: Path) -> tuple[Path, Modele]:
    dossier, modele = vecu
    shutil.copytree(dossier, tmp_path / "vie")
    return tmp_path / "vie", pickle.loads(modele)


def test_a_call_that_left_before_a_state_came_back_is_of_the_clock_of_then(
    vecu: tuple[Path, bytes], tmp_path: Path
) -> None:
    dossier, modele = _copied(vecu, tmp_path)
    for nom, appel in modele.appels.items():
        modele.appels[nom] = replace(appel, instant=datetime(2096, 10, 2, 7, 6, 40, tzinfo=UTC))
    BRISURES["aucun échange n'est d'après maintenant"](dossier, modele)
    assert check(dossier, modele, {"journal"}, whole=False) == []


def test_a_call_that_is_answered_while_a_state_is_kept_may_go_when_it_comes_back() -> None:
    modele, sorte = Modele(), DETAILLEES
    kept = {"sorte": "instantane", "demande": {"nom": ""}}
    for name, kind, asked, answer in (
        ("before", sorte, {}, None),
        ("before", sorte, {}, {}),
        ("during", sorte, {}, None),
        ("", "depart", kept, None),
        ("during", sorte, {}, {}),
        ("", "instantane", {"nom": ""}, {"statut": 204}),
        ("", "retour", {"nom": ""}, {"statut": 204}),
    ):
        modele.note(Recit(1, datetime(2020, 3, 1, tzinfo=UTC), kind, name, asked, answer, None))
    assert {name: call.oublie for name, call in modele.appels.items()} == {
        "before": False,
        "during": True,
    }


def test_what_is_planned_at_once_may_be_told_in_another_order_or_not_at_all() -> None:
    modele = Modele()
    for kind, asked, answer in (
        *[("depart", {"sorte": "panne", "demande": {}}, None)] * 3,
        ("panne", {}, {"numero": 4}),
        ("panne", {}, {"numero": 3}),
        ("fin", {}, {"couture": "renomme"}),
    ):
        modele.note(Recit(1, datetime(2020, 3, 1, tzinfo=UTC), kind, "", asked, answer, None))
    assert modele.fautes == []
    assert modele.etat.pannes_incertaines == 1


def test_nobody_knows_of_a_panne_whose_removal_no_answer_told() -> None:
    modele = Modele()
    for kind, asked, answer in (
        *[("panne", {}, {"numero": numero}) for numero in (1, 2)],
        ("depart", {"sorte": "panne_retiree", "demande": {"numero": 2}}, None),
        ("fin", {}, {"couture": "renomme"}),
    ):
        modele.note(Recit(1, datetime(2020, 3, 1, tzinfo=UTC), kind, "", asked, answer, None))
    assert [*modele.etat.pannes] == [1]
    assert modele.etat.pannes_incertaines == 1


def test_a_file_that_another_held_back_is_wanted_of_the_second_round_after(
    vecu: tuple[Path, bytes], tmp_path: Path
) -> None:
    dossier, modele = _copied(vecu, tmp_path)
    last = f"WHERE id = (SELECT max(id) FROM fichier_flux WHERE contrat_id = '{CONTRAT}')"
    waits = "etat = 'a_livrer', livre_at = NULL, prochain_essai = '2030-01-01 00:00:00.000000'"
    sql(
        f"UPDATE fichier_flux SET {waits} WHERE id = (SELECT min(id) FROM fichier_flux)",
        f"UPDATE fichier_flux SET {waits}, tentatives = 0 {last}",
    )(dossier, modele)
    assert check(dossier, modele, {"flux"}, whole=False) == []
    sql("UPDATE fichier_flux SET etat = 'livre', livre_at = 1, prochain_essai = NULL "
        "WHERE id = (SELECT min(id) FROM fichier_flux)")(dossier, modele)  # fmt: skip
    for seen in (set(), {"un fichier prêt est essayé"}):
        modele.rondes += 1
        assert {nom for nom, _ in check(dossier, modele, {"flux"}, whole=False)} == seen
