"""A mistake in a data set is told with its file and its key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.referentiel.dataset import read_dataset

Refusal = Callable[[str, str, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    shutil.copytree(data_path("catalog") / "datasets" / "homologation", copy)
    return copy


@pytest.fixture
def refusal(folder: Path) -> Refusal:
    """Give what replaces a text once in a file and returns how the data set is then refused."""

    def refuse(name: str, written: str, instead: str) -> str:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert written in text
        path.write_text(text.replace(written, instead, 1), encoding="utf-8")
        with pytest.raises(UsageError) as caught:
            read_dataset(folder)
        told = str(caught.value)
        assert name in told
        assert "\n" not in told
        return told

    return refuse


def test_the_copy_itself_holds_no_mistake(folder: Path) -> None:
    assert read_dataset(folder).points


@pytest.mark.parametrize(
    ("name", "written", "instead", "told"),
    [
        ("points.yaml", "teleoperable: false", "teleopérable: false", "teleopérable : attribut"),
        ("points.yaml", "provisoire: true", "provisoire: peut-être", "24210000001268, provisoire"),
        ("points.yaml", "{segment: P2", "{segment: P9", "« P9 » n'est pas une valeur admise"),
        ("points.yaml", "25946599093143", "25946599093144", "elle devrait être 43"),
        ("points.yaml", '"25946599093143"', "25946599093143", "un texte est attendu"),
        (
            "points.yaml",
            '"24210000000255"',
            '"24210000000143"',
            "prm : « 24210000000143 » est écrit 2 fois",
        ),
        ("points.yaml", "profils: [linky]", "profils: [lynki]", "profils : « lynki »"),
        ("points.yaml", "commune: 13100/13001", "commune: 13100/1", "commune : « 13100/1 »"),
        ("points.yaml", "titulaire: FOURN2", "titulaire: TIERS1", "fournisseur_titulaire"),
        ("points.yaml", "  pourquoi:", "  raison:", "0, pourquoi : clé absente"),
        ("points.yaml", "1 RUE DE LA MER", "1" * 39, "numero_et_nom_voie"),
        ("points.yaml", "fenetre_duree_min: 60", "fenetre_duree: 60", "fenetre_duree : clé"),
        ("profils.yaml", "herite: [bt_inf]", "herite: [bt_sup]", "herite : « bt_sup »"),
        ("points.yaml", "{segment: P2", "{graine: 5", "graine : attribut inconnu"),
        ("profils.yaml", "teleoperable: true", "teleoperable: true\n    fta: A\n    fta: B", "fta"),
        ("communes.yaml", '"13080"', '"13090"', "commune : « 13090/13001 » est écrit 2 fois"),
        ("acteurs.yaml", "code: TIERS2", "code: TIERS1", "code : « TIERS1 »"),
        ("acteurs.yaml", "contact@tiers2", "homologation@tiers1", "login : « homologation@"),
        ("acteurs.yaml", '"1100391"', '"1100256"', "contrat_id : « 1100256 »"),
        ("profils.yaml", "2014-03-17", "2014-02-30", "le YAML est illisible"),
        ("profils.yaml", "2014-03-17", "hier", "situation, date_mise_en_service"),
        ("profils.yaml", "date_pose: 2017-06-20", "pose: 2017-06-20", "pose : attribut inconnu"),
        ("communes.yaml", '"34231"', "34231", "2, code_insee : un texte est attendu"),
        ("communes.yaml", 'code_insee: "75101"', "# absent", "0, code_insee : clé absente"),
        ("communes.yaml", "libelle: ROM", "nom: X\n  libelle: ROM", "2, nom : clé inconnue"),
        ("acteurs.yaml", "kind: tiers", "kind: tierce", "« tierce » n'est pas une valeur admise"),
        ("acteurs.yaml", "par_defaut: true", "par_defaut: false", "un tiers par défaut"),
        ("acteurs.yaml", "homologation@tiers1.example.org", "homologation", "login"),
        ("population.yaml", "nombre: 150", "nombre: beaucoup", "quotas, 0, nombre"),
        ("population.yaml", "commune: 34650/34231", "commune: 13080/13001", "heures creuses"),
        ("population.yaml", "FOURN1: 40", "TIERS1: 40", "TIERS1 : fournisseur inconnu"),
        ("population.yaml", "quotas:", "quotas: [", "le YAML est illisible"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_its_key(
    refusal: Refusal, name: str, written: str, instead: str, told: str
) -> None:
    assert told in refusal(name, written, instead)


def test_a_point_left_incomplete_by_its_profiles_is_named(folder: Path) -> None:
    path = folder / "profils.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    teleoperable: true\n", "", 1), encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"points\.yaml, 25946599093143 : il manque teleoperable\."
    ):
        read_dataset(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "acteurs.yaml").unlink()
    with pytest.raises(UsageError, match=r"acteurs\.yaml : le fichier est illisible"):
        read_dataset(folder)
