import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_samples import INSTANT, answered, case, sample_report
from classeurs import TITRES, row, workbook
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from running_simulator import run_command

from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.outcome import not_run
from sge_sim.homologation.catalogue.cases import Attendu
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.rapport import Rapport, to_json
from sge_sim.homologation.suivi.classeur import read_classeur
from sge_sim.homologation.suivi.remplissage import Remplissage, fill

PRM, GRAND = "25884515170669", "98800000000246"


def report() -> Rapport:
    executions = (
        answered(case("ADP-R1", segment="C1-C4", prm=GRAND), {}),
        answered(case("ADP-R1", segment="C5", prm=PRM), RefusRecu("SGT401", "inexistant")),
        answered(case("ADP-NR1", attendu=Attendu("SGT401")), RefusRecu("SGT401", "inexistant")),
        not_run(case("RP-R1", segment="C5"), "Fermée."),
    )
    return replace(sample_report(), executions=executions)


def filled(path: Path) -> tuple[Remplissage, Worksheet]:
    done = fill(read_classeur(path), report())
    return done, load_workbook(io.BytesIO(done.octets)).worksheets[0]


def cells(sheet: Worksheet, rang: int) -> dict[str, object]:
    titles = [each.value for each in sheet[1]]
    return dict(zip(titles, (each.value for each in sheet[rang]), strict=True))


@pytest.mark.documented("catalogue 21.3 §1")
def test_prm_chain_time_and_remarks_are_written_in_the_row_of_their_case(tmp_path: Path) -> None:
    rows = [row("ADP-R1", "", "C5"), row("ADP-NR1"), {}, row("ADP-R1", GRAND)]
    done, sheet = filled(workbook(tmp_path / "a.xlsx", rows))
    first, second, last = cells(sheet, 2), cells(sheet, 3), cells(sheet, 5)
    assert (first["PRM testé"], first["Chaîne du test"]) == (PRM, "C5")
    assert first["Date & heure du test"] == f"{INSTANT:%d/%m/%Y %H:%M:%S}"
    assert str(first["Remarques"]).startswith("Échoué. Attendu : ")
    assert (second["PRM testé"], second["Chaîne du test"]) == (None, "N/A")
    assert (last["PRM testé"], last["Chaîne du test"]) == (GRAND, "C2C4")
    assert last["Remarques"] == "Réussi."
    assert (done.lignes, done.restes) == (3, ("RP-R1@C5 n'a pas de ligne dans le classeur.",))


def test_everything_else_stays_as_it_was(tmp_path: Path) -> None:
    def decorate(sheet: Worksheet) -> None:
        sheet["A1"].fill = PatternFill("solid", start_color="FF8800")
        sheet["I2"].fill = PatternFill("solid", start_color="00FF00")
        sheet["A2"].comment = Comment("Un mot", "Enedis")
        sheet["K2"].number_format = "dd/mm/yyyy hh:mm"
        sheet["N9"] = "=SUM(1,1)"
        sheet.column_dimensions["A"].width = 33
        sheet.merge_cells("A7:C8")
        sheet.conditional_formatting.add("A1:A9", _red())
        book = sheet.parent
        assert book is not None
        other = book.create_sheet("Notice")
        other["B2"] = "À ne pas changer"

    rows = [row("ADP-R1", "", "C5", **{"Remarques": "À voir"})]
    path = workbook(tmp_path / "a.xlsx", rows, change=decorate)
    done, sheet = filled(path)
    before, after = zipfile.ZipFile(path), zipfile.ZipFile(io.BytesIO(done.octets))
    changed = [each for each in before.namelist() if before.read(each) != after.read(each)]
    assert after.namelist() == before.namelist()
    assert changed == ["xl/worksheets/sheet1.xml"]
    there = load_workbook(path).worksheets[0]
    own = {"I2", "J2", "K2", "L2"}
    for line in there.iter_rows():
        for cell in line:
            copy = sheet[cell.coordinate]
            assert copy._style == cell._style
            assert cell.coordinate in own or copy.value == cell.value
    assert sheet["K2"].value == INSTANT.replace(tzinfo=None)
    assert str(sheet["L2"].value).startswith("À voir\nÉchoué.")
    assert sheet.merged_cells.ranges == there.merged_cells.ranges
    assert len(sheet.conditional_formatting) == 1
    assert sheet["N9"].value == "=SUM(1,1)"


def _red() -> object:
    from openpyxl.formatting.rule import CellIsRule

    return CellIsRule(operator="equal", formula=["1"], fill=PatternFill("solid", "FF0000"))


def test_filling_twice_changes_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [row("ADP-R1", "", "C5", Remarques="À voir")])
    path.write_bytes(filled(path)[0].octets)
    _, sheet = filled(path)
    assert str(sheet["L2"].value).count("Échoué") == 1


def test_a_merged_cell_is_written_where_it_stands_and_a_formula_is_left_alone(
    tmp_path: Path,
) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("E2:E3")
        sheet.merge_cells("L2:L3")
        sheet["J2"] = '="C"&5'

    rows = [row("ADP-R1", PRM), row("", GRAND)]
    done, sheet = filled(workbook(tmp_path / "a.xlsx", rows, change=merge))
    assert str(sheet["L2"].value).startswith("Échoué")
    assert sheet["J2"].value == '="C"&5'
    assert sheet["J3"].value == "C2C4"
    assert done.restes[:2] == (
        "ADP-R1@C5 : la colonne « chaine » est une formule, laissée là.",
        "ADP-R1@C1-C4 : la cellule « remarques », fusionnée, est déjà remplie.",
    )


def test_columns_in_another_order_are_filled(tmp_path: Path) -> None:
    _, sheet = filled(workbook(tmp_path / "a.xlsx", [row("ADP-R1", "", "C5")], TITRES[::-1]))
    assert cells(sheet, 2)["PRM testé"] == PRM
    assert sheet["D2"].value == PRM


def test_what_a_formula_would_begin_with_is_text(tmp_path: Path) -> None:
    sample = report()
    run = sample.executions[0]
    run = replace(run, suivi={**run.suivi, "Remarques": "=1+1\x01"})
    path = workbook(tmp_path / "a.xlsx", [row("ADP-R1", "", "C2C4")])
    done = fill(read_classeur(path), replace(sample, executions=(run,)))
    cell = load_workbook(io.BytesIO(done.octets)).worksheets[0]["L2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_workbook_of_other_cases_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [row("SAD-R1", "", "C5")])
    with pytest.raises(UsageError, match=r"aucune ligne d'un cas du rapport"):
        fill(read_classeur(path), report())


def test_the_command_writes_a_copy_beside_the_model(tmp_path: Path) -> None:
    path = workbook(tmp_path / "suivi.xlsx", [row("ADP-R1", "", "C5")])
    before = path.read_bytes()
    (tmp_path / "rapport.json").write_bytes(to_json(report()))
    done = run_command("report", "suivi", str(tmp_path), "--modele", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 lignes remplies" not in done.stdout
    assert path.read_bytes() == before
    sheet = load_workbook(tmp_path / "suivi-rempli.xlsx").worksheets[0]
    assert sheet["I2"].value == PRM
