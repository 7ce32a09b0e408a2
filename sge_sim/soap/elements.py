"""Writes trees as elements. How a type of the contract is written is worked out once."""

import re
from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from sge_sim.clock import start_of_day
from sge_sim.machine.once import computed_once
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.models import Models
from sge_sim.soap.rows import NIL

Write = Callable[[list[bytes], Any], None]
"""Adds the bytes of a value to those that are there."""

_GIVEN_KEPT = 64
_ODD = re.compile("[^ !-%'-;=?-~\t\n\xa0-\ud7ff]")  # may be forbidden, or to be escaped
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}) | {
    ord(space): f"&#{ord(space)};" for space in "\t\n\r"
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ElementWriter:
    """Writes the elements of one contract, local ones without a namespace, in its order.

    `models` are its types, `to_unicode` is Spyne's writing of a value of a simple one. With
    `zoned_dates`, a date has the offset of legal time at its start.
    """

    def __init__(
        self, models: Models, to_unicode: Callable[[Any, Any], str], *, zoned_dates: bool = False
    ) -> None:
        self._models = models
        self._day = _zoned_day if zoned_dates else date.isoformat
        self._to_unicode = to_unicode
        self._root = computed_once()(self._make_root)
        self._known = computed_once()(self._make)

    def parts(self, name: str, tree: Any) -> list[bytes]:
        """Return the global element `{namespace}name` of the contract, in parts to be joined.

        Members that repeat may be given as ready bytes, all their elements at once. Raises
        `KeyError` for a member that the contract doesn't know, and `ValueError` for a character
        that XML doesn't: our own mistakes.
        """
        parts: list[bytes] = []
        self._root(name)(parts, tree)
        return parts

    def _make_root(self, name: str) -> Write:
        namespace, _, local = name[1:].partition("}")
        declared = f' xmlns:sge="{namespace.translate(_ATTRIBUTE)}"'
        return self._make(f"sge:{local}", self._models.element(name), declared)

    def _make(self, tag: str, model: Any, declared: str = "") -> Write:
        nil = f"<{tag}{declared} {NIL}/>".encode()
        if not issubclass(model, spyne.ComplexModelBase):
            return self._simple(f"<{tag}{declared}>", f"</{tag}>", nil, model)
        members = _Members(self, tag, model)
        plain, end, empty = (
            text.encode() for text in (f"<{tag}{declared}>", f"</{tag}>", f"<{tag}{declared}/>")
        )

        def write(parts: list[bytes], value: Any) -> None:
            if value is None:
                parts.append(nil)
                return
            names = tuple(value)
            attributes, inside = members.among(names)
            opening = plain
            for name, text_of in attributes:
                text = _attribute(text_of(value[name]))
                opening = b'%s %s="%s">' % (opening[:-1], name.encode(), text.encode())
            place = len(parts)
            parts.append(opening)
            for name, write_member in inside:
                write_member(parts, value[name])
            if len(parts) > place + 1:
                parts.append(end)
            else:
                parts[place] = empty if opening is plain else opening[:-1] + b"/>"

        return write

    def _simple(self, before: str, after: str, nil: bytes, model: Any) -> Write:
        text_of, day = self._text_of(model), self._day

        def write(parts: list[bytes], value: Any) -> None:
            if value is None:
                parts.append(nil)
                return
            if isinstance(value, str):
                text = value if value.isalnum() else _text(value)
            elif type(value) is date:  # Spyne takes twenty times longer
                text = day(value)
            else:
                text = _text(text_of(value))
            parts.append(f"{before}{text}{after}".encode())

        return write

    def member(self, name: str, member: Any) -> Write:
        """Return how a member is written, once or as often as it comes."""
        if issubclass(member, spyne.XmlData):
            text_of = self._text_of(member.type)
            return lambda parts, value: parts.append(_text(text_of(value)).encode())
        write = self._known(name, member)
        if member.Attributes.max_occurs <= 1:
            return write

        def repeated(parts: list[bytes], value: Any) -> None:
            if isinstance(value, bytes):
                parts.append(value)
            else:
                for item in value:
                    write(parts, item)

        return repeated

    def attribute(self, attribute: Any) -> Callable[[Any], str]:
        """Return how the value of an attribute is written."""
        return self._text_of(attribute.type)

    def _text_of(self, model: Any) -> Callable[[Any], str]:
        def text_of(value: Any) -> str:
            return value if isinstance(value, str) else self._to_unicode(model, value)

        return text_of


_Ordered = tuple[list[tuple[str, Callable[[Any], str]]], list[tuple[str, Write]]]
"""How attributes are written, and elements, in the order of the contract."""


class _Members:
    """The members of a type: worked out at the first use, since a type may hold itself.

    `among` returns those of the names that come together.
    """

    def __init__(self, writer: ElementWriter, tag: str, model: Any) -> None:
        self._writer = writer
        self._tag = tag
        self._types: dict[str, Any] = dict(model._type_info.items())
        self.among = computed_once(_GIVEN_KEPT)(self._among)

    def _among(self, names: tuple[str, ...]) -> _Ordered:
        """Return the members of these names; raises `KeyError` for one that isn't of the type."""
        if unknown := set(names) - self._types.keys():
            raise KeyError(f"{self._tag}: {', '.join(unknown)}")
        attributes, elements = self._all
        return (
            [attribute for attribute in attributes if attribute[0] in names],
            [element for element in elements if element[0] in names],
        )

    @cached_property
    def _all(self) -> _Ordered:
        attributes, elements = [], []
        for name, member in self._types.items():
            if issubclass(member, spyne.XmlAttribute):
                attributes.append((name, self._writer.attribute(member)))
            else:
                elements.append((name, self._writer.member(name, member)))
        return attributes, elements


@computed_once(1024)
def _zoned_day(day: date) -> str:
    """Return a legal date with its offset, as an xs:date may have it.

    >>> _zoned_day(date(2023, 10, 1)), _zoned_day(date(2006, 12, 9))
    ('2023-10-01+02:00', '2006-12-09+01:00')
    """
    # Up to 1911 legal time was some seconds off: a zone is of whole minutes.
    return f"{day}{start_of_day(day).isoformat(timespec='minutes')[16:22]}"


def _text(text: str) -> str:
    """Return a text as it stands between two tags."""
    if not _ODD.search(text):
        return text
    _check(text)
    return text.translate(_TEXT)


def _attribute(text: str) -> str:
    """Return a text as it stands in double quotes."""
    _check(text)
    return text.translate(_ATTRIBUTE)


def _check(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise ValueError(f"XML can't hold this text: {text!r}")
