"""A copy of the actor's tracking workbook, filled in from a report, everything else as it was.

Cells are written into the XML of their sheet; the other parts of the workbook stay the same bytes.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from posixpath import join, normpath
from typing import Final
from zipfile import ZipFile

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple

from sge_sim.clock import PARIS
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.cases import SEGMENTS
from sge_sim.homologation.reports.executions import remarks_of
from sge_sim.homologation.reports.rapport import Execution, Rapport
from sge_sim.homologation.suivi.classeur import Classeur, Place
from sge_sim.homologation.suivi.lignes import (
    Tableau,
    prm_in,
    read_tableaux,
    reference_in,
    segment_in,
)
from sge_sim.machine.documents import parse_xml, zipped

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_FORBIDDEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST: Final = 32_000
"""A cell holds 32 767 characters."""


@dataclass(frozen=True)
class Remplissage:
    """A filled workbook. `lignes` counts the filled rows, `restes` are sentences on the others."""

    octets: bytes
    lignes: int
    restes: tuple[str, ...]


def fill(classeur: Classeur, rapport: Rapport) -> Remplissage:
    """Return a copy of `classeur` where the rows of the cases of `rapport` have their PRM, chain,
    date and time, and remarks.

    A formula is left alone; a remark that is there stays, ours below it. Raises `UsageError` where
    no row is about a case of the report.
    """
    written: dict[str, dict[Place, str | datetime]] = {}
    restes: list[str] = []
    done: set[str] = set()
    for tableau in read_tableaux(classeur):
        cells = written.setdefault(tableau.feuille.nom, {})
        for rang, execution in _assigned(tableau, rapport.executions, done).items():
            restes += _fill_row(tableau, rang, execution, cells)
    if not done:
        raise UsageError(
            f"{classeur.nom} n'a aucune ligne d'un cas du rapport ({rapport.release})."
        )
    restes += [
        f"{each.cle} n'a pas de ligne dans le classeur."
        for each in rapport.executions
        if each.cle not in done
    ]
    return Remplissage(_copy(classeur.octets, written), len(done), tuple(restes))


def _assigned(
    tableau: Tableau, executions: Sequence[Execution], done: set[str]
) -> dict[int, Execution]:
    """Return the run that each row of a table is about, each once, and note their keys in `done`.

    By the reference and the chain; without a chain by the PRM, else in their order.
    """
    found: dict[int, Execution] = {}
    ids = {each.id for each in executions}
    for sure in (True, False):
        for rang in tableau.rows():
            cas_id = reference_in(tableau.text(rang, "reference"), ids)
            left = [each for each in executions if each.id == cas_id and each.cle not in done]
            execution = _run_of_row(tableau, rang, left, sure=sure)
            if rang not in found and execution is not None:
                found[rang] = execution
                done.add(execution.cle)
    return dict(sorted(found.items()))


def _run_of_row(
    tableau: Tableau, rang: int, left: Sequence[Execution], *, sure: bool
) -> Execution | None:
    by_segment = {each.cle.partition("@")[2] or "N/A": each for each in left}
    chaine, prm = tableau.text(rang, "chaine"), prm_in(tableau.text(rang, "prm"))
    if segment_in(chaine, SEGMENTS) is not None:
        # "" stands for the runs that are done: a lone one that is left isn't for any chain.
        meant = segment_in(chaine, [*by_segment, ""]) or "N/A"
        return by_segment.get(meant)
    for each in left:
        if prm is not None and each.suivi.get("PRM testé") == prm:
            return each
    return None if sure or not left else left[0]


def _fill_row(
    tableau: Tableau, rang: int, execution: Execution, cells: dict[Place, str | datetime]
) -> Iterator[str]:
    """Write the values of a row into `cells`, by place; yield what can't be written."""
    feuille = tableau.feuille
    instant = None if execution.instant is None else execution.instant.astimezone(PARIS)
    for colonne, value in (
        ("prm", execution.suivi.get("PRM testé", "")),
        ("chaine", execution.suivi.get("Chaîne du test", "")),
        ("instant", "" if instant is None else instant.replace(tzinfo=None, microsecond=0)),
        ("remarques", remarks_of(execution)),
    ):
        place = tableau.place(rang, colonne)
        if place is None or value == "":
            continue
        place = feuille.ancres.get(place, place)
        there = feuille.text(place)
        if place in feuille.formules:
            yield f"{execution.cle} : la colonne « {colonne} » est une formule, laissée là."
        elif place in cells and cells[place] != value:
            yield f"{execution.cle} : la cellule « {colonne} », fusionnée, est déjà remplie."
        elif isinstance(value, datetime):
            cells[place] = value if place in feuille.dates else f"{value:%d/%m/%Y %H:%M:%S}"
        elif colonne != "remarques" or not there:
            cells[place] = value
        elif value not in there:
            cells[place] = f"{there}\n{value}"


def _copy(content: bytes, written: Mapping[str, Mapping[Place, str | datetime]]) -> bytes:
    """Return the workbook with the cells of its sheets written; its other parts are the same."""
    with ZipFile(io.BytesIO(content)) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    parts = {info.filename: data for info, data in members}
    book = parse_xml(parts["xl/workbook.xml"])
    properties = book.find(f"{{{_MAIN}}}workbookPr")
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    targets = {
        each.get("Id"): normpath(join("/xl", each.get("Target"))).lstrip("/")
        for each in parse_xml(parts["xl/_rels/workbook.xml.rels"])
    }
    for feuille in book.iterfind(f"{{{_MAIN}}}sheets/{{{_MAIN}}}sheet"):
        cells = written.get(feuille.get("name"))
        if cells:
            part = targets[feuille.get(_RELATION)]
            epoch = _EPOCH_1904 if since_1904 else _EPOCH
            parts[part] = _with_cells(parts[part], cells, epoch)
    return zipped((info, parts[info.filename]) for info, _ in members)


def _with_cells(feuille: bytes, cells: Mapping[Place, str | datetime], epoch: datetime) -> bytes:
    root = parse_xml(feuille)
    data = root.find(f"{{{_MAIN}}}sheetData")
    rows: dict[int, etree._Element] = {}
    for each in data:  # a row without a number follows the one before it
        rows[int(each.get("r") or max(rows, default=0) + 1)] = each
    for (rang, column), value in sorted(cells.items()):
        if rang not in rows:
            rows[rang] = etree.Element(f"{{{_MAIN}}}row", r=str(rang))
            data.insert(sum(other < rang for other in rows), rows[rang])
        _write(_cell(rows[rang], rang, column), value, epoch)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return document


def _cell(row: etree._Element, rang: int, column: int) -> etree._Element:
    """Return the cell of a row, made in its place where it is missing."""
    before = number = 0
    for each in row:
        number = coordinate_to_tuple(each.get("r"))[1] if each.get("r") else number + 1
        if number == column:
            return each
        before += number < column
    cell = etree.Element(f"{{{_MAIN}}}c", r=f"{get_column_letter(column)}{rang}")
    row.insert(before, cell)
    return cell


def _write(cell: etree._Element, value: str | datetime, epoch: datetime) -> None:
    """Put a value into a cell, whose style stays: text is never a formula."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, datetime):
        days = (value - epoch).total_seconds() / 86_400
        etree.SubElement(cell, f"{{{_MAIN}}}v").text = f"{days:.10f}"
        return
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t")
    text.set(_SPACE, "preserve")
    text.text = _FORBIDDEN.sub("", value)[:_LONGEST]
