"""The least message that a contract admits, as plain values."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from hypothesis import find, strategies
from lxml import etree

from sge_sim.soap.declarations import XSD, Declarations, qualified
from sge_sim.soap.models import TEXT

_XS = f"{{{XSD}}}"
_BUILTINS: Final[Mapping[str, object]] = {
    f"{_XS}boolean": False,
    f"{_XS}date": date(2024, 1, 1),
    f"{_XS}dateTime": "2024-01-01T00:00:00+01:00",
    f"{_XS}time": "00:00:00",
    f"{_XS}decimal": 1,
    f"{_XS}integer": 1,
    f"{_XS}int": 1,
    f"{_XS}long": 1,
    f"{_XS}positiveInteger": 1,
}


class Samples:
    """Makes up elements of one contract.

    What is optional is left out, of a choice the first branch is taken, of an enumeration the first
    value. `known` gives the values of elements by name, where they matter.
    """

    def __init__(self, schemas: Mapping[str, bytes], known: Mapping[str, object]) -> None:
        declared = Declarations(schemas)
        self._elements, self._types = declared.elements, declared.types
        self._known = known

    def element(self, name: str) -> Any:
        """Return the content of the global element `{namespace}name`."""
        return self._value(self._elements[name])

    def paths(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return the paths of the elements under `name` that don't repeat, by their names."""
        found: dict[str, tuple[str, ...]] = {}
        for path in self._walk(self._elements[name], ()):
            found.setdefault(path[-1], path)
        return found

    def _walk(self, node: etree._Element, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        kind = self._type_of(node)
        if kind is None or kind.tag != f"{_XS}complexType":
            return
        for child in self._members(kind, every=True):
            if child.tag == f"{_XS}element" and child.get("maxOccurs", "1") == "1":
                here = (*path, child.get("name", ""))
                yield here
                yield from self._walk(child, here)

    def _value(self, node: etree._Element) -> Any:
        name = node.get("name", "")
        if name in self._known:
            return self._known[name]
        kind = self._type_of(node)
        if kind is None:
            return self._named(qualified(node, node.get("type", "")))
        if kind.tag == f"{_XS}simpleType":
            return self._simple(kind)
        tree: dict[str, Any] = {}
        for member in self._members(kind):
            if member.tag == f"{_XS}extension":
                tree[TEXT] = self._named(qualified(member, member.get("base", "")))
            elif member.tag == f"{_XS}attribute":
                tree[member.get("name", "")] = self._value(member)
            else:
                repeats = member.get("maxOccurs", "1") != "1"
                value = self._value(member)
                tree[member.get("name", "")] = [value] if repeats else value
        return tree

    def _type_of(self, node: etree._Element) -> etree._Element | None:
        named = node.get("type")
        if named is not None:
            return self._types.get(qualified(node, named))
        inner = node.find(f"{_XS}complexType")
        return node.find(f"{_XS}simpleType") if inner is None else inner

    def _members(self, node: etree._Element, *, every: bool = False) -> Iterator[etree._Element]:
        """Yield what stands in a complex type: all of it, or what can't be left out."""
        for child in node:
            if child.tag in (f"{_XS}sequence", f"{_XS}all"):
                yield from self._members(child, every=every)
            elif child.tag == f"{_XS}choice":
                for branch in child if every else child[:1]:
                    yield from self._members([branch], every=every)
            elif child.tag == f"{_XS}element":
                if every or child.get("minOccurs") != "0":
                    yield child
            elif child.tag == f"{_XS}attribute":
                if every or child.get("use") == "required":
                    yield child
            elif child.tag == f"{_XS}simpleContent":
                yield child[0]
                yield from self._members(child[0], every=every)
            elif child.tag == f"{_XS}complexContent":
                base = self._types[qualified(child[0], child[0].get("base", ""))]
                yield from self._members(base, every=every)
                yield from self._members(child[0], every=every)

    def _simple(self, node: etree._Element) -> object:
        union = node.find(f"{_XS}union")
        if union is not None:
            first = union.get("memberTypes", "").split()[0]
            return self._simple(self._types[qualified(union, first)])
        restriction = node.find(f"{_XS}restriction")
        base = qualified(restriction, restriction.get("base", ""))
        facets = {
            etree.QName(facet).localname: facet.get("value", "") for facet in restriction[::-1]
        }
        if "enumeration" in facets:
            return facets["enumeration"]
        if "pattern" in facets:
            pattern = re.compile(facets["pattern"], re.ASCII)
            return find(strategies.from_regex(pattern, fullmatch=True), lambda _: True)
        if base not in self._types and base not in _BUILTINS:
            return "x" * int(facets.get("length") or facets.get("minLength") or 1)
        return self._named(base)

    def _named(self, name: str) -> object:
        """Return a value of the simple type `{namespace}name`, a text where it is any text."""
        return self._simple(self._types[name]) if name in self._types else _BUILTINS.get(name, "x")
