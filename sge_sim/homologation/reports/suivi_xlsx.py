"""The report as Enedis' tracking workbook: its twelve columns, a row per run, a sheet per package.

A summary comes first, then what is to be put right.
"""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
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
    if causes := causes_of(rapport.executions):
        rows = [(x.statut.value, ", ".join(x.cles), x.phrase, x.que_faire) for x in causes]
        feuille = book.create_sheet("À corriger")
        _list(feuille, _CAUSES_WIDTHS, ("État", "Cas", "Cause", "Que faire"), rows)
        for line, cause in enumerate(causes, 2):
            feuille.cell(line, 1).fill = _FILLS[cause.statut.couleur]
    if unjudged := [(x.quoi, x.pourquoi, ", ".join(x.cles)) for x in non_juges(rapport)]:
        heads = ("Quoi", "Pourquoi", "Cas")
        _list(book.create_sheet("Non jugé"), _UNJUDGED_WIDTHS, heads, unjudged)
    for package, executions in by_package(rapport.executions).items():
        feuille = book.create_sheet(package)
        lines = [tuple((x.suivi | {_REMARKS: remarks_of(x)}).values()) for x in executions]
        _list(feuille, _WIDTHS, tuple(executions[0].suivi), lines)
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
        ended = (sum(each.statut.bon for each in own), len(own), *(counts[each] for each in Statut))
        feuille.append([verdict.package, verdict.decision.value, *ended, verdict.raison])
    heads = (*feuille[first], *(feuille.cell(line, 1) for line in range(1, first - 1)))
    _lay_out(feuille, (24, 46, 10, 8, *(15 for _ in Statut), 80), heads)
    for line, verdict in enumerate(rapport.verdicts, first + 1):
        feuille.cell(line, 2).fill = _FILLS[verdict.decision.couleur]


def _date(cell: Any, instant: datetime | None) -> None:
    """Write an instant as a date of the spreadsheet, in legal time."""
    if instant is not None:
        cell.value = instant.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
        cell.number_format, cell.alignment = "dd/mm/yyyy hh:mm:ss", _WRAPPED


def _list(
    feuille: Any, widths: Sequence[int], heads: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    """Write rows that may be filtered, under their heads."""
    for row in (heads, *rows):
        feuille.append(row)
    feuille.freeze_panes = "A2"
    feuille.auto_filter.ref = feuille.dimensions
    feuille.print_title_rows = "1:1"
    _lay_out(feuille, widths, feuille[1])


def _lay_out(feuille: Any, widths: Sequence[int], heads: Sequence[Any]) -> None:
    feuille.page_setup.orientation, feuille.page_setup.paperSize = "landscape", feuille.PAPERSIZE_A4
    feuille.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    feuille.page_setup.fitToHeight = 0  # as many pages as it takes
    for number, width in enumerate(widths, 1):
        feuille.column_dimensions[get_column_letter(number)].width = width
    for row in feuille.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            if isinstance(cell.value, str):  # one that begins with a sign isn't computed either
                cell.data_type = "s"
    for cell in heads:
        cell.font = _BOLD
