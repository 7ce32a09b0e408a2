"""The catalogue in words, and its rows of the tracking sheet."""

import pytest

from sge_sim.homologation.catalogue.french_text import (
    diff,
    render_diff,
    render_list,
    render_show,
    tracking_row,
)
from sge_sim.homologation.catalogue.release import load_release

RELEASES = ["21.3", "22.1", "23.2", "23.4", "26.1"]


@pytest.mark.parametrize("name", RELEASES)
def test_the_list_tells_every_run_once_under_its_package(name: str) -> None:
    release = load_release(name)
    text = render_list(release)
    lines = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
    keys = [case.cle for case in release.cas]
    assert [line for line in lines if line in keys] == keys
    assert [line.lower() for line in text.splitlines() if line.isupper()] == list(release.packages)


@pytest.mark.parametrize("name", RELEASES)
def test_show_tells_everything_that_is_sent_and_expected(name: str) -> None:
    for case in load_release(name).cas:
        text = render_show(case)
        for part in (case.titre, f"{case.service} v{case.version}", case.prm, case.attendu.code):
            assert not part or part in text
        for assertion in case.attendu.assertions:
            assert assertion.chemin.texte in text


def test_show_tells_what_sets_a_case_apart() -> None:
    (case,) = load_release("26.1").find("CMD3-NR2")
    text = " ".join(render_show(case).split())
    assert "« arrêt » : CommandeArretServicesAccesDonnees v1.0, pour chaque valeur trouvée" in text
    (untested,) = load_release("26.1").find("RSA-R1@C2-C4")
    assert "non testable le service ne fonctionne pas" in " ".join(render_show(untested).split())
    assert tracking_row(untested)["Quantité demandée"] == "Non testable"
    assert "refus SGT211 « Aucun service souscrit, accès SERVICE_ACCES refusé »" in text
    assert "(libellé supposé, non comparé)" in text
    assert "cadreAcces = SERVICE_ACCES" in text


@pytest.mark.documented("catalogue SGE 21.3 §1: RP-R3 « - », F305C « Facultatif »")
@pytest.mark.parametrize("name", RELEASES)
def test_show_tells_the_quantity_of_an_optional_case_as_the_sheet_does(name: str) -> None:
    release = load_release(name)
    (search,) = release.find("RP-R3")
    assert "à exécuter      - (facultatif)\n" in render_show(search)
    assert "à exécuter      1\n" in render_show(release.find("RP-R2")[0])
    if "F305C" in release.ids:
        (renewal,) = release.find("F305C")
        assert "à exécuter      Facultatif\n" in render_show(renewal)


@pytest.mark.assumed("a client of 22.1 reads that RP-R3 gives several points")
@pytest.mark.parametrize("name", RELEASES)
def test_a_search_that_may_give_several_points_does_not_suppose_a_single_one(name: str) -> None:
    (search,) = load_release(name).find("RP-R3")
    single = any("Un seul point" in each for each in search.prerequis)
    assert single is (search.attendu.assertions[0].maximum == 1)


@pytest.mark.parametrize("name", RELEASES)
def test_a_prerequisite_is_a_sentence(name: str) -> None:
    sentences = [each for case in load_release(name).cas for each in case.prerequis]
    assert [each for each in sentences if not (each[0].isupper() and each.endswith("."))] == []


def test_show_tells_known_deviations_and_judgement_on_the_request() -> None:
    (case,) = load_release("22.1").find("F375A-R1")
    text = render_show(case)
    assert "  - SGT500 (observé en 22.1)" in text
    assert text.endswith("Enedis juge la demande seule : la réponse de sa plateforme est ignorée.")


@pytest.mark.documented("catalogue SGE 21.3: one of idx, ptd and cdc at least")
def test_show_tells_what_else_the_request_may_say() -> None:
    (case,) = load_release("23.4").find("F375A-R1")
    shown = " ".join(render_show(case).split())
    assert (
        "Admis aussi dans la demande - demande/accesDonnees/idx = au choix, "
        "demande/accesDonnees/ptd = au choix - demande/accesDonnees/cdc = au choix, "
        "demande/accesDonnees/idx = true, demande/accesDonnees/ptd = au choix"
    ) in shown
    (case,) = load_release("21.3").find("RP-NR1")
    assert "Admis aussi" not in render_show(case)


def test_the_difference_tells_runs_that_change_alike_together() -> None:
    text = render_diff(diff(load_release("21.3"), load_release("22.1")))
    assert text.startswith("De sge-21.3 à sge-22.1\n\nCas retirés\n  - F300C_O3-NR@C5\n")
    assert "Changé : CMD2-R1@C1-C4, CMD2-R1@C5, CMD2-R2@C1-C4, CMD2-R3@C5\n" in text
    assert "  - requete/demande/dateFin : 2020-03-07 → 2020-03-08" in text
    assert text.count("2020-03-07 → 2020-03-08") == 1


def test_no_difference_is_told() -> None:
    release = load_release("26.1")
    assert render_diff(diff(release, release)).endswith("Aucune différence.")


@pytest.mark.documented("catalogue 21.3 §1, tracking sheet")
def test_a_row_of_the_tracking_sheet_has_its_twelve_columns() -> None:
    release = load_release("21.3")
    (refused,), (optional,), (chosen,) = (
        release.find(name) for name in ("AHC-NR1", "RP-R3", "F300B_O2-NR")
    )
    assert tracking_row(refused) == {
        "Webservice": "ConsultationMesures",
        "État du point": "En service",
        "Accord client": "Pas d'accord",
        "Libellé": "Historique de consommation sans l'autorisation du client",
        "Référence": "AHC-NR1",
        "Cas non recevable": "oui",
        "Quantité demandée": "1",
        "Version testée": "v1.1",
        "PRM testé": "98800005782026",
        "Chaîne du test": "C2C4",
        "Date & heure du test": "",
        "Remarques": "",
    }
    assert tracking_row(optional)["Quantité demandée"] == "-"
    assert tracking_row(release.find("F305C")[0])["Quantité demandée"] == "Facultatif"
    assert tracking_row(optional)["PRM testé"] == ""
    assert tracking_row(optional)["Accord client"] == "-"
    assert tracking_row(chosen)["Quantité demandée"] == "1 au choix"
    assert tracking_row(release.find("ADP-NR1")[0])["Chaîne du test"] == "N/A"
