"""What the beginning of a file says, value by value, whatever its flux: for who looks at it.

Of a large file the first bytes are read, and nothing else of it is held.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final
from zipfile import is_zipfile

from sqlalchemy.orm import Session

from sge_sim.errors import UsageError
from sge_sim.flux.declaration import open_clear
from sge_sim.flux.lecteur import FichierLu, VueDuFlux, children, form_of
from sge_sim.flux.ouverture import MembreLu, read_document
from sge_sim.machine.documents import parse_xml, zip_members
from sge_sim.tables.flux import find_fichiers

ARCHIVE_AU_PLUS: Final = 32 * 2**20
"""Bytes of what is held to be looked into: an archive in an archive, a file that was deciphered."""
_XML_ENDED: Final = re.compile(rb"(?s).*(?:/>|>\s*</[^<>]+>)")
"""An XML up to the end of the last element that has no text of its own."""
_LEVELS: Final = 12
_INVOICES: Final = 12
_BOUNDS: Final = ("Date_Debut", "Date_Fin")
_BLOCK: Final = re.compile(rb"(?s)<Donnees_Valorisation>.*?</Donnees_Valorisation>")
_HOW: Final = ("petit", "trous", "complet", "minuit", "negatif")
_CLOSED: Final = re.compile(rb"\{[^][{}]*\}|\[[^][{}]*\]")
_CLOSING: Final = bytes.maketrans(b"{[", b"}]")
_BESIDE: Final = bytes({*range(256)} - {*b"{["})


def documents_of(nom: str, file: IO[bytes], depth: int = 2) -> Iterator[tuple[str, int, Any]]:
    """Yield the name and the size of each document of a file, and what reads that many bytes of it.

    Raises `ValueError` for a damaged archive.
    """
    if not depth or not is_zipfile(file):
        size = file.seek(0, 2)
        file.seek(0)
        yield nom, size, file.read
        return
    for info, read in zip_members(file):
        if info.filename.lower().endswith(".zip"):
            yield from documents_of(info.filename, BytesIO(read(ARCHIVE_AU_PLUS)), depth - 1)
        elif not info.is_dir():
            yield info.filename, info.file_size, read


def read_start(nom: str, content: bytes) -> tuple[bytes, str, Any]:
    """Return the first bytes of a document up to the last value that is whole there, made a whole
    document, and what `read_document` says that it is; raises as that does, and `ValueError`."""
    content = content.decode("utf-8-sig", "ignore").encode()
    if content.startswith(b"<"):
        found = _XML_ENDED.match(content)
        content = found[0] if found else b""
        return content, "xml", parse_xml(content, bare=True, cut=True)
    content = content[: content.rfind(b"}" if content[:1] in (b"{", b"[") else b"\n") + 1]
    left = content
    for _ in range(_LEVELS):
        left = _CLOSED.sub(b"", left)
    content += left.translate(_CLOSING, _BESIDE)[::-1]
    sorte, _, racine = read_document(nom, content)
    return content, sorte, racine


def read_values(nom: str, sorte: str, racine: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the values of a document, each with its fields; of one that has none, its points."""
    forme = form_of(sorte, racine)
    if forme is None:
        return
    tree, _ = forme.as_tree(racine)
    said = FichierLu(MembreLu((nom,), b""), forme, "", tree).dit
    vues = [VueDuFlux(each) for each in forme.declaree["series"]]
    for vue in [each for each in vues if "valeur" in each.levels[-1][1]] or vues[:1]:
        fixe = {n: v for n, v in vue.declared["fixe"].items() if n not in _HOW}
        for node, lieu in children(tree, vue.levels[0][0], ""):
            for _, above, own in vue.rows(node, lieu, {"prm": said.get("prm"), **fixe}):
                yield {**above, **own}


def invoices_of(session: Session, data_dir: Path, prm: str) -> Iterator[tuple[date, date, str]]:
    """Yield the blocks of a point in its last invoices: from which reading's day to which, and in
    French what it is; those of files that are gone, or that today's keys don't open, are left."""
    for fichier in find_fichiers(session, flux="F15", prm=prm, limit=_INVOICES):
        with (
            suppress(OSError, ValueError, LookupError, UsageError),
            open_clear(session, data_dir, fichier, ARCHIVE_AU_PLUS) as file,
        ):
            pieces = (_BLOCK.findall(read()) for _, _, read in documents_of(fichier.nom, file))
            for block in (parse_xml(each) for each in chain(*pieces) if prm.encode() in each):
                said = {each.tag: each.text for each in block.iter("*")}
                days = (said.get(f"{nom}_Part_Variable", said[nom]) for nom in _BOUNDS)
                debut, fin = (date.fromisoformat(str(day)) for day in days)
                ids = " → ".join(str(each.text) for each in block.iter("Id_Releve"))
                about = "{Type_Facturation}, {Total_Valorise_HT} € HT".format(**said)
                yield debut, fin + timedelta(1), f"{about}, relevés {ids}, {fichier.nom}"
