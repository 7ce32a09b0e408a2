"""The files of the flux and their channels: `/api/flux`, and their pages.

The page of a file shows what is in it: members of a zip, XML, tables.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from fastapi import HTTPException, Request, Response
from lxml import etree
from markupsafe import Markup

from sge_sim.admin import pages
from sge_sim.admin.routes import Admin, AdminState, Routes, RowNumber
from sge_sim.admin.xml_page import show_message
from sge_sim.api.flux import FichierView
from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content
from sge_sim.flux.flux import ParDemande
from sge_sim.flux.registry import codes_of
from sge_sim.machine.documents import parse_xml, zip_members
from sge_sim.operations.flux import GONE
from sge_sim.tables.flux import FichierFlux

MAX_ROWS: Final = 300
_MAX_CELL: Final = 200
_MAX_MEMBERS: Final = 20
_READ_BYTES: Final = 4 * 2**20
"""Bytes of all the members of a file that are read for its page."""
_SHOWN_BYTES: Final = 1_000_000
"""Bytes of its page from which on no other member is shown."""
_ELSEWHERE: Final = Markup("Dans le fichier à télécharger.")


@dataclass(frozen=True)
class MembreMontre:
    """A member of a file: its text, and its repeated elements as a table.

    `lignes` are at most `MAX_ROWS` of the `total` rows.
    """

    nom: str
    texte: Markup
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: int


def show_content(nom: str, content: bytes) -> list[MembreMontre]:
    """Return the members of a file that is a zip; the file itself where it isn't one.

    Of what is large, the first members are shown; of the others, there is but the name.
    """
    try:
        return list(_members(content))
    except ValueError:
        return [_membre(nom, content)]


def _members(content: bytes) -> Iterator[MembreMontre]:
    to_read, to_show = _READ_BYTES, _SHOWN_BYTES
    for each, read in islice(zip_members(content), _MAX_MEMBERS):
        to_read -= each.file_size
        if to_read < 0 or to_show < 0:
            yield MembreMontre(each.filename, _ELSEWHERE, (), (), 0)
            continue
        membre = _membre(each.filename, read())
        to_show -= len(membre.texte) + sum(len(cell) for row in membre.lignes for cell in row)
        yield membre


def _membre(nom: str, content: bytes) -> MembreMontre:
    if len(content) > _READ_BYTES:
        return MembreMontre(nom, show_message(content), (), (), 0)
    table = list(_csv(content) if nom.lower().endswith(".csv") else _xml(content))
    columns, rows = (table[0], table[1:]) if table else ((), [])
    shown = tuple(tuple(cell[:_MAX_CELL] for cell in row) for row in rows[:MAX_ROWS])
    return MembreMontre(nom, show_message(content), columns, shown, len(rows))


def _csv(content: bytes) -> Iterator[tuple[str, ...]]:
    text = content.decode("utf-8-sig", "replace")
    yield from (tuple(row) for row in csv.reader(text.splitlines(), delimiter=";"))


def _xml(content: bytes) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the element that repeats itself most, under the names of its children."""
    try:
        root = parse_xml(content)
    except ValueError:
        return
    counts: dict[str, int] = {}
    for element in root.iter(etree.Element):
        if len(element) and all(len(child) == 0 for child in element):
            counts[element.tag] = counts.get(element.tag, 0) + 1
    if not counts:
        return
    repeated = max(counts, key=lambda tag: counts[tag])
    rows = [
        {etree.QName(child).localname: child.text or "" for child in element.iter(etree.Element)}
        for element in root.iter(repeated)
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    names.remove(etree.QName(repeated).localname)
    yield tuple(names)
    yield from (tuple(row.get(name, "") for name in names) for row in rows)


routes = Routes(prefix="/fichiers", include_in_schema=False)


@routes.get("/{numero}")
def show_file(state: Admin, request: Request, numero: RowNumber) -> Response:
    fichier, content, refus = _read(state, numero)
    return pages.render(
        request,
        "fichier.html",
        numero=numero,
        fichier=fichier,
        demande=fichier.flux in codes_of(ParDemande),
        membres=show_content(fichier.nom, content) if content is not None else (),
        refus=refus,
    )


def _read(state: AdminState, numero: int) -> tuple[FichierView, bytes | None, str]:
    """Return a file and its bytes, deciphered; without them, why they can't be had."""
    with state.database.sessions() as session:
        row: FichierFlux | None = session.get(FichierFlux, numero)
        if row is None:
            raise HTTPException(404, f"Aucun fichier ne porte le numéro {numero}.")
        view = FichierView.of(row)
        try:
            return view, clear_content(session, state.settings.data_dir, row), ""
        except FileNotFoundError:
            return view, None, f"Le fichier {GONE}"
        except UsageError as error:
            return view, None, str(error)
