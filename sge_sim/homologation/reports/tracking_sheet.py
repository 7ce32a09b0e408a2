"""The report as Enedis' tracking sheet: its twelve columns, a row per run, a sheet per package."""

import io
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from sge_sim.homologation.reports.rapport import Rapport

_WIDTHS = (46, 14, 16, 52, 16, 12, 12, 10, 18, 10, 20, 60)
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def render_xlsx(rapport: Rapport) -> bytes:
    """Return the workbook, filled in as the tester would (columns: catalogue of SGE 21.3 §1)."""
    book = Workbook(write_only=False)
    for sheet in book.worksheets:
        book.remove(sheet)
    for package, group in groupby(rapport.executions, key=lambda each: each.package):
        sheet = book.create_sheet(package)
        rows = [each.fiche for each in group]
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append(list(row.values()))
        _lay_out(sheet)
    if not book.worksheets:
        book.create_sheet("vide")
    book.properties.title = f"Homologation {rapport.release}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _lay_out(sheet: Any) -> None:
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0  # as many pages as it takes, one page wide
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
            # A PRM is text, and so is whatever begins with a sign that Excel would compute.
            cell.data_type = "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
