"""Writes trees as elements. How a type of the contract is written is worked out once."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.writer import NIL

Write = Callable[[list[bytes], Any], None]
"""Adds the bytes of a value to those that are there."""

_TO_ESCAPE = re.compile("[&<>\r]")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}) | {
    ord(space): f"&#{ord(space)};" for space in "\t\n\r"
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ElementWriter:
    """Writes the elements of one contract, local ones without a namespace, in its order.

    `to_unicode` is Spyne's writing of a value of a simple type.
    """

    def __init__(self, to_unicode: Callable[[Any, Any], str]) -> None:
        self._to_unicode = to_unicode
        self._roots: dict[str, Write] = {}
        self._known: dict[tuple[str, Any], Write] = {}

    def write(self, name: str, model: Any, tree: Any) -> bytes:
        """Return the global element `{namespace}name` of type `model`.

        Members that repeat may be given as ready bytes, all their elements at once. Raises
        `KeyError` for a member that the contract doesn't know, and `ValueError` for a character
        that XML doesn't: our own mistakes.
        """
        root = self._roots.get(name)
        if root is None:
            namespace, _, local = name[1:].partition("}")
            declared = f' xmlns:sge="{namespace.translate(_ATTRIBUTE)}"'
            root = self._roots[name] = self._make(f"sge:{local}", model, declared)
        parts: list[bytes] = []
        root(parts, tree)
        return b"".join(parts)

    def _of(self, tag: str, model: Any) -> Write:
        known = self._known.get((tag, model))
        if known is None:
            known = self._known[tag, model] = self._make(tag, model, "")
        return known

    def _make(self, tag: str, model: Any, declared: str) -> Write:
        nil = f"<{tag}{declared} {NIL}/>".encode()
        if issubclass(model, spyne.ComplexModelBase):
            written = self._complex(tag, model, declared)
        else:
            written = self._simple(tag, model, declared)

        def write(parts: list[bytes], value: Any) -> None:
            if value is None:
                parts.append(nil)
            else:
                written(parts, value)

        return write

    def _simple(self, tag: str, model: Any, declared: str) -> Write:
        start, end = f"<{tag}{declared}>", f"</{tag}>"
        text_of = self._text_of(model)
        return lambda parts, value: parts.append(f"{start}{_text(text_of(value))}{end}".encode())

    def _complex(self, tag: str, model: Any, declared: str) -> Write:
        types: dict[str, Any] = dict(model._type_info.items())
        known = frozenset(types)
        start, end, empty = (
            one.encode() for one in (f"<{tag}{declared}>", f"</{tag}>", f"<{tag}{declared}/>")
        )
        attributes: dict[str, Callable[[Any], str]] = {}
        members: list[tuple[str, Write]] | None = None

        def worked_out() -> list[tuple[str, Write]]:
            """Return how the members are written; at the first use, since types may be nested."""
            nonlocal members
            if members is None:
                found = []
                for name, member in types.items():
                    if issubclass(member, spyne.XmlAttribute):
                        attributes[name] = self._text_of(member.type)
                    else:
                        found.append((name, self._member(name, member)))
                members = found
            return members

        def write(parts: list[bytes], value: Any) -> None:
            inside = members if members is not None else worked_out()
            if not known.issuperset(value):
                raise KeyError(f"{tag}: {', '.join(set(value) - known)}")
            opening = start
            for name in attributes:
                if name in value:
                    text = _attribute(attributes[name](value[name]))
                    opening = opening[:-1] + f' {name}="{text}">'.encode()
            parts.append(opening)
            count = len(parts)
            for name, write_member in inside:
                if name in value:
                    write_member(parts, value[name])
            if len(parts) > count:
                parts.append(end)
            else:
                parts[-1] = empty if opening is start else opening[:-1] + b"/>"

        return write

    def _member(self, name: str, member: Any) -> Write:
        if issubclass(member, spyne.XmlData):
            text_of = self._text_of(member.type)
            return lambda parts, value: parts.append(_text(text_of(value)).encode())
        one = self._of(name, member)
        if member.Attributes.max_occurs <= 1:
            return lambda parts, value: (
                parts.append(value) if isinstance(value, bytes) else one(parts, value)
            )

        def repeated(parts: list[bytes], value: Any) -> None:
            if isinstance(value, bytes):
                parts.append(value)
            else:
                for item in value:
                    one(parts, item)

        return repeated

    def _text_of(self, model: Any) -> Callable[[Any], str]:
        def text_of(value: Any) -> str:
            if isinstance(value, str):
                return value
            if type(value) is date:  # Spyne takes twenty times longer
                return value.isoformat()
            return self._to_unicode(model, value)

        return text_of


def _text(text: str) -> str:
    """Return a text as it stands between two tags."""
    _check(text)
    return text.translate(_TEXT) if _TO_ESCAPE.search(text) else text


def _attribute(text: str) -> str:
    """Return a text as it stands in double quotes."""
    _check(text)
    return text.translate(_ATTRIBUTE)


def _check(text: str) -> None:
    if not text.isprintable() and _FORBIDDEN.search(text):
        raise ValueError(f"XML can't hold this text: {text!r}")
