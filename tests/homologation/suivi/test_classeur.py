import io
import zipfile
from pathlib import Path

import pytest
from classeurs import row, workbook
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from running_simulator import run_command

from sge_sim.errors import UsageError
from sge_sim.homologation.suivi.classeur import MAX_BYTES, read_classeur
from sge_sim.homologation.suivi.lignes import read_tableaux


def with_part(path: Path, name: str, content: bytes) -> Path:
    """Add a part to a workbook, or put another one in its place."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in {**parts, name: content}.items():
            archive.writestr(each, data)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return workbook(tmp_path / "suivi.xlsx", [row("ADP-R1", "12345678901234", "C5")])


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_tableaux(read_classeur(path))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_one_of_more_than_20_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with path.open("wb") as handle:
        handle.truncate(MAX_BYTES + 1)
    assert "dépasse" in refusal(path)


def test_one_that_grows_beyond_bounds_is_refused(file: Path) -> None:
    with_part(file, "xl/media/image.bin", bytes(101 * 2**20))
    assert "trop grand une fois décompressé" in refusal(file)


def test_an_encrypted_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512))
    assert "chiffré" in refusal(path)


def test_one_with_macros_is_refused(file: Path) -> None:
    with_part(file, "xl/vbaProject.bin", b"x")
    assert "macros" in refusal(file)


def test_one_that_says_it_has_macros_is_refused(file: Path) -> None:
    kinds = zipfile.ZipFile(file).read("[Content_Types].xml")
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with_part(
        file,
        "[Content_Types].xml",
        kinds.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
    )
    assert "macros" in refusal(file)


def test_one_without_a_known_title_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert "aucune ligne de titres connue" in refusal(workbook(path, [], ("A", "B", "C")))


@pytest.mark.parametrize(
    "content", [b"", b"Reference;PRM", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert "n'est pas un classeur .xlsx" in refusal(path)


def test_a_damaged_one_and_one_with_a_dtd_are_refused(file: Path) -> None:
    with_part(file, "xl/worksheets/sheet1.xml", b"<worksheet>")
    assert "abîmé" in refusal(file)
    with_part(file, "xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert "DTD" in refusal(file)


def test_a_formula_has_no_value(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [row("ADP-R1", "=1+1", "C5")])
    (feuille,) = read_classeur(path).feuilles
    assert (feuille.text((2, 9)), feuille.formules) == ("", {(2, 9)})


def test_a_sheet_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    def far(sheet: Worksheet) -> None:
        sheet["A6000"] = "x"

    assert "plus de 5000 lignes" in refusal(workbook(tmp_path / "a.xlsx", [], change=far))


def test_the_command_refuses_in_a_sentence(tmp_path: Path) -> None:
    book = Workbook()
    content = io.BytesIO()
    book.save(content)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content.getvalue())
    for command in (
        ("catalog", "import", str(path)),
        ("catalog", "import", str(tmp_path / "absent.xlsx")),
        ("catalog", "import", str(tmp_path)),
    ):
        done = run_command(*command)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "Traceback" not in done.stderr
