"""Writes a report: HTML to read, the tracking workbook, JUnit for a build, JSON, the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sge_sim.homologation.reports.comparaison import find_previous
from sge_sim.homologation.reports.evidence import pack
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.masque import Personal, without_personal
from sge_sim.homologation.reports.rapport import Rapport, to_json
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx
from sge_sim.machine.files import check_writable, write_atomically

EVIDENCE_NAME = "preuves.zip"


@dataclass(frozen=True)
class WrittenReports:
    """Where the reports are. `empreinte` is the SHA-256 of the evidence, to be kept elsewhere."""

    folder: Path
    html: Path
    suivi: Path
    junit: Path
    json: Path
    preuves: Path
    empreinte: str


def prepare_folder(folder: Path) -> None:
    """Make the folder of a report; raises what writing there would, before a campaign is run."""
    folder.mkdir(parents=True, exist_ok=True)
    check_writable(folder / EVIDENCE_NAME)


def write_reports(
    rapport: Rapport, folder: Path, personal: Personal | None = None
) -> WrittenReports:
    """Write every form of `rapport` into `folder`, made if need be; what is there is replaced.

    The page tells what changed since the last report of the release, in `folder` or beside it.
    With `personal`, what it finds in it of an actor's own points is hidden in all of them.
    """
    prepare_folder(folder)
    if personal is not None:
        rapport = without_personal(rapport, personal)
    files: Mapping[str, bytes] = {
        "rapport.html": render_html(rapport, find_previous(rapport, folder)).encode(),
        "suivi.xlsx": render_xlsx(rapport),
        "junit.xml": render_junit(rapport),
        "rapport.json": to_json(rapport),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    evidence, fingerprint = pack(rapport, files)
    write_atomically(folder / EVIDENCE_NAME, evidence)
    return WrittenReports(
        folder,
        folder / "rapport.html",
        folder / "suivi.xlsx",
        folder / "junit.xml",
        folder / "rapport.json",
        folder / EVIDENCE_NAME,
        fingerprint,
    )
