"""The tracking sheet as a tester opens it: in LibreOffice, without its window."""

import csv
import re
import subprocess
from pathlib import Path

import pytest
from failing_campaign import write_failing_report

from sge_sim.homologation.reports.executions import causes_of, remarks_of
from sge_sim.homologation.reports.rapport import Rapport, read_rapport

pytestmark = pytest.mark.office

# Separator, quote, UTF-8, from the first line, as shown, and -1: every sheet to a file of its own.
CSV_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

DATE = 10
"""The column of the date: all before it is text."""


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
    """The report of a campaign of all packages, in which much goes wrong."""
    return write_failing_report(tmp_path_factory.mktemp("campaign"))


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
        assert [row[:DATE] for row in rows] == [
            [str(value or "") for value in run.suivi.values()][:DATE] for run in runs
        ]
        # CSV has the dates as the language of the machine wants them.
        assert [sorted(re.split("[/ ]", row[DATE])) for row in rows] == [
            sorted(re.split("[/ ]", run.suivi["Date & heure du test"])) for run in runs
        ]
        assert [row[-1] for row in rows] == [remarks_of(run) for run in runs]
    assert [row[2] for row in shown.pop("À corriger")] == [
        "Cause",
        *(each.phrase for each in causes_of(rapport.executions)),
    ]
    summary = {row[0]: row[1] for row in shown.pop("Synthèse")}
    assert summary["Les repasser, là où est le dossier du rapport"] == rapport.commande
    assert {each.package: summary[each.package] for each in rapport.verdicts} == {
        each.package: each.decision.value for each in rapport.verdicts
    }
    assert shown == {}


def test_libreoffice_prints_it(report: Path, tmp_path: Path) -> None:
    convert(report / "suivi.xlsx", "pdf", tmp_path)
    pdf = (tmp_path / "suivi.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    # A sheet that fits the width of a page takes one: printed by columns, it would take many.
    assert pdf.count(b"/Type/Page\n") + pdf.count(b"/Type/Page/") <= 8
