"""A workbook from anywhere: what can't be read is refused in a sentence, no formula is computed.

Cells are read by openpyxl, with what a merged range holds in each of its cells.
"""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl

from sge_sim.errors import UsageError
from sge_sim.machine.documents import zip_members
from sge_sim.machine.files import read_user_file

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES: Final = 20 * 2**20
_UNPACKED_MAX: Final = 100 * 2**20
_ROWS_MAX: Final = 5000
_COLUMNS_MAX: Final = 100
_COMPOUND: Final = bytes.fromhex("D0CF11E0A1B11AE1")
"""How an encrypted workbook begins, and one of Excel 97: neither is a zip."""

Place = tuple[int, int]
"""A row and a column, from 1."""


@dataclass(frozen=True)
class Feuille:
    """A sheet: `valeurs` by place, merged ranges spread; `ancres` gives where each of their cells
    is written; `dates` are the places whose format is a date, `formules` those of formulas, which
    have no value here."""

    nom: str
    valeurs: Mapping[Place, str | date]
    ancres: Mapping[Place, Place]
    dates: frozenset[Place]
    formules: frozenset[Place]

    def text(self, place: Place) -> str:
        """Return what a cell says, empty for none; a date as `04/03/2025`."""
        value = self.valeurs.get(place, "")
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    @property
    def rows(self) -> int:
        """The last non-empty row."""
        return max((row for row, _ in self.valeurs), default=0)


@dataclass(frozen=True)
class Classeur:
    """A workbook as it came, `octets`, and its sheets in their order."""

    nom: str
    octets: bytes
    feuilles: tuple[Feuille, ...]


def read_classeur(path: Path) -> Classeur:
    """Return the workbook that a user names, `-` for the standard input.

    Raises `UsageError` for what is too large, encrypted, has macros, or isn't an .xlsx.
    """
    try:
        content = read_user_file(path, MAX_BYTES)
    except OSError:
        raise UsageError(f"{path} est illisible : vérifier le chemin et les droits.") from None
    _check(content, path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl doesn't keep is kept in `octets`
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
        except Exception:  # openpyxl has no common one: a damaged part may raise anything
            raise UsageError(f"{path} est un classeur abîmé : l'enregistrer à nouveau.") from None
    return Classeur(path.name, content, tuple(_feuille(each, path) for each in book.worksheets))


def _check(content: bytes, path: Path) -> None:
    if content.startswith(_COMPOUND):
        raise UsageError(
            f"{path} est chiffré, ou d'un Excel d'avant 2007 : l'enregistrer en .xlsx sans mot de "
            "passe."
        )
    try:
        members = list(zip_members(content))
        unpacked = sum(info.file_size for info, _ in members)
        if unpacked > _UNPACKED_MAX:
            raise UsageError(f"{path} est trop grand une fois décompressé : en ôter ce qui pèse.")
        parts = {info.filename: read() for info, read in members}
    except ValueError:
        parts = {}
    kinds = parts.get("[Content_Types].xml", b"")
    if b"macroEnabled" in kinds or any("vbaProject" in name for name in parts):
        raise UsageError(f"{path} contient des macros : l'enregistrer en .xlsx, qui n'en a pas.")
    if "xl/workbook.xml" not in parts:
        raise UsageError(f"{path} n'est pas un classeur .xlsx : donner celui d'Enedis.")
    written = [part for name, part in parts.items() if name.endswith((".xml", ".rels"))]
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in written):
        raise UsageError(f"{path} contient une DTD, qu'aucun tableur n'écrit : il n'est pas lu.")


def _feuille(feuille: "Worksheet", path: Path) -> Feuille:
    if feuille.max_row > _ROWS_MAX or feuille.max_column > _COLUMNS_MAX:
        raise UsageError(
            f"{path}, feuille « {feuille.title} » : plus de {_ROWS_MAX} lignes ou de "
            f"{_COLUMNS_MAX} colonnes ; en ôter ce qui n'est pas le suivi."
        )
    valeurs: dict[Place, str | date] = {}
    ancres: dict[Place, Place] = {}
    dates: set[Place] = set()
    formules: set[Place] = set()
    for row_number, row in enumerate(feuille.iter_rows(), 1):
        for column, cell in enumerate(row, 1):
            place = (row_number, column)
            if cell.data_type == "f":
                formules.add(place)
            elif (value := _value(cell)) != "":
                valeurs[place] = value
            if getattr(cell, "is_date", False):
                dates.add(place)
    for merged in feuille.merged_cells.ranges:
        anchor = (merged.min_row, merged.min_col)
        for place in merged.cells:
            ancres[place] = anchor
            if anchor in valeurs:
                valeurs[place] = valeurs[anchor]
    return Feuille(feuille.title, valeurs, ancres, frozenset(dates), frozenset(formules))


def _value(cell: "Cell | Any") -> str | date:
    value = cell.value
    match value:
        case None:
            return ""
        case datetime():
            return value.date()
        case date():
            return value
        case bool():
            return "oui" if value else "non"
        case float() if value.is_integer():
            return str(int(value))
        case time():
            return value.isoformat("minutes")
    return str(value).strip()
