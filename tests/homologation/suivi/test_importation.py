from datetime import date
from pathlib import Path

import pytest
from classeurs import TITRES, row, workbook
from homologating import against
from openpyxl.worksheet.worksheet import Worksheet
from running_simulator import RunningSimulator, run_command

from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release, load_release, validate
from sge_sim.homologation.reports.rapport import read_rapport
from sge_sim.homologation.suivi.classeur import read_classeur
from sge_sim.homologation.suivi.importation import Importation, read_importation, write_release

BASE = load_release("26.1")


def imported(path: Path, base: Release | None = BASE) -> tuple[Importation, Release]:
    found = read_importation(read_classeur(path), base)
    return found, write_release(found, path.parent / "catalogue", "sge-26.1-acteur")


def the(release: Release, cle: str) -> Cas:
    (case,) = release.find(cle)
    return case


@pytest.mark.documented("catalogue 21.3 §1")
def test_the_prm_and_the_cases_of_the_workbook_make_a_release(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "suivi.xlsx",
        [
            row("ADP-R1", "12345678901234", "C5"),
            row("ADP-R1", "30001234567890", "C2C4"),
            row("ADP-NR1", "99999999999999", "N/A"),
        ],
    )
    found, release = imported(file)
    assert found.refus == []
    assert [each.cle for each in release.cas] == ["ADP-R1@C1-C4", "ADP-R1@C5", "ADP-NR1"]
    assert the(release, "ADP-R1@C5").requete["pointId"] == "12345678901234"
    assert the(release, "ADP-R1@C1-C4").prm == "30001234567890"
    assert "suivi.xlsx, feuille « Suivi », ligne 2" in the(release, "ADP-R1@C5").source
    assert release.packages == ("consultation",)
    assert validate(tmp_path / "catalogue" / "sge-26.1-acteur") == []


def test_columns_are_found_by_their_titles_in_any_order_below_other_lines(tmp_path: Path) -> None:
    titres = ("remarques", "CHAINE  du test", "Prm testé", "Priorité", "référence")
    rows = [
        {"référence": "adp – r1", "Prm testé": 12345678901234, "CHAINE  du test": "c5"},
        {},
        {"référence": "AHC_R1", "Prm testé": " 25 162 373 298 999", "CHAINE  du test": "C5"},
        {"référence": "ADP-NR1", "Prm testé": 1234567890123.0},
    ]
    found, release = imported(workbook(tmp_path / "a.xlsx", rows, titres, above=3))
    assert the(release, "ADP-R1@C5").prm == "12345678901234"
    assert the(release, "AHC-R1@C5").prm == "25162373298999"
    assert the(release, "ADP-NR1").prm == "01234567890123"
    assert found.refus == ["Feuille « Suivi » : colonne « Priorité » inconnue."]


def test_what_a_merged_cell_holds_counts_in_each_of_its_rows(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("E2:E3")
        sheet.merge_cells("A1:A1")

    rows = [row("ADP-R1", "12345678901234", "C5"), row("", "30001234567890", "C2C4")]
    _, release = imported(workbook(tmp_path / "a.xlsx", rows, change=merge))
    assert {each.cle: each.prm for each in release.cas} == {
        "ADP-R1@C5": "12345678901234",
        "ADP-R1@C1-C4": "30001234567890",
    }


@pytest.mark.parametrize(
    ("titles", "values"),
    [
        (("Date de début", "Date de fin"), (date(2026, 3, 2), date(2026, 3, 8))),
        (("Date début", "Date fin"), ("02/03/2026", "2026-03-08")),
        ((), ()),
    ],
)
@pytest.mark.assumed("actors add a period in columns, or Enedis in the words of the case")
def test_a_period_goes_into_the_request_and_never_moves(
    tmp_path: Path, titles: tuple[str, ...], values: tuple[object, ...]
) -> None:
    remarks = {} if titles else {"Remarques": "Courbe du 02/03/2026 au 08/03/2026."}
    rows = [
        row("CMD3-R1", "12345678901234", "C5", **dict(zip(titles, values, strict=True)), **remarks)
    ]
    found, release = imported(workbook(tmp_path / "a.xlsx", rows, (*TITRES, *titles)))
    demande = the(release, "CMD3-R1@C5").requete["demande"]
    assert isinstance(demande, dict)
    assert (demande["dateDebut"], demande["dateFin"]) == (date(2026, 3, 2), date(2026, 3, 8))
    assert release.decalage(date(2027, 1, 1)).days == 0
    assert found.refus == []


def test_what_is_not_understood_is_listed(tmp_path: Path) -> None:
    rows = [
        row("ADP-R9", "12345678901234", "C5"),
        row("ADP-R1", "123", "C5"),
        row("ADP-R1", "12345678901234", "C3"),
        row("ADP-R1", "12345678901234", "C5"),
        row("AHC-R1", "=1+1", "C5"),
        row("CMD3-R1", "12345678901234", "C5", **{"Version testée": "v2.0"}),
        row("ADP-NR1", "99999999999999", "N/A", **{"Cas non recevable": "non"}),
    ]
    found, release = imported(workbook(tmp_path / "a.xlsx", rows))
    refusals = "\n".join(found.refus)
    for part in (
        "ligne 2 : sge-26.1 n'a pas de cas « ADP-R9 »",
        "ligne 3 (ADP-R1@C5) : « 123 » n'est pas un PRM de 14 chiffres, le nôtre reste",
        "ligne 4 : la chaîne « C3 » n'en est pas une, et ADP-R1 se passe sur C1-C4, C5",
        "ligne 5 : ADP-R1@C5 est déjà sur une autre ligne",
        "ligne 6 (AHC-R1@C5) : la colonne « prm » est une formule, qui n'est pas calculée",
        "ligne 6 (AHC-R1@C5) : aucun PRM, le nôtre reste",
        "version 2.0, au lieu de 3.0, qui reste",
        "cas non recevable « non », contre notre catalogue",
        "aucune période, la nôtre reste (01/04/2025 à 07/04/2025)",
    ):
        assert part in refusals
    assert the(release, "AHC-R1@C5").prm == the(BASE, "AHC-R1@C5").prm


def test_a_case_that_another_builds_on_stays_as_optional(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [row("ASS-R1", "12345678901234", "C5")])
    _, release = imported(file, load_release("23.2"))
    stop = the(release, "ASS-R1@C5")
    others = [each for each in release.cas if each is not stop]
    assert {each.cle for each in others} >= set(stop.apres) != set()
    assert [stop.facultatif, *{each.facultatif for each in others}] == [False, True]


def test_the_release_that_has_most_of_the_cases_is_taken_over(tmp_path: Path) -> None:
    rows = [row("F305", "12345678901234", "C5"), row("F380-R1", "12345678901234", "C5")]
    found = read_importation(read_classeur(workbook(tmp_path / "a.xlsx", rows)))
    assert found.base.nom == "sge-23.2"
    rows = [row("SAD-R1", "12345678901234", "C5"), row("ADP-NR1", "12345678901234", "C5")]
    found = read_importation(read_classeur(workbook(tmp_path / "a.xlsx", rows)))
    assert found.base.nom == "sge-26.1"


def test_a_workbook_without_a_known_case_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [row("XYZ-R1", "12345678901234", "C5")])
    with pytest.raises(UsageError, match=r"ne nomme aucun cas"):
        read_importation(read_classeur(file))


def test_the_command_writes_a_release_that_is_played_and_shows_what_differs(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    rows = [row("ADP-NR1", "88888888888888", "N/A"), row("RP-NR2", "", "C5"), row("ADP-R9")]
    file = workbook(tmp_path / "Suivi Acteur.xlsx", rows)
    catalogue = tmp_path / "catalogue"
    done = run_command(
        "catalog", "import", str(file), "--dossier", str(catalogue), "--release", "26.1"
    )
    assert (done.returncode, done.stderr) == (0, "")
    for sentence in (
        "sge-26.1-suivi-acteur : 2 exécutions reprises de sge-26.1",
        "pointId : 99999999999999 → 88888888888888",
        "Cas retirés",
        "Dans notre catalogue, pas dans le classeur",
        "Pas compris",
        "ADP-R9",
    ):
        assert sentence in done.stdout
    folder = catalogue / "sge-26.1-suivi-acteur"
    command = ("homologate", "--catalogue", str(folder), "--rapport", str(tmp_path / "r"))
    played = run_command(*command, *against(simulator))
    assert (played.returncode, played.stderr) == (0, "")
    report = read_rapport(tmp_path / "r")
    assert report.release == "sge-26.1-suivi-acteur"
    assert [(each.cle, each.statut.bon) for each in report.executions] == [
        ("ADP-NR1", True),
        ("RP-NR2@C5", True),
    ]
    assert "<pointId>88888888888888</pointId>" in report.executions[0].requete
    both = run_command(*command, "--release", "26.1")
    assert (both.returncode, both.stderr.count("\n")) == (2, 1)
    absent = run_command("homologate", "--catalogue", str(tmp_path))
    assert "ne contient pas de release.yaml" in absent.stderr
