"""The shape of the messages, read from the contracts in `wsdl/` by this module's own means.

It shares nothing with what validates messages: who makes wrong answers must not ask the judge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = Path(__file__).parents[3] / "wsdl"


@dataclass(frozen=True)
class Valeur:
    """A simple type: the built-in one that it comes from, and its facets (several of a pattern)."""

    base: str
    facettes: tuple[tuple[str, str], ...] = ()

    @property
    def enumeration(self) -> tuple[str, ...]:
        return tuple(value for name, value in self.facettes if name == "enumeration")


@dataclass(frozen=True)
class Attribut:
    obligatoire: bool
    valeur: Valeur


@dataclass
class Forme:
    """An element: how often it stands in its parent, what it holds. `enfants` are in order."""

    nom: str
    minimum: int = 1
    maximum: float = 1
    nul: bool = False
    valeur: Valeur | None = None
    enfants: dict[str, "Forme"] = field(default_factory=dict)
    attributs: dict[str, Attribut] = field(default_factory=dict)

    @property
    def repetable(self) -> bool:
        return self.maximum > 1


@cache
def formes(path: str) -> Mapping[str, Forme]:
    """Return the elements that a document declares, by their `{namespace}name`."""
    service, _, version = path.strip("/").rpartition("/v")
    document = etree.parse(WSDL / f"{service}-v{version}.wsdl").getroot()
    reader = _Reader(list(document.iter(f"{XSD}schema")))
    return {name: reader.element(node) for name, node in reader.elements.items()}


class _Reader:
    def __init__(self, schemas: list[etree._Element]) -> None:
        self.elements: dict[str, etree._Element] = {}
        self.types: dict[str, etree._Element] = {}
        for schema in schemas:
            namespace = schema.get("targetNamespace", "")
            for node in schema:
                name = f"{{{namespace}}}{node.get('name')}"
                if node.tag == f"{XSD}element":
                    self.elements[name] = node
                elif node.tag in (f"{XSD}complexType", f"{XSD}simpleType"):
                    self.types[name] = node

    def element(self, node: etree._Element, minimum: int = 1, maximum: float = 1) -> Forme:
        reference = node.get("ref")
        declared = self.elements[_qualified(node, reference)] if reference else node
        forme = Forme(declared.get("name"), minimum, maximum, declared.get("nillable") == "true")
        kind = declared.get("type")
        if kind is None:
            inline = [each for each in declared if each.tag.endswith("Type")]
            if inline:
                self._fill(forme, inline[0])
        else:
            self._type(forme, declared, kind)
        return forme

    def _type(self, forme: Forme, node: etree._Element, kind: str) -> None:
        name = _qualified(node, kind)
        if name.startswith(XSD):
            forme.valeur = Valeur(name.removeprefix(XSD))
        else:
            self._fill(forme, self.types[name])

    def _fill(self, forme: Forme, node: etree._Element) -> None:
        if node.tag == f"{XSD}simpleType":
            forme.valeur = self._simple(node)
            return
        for child in node:
            if child.tag in (f"{XSD}complexContent", f"{XSD}simpleContent"):
                extension = child[0]
                self._type(forme, extension, extension.get("base"))
                self._fill(forme, extension)
            elif child.tag == f"{XSD}attribute" and child.get("ref"):
                continue  # mustUnderstand, which SOAP itself defines
            elif child.tag == f"{XSD}attribute":
                forme.attributs[child.get("name")] = Attribut(
                    child.get("use") == "required", self._attribute(child)
                )
            else:
                for each in self._particles(child, free=False):
                    forme.enfants[each.nom] = each

    def _attribute(self, node: etree._Element) -> Valeur:
        kind = node.get("type")
        if kind is None:
            return self._simple(node[0])
        name = _qualified(node, kind)
        return (
            Valeur(name.removeprefix(XSD))
            if name.startswith(XSD)
            else self._simple(self.types[name])
        )

    def _particles(self, node: etree._Element, *, free: bool) -> Iterator[Forme]:
        """Yield the elements of a group; those of a choice, or of an optional group, are free."""
        tag = node.tag.removeprefix(XSD) if isinstance(node.tag, str) else ""
        free = free or tag == "choice" or node.get("minOccurs") == "0"
        if tag == "element":
            most = node.get("maxOccurs", "1")
            yield self.element(
                node,
                0 if free else int(node.get("minOccurs", "1")),
                float("inf") if most == "unbounded" else int(most),
            )
        elif tag in ("sequence", "choice", "all"):
            for child in node:
                yield from self._particles(child, free=free)

    def _simple(self, node: etree._Element) -> Valeur:
        inner = node[0]
        if inner.tag == f"{XSD}union":
            return self._simple(self.types[_qualified(inner, inner.get("memberTypes").split()[0])])
        base = _qualified(inner, inner.get("base"))
        facets = tuple(
            (child.tag.removeprefix(XSD), child.get("value"))
            for child in inner
            if isinstance(child.tag, str)
        )
        if base.startswith(XSD):
            return Valeur(base.removeprefix(XSD), facets)
        below = self._simple(self.types[base])
        return Valeur(below.base, (*below.facettes, *facets))


def _qualified(node: etree._Element, name: str | None) -> str:
    prefix, _, local = (name or "").rpartition(":")
    return f"{{{node.nsmap.get(prefix or None, '')}}}{local}"
