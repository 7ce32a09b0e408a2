"""What the beginning of a file says, value by value, whatever its flux: for who looks at it.

Of a large file the first bytes are read, and nothing else of it is held.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO, Any, Final, NamedTuple
from zipfile import is_zipfile

from sge_sim.errors import UsageError
from sge_sim.flux.lecteur import FichierLu, VueDuFlux, children, form_of
from sge_sim.flux.ouverture import MembreLu, read_document
from sge_sim.machine.documents import parse_xml, zip_members

OCTETS_LUS: Final = 2**21
"""Bytes of a document that are read."""
ARCHIVE_AU_PLUS: Final = 32 * 2**20
"""Bytes of what is held to be looked into: an archive in an archive, a file that was deciphered."""
_TAIL: Final = 2**16
_ENDS: Final = re.compile(rb"/>|>\s*</[^<>]+>")
"""Where an element ends that has no text of its own."""
_LEVELS: Final = 12
_EMPTY: Final = re.compile(rb"\{[^][{}]*\}|\[[^][{}]*\]")
_CLOSING: Final = bytes.maketrans(b"{[", b"}]")
_BESIDE: Final = bytes({*range(256)} - {*b"{["})
_HOW: Final = ("petit", "trous", "complet", "minuit", "negatif")
"""Of what forms declare as fixed: how a series is read, not what it says."""
TITRES: Final = {
    **{"prm": "Point", "physique": "Grandeur", "horodate": "Horodate", "valeur": "Valeur"},
    **{"unite": "Unité", "metier": "Sens", "libelle_physique": "Libellé de la grandeur"},
    **{"libelle_metier": "Libellé du sens", "etape": "Étape", "debut": "Début", "cote": "Grille"},
    **{"libelle_calendrier": "Libellé du calendrier", "libelle_classe": "Libellé de la classe"},
    **{
        "iv": "Vraisemblance",
        "n": "Nature",
        "ec": "État complémentaire",
        "recevabilite": "Recevable",
    },
    **{"etat": "État", "cle": "Clé", "unite_puissance": "Unité de puissance"},
}
"""The heading of each field that has another than its name; the first are those of every table."""


class Document(NamedTuple):
    """The beginning of a document: its text, what it is (xml, json, csv), and its root."""

    nom: str
    texte: bytes
    sorte: str
    racine: Any


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


def read_start(nom: str, content: bytes, *, whole: bool) -> Document:
    """Return a document by its first bytes, up to the last value that is whole.

    Raises `UsageError` where they are of none.
    """
    if not whole:
        content = content.decode("utf-8-sig", "ignore").encode()
        if content.startswith(b"<"):
            ends = [each.end() for each in _ENDS.finditer(content, max(0, len(content) - _TAIL))]
            content = content[: ends[-1] if ends else 0]
            try:
                return Document(nom, content, "xml", parse_xml(content, bare=True, cut=True))
            except ValueError as error:
                raise UsageError(f"{nom} : {error}.") from None
        kept = content[: content.rfind(b"}" if content[:1] in (b"{", b"[") else b"\n") + 1]
        content = kept + _closing(kept)
    sorte, _, racine = read_document(nom, content)
    return Document(nom, content, sorte, racine)


def _closing(start: bytes) -> bytes:
    """Return what closes the objects and lists that the beginning of a JSON leaves open."""
    for _ in range(_LEVELS):
        start = _EMPTY.sub(b"", start)
    return start.translate(_CLOSING, _BESIDE)[::-1]


def read_values(document: Document) -> Iterator[Mapping[str, Any]]:
    """Yield the values of a document, each with its fields; of one that has none, its points."""
    forme = form_of(document.sorte, document.racine)
    if forme is None:
        return
    tree, _ = forme.as_tree(document.racine)
    said = FichierLu(MembreLu((document.nom,), b""), forme, "", tree).dit
    common = {"prm": said["prm"]} if "prm" in said else {}
    vues = [VueDuFlux(each) for each in forme.declaree["series"]]
    for vue in [each for each in vues if "valeur" in each.levels[-1][1]] or vues[:1]:
        fixe = {n: v for n, v in vue.declared["fixe"].items() if n not in _HOW}
        for node, lieu in children(tree, vue.levels[0][0], ""):
            for _, above, own in vue.rows(node, lieu, {**common, **fixe}):
                yield {**above, **own}
