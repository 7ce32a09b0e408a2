"""Reads elements as plain values. How a type of the contract is read is worked out once."""

from collections.abc import Callable
from datetime import date
from typing import Any

from lxml import etree

from sge_sim.soap import _spyne_compat as spyne

ReadElement = Callable[[etree._Element], Any]

_ISO_DAY = 10  # a longer xs:date has a time zone
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Reader:
    """Reads the elements of one contract.

    `from_unicode` is Spyne's reading of a text as a simple type.
    """

    def __init__(self, from_unicode: Callable[[Any, str], Any]) -> None:
        self._from_unicode = from_unicode
        self._known: dict[Any, ReadElement] = {}

    def read(self, model: Any, element: etree._Element) -> Any:
        """Return an element as a tree; what the model doesn't know (in a header) is passed over."""
        known = self._known.get(model)
        if known is None:
            known = self._known[model] = self._make(model)
        return known(element)

    def _make(self, model: Any) -> ReadElement:
        if issubclass(model, spyne.ComplexModelBase):
            return self._tree(model)
        if issubclass(model, spyne.Unicode):
            return lambda element: element.text or ""
        if issubclass(model, spyne.Boolean):
            return lambda element: self._boolean(model, (element.text or "").strip())
        if issubclass(model, spyne.Date):
            return lambda element: self._date(model, (element.text or "").strip())
        return lambda element: self._from_unicode(model, (element.text or "").strip())

    # Spyne takes a hundred times longer for the usual ways of writing these two.

    def _boolean(self, model: Any, text: str) -> Any:
        known = _BOOLEANS.get(text)
        return self._from_unicode(model, text) if known is None else known

    def _date(self, model: Any, text: str) -> Any:
        if len(text) != _ISO_DAY:
            return self._from_unicode(model, text)
        try:
            return date.fromisoformat(text)
        except ValueError:  # a header may hold anything
            return self._from_unicode(model, text)

    def _tree(self, model: Any) -> ReadElement:
        members: dict[str, tuple[str, ReadElement | None, bool]] = {}
        types = model._type_info

        def find(tag: str) -> tuple[str, ReadElement | None, bool]:
            """Return the member of a tag, how it is read (None: as a text) and if it repeats."""
            name = tag.rpartition("}")[2]
            kind = types[name]
            text = not issubclass(kind, spyne.ComplexModelBase) and issubclass(kind, spyne.Unicode)
            read = None if text else self._known.setdefault(kind, self._make(kind))
            return name, read, kind.Attributes.max_occurs > 1

        def read(element: etree._Element) -> dict[str, Any]:
            tree: dict[str, Any] = {}
            for child in element:
                try:
                    name, read_child, repeats = members[child.tag]
                except KeyError:
                    tag = child.tag
                    if tag.rpartition("}")[2] not in types:
                        continue
                    name, read_child, repeats = member = find(tag)
                    if len(members) <= len(types):  # a header may come in any namespace
                        members[tag] = member
                value = child.text or "" if read_child is None else read_child(child)
                if repeats:
                    tree.setdefault(name, []).append(value)
                else:
                    tree[name] = value
            return tree

        return read
