"""What is in a published file, as a page shows it: members of a zip, XML, tables."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from lxml import etree
from markupsafe import Markup

from sge_sim.admin.xml_page import show_message
from sge_sim.machine.documents import parse_xml, zip_members

MAX_ROWS: Final = 300
_MAX_CELL: Final = 200
_MAX_MEMBERS: Final = 20
_READ_BYTES: Final = 4 * 2**20
"""Bytes of all the members of a file that are read for its page."""
_SHOWN_BYTES: Final = 1_000_000
"""Bytes of its page from which on no other member is shown."""
_ELSEWHERE: Final = Markup("Dans le fichier à télécharger.")


@dataclass(frozen=True)
class Membre:
    """A member of a file: its text, and as a table what repeats itself in it.

    `lignes` are at most `MAX_ROWS` of the `total` rows.
    """

    nom: str
    texte: Markup
    colonnes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: int


def show_content(nom: str, content: bytes) -> list[Membre]:
    """Return the members of a file that is a zip; the file itself where it isn't one.

    Of what is large, the first members are shown; of the others, there is but the name.
    """
    try:
        return list(_members(content))
    except ValueError:
        return [_membre(nom, content)]


def _members(content: bytes) -> Iterator[Membre]:
    to_read, to_show = _READ_BYTES, _SHOWN_BYTES
    for each, read in islice(zip_members(content), _MAX_MEMBERS):
        to_read -= each.file_size
        if to_read < 0 or to_show < 0:
            yield Membre(each.filename, _ELSEWHERE, (), (), 0)
            continue
        membre = _membre(each.filename, read())
        to_show -= len(membre.texte) + sum(len(cell) for row in membre.lignes for cell in row)
        yield membre


def _membre(nom: str, content: bytes) -> Membre:
    if len(content) > _READ_BYTES:
        return Membre(nom, show_message(content), (), (), 0)
    table = list(_csv(content) if nom.lower().endswith(".csv") else _xml(content))
    columns, rows = (table[0], table[1:]) if table else ((), [])
    shown = tuple(tuple(cell[:_MAX_CELL] for cell in row) for row in rows[:MAX_ROWS])
    return Membre(nom, show_message(content), columns, shown, len(rows))


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
