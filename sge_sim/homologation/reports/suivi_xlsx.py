"""The report as Enedis' tracking workbook: its twelve columns, a row per run, a sheet per package.

A summary comes first, then what is to be put right.
"""

import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from sge_sim.clock import PARIS
from sge_sim.homologation.reports.couverture import couverture
from sge_sim.homologation.reports.etats import Couleur, Statut
from sge_sim.homologation.reports.executions import causes_of, remarks_of, rerun_title
from sge_sim.homologation.reports.non_juge import checks_of, non_juges
from sge_sim.homologation.reports.rapport import Rapport, by_package

_WIDTHS = (46, 14, 16, 52, 16, 12, 12, 10, 18, 10, 20, 60)
_DATE, _REMARKS = "Date & heure du test", "Remarques"
_UNJUDGED_WIDTHS = (50, 70, 50)
_CAUSES_WIDTHS = (14, 26, 70, 60)
_FILLS = {each: PatternFill("solid", start_color=each.fond[1:].upper()) for each in Couleur}
_BOLD = Font(name="Calibri", size=11, bold=True)
_WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)


def render_xlsx(rapport: Rapport) -> bytes:
    """Return the workbook, filled in as the tester would (columns: catalogue of SGE 21.3 §1)."""
    book = Workbook(write_only=False)
    for feuille in book.worksheets:
        book.remove(feuille)
    _summary(book.create_sheet("Synthèse"), rapport)
    if causes_of(rapport.executions):
        _causes(book.create_sheet("À corriger"), rapport)
    if non_juges(rapport):
        _unjudged(book.create_sheet("Non jugé"), rapport)
    for package, executions in by_package(rapport.executions).items():
        feuille = book.create_sheet(package)
        feuille.append(list(executions[0].suivi))
        for each in executions:
            feuille.append(list((each.suivi | {_REMARKS: remarks_of(each)}).values()))
        _lay_out(feuille, _WIDTHS)
        for line, each in enumerate(executions, 2):
            columns = list(each.suivi)
            _date(feuille.cell(line, columns.index(_DATE) + 1), each.instant)
            feuille.cell(line, columns.index(_REMARKS) + 1).fill = _FILLS[each.statut.couleur]
    book.properties.title = f"Homologation {rapport.release}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _summary(feuille: Any, rapport: Rapport) -> None:
    """Write the sheet on the campaign and how each package fared."""
    for titre, value in (
        ("Homologation", rapport.release),
        *couverture(rapport),
        (rerun_title(rapport), rapport.commande or "-"),
        ("Vérifications", checks_of(rapport.executions) or "-"),
        ("À vérifier", ", ".join(each.cle for each in rapport.a_verifier) or "-"),
        *(("Remarque", each) for each in rapport.remarques),
    ):
        feuille.append([titre, value])
    feuille.append([])
    first = feuille.max_row + 2
    head = ["Package", "Verdict", "Cas bons", "Cas", *(statut.value for statut in Statut), "Raison"]
    feuille.append(head)
    runs = by_package(rapport.executions)
    for verdict in rapport.verdicts:
        own = runs.get(verdict.package, [])
        counts = Counter(each.statut for each in own)
        feuille.append(
            [
                *(verdict.package, verdict.decision.value),
                *(sum(each.statut.bon for each in own), len(own)),
                *(counts[statut] for statut in Statut),
                verdict.raison,
            ]
        )
    for column, width in enumerate((24, 46, 10, 8, *(15 for _ in Statut), 80), 1):
        feuille.column_dimensions[get_column_letter(column)].width = width
    for row in feuille.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for line, verdict in enumerate(rapport.verdicts, first + 1):
        feuille.cell(line, 2).fill = _FILLS[verdict.decision.couleur]
    for row in (feuille[first], [feuille.cell(line, 1) for line in range(1, first - 1)]):
        for cell in row:
            cell.font = _BOLD
    _on_one_page_wide(feuille)


def _causes(feuille: Any, rapport: Rapport) -> None:
    """Write the sheet of what is to be put right, a cause in each row."""
    causes = causes_of(rapport.executions)
    feuille.append(["État", "Cas", "Cause", "Que faire"])
    for cause in causes:
        feuille.append([cause.statut.value, ", ".join(cause.cles), cause.phrase, cause.que_faire])
    _lay_out(feuille, _CAUSES_WIDTHS)
    for line, cause in enumerate(causes, 2):
        feuille.cell(line, 1).fill = _FILLS[cause.statut.couleur]


def _unjudged(feuille: Any, rapport: Rapport) -> None:
    """Write the sheet of what wasn't judged, a reason in each row."""
    feuille.append(["Quoi", "Pourquoi", "Cas"])
    for each in non_juges(rapport):
        feuille.append([each.quoi, each.pourquoi, ", ".join(each.cles)])
    _lay_out(feuille, _UNJUDGED_WIDTHS)


def _date(cell: Any, instant: datetime | None) -> None:
    """Write an instant as a date of the spreadsheet, in legal time."""
    if instant is not None:
        cell.value = instant.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
        cell.number_format, cell.alignment = "dd/mm/yyyy hh:mm:ss", _WRAPPED


def _on_one_page_wide(feuille: Any) -> None:
    feuille.page_setup.orientation, feuille.page_setup.paperSize = "landscape", feuille.PAPERSIZE_A4
    feuille.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    feuille.page_setup.fitToHeight = 0  # as many pages as it takes


def _lay_out(feuille: Any, widths: Sequence[int]) -> None:
    feuille.freeze_panes = "A2"
    feuille.auto_filter.ref = feuille.dimensions
    feuille.print_title_rows = "1:1"
    _on_one_page_wide(feuille)
    for number, width in enumerate(widths, 1):
        feuille.column_dimensions[get_column_letter(number)].width = width
    for row in feuille.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            # A PRM is text, and so is whatever begins with a sign that Excel would compute.
            cell.data_type = "s"
    for cell in feuille[1]:
        cell.font = _BOLD
