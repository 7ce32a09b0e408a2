"""The lawful forms of a contract's answers: what may vary in a message, and the message varied.

A form is the nominal message with a list of variations applied to it, each alone or with any
of the others. The compiled schema of the contract judges each form before it leaves.
"""

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from lxml import etree

from sge_sim.domaine.variantes import ECRITES, Variation
from sge_sim.machine.documents import parse_xml
from sge_sim.soap.contract import Contract
from sge_sim.soap.declarations import DeclaredValue, local_name, name_of
from sge_sim.soap.ecriture import NIL, Writer
from sge_sim.soap.valeurs_permises import other_values, rewritten, sample

_MANY: Final = 3
"""How often an element is repeated that may be, where it can be so often."""
_LEAST_DRAWN, _FORMS, _MORE_FORMS = 4, 40, 4
"""Variations of a form, at least; forms that have all of a message, with some for what waits."""
_STEP: Final = re.compile(r"([^/[]+)(?:\[(\d+)\])?")
_ON_CHILDREN: Final = frozenset({"present", "absent", "nombre", "ordre"})
_PADDED: Final = frozenset({"integer", "decimal", "boolean"})
"""Types around which libxml2 takes white space; around a date XML Schema does, it doesn't."""
_LATE: Final = {"absent": 1, "nil": 1, "nombre": 2, "ordre": 3}
"""What is done after the rest: ranks are those of the nominal message."""


Place: TypeAlias = Any
"""An element, the text of an attribute, or nothing where they might be."""


@dataclass(frozen=True)
class Declared:
    """An element or an attribute as its contract declares it; `most` is -1 for as often as one
    likes. `inside` are its attributes, as `@name`, and its elements in their order."""

    least: int
    most: int
    nillable: bool
    value: DeclaredValue
    inside: Mapping[str, "Declared"]

    @property
    def repeats(self) -> bool:
        """Whether it may come more than once."""
        return self.most not in (0, 1)

    @property
    def is_text(self) -> bool:
        """Whether it has a value, and no elements."""
        return bool(self.value.base or self.value.members)


class Formes:
    """The forms of the answers of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._declarations = contract.declarations

    @cached_property
    def declared(self) -> Mapping[str, Declared]:
        """The elements of answers that the contract declares, by their path."""
        contract, elements = self.contract, self._declarations.elements
        names = contract.response_header, contract.response, contract.fault
        return {
            f"{contract.path}/{place}/{name.rpartition('}')[2]}": self._read(elements[name])
            for place, name in zip(("Header", "Body", "Body/Fault/detail"), names, strict=True)
            if name is not None
        }

    def _read(self, node: etree._Element) -> Declared:
        attributes, elements = (
            {name_of(each): each for each in self._declarations.parts(node, kind)}
            for kind in ("attribute", "element")
        )
        value, needed = self._declarations.value_of(node), node.get("use") == "required"
        return Declared(
            int(needed if local_name(node) == "attribute" else node.get("minOccurs", 1)),
            int(node.get("maxOccurs", "1").replace("unbounded", "-1")),
            node.get("nillable") == "true",
            value,
            {f"@{name}": self._read(each) for name, each in attributes.items()}
            | {name: self._read(each) for name, each in elements.items()},
        )

    def possible(self, message: bytes, gzip: bool = True) -> list[Variation]:
        """Return every variation of a message, always in the same order.

        Of rows, the first, the middle and the last are looked at.
        """
        here, roots = self.contract.path, self._roots(parse_xml(message))
        written = [Variation(sorte, here, each) for sorte in ECRITES for each in ECRITES[sorte]]
        return [
            *(each for path, *found in roots for each in _inside(path, *found)),
            *(each for each in written if gzip or each.sorte != "gzip"),
        ]

    def draw(
        self,
        message: bytes,
        graine: int,
        numero: int,
        *,
        gzip: bool = False,
        sortes: Collection[str] = (),
    ) -> list[Variation]:
        """Return the variations of the form `numero` (from 0) of a message, of these `sortes`.

        Every variation is drawn once before any is again, but for a few that exclude some.
        """
        found = self.possible(message, gzip)
        possible = [each for each in found if not sortes or each.sorte in sortes]
        count = max(_LEAST_DRAWN, -(-len(possible) // _FORMS))
        turn, place = divmod(numero, -(-len(possible) // count) + _MORE_FORMS)
        seed = f"{graine}/{self.contract.path}/{turn}"
        random.Random(seed).shuffle(possible)  # noqa: S311 - nothing secret
        kept: list[Variation] = []
        waiting = possible
        for _ in range(place + 1):  # what one form can't take waits for the next
            left, waiting, kept = waiting, [], []
            for each in left:
                fits = len(kept) < count and not any(map(each.excludes, kept))
                (kept if fits else waiting).append(each)
        return kept or possible[place % max(1, len(possible)) :][:1]

    def varied(
        self, message: bytes, variations: Sequence[Variation]
    ) -> tuple[bytes, Collection[Variation]]:
        """Return a form of a message, and which of the variations are in it.

        One with which the message would break its contract is left out.
        """
        here = f"{self.contract.path}/"
        mine = [each for each in variations if f"{each.chemin}/".startswith(here)]
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
        known = [element for _, _, element in self._roots(root)]
        parts = [
            each
            for path in ("{*}Header/*", "{*}Body/*", "{*}Body/{*}Fault/detail/*")
            for each in root.iterfind(path)
            if local_name(each) != "Fault"
        ]
        validate = self.contract.schema.validate
        return bool(parts) and all(each in known and validate(each) for each in parts)

    def met(self, message: bytes) -> set[str]:
        """Return what of the contract is in a message: elements, their occurrences, values."""
        roots = self._roots(parse_xml(message, bare=True))
        return {each for path, *found in roots for each in _facts(path, *found)}

    @cached_property
    def expected(self) -> frozenset[str]:
        """All that `met` may return."""
        found = self.declared.items()
        return frozenset(each for path, root in found for each in _facts(path, root))

    def _roots(self, envelope: etree._Element) -> Iterator[tuple[str, Declared, etree._Element]]:
        for path, declared in self.declared.items():
            below = path.removeprefix(self.contract.path)
            element = envelope.find(below.replace("/", "/{*}").removeprefix("/"))
            if element is not None:
                yield path, declared, element

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


def _found(place: Place, name: str) -> list[Any]:
    """Return the attribute, or the elements, of a name."""
    if not isinstance(place, etree._Element):
        return []
    if name.startswith("@"):
        return [text for key, text in place.attrib.items() if key == name[1:]]
    return [each for each in place if local_name(each) == name]


def _text(place: Place) -> str | None:
    return place if place is None or isinstance(place, str) else place.text or ""


def _inside(path: str, declared: Declared, place: Place) -> Iterator[Variation]:
    """Yield what may vary in an element or an attribute that is there, or might be."""
    attributes = place.attrib if isinstance(place, etree._Element) else {}
    if declared.is_text:
        found = other_values(declared.value, _text(place))
        yield from (Variation(sorte, path, valeur) for sorte, valeur in found)
    if declared.nillable and NIL not in attributes:
        yield Variation("nil", path)
    if len(attributes) > 1:
        yield Variation("ordre", f"{path}/@*")
    for name, child in declared.inside.items():
        there, here = _found(place, name), f"{path}/{name}"
        count = len(there)
        if not child.repeats:
            if child.least == 0:
                yield Variation("absent" if there else "present", here)
            yield from _inside(here, child, there[0] if there else None)
            continue
        several = min(_MANY, child.most) if child.most > 0 else _MANY
        times = {0, 1, several} - {count}
        yield from (Variation("nombre", here, str(n)) for n in sorted(times) if n >= child.least)
        if count > 1:
            yield Variation("ordre", here)
        for rank in sorted({1, count // 2 + 1, max(count, 1)}):
            yield from _inside(f"{here}[{rank}]", child, there[rank - 1] if there else None)


def _apply(variation: Variation, declared: Declared, element: etree._Element, path: str) -> None:
    """Make the edit in an element, at a path from it; what it needs and lacks is made."""
    sorte, valeur = variation.sorte, variation.valeur
    steps = _STEP.findall(path)
    name = steps.pop()[0] if sorte in _ON_CHILDREN or "@" in path else ""
    for step, nth in steps:
        found = _found(element, step)
        while len(found) < int(nth or 1):
            if variation.removes and sorte != "nil":
                return
            found.append(_insert(element, declared, step))
        element, declared = found[int(nth or 1) - 1], declared.inside[step]
    if sorte == "ordre":
        _turn(element, name)
    elif sorte in _ON_CHILDREN:
        found = _found(element, name)
        wanted = int({"absent": 0, "present": max(1, len(found))}.get(sorte, valeur))
        for each in found[wanted:]:
            if isinstance(each, str):
                del element.attrib[name[1:]]
            else:
                element.remove(each)
        for _ in range(wanted - len(found)):
            _insert(element, declared, name, like=found[-1] if found else None)
    elif sorte == "nil":
        element[:], element.text = [], None
        element.set(NIL, "true")
    elif name:
        value = declared.inside[name].value
        text = element.get(name[1:]) or sample(value)
        element.set(name[1:], rewritten(value, sorte, valeur, text))
    elif declared.is_text:
        element.attrib.pop(NIL, None)
        text = element.text or sample(declared.value)
        element.text = rewritten(declared.value, sorte, valeur, text)


def _turn(element: etree._Element, name: str) -> None:
    """Put the elements of a name, or all attributes (`@*`), in the other order."""
    if name == "@*":
        items = [*element.attrib.items()]
        element.attrib.clear()
        element.attrib.update(reversed(items))
        return
    found = _found(element, name)
    place = element.index(found[0]) if found else 0
    for each in found:
        element.remove(each)
        element.insert(place, each)


def _insert(
    parent: etree._Element, declared: Declared, name: str, like: etree._Element | None = None
) -> etree._Element:
    """Put an element in its place, a copy or with the least that it needs, or an attribute."""
    child = declared.inside[name]
    if name.startswith("@"):
        parent.set(name[1:], sample(child.value))
        return parent
    made, order = etree.Element(name) if like is None else deepcopy(like), [*declared.inside]
    place = order.index(name)
    parent.insert(sum(1 for each in parent if order.index(local_name(each)) <= place), made)
    if like is None:
        fill_least(made, child)
    return made


def fill_least(element: etree._Element, declared: Declared) -> None:
    """Give an empty element the least that it needs."""
    if declared.is_text:
        element.text = sample(declared.value)
    for name, child in declared.inside.items():
        for _ in range(child.least):
            _insert(element, declared, name)


def _pad(declared: Declared, element: etree._Element) -> None:
    """Put white space around the values to which it means nothing."""
    if element.text and declared.value.base in _PADDED:
        element.text = f"\n {element.text} "
    for child in element:
        _pad(declared.inside[local_name(child)], child)


def _facts(path: str, declared: Declared, place: Place = None) -> Iterator[str]:
    """Yield what is met of an element or an attribute, or all that might be where it isn't given:
    its path, its value of an enumeration, how often (0, 1 or n) what is in it comes."""
    yield path
    text = _text(place)
    values = declared.value.facets.get("enumeration", ())
    yield from (f"{path} = {each}" for each in values if text in (None, each))
    if declared.nillable and (place is None or NIL in place.attrib):
        yield f"{path} × nil"
    for name, child in declared.inside.items():
        found, here = _found(place, name), f"{path}/{name}"
        every = range(child.least, 3 if child.repeats else 2)
        times = every if place is None else [min(len(found), 2)]
        yield from (f"{here} × {'01n'[count]}" for count in times)
        for each in found or [None] * (place is None):
            yield from _facts(here, child, each)
