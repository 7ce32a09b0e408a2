"""What the schemas of a contract declare: elements, attributes and what their values may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

XSD: Final = "http://www.w3.org/2001/XMLSchema"

_XS: Final = f"{{{XSD}}}"
_ELEMENT: Final = f"{_XS}element"
_ATTRIBUTE: Final = f"{_XS}attribute"
_PARTS: Final = frozenset(
    f"{_XS}{name}"
    for name in (
        *("complexType", "complexContent", "simpleContent", "simpleType"),
        *("extension", "restriction", "sequence", "choice", "all"),
    )
)

Definitions = dict[str, etree._Element]


def qualified(node: etree._Element, name: str) -> str:
    """Return `prefix:name`, as written at `node`, in the `{namespace}name` notation."""
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix or None, '')}}}{local}"


def definitions(schemas: Mapping[str, bytes]) -> tuple[Definitions, Definitions]:
    """Return the global elements and the global types of `schemas`, by `{namespace}name`."""
    elements: Definitions = {}
    types: Definitions = {}
    for namespace, text in schemas.items():
        for node in etree.fromstring(text):
            if node.tag == _ELEMENT:
                elements[f"{{{namespace}}}{node.get('name')}"] = node
            elif node.tag in (f"{_XS}complexType", f"{_XS}simpleType"):
                types[f"{{{namespace}}}{node.get('name')}"] = node
    return elements, types


@dataclass(frozen=True)
class DeclaredValue:
    """What a value may be: a type of XML Schema, its facets by name, or the members of a union."""

    base: str
    facets: Mapping[str, tuple[str, ...]]
    members: tuple["DeclaredValue", ...] = ()


class Declarations:
    """The declarations of one contract, by where things stand in its messages."""

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        self._elements, self._types = definitions(schemas)

    def of(self, element: etree._Element) -> etree._Element | None:
        """Return the declaration of an element of a message, None where there is none."""
        declared = self._elements.get(element.tag)
        above = element.getparent()
        if declared is None and above is not None:
            return self.children(above).get(local_name(element))
        return declared

    def children(self, element: etree._Element) -> dict[str, etree._Element]:
        """Return the declarations of what an element may hold, by local name, in their order."""
        return self._within(self.of(element), _ELEMENT)

    def attributes(self, element: etree._Element) -> dict[str, etree._Element]:
        """Return the declarations of the attributes that an element may have, by local name."""
        return self._within(self.of(element), _ATTRIBUTE)

    def _within(self, declared: etree._Element | None, kind: str) -> dict[str, etree._Element]:
        found = () if declared is None else self._parts(declared, kind)
        return {(each.get("name") or each.get("ref", "")).split(":")[-1]: each for each in found}

    def _parts(self, node: etree._Element, kind: str) -> Iterator[etree._Element]:
        for name in (node.get("type"), node.get("base")):
            if name and (named := self._types.get(qualified(node, name))) is not None:
                yield from self._parts(named, kind)
        for child in node:
            if child.tag == kind:
                yield child
            elif child.tag in _PARTS:
                yield from self._parts(child, kind)

    def value_of(self, node: etree._Element) -> DeclaredValue:
        """Return what an element, an attribute or a type declares of its value."""
        name = node.get("type") or node.get("base")
        inner = next((child for child in node if child.tag in _PARTS), None)
        if name is not None:
            named = self._types.get(qualified(node, name))
            below = (
                DeclaredValue(name.split(":")[-1], {}) if named is None else self.value_of(named)
            )
        else:
            below = DeclaredValue("", {}) if inner is None else self.value_of(inner)
        union = node.find(f"{_XS}union")
        if union is not None:
            names = (qualified(union, each) for each in union.get("memberTypes", "").split())
            kinds = [self._types[each] for each in names if each in self._types]
            return DeclaredValue("", {}, tuple(map(self.value_of, (*kinds, *union))))
        own: dict[str, tuple[str, ...]] = {}
        for facet in node.iterchildren(f"{_XS}*"):
            if (value := facet.get("value")) is not None:
                name = local_name(facet)
                own[name] = (*own.get(name, ()), value)
        return DeclaredValue(below.base, {**below.facets, **own}, below.members)


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def qualified_name(declared: etree._Element) -> str:
    """Return the `{namespace}name` that a local declaration wants, the bare name where it wants
    no namespace."""
    schema = declared.getroottree().getroot()
    form = declared.get("form") or schema.get("elementFormDefault")
    name = declared.get("name", "")
    return f"{{{schema.get('targetNamespace')}}}{name}" if form == "qualified" else name


def is_required(declared: etree._Element) -> bool:
    """Tell whether a declared element has to be there, up to its type."""
    node: etree._Element | None = declared
    while node is not None and (node is declared or node.tag in _PARTS):
        if node.get("minOccurs") == "0":
            return False
        node = node.getparent()
    return True


def alternative(first: etree._Element, second: etree._Element) -> bool:
    """Tell whether two declared elements exclude each other: they part at a choice."""
    above = set(first.iterancestors())
    common = next((each for each in second.iterancestors() if each in above), None)
    return common is not None and common.tag == f"{_XS}choice"
