"""XML, JSON and zip archives from anywhere, read without harm; zips made, always to the same bytes.

No entity is expanded, nothing is fetched.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import IO, Any, Final
from xml.etree.ElementTree import (
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lxml import etree

from sge_sim.machine.files import PUBLIC

_DEEPEST: Final = 256


def parse_xml(content: bytes, *, bare: bool = False, cut: bool = False) -> etree._Element:
    """Return the root of a document; raises `ValueError` for what isn't XML and for a DTD.

    `bare` drops the white space between elements, comments and instructions; of what was `cut` the
    beginning is read.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=cut,
        remove_blank_text=bare,
        remove_comments=bare,
        remove_pis=bare,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(_where(error.position)) from None
    if root is None or root.getroottree().docinfo.doctype:
        raise ValueError("une DTD n'a pas sa place ici")
    return root


def read_tree(content: bytes) -> Element:
    """Return the root of a document, of which nothing is kept once it is no longer used.

    libxml2 keeps every name that its thread has met: what strangers write isn't for it in a process
    that lives long. Comments and instructions are dropped. Raises `ValueError` as `parse_xml` does,
    and beyond the depth that libxml2 takes.
    """
    parser = XMLParser(target=_Builder())  # noqa: S314 - the builder refuses a DTD
    try:
        parser.feed(content)
        root: Element = parser.close()
    except ParseError as error:
        raise ValueError(_where(error.position)) from None
    return root


def _where(position: tuple[int, int]) -> str:
    """Return where a document stops being one: what parsers say of it is in English."""
    line, column = position
    return f"ce n'est pas du XML bien formé (ligne {line}, colonne {column})"


class _Builder(TreeBuilder):
    """Builds a tree; refuses one deeper than libxml2 accepts, and a DTD."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("les éléments s'emboîtent trop")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)

    def doctype(self, *_: object) -> None:
        """Refuse a DTD."""
        raise ValueError("une DTD n'a pas sa place ici")


def parse_json(
    content: bytes | str, pairs: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None
) -> Any:
    """Return what a document holds, of whose objects `pairs` makes dictionaries.

    Raises `ValueError` for what isn't JSON, such as NaN, or is nested too deep for the interpreter,
    some hundreds of levels.
    """
    try:
        return json.loads(content, object_pairs_hook=pairs, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("trop de niveaux imbriqués") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} n'est pas du JSON")


_UNIX: Final = 3
_FIRST: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - zips tell legal time, of nowhere


def member_info(
    name: str, moment: datetime = _FIRST, *, mode: int = PUBLIC, stored: bool = False
) -> ZipInfo:
    """Return how a member is described; the machine's time is not in it.

    `moment` is its date to the second, the first that a zip knows unless it is given; `stored`
    leaves it uncompressed.
    """
    day = moment.year, moment.month, moment.day
    member = ZipInfo(name, (*day, moment.hour, moment.minute, moment.second))
    member.create_system = _UNIX
    member.external_attr = mode << 16
    member.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
    return member


def zipped(
    members: Iterable[tuple[ZipInfo, bytes | Iterator[bytes]]], comment: bytes = b""
) -> bytes:
    """Return an archive of `members`, each whole or by pieces."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.comment = comment
        for info, content in members:
            if isinstance(content, bytes):
                archive.writestr(info, content)
            else:
                with archive.open(info, "w") as out:
                    out.writelines(content)
    return buffer.getvalue()


def zip_members(content: bytes | IO[bytes]) -> Iterator[tuple[ZipInfo, Callable[..., bytes]]]:
    """Yield the members of an archive, each with what reads it, whole or that many bytes of it:
    look at its size first.

    Raises `ValueError` for what isn't an archive, and so does reading a damaged member.
    """
    try:
        archive = ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content)
    except Exception as error:  # zipfile has no common one: a damaged byte may raise anything
        raise ValueError(str(error)) from None
    for info in archive.infolist():
        yield info, partial(_read, archive, info)


def _read(archive: ZipFile, info: ZipInfo, most: int = -1) -> bytes:
    try:
        with archive.open(info) as member:
            return member.read(most)
    except Exception as error:
        raise ValueError(f"{info.filename} : {error}") from None
