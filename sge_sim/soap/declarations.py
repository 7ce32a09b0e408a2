"""What the schemas of a contract declare: elements, attributes and what their values may be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

XSD: Final = "http://www.w3.org/2001/XMLSchema"

_XS: Final = f"{{{XSD}}}"
_PARTS: Final = {
    *(f"{_XS}{name}" for name in ("complexType", "complexContent", "simpleContent", "simpleType")),
    *(f"{_XS}{name}" for name in ("extension", "restriction", "sequence", "choice", "all")),
}

_GLOBAL: Final = tuple(f"{_XS}{name}" for name in ("element", "complexType", "simpleType"))

Definitions = dict[str, etree._Element]


def qualified(node: etree._Element, name: str) -> str:
    """Return `prefix:name`, as written at `node`, in the `{namespace}name` notation."""
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix or None, '')}}}{local}"


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def name_of(declared: etree._Element) -> str:
    """Return the name of a declared element or attribute, or of the one that it refers to."""
    return str(declared.get("name") or declared.get("ref", "")).split(":")[-1]


@dataclass(frozen=True)
class DeclaredValue:
    """What a value may be: a type of XML Schema, its facets by name, or the members of a union."""

    base: str
    facets: Mapping[str, tuple[str, ...]]
    members: tuple["DeclaredValue", ...] = ()


class Declarations:
    """The declarations of one contract, by where things stand in its messages.

    `elements` and `types` are the global ones, by `{namespace}name`.
    """

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        self.elements: Definitions = {}
        self.types: Definitions = {}
        for namespace, text in schemas.items():
            for node in etree.fromstring(text).iterchildren(*_GLOBAL):
                found = self.elements if node.tag == f"{_XS}element" else self.types
                found[f"{{{namespace}}}{node.get('name')}"] = node

    def of(self, element: etree._Element) -> etree._Element | None:
        """Return the declaration of an element of a message, None where there is none."""
        declared, above = self.elements.get(element.tag), element.getparent()
        if declared is None and above is not None:
            return self.inside(above, "element").get(local_name(element))
        return declared

    def inside(self, element: etree._Element, kind: str) -> Definitions:
        """Return, in order, what an element may have of a kind, `element` or `attribute`, by name;
        no namespace is in the names."""
        declared = self.of(element)
        found = () if declared is None else self.parts(declared, kind)
        return {name_of(each): each for each in found}

    def parts(self, node: etree._Element, kind: str) -> Iterator[etree._Element]:
        """Yield what a declaration holds of a kind, that of the types that it extends first."""
        name = node.get("type") or node.get("base")
        if name and (named := self.types.get(qualified(node, name))) is not None:
            yield from self.parts(named, kind)
        for child in node:
            if child.tag == f"{_XS}{kind}":
                yield child
            elif child.tag in _PARTS:
                yield from self.parts(child, kind)

    def value_of(self, node: etree._Element) -> DeclaredValue:
        """Return what an element, an attribute or a type declares of its value."""
        if (union := node.find(f"{_XS}union")) is not None:
            names = (qualified(union, each) for each in union.get("memberTypes", "").split())
            kinds = [self.types[each] for each in names if each in self.types]
            return DeclaredValue("", {}, tuple(map(self.value_of, (*kinds, *union))))
        name = node.get("type") or node.get("base")
        inner = next((child for child in node if child.tag in _PARTS), None)
        if name:
            inner = self.types.get(qualified(node, name))
        below = DeclaredValue((name or "").split(":")[-1], {})
        below = below if inner is None else self.value_of(inner)
        facets = [(local_name(each), each.get("value")) for each in node.iterchildren(f"{_XS}*")]
        own = {facet: tuple(v for f, v in facets if f == facet) for facet, v in facets if v}
        return DeclaredValue(below.base, {**below.facets, **own}, below.members)


def are_alternatives(first: etree._Element, second: etree._Element) -> bool:
    """Tell whether two declared elements exclude each other: they part at a choice."""
    above = [*second.iterancestors()]
    shared = (each.tag for each in first.iterancestors() if each in above)
    return next(shared, "") == f"{_XS}choice"  # one of a type that is extended shares nothing
