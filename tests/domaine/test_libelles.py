"""The labels that answers carry."""

import pytest

from sge_sim.domaine.libelles import LISTES, libelle_de


@pytest.mark.documented("AX.0355")
@pytest.mark.parametrize(
    ("liste", "code", "label"),
    [
        ("etatContractuel", "ECRES", "En service, en cours de résiliation"),
        ("segment", "C1", "CARD"),
        ("segment", "C5", "C5"),
        ("domaineTension", "BTINF", "BT<=36kVA"),
        ("domaineTension", "HTA", "HTA"),
        ("tensionLivraison", "230", "230 V"),
        ("tensionLivraison", "20 kV", "20 kV"),
        ("typeComptage", "LINKY", "Compteur Linky"),
        ("typeComptage", "ICE", "ICE"),
        ("disjoncteurCalibre", "15-45", "15-45 A"),
        ("classePrecision", "0_2S", "0,2S"),
        ("periodicite", "MENSU", "Mensuelle"),
        ("mediaReleve", "CPL", "CPL"),
        ("plageReleve", "DM00", "Relevé sur site Début de Mois + 00 jour"),
        ("plageReleve", "TM01", "Télé relevé Milieu de mois + 01 jour"),
        ("plageReleve", "FM15", "Relevé sur site Fin de Mois + 15 jours"),
        ("serviceSouscritType", "OPPENR", "Opposition à l’enregistrement de la courbe de charge"),
        ("objet", "HDM", "Transmission d’un historique de données de mesure"),
    ],
)
def test_a_code_has_the_label_of_its_list(liste: str, code: str, label: str) -> None:
    assert libelle_de(liste, code) == label


def test_the_label_of_an_unlisted_code_is_the_code() -> None:
    assert libelle_de("calendrier", "HoroF1") == "HoroF1"


def test_a_list_that_does_not_exist_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        libelle_de("etatContractual", "SERVC")


@pytest.mark.documented("AX.0355: 6 families of 16 codes")
def test_there_are_96_reading_windows() -> None:
    assert len(LISTES["plageReleve"]) == 96


def test_every_label_fits_the_255_characters_of_the_contracts() -> None:
    for liste in LISTES.values():
        for code, label in liste.items():
            assert 1 <= len(code) <= 15
            assert 1 <= len(label) <= 255
            assert label == label.strip()
