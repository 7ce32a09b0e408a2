"""A mistake in a catalogue file is told in one precise sentence: file, case, key."""

from collections.abc import Callable
from pathlib import Path

import pytest
from catalogue_samples import CONSULTATION, RELEASE

from sge_sim.homologation.catalogue.release import validate
from sge_sim.services import registry

CASE = "sge-1.0/consultation.yaml, cas ADP-R1"
SERVICES = ", ".join(dict.fromkeys(each.nom for each in registry.SERVICES))
ORDER = "    requete: {pointId:"


def spoilt(before: str, after: str) -> str:
    assert before in CONSULTATION
    return CONSULTATION.replace(before, after, 1)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("    titre: Un titre\n", "", f"{CASE}, clé « titre » : il manque une valeur."),
        (
            'version: "1.0"',
            "version: 1.0",
            f"{CASE}, clé « version » : « 1.0 » doit être un texte ; l'écrire entre guillemets.",
        ),
        (
            "objet: ADP",
            "objet: adp",
            f"{CASE}, clé « objet » : « adp » n'est pas un code objet tel que AME.",
        ),
        (
            'accord: "oui"',
            "accord: peut-être",
            f"{CASE}, clé « accord » : « peut-être » n'est pas l'une des valeurs oui, non, "
            "sans objet.",
        ),
        (
            '"25946599093143"',
            '"2594659909314"',
            f"{CASE}@C5, clé « prm » : « 2594659909314 » n'est pas un PRM de 14 chiffres.",
        ),
        (
            '"25946599093143"',
            "25946599093143",
            f"{CASE}@C5, clé « prm » : « 25946599093143 » doit être un texte ; l'écrire entre "
            "guillemets.",
        ),
        (
            "      C5:",
            "      C6:",
            f"{CASE}, clé « executions » : « C6 » n'est pas l'un des C1-C4, C2-C4, C5, N/A.",
        ),
        (
            '{prm: "25946599093143"}',
            "[]",
            f"{CASE}, clé « executions » : « C5 » doit contenir des clés ou {{}}.",
        ),
        (
            "service: Cons",
            "service: Kons",
            f"{CASE}, clé « service » : « KonsultationDonneesTechniquesContractuelles » n'est pas "
            f"l'une des valeurs {SERVICES}.",
        ),
        (
            'version: "1.0"',
            'version: "1.1"',
            f"{CASE}, clé « version » : SGE 1.0 n'a aucun cas de "
            "ConsultationDonneesTechniquesContractuelles v1.1, les siens en appellent 1.0.",
        ),
        (
            """service: ConsultationDonneesTechniquesContractuelles
    version: "1.0\"""",
            """service: ConsultationMesuresDetaillees
    version: "3.0\"""",
            f"{CASE}, clé « version » : SGE 1.0 n'a aucun cas de ConsultationMesuresDetaillees "
            "v3.0, les siens en appellent 2.0.",
        ),
        (
            "titre:",
            "tire: x\n    titre:",
            f"{CASE}, clé « tire » : elle est inconnue ici ; les clés admises sont accord, "
            "apres, attendu, au_choix, etat_du_point, facultatif, fois, non_testable, objet, "
            "preparation, prerequis, prm, provenance, quantite, remarque, reponse_ignoree, "
            "requete, service, signification, source, titre, variantes, version.",
        ),
        (
            '"{login}"',
            '"{logine}"',
            f"{CASE}, clé « requete/loginUtilisateur » : « {{logine}} » n'est pas l'un des "
            "repères {prm}, {login}, {contrat_id}.",
        ),
        (
            '"{login}"',
            '"{libre}"',
            f"{CASE}, clé « requete/loginUtilisateur » : « {{libre}} » n'est pas l'un des repères "
            "{prm}, {login}, {contrat_id}.",
        ),
        (
            ORDER,
            '    variantes: [{autorisationClient: "{libr}"}]\n' + ORDER,
            f"{CASE}, clé « variantes n° 1/autorisationClient » : « {{libr}} » n'est pas l'un des "
            "repères {prm}, {login}, {contrat_id}, {libre}.",
        ),
        (
            ORDER,
            "    variantes: [{autorisationClient: true}]\n" + ORDER,
            f"{CASE}, clé « variantes n° 1 » : elle ne change rien à la demande.",
        ),
        (
            ORDER,
            "    variantes: {autorisationClient: [true, false]}\n" + ORDER,
            f"{CASE}, clé « variantes » : une liste d'éléments à clés est attendue.",
        ),
        (
            '"{login}"',
            "aujourdhui-24moi",
            f"{CASE}, clé « requete/loginUtilisateur » : « aujourdhui-24moi » n'est pas une date "
            "telle que aujourdhui-24mois.",
        ),
        (
            '"{login}"',
            "1.5",
            f"{CASE}, clé « requete/loginUtilisateur » : « 1.5 » n'est ni un texte, ni un "
            "booléen, ni un entier, ni une date.",
        ),
        (
            '"{login}"',
            "{login: null}",
            f"{CASE}, clé « requete/loginUtilisateur/login » : « None » n'est ni un texte, ni un "
            "booléen, ni un entier, ni une date.",
        ),
        (
            '"{login}"',
            '{"a b": x}',
            f"{CASE}, clé « requete/loginUtilisateur » : « a b » n'est pas un nom d'élément.",
        ),
        (
            '"{login}"',
            "{cas: ADP-R9, valeur: a/b}",
            "sge-1.0/release.yaml, cas ADP-R1@C5, clé « apres » : ADP-R9@C5 n'est pas un cas "
            "placé avant lui.",
        ),
        (
            '"{login}"',
            "{cas: ADP-R1, valeur: a//b}",
            f"{CASE}, requete/loginUtilisateur, clé « valeur » : « a//b » n'est pas un chemin tel "
            "que points/point/@id.",
        ),
        (
            '"{login}"',
            "{preparation: commande, valeur: a/b}",
            f"{CASE}, requete/loginUtilisateur, clé « preparation » : « commande » n'est pas "
            "l'une des valeurs .",
        ),
        (
            ORDER,
            "    au_choix: un\n    ordre: [1]\n    fois: 0\n" + ORDER,
            f"{CASE}, clé « fois » : « 0 » doit être un entier, au moins 1.",
        ),
        (
            ORDER,
            "    nettoyage: true\n" + ORDER,
            f"{CASE}, clé « nettoyage » : la seule valeur admise est true, et le fichier du "
            "package doit dire ses étapes.",
        ),
        (
            'succes: [{chemin: point/@id, egal: "{prm}"}]',
            "refus: SGT401",
            f"{CASE}, attendu, clé « libelle » : il manque une valeur.",
        ),
        (
            'succes: [{chemin: point/@id, egal: "{prm}"}]',
            "{refus: SGT401, libelle: Non}",
            f"{CASE}, clé « attendu » : un cas -NR attend un refus, les autres un succès.",
        ),
        (
            'succes: [{chemin: point/@id, egal: "{prm}"}]',
            "accepte: [SGT570]",
            f"{CASE}, attendu, clé « succes » : il faut soit « succes », soit « refus ».",
        ),
        (
            'succes: [{chemin: point/@id, egal: "{prm}"}]',
            "{succes: [], accepte: [570]}",
            f"{CASE}, attendu, clé « accepte » : une liste de textes est attendue.",
        ),
        (
            'egal: "{prm}"',
            "egal: 1, compte: {min: 1}",
            f"{CASE}, attendu, succes n° 1, clé « chemin » : il lui faut une seule des clés "
            "present, absent, egal, parmi, compte.",
        ),
        (
            'egal: "{prm}"',
            "compte: {min: 3, max: 2}",
            f"{CASE}, attendu, succes n° 1, compte, clé « max » : « 2 » doit être un entier, "
            "au moins 3.",
        ),
        (
            'egal: "{prm}"',
            "present: false",
            f"{CASE}, attendu, succes n° 1, clé « present » : la seule valeur admise est true.",
        ),
        (
            'egal: "{prm}"',
            "egal: [1]",
            f"{CASE}, attendu, succes n° 1, clé « egal » : une valeur simple est attendue.",
        ),
    ],
)
def test_a_mistake_is_told_with_its_file_its_case_and_its_key(
    catalogue_folder: Callable[..., Path], before: str, after: str, sentence: str
) -> None:
    assert sentence in validate(catalogue_folder(consultation=spoilt(before, after)))


def test_a_mistake_common_to_all_segments_is_told_once(
    catalogue_folder: Callable[..., Path],
) -> None:
    folder = catalogue_folder(consultation=spoilt("    titre: Un titre\n", ""))
    assert validate(folder) == [f"{CASE}, clé « titre » : il manque une valeur."]


def test_every_mistake_is_told_at_once(catalogue_folder: Callable[..., Path]) -> None:
    text = spoilt("    titre: Un titre\n", "").replace('"25946599093143"', '"25"')
    text = text.replace("documented", "vu")
    assert len(validate(catalogue_folder(consultation=text))) == 3


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            "release: sge-1.0",
            "release: sge-1.1",
            "clé « release » : « sge-1.1 » n'est pas l'une des valeurs sge-1.0.",
        ),
        (
            "reference: 2020-06-01",
            "reference: 2021-06-01",
            "clé « dates_originales » : la référence 2021-06-01 doit y être comprise.",
        ),
        (
            "au: 2020-12-31",
            "au: fin 2020",
            "dates_originales, clé « au » : « fin 2020 » doit être une date telle que "
            "2025-08-01, sans guillemets.",
        ),
        (
            "packages: [consultation]",
            "packages: []",
            "clé « packages » : au moins un package est attendu.",
        ),
        ("resume: Une version d'essai.\n", "", "clé « resume » : il manque une valeur."),
    ],
)
def test_a_mistake_in_the_release_file_is_told(
    catalogue_folder: Callable[..., Path], before: str, after: str, sentence: str
) -> None:
    assert before in RELEASE
    folder = catalogue_folder(release=RELEASE.replace(before, after))
    assert f"sge-1.0/release.yaml, {sentence}" in validate(folder)


def test_a_group_of_one_is_a_mistake(catalogue_folder: Callable[..., Path]) -> None:
    text = spoilt('{prm: "25946599093143"}', '{prm: "25946599093143", au_choix: seul}')
    assert validate(catalogue_folder(consultation=text)) == [
        "sge-1.0/release.yaml, cas ADP-R1@C5, clé « au_choix » : aucun autre cas n'est du groupe "
        "« seul »."
    ]


def test_a_folder_that_holds_no_release_is_told(tmp_path: Path) -> None:
    assert validate(tmp_path) == [f"{tmp_path} ne contient aucun release.yaml."]


def test_one_release_folder_is_validated_alone(catalogue_folder: Callable[..., Path]) -> None:
    folder = catalogue_folder(consultation=spoilt("    titre: Un titre\n", ""))
    assert validate(folder / "sge-1.0") == [f"{CASE}, clé « titre » : il manque une valeur."]
