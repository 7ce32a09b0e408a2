"""Spyne models made from the schemas of a contract, so that no field is spelled twice.

An element with children becomes a class whose members are its children in the contract's order
and its attributes; an element with text and attributes holds its text in the member `TEXT`.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal as Number
from typing import Any

from lxml import etree

from sge_sim.machine.once import computed_once
from sge_sim.soap import _spyne_compat as spyne
from sge_sim.soap.declarations import XSD, Declarations, name_of, qualified

TEXT = "texte"
"""The member that holds the text of an element that also has attributes."""

_XS = f"{{{XSD}}}"
_PRIMITIVES = {
    **dict.fromkeys(
        (f"{_XS}{name}" for name in ("string", "token", "normalizedString", "anyURI")),
        spyne.Unicode,
    ),
    f"{_XS}boolean": spyne.Boolean,
    f"{_XS}date": spyne.Date,
    f"{_XS}dateTime": spyne.DateTime,
    f"{_XS}time": spyne.Time,
    **dict.fromkeys(
        (f"{_XS}{name}" for name in ("integer", "int", "long", "positiveInteger")), spyne.Integer
    ),
    f"{_XS}decimal": spyne.Decimal,
}
# A member that these would bring would be passed over without a word.
_UNREAD = frozenset(
    f"{_XS}{name}" for name in ("any", "anyAttribute", "attributeGroup", "group", "list")
)


class Models:
    """The models of one contract, made on demand from its schemas."""

    def __init__(self, schemas: Mapping[str, bytes]) -> None:
        self._declarations = Declarations(schemas)
        self._elements, self._types = self._declarations.elements, self._declarations.types
        self._element = computed_once()(self._make_element)
        self._named = computed_once()(self._type_named)

    def unreadable(self, names: Iterable[str]) -> list[str]:
        """Return what the global elements `names` are made of and no model can be made of.

        A type is told by its name (`xs:duration`), another construct by its own (`xs:any`).
        """
        pending = [self._elements[name] for name in names]
        seen: set[str] = set()
        found = set()
        while pending:
            for node in pending.pop().iter(f"{_XS}*"):
                if node.tag in _UNREAD or (node.tag == f"{_XS}element" and "ref" in node.attrib):
                    found.add(node.tag)
                for named in filter(None, (node.get("type"), node.get("base"))):
                    name = qualified(node, named)
                    if name in seen or name in _PRIMITIVES:
                        continue
                    seen.add(name)
                    if name in self._types:
                        pending.append(self._types[name])
                    else:
                        found.add(name)
        return sorted(name.replace(_XS, "xs:") for name in found)

    def element(self, name: str) -> Any:
        """Return the model of the global element `{namespace}name`."""
        return self._element(name)

    def _make_element(self, name: str) -> Any:
        namespace, local = _split(name)
        base = self._type_of(self._elements[name])
        made = base.customize(
            type_name=local, sub_name=local, sub_ns=namespace, __namespace__=namespace
        )
        made.__namespace__ = namespace
        return made

    def _type_of(self, node: etree._Element) -> Any:
        """Return the model of the type that the element or attribute `node` has."""
        named = node.get("type")
        if named is None:
            inner = node.find(f"{_XS}complexType")
            if inner is None:
                inner = node.find(f"{_XS}simpleType")
            return spyne.Unicode if inner is None else self._build(inner, node.get("name", ""))
        return self._named(qualified(node, named))

    def _type_named(self, name: str) -> Any:
        if name.startswith(_XS):
            return _PRIMITIVES[name]
        return self._build(self._types[name], _split(name)[1])

    def _build(self, node: etree._Element, name: str) -> Any:
        if node.tag == f"{_XS}simpleType":
            return self._simple(node)
        members = dict(self._members(node))
        namespace = node.getroottree().getroot().get("targetNamespace", "")
        return spyne.ComplexModelMeta(
            name,
            (spyne.ComplexModelBase,),
            {
                "__namespace__": namespace,
                "__type_name__": name,
                "_type_info": list(members.items()),
            },
        )

    def _simple(self, node: etree._Element) -> Any:
        """Return the primitive under a simple type: libxml2 has checked the facets already."""
        restriction = node.find(f"{_XS}restriction")
        if restriction is None or restriction.get("base") is None:
            return spyne.Unicode
        return self._named(qualified(restriction, restriction.get("base", "")))

    def _members(self, node: etree._Element) -> Iterator[tuple[str, Any]]:
        if (content := node.find(f"{_XS}simpleContent")) is not None:
            base = qualified(content[0], content[0].get("base", ""))
            yield TEXT, spyne.XmlData(self._named(base))
        for child in self._declarations.parts(node, "element"):
            optional = child.getparent().tag == f"{_XS}choice"
            least = 0 if optional else int(child.get("minOccurs", 1))
            most = _maximum(child.get("maxOccurs", "1"))
            nillable = child.get("nillable") == "true"
            yield child.get("name", ""), _occurring(self._type_of(child), least, most, nillable)
        for child in self._declarations.parts(node, "attribute"):
            yield name_of(child), spyne.XmlAttribute(self._type_of(child))


@computed_once()
def _occurring(model: Any, minimum: int, maximum: Any, nillable: bool) -> Any:
    """Return `model` as a member that may occur so often; most members are optional texts."""
    return model.customize(min_occurs=minimum, max_occurs=maximum, nillable=nillable)


def _maximum(text: str) -> Any:
    return Number("inf") if text == "unbounded" else int(text)


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name[1:].partition("}")
    return namespace, local
