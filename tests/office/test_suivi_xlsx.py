"""The tracking sheet as a tester opens it: in LibreOffice, without its window."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from sge_sim.homologation.reports.rapport import Rapport, read_rapport

pytestmark = pytest.mark.office

# Separator, quote, UTF-8, from the first line, as shown, and -1: every sheet to a file of its own.
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def convert(workbook: Path, target: str, folder: Path) -> None:
    """Have LibreOffice open `workbook` and save it in another format."""
    command = [
        *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}"),
        *("--headless", "--convert-to", target, "--outdir", str(folder), str(workbook)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a campaign of all packages."""
    folder = tmp_path_factory.mktemp("campaign") / "report"
    command = [sys.executable, "-m", "sge_sim", "homologate", "--report", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def rapport(report: Path) -> Rapport:
    return read_rapport(report)


def test_libreoffice_shows_every_row_of_every_package(
    report: Path, rapport: Rapport, tmp_path: Path
) -> None:
    convert(report / "suivi.xlsx", CSV_FILTER, tmp_path)
    shown = {
        file.stem.removeprefix("suivi-"): list(csv.reader(file.read_text().splitlines()))
        for file in tmp_path.glob("*.csv")
    }
    for package in ("consultation", "commande", "infrajournalier", "historique"):
        runs = [each for each in rapport.executions if each.package == package]
        header, *rows = shown.pop(package)
        assert header == list(runs[0].suivi)
        assert rows == [[str(value or "") for value in run.suivi.values()] for run in runs]
    assert shown == {}


def test_libreoffice_prints_it(report: Path, tmp_path: Path) -> None:
    convert(report / "suivi.xlsx", "pdf", tmp_path)
    pdf = (tmp_path / "suivi.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    # A sheet that fits the width of a page takes one: printed by columns, it would take many.
    assert pdf.count(b"/Type/Page\n") + pdf.count(b"/Type/Page/") <= 8
