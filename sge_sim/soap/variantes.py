"""The lawful forms of a contract's answers: what may vary in a message, and the message varied.

A form is the nominal message with a list of variations applied to it, each alone or with any
others. The compiled schema of the contract judges each form before it leaves.
"""

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lxml import etree

from sge_sim.domaine.variantes import ECRITES, SorteVariation, Variation
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.contract import Contract
from sge_sim.soap.declarations import DeclaredValue, local_name, name_of
from sge_sim.soap.ecriture import NIL, Writer
from sge_sim.soap.valeurs_permises import others, rewritten, sample

_MANY: Final = 3
"""How often an element is repeated that may be repeated as often as one likes."""
_LEAST_DRAWN: Final = 4
_FORMS: Final = 40
"""Forms in which every variation of a message has been drawn at most once."""
_STEP: Final = re.compile(r"([^/[]+)(?:\[(\d+)\])?")
_ON_CHILDREN: Final = frozenset({"present", "absent", "nombre", "ordre"})
_PADDED: Final = frozenset({"integer", "decimal", "boolean"})
"""Types around which libxml2 takes white space; around a date XML Schema does, it doesn't."""
_LATE: Final = {"nombre": 1, "ordre": 1, "absent": 2, "nil": 2}
"""What is done after the rest: ranks are those of the nominal message."""


@dataclass(frozen=True)
class Declared:
    """An element as the contract declares it; `most` is -1 for as often as one likes."""

    least: int
    most: int
    nillable: bool
    value: DeclaredValue | None
    attributes: Mapping[str, tuple[bool, DeclaredValue]]
    children: Mapping[str, "Declared"]

    @property
    def repeats(self) -> bool:
        """Whether it may come more than once."""
        return self.most not in (0, 1)


class Formes:
    """The forms of the answers of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._declarations = contract.declarations

    @cached_property
    def declared(self) -> Mapping[str, Declared]:
        """The elements of answers that the contract declares, by their path."""
        contract, body = self._contract, f"{self._contract.path}/Body"
        named = {
            f"{contract.path}/Header": contract.response_header,
            body: contract.response,
            f"{body}/Fault/detail": contract.fault,
        }
        return {
            f"{path}/{name.rpartition('}')[2]}": self._read(self._declarations.elements[name])
            for path, name in named.items()
            if name is not None
        }

    def _read(self, node: etree._Element) -> Declared:
        value = self._declarations.value_of(node)
        most = node.get("maxOccurs", "1")
        return Declared(
            int(node.get("minOccurs", 1)),
            -1 if most == "unbounded" else int(most),
            node.get("nillable") == "true",
            value if value.base or value.members else None,
            {
                name_of(each): (each.get("use") == "required", self._declarations.value_of(each))
                for each in self._declarations.parts(node, "attribute")
            },
            {name_of(each): self._read(each) for each in self._declarations.parts(node, "element")},
        )

    def possible(self, message: bytes, gzip: bool = True) -> list[Variation]:
        """Return every variation of a message, always in the same order.

        Of rows, the first, the middle and the last are looked at.
        """
        found = [
            each
            for path, declared, element in self._roots(parse_xml(message))
            for each in _inside(declared, element, path)
        ]
        return found + [
            Variation(sorte, self._contract.path, valeur)
            for sorte, valeurs in ECRITES.items()
            for valeur in valeurs
            if gzip or sorte != "gzip"
        ]

    def draw(
        self,
        message: bytes,
        graine: int,
        numero: int,
        *,
        gzip: bool = False,
        sortes: Collection[SorteVariation] = (),
        without: Collection[str] = (),
    ) -> list[Variation]:
        """Return the variations of the form `numero` (from 0) of a message, of these `sortes`.

        Every variation is drawn once before any is drawn again.
        """
        possible = [
            each
            for each in self.possible(message, gzip)
            if (not sortes or each.sorte in sortes) and str(each) not in without
        ]
        count = max(_LEAST_DRAWN, -(-len(possible) // _FORMS))
        turn, place = divmod(numero, max(1, -(-len(possible) // count)))
        seed = f"{graine}/{self._contract.path}/{turn}"
        random.Random(seed).shuffle(possible)  # noqa: S311 - nothing secret
        kept: list[Variation] = []
        for each in possible[place * count : (place + 1) * count]:
            if not any(each.excludes(other) for other in kept):
                kept.append(each)
        return kept

    def varied(
        self, message: bytes, variations: Sequence[Variation]
    ) -> tuple[bytes, Collection[Variation]]:
        """Return a form of a message, and which of the variations are in it.

        One with which the message would break its contract is left out.
        """
        mine = [
            each for each in variations if f"{each.chemin}/".startswith(f"{self._contract.path}/")
        ]
        form = self._applied(message, mine)
        if self.is_lawful(form):
            return form, mine
        kept: list[Variation] = []
        for each in mine:
            if self.is_lawful(self._applied(message, [*kept, each])):
                kept.append(each)
        return self._applied(message, kept), kept

    def is_lawful(self, message: bytes) -> bool:
        """Tell whether a message is an answer, or a fault, that the contract allows."""
        try:
            root = parse_xml(message)
        except ValueError:
            return False
        known = {element for _, _, element in self._roots(root)}
        parts = [
            each
            for path in ("Header", "Body", "Body/Fault/detail")
            for each in root.iterfind("/".join(f"{{*}}{name}" for name in path.split("/")) + "/*")
            if local_name(each) != "Fault"
        ]
        return bool(parts) and all(
            each in known and self._contract.schema.validate(each) for each in parts
        )

    def met(self, message: bytes) -> set[str]:
        """Return what of the contract is in a message: elements, their occurrences, values."""
        return {
            each
            for path, declared, element in self._roots(parse_xml(message, bare=True))
            for each in _met(declared, element, path)
        }

    @cached_property
    def expected(self) -> frozenset[str]:
        """All that `met` may return."""
        return frozenset(
            each for path, declared in self.declared.items() for each in _expected(declared, path)
        )

    def _roots(self, envelope: etree._Element) -> Iterator[tuple[str, Declared, etree._Element]]:
        for path, declared in self.declared.items():
            element = self._reach(envelope, path)
            if element is not None:
                yield path, declared, element

    def _reach(self, envelope: etree._Element, path: str) -> etree._Element | None:
        here: etree._Element | None = envelope
        for name in path.removeprefix(f"{self._contract.path}/").split("/"):
            here = None if here is None else here.find(f"{{*}}{name}")
        return here

    def _applied(self, message: bytes, variations: Iterable[Variation]) -> bytes:
        written = {each.sorte: each.valeur for each in variations if each.sorte in ECRITES}
        inside = [each for each in variations if each.sorte not in ECRITES]
        if not (inside or written.keys() - {"gzip", "morceaux"}):
            return message
        root = parse_xml(message, bare=True)
        for path, declared, element in [*self._roots(root)]:
            mine = [each for each in inside if each.chemin.startswith(path)]
            for each in sorted(mine, key=lambda each: _LATE.get(each.sorte, 0)):
                _apply(each, declared, element, each.chemin.removeprefix(path))
            if written.get("separateur") == "valeurs":
                _pad(declared, element)
        return Writer(written).write(root)


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else [each for each in element if local_name(each) == name]


def _inside(declared: Declared, element: etree._Element | None, path: str) -> Iterator[Variation]:
    """Yield what may vary in an element that is there, or might be."""
    attributes = {} if element is None else element.attrib
    for name, (required, value) in declared.attributes.items():
        here = f"{path}/@{name}"
        if not required:
            yield Variation("absent" if name in attributes else "present", here)
        yield from (
            Variation(sorte, here, valeur) for sorte, valeur in others(value, attributes.get(name))
        )
    if len(attributes) > 1:
        yield Variation("ordre", f"{path}/@*")
    if declared.value is not None:
        text = None if element is None else element.text or ""
        yield from (
            Variation(sorte, path, valeur) for sorte, valeur in others(declared.value, text)
        )
    if declared.nillable and NIL not in attributes:
        yield Variation("nil", path)
    for name, child in declared.children.items():
        found = _children(element, name)
        here, count = f"{path}/{name}", len(found)
        if not child.repeats:
            if child.least == 0:
                yield Variation("absent" if found else "present", here)
        else:
            several = min(_MANY, child.most) if child.most > 0 else _MANY
            yield from (
                Variation("nombre", here, str(times))
                for times in (0, 1, several)
                if times >= child.least and times != count
            )
            if count > 1:
                yield Variation("ordre", here)
        for rank in sorted({1, count // 2 + 1 if count else 1, max(count, 1)}):
            ranked = f"{here}[{rank}]" if child.repeats else here
            yield from _inside(child, found[rank - 1] if found else None, ranked)


def _apply(variation: Variation, declared: Declared, element: etree._Element, path: str) -> None:
    """Make the edit in an element, at a path from it; what it needs and lacks is made."""
    steps = _STEP.findall(path)
    attribute = steps.pop()[0][1:] if steps and steps[-1][0].startswith("@") else ""
    name = steps.pop()[0] if variation.sorte in _ON_CHILDREN and not attribute else ""
    for step, rank in steps:
        found = _children(element, step)
        while len(found) < int(rank or 1):
            if variation.removes and variation.sorte != "nil":
                return
            found.append(_insert(element, declared, step))
        element, declared = found[int(rank or 1) - 1], declared.children[step]
    if name:
        _set_children(variation, declared, element, name)
    elif attribute:
        _set_attribute(variation, declared, element, attribute)
    elif variation.sorte == "nil":
        element[:], element.text = [], None
        element.set(NIL, "true")
    elif declared.value is not None:
        element.attrib.pop(NIL, None)
        text = element.text or sample(declared.value)
        element.text = rewritten(declared.value, variation.sorte, variation.valeur, text)


def _set_children(
    variation: Variation, declared: Declared, element: etree._Element, name: str
) -> None:
    found = _children(element, name)
    match variation.sorte:
        case "ordre":
            place = element.index(found[0]) if found else 0
            for each in found:
                element.remove(each)
                element.insert(place, each)
            return
        case "nombre":
            wanted = int(variation.valeur)
        case sorte:
            wanted = 0 if sorte == "absent" else max(1, len(found))
    for each in found[wanted:]:
        element.remove(each)
    for _ in range(wanted - len(found)):
        if found:
            found[-1].addnext(deepcopy(found[-1]))
        else:
            _insert(element, declared, name)


def _set_attribute(
    variation: Variation, declared: Declared, element: etree._Element, name: str
) -> None:
    attributes = element.attrib
    if variation.sorte == "ordre":
        items = [*attributes.items()]
        attributes.clear()
        for key, text in reversed(items):
            attributes[key] = text
    elif variation.sorte == "absent":
        attributes.pop(name, None)
    else:
        value = declared.attributes[name][1]
        text = attributes.get(name) or sample(value)
        attributes[name] = rewritten(value, variation.sorte, variation.valeur, text)


def _insert(parent: etree._Element, declared: Declared, name: str) -> etree._Element:
    """Put an element, with the least that it needs, in its place; return it."""
    made, order = etree.Element(name), [*declared.children]
    place = order.index(name)
    before = sum(1 for each in parent if order.index(local_name(each)) <= place)
    parent.insert(before, made)
    _fill(made, declared.children[name])
    return made


def _fill(element: etree._Element, declared: Declared) -> None:
    for name, (required, value) in declared.attributes.items():
        if required:
            element.set(name, sample(value))
    if declared.value is not None:
        element.text = sample(declared.value)
    for name, child in declared.children.items():
        for _ in range(child.least):
            _insert(element, declared, name)


def _pad(declared: Declared, element: etree._Element) -> None:
    """Put white space around the values to which it means nothing."""
    if element.text and declared.value is not None and declared.value.base in _PADDED:
        element.text = f"\n {element.text} "
    for child in element:
        _pad(declared.children[local_name(child)], child)


def _met(declared: Declared, element: etree._Element, path: str) -> Iterator[str]:
    yield path
    for name, (required, value) in declared.attributes.items():
        text = element.get(name)
        if text is not None:
            yield f"{path}/@{name}"
            if text in value.facets.get("enumeration", ()):
                yield f"{path}/@{name} = {text}"
        elif not required:
            yield f"{path}/@{name} × 0"
    if declared.nillable and NIL in element.attrib:
        yield f"{path} × nil"
    if declared.value is not None and element.text in declared.value.facets.get("enumeration", ()):
        yield f"{path} = {element.text}"
    for name, child in declared.children.items():
        found = _children(element, name)
        yield f"{path}/{name} × {'n' if len(found) > 1 else len(found)}"
        for each in found:
            yield from _met(child, each, f"{path}/{name}")


def _expected(declared: Declared, path: str) -> Iterator[str]:
    yield path
    for name, (required, value) in declared.attributes.items():
        yield f"{path}/@{name}"
        yield from (f"{path}/@{name} = {each}" for each in value.facets.get("enumeration", ()))
        if not required:
            yield f"{path}/@{name} × 0"
    if declared.nillable:
        yield f"{path} × nil"
    if declared.value is not None:
        values = declared.value.facets.get("enumeration", ())
        yield from (f"{path} = {each}" for each in values)
    for name, child in declared.children.items():
        here = f"{path}/{name}"
        times = ("0" * (child.least == 0), "1" * (child.least < 2), "n" * child.repeats)
        yield from (f"{here} × {each}" for each in times if each)
        yield from _expected(child, here)
