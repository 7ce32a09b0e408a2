"""Lays files out and zips an archive, always to the same bytes."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zipfile import ZipInfo

from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.flux.envoi import Archive
from sge_sim.flux.periodes import FluxRecurrent
from sge_sim.machine.documents import member_info, zipped

_RACINE: Final = (b"?>\n<", b"?><")
_DES_PETITS: Final = (
    _RACINE,
    (b"<PRM>\n<Id_PRM>", b"<PRM><Id_PRM>"),
    (b" xmlns:xsi=", b" xmlns:xsi ="),
)
_LIGNES: Final[Mapping[FluxRecurrent, tuple[tuple[bytes, bytes], ...]]] = MappingProxyType(
    {"R50": _DES_PETITS, "R151": _DES_PETITS, "R4x": (_RACINE,)}
)
"""What the real files have in place of what ours have."""
_INDENTE: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def zipped_archive(archive: Archive, creation: datetime) -> bytes:
    """Return the zip of an archive; its members are dated by `creation`, in legal time.

    Nothing of the machine's time goes in, so that a publication made anew is the same file.
    """
    return zipped((member_of(name, creation), content) for name, content in archive.membres)


def member_of(name: str, creation: datetime, *, stored: bool = False) -> ZipInfo:
    """Return how a member is described: dated by `creation` in legal time."""
    when = creation.astimezone(PARIS)
    moment = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    return member_info(name, moment, stored=stored)


def laid_out_as_real(flux: FluxRecurrent, content: bytes) -> bytes:
    """Return an XML file of ours, UTF-8, on the lines of the real ones (observed 2022).

    Readers that go line by line exist: the profile `fidele` gives them the lines that they know.
    """
    if flux == "R171":
        root = etree.fromstring(content)
        etree.indent(root, " " * 4)
        indented: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
        return _INDENTE + indented + b"\n"
    for ours, real in _LIGNES[flux]:
        content = content.replace(ours, real)
    return content
