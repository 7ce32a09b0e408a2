"""Requests of every contract, each spoilt in one way, and what the sentence on it has to name.

A good request is made of the schemas by chance, of which a seed alone decides. What the refusal
says isn't looked at here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from lxml import etree

from sge_sim.soap.contract import ENVELOPE, Contract
from sge_sim.soap.declarations import Declarations, DeclaredValue, are_alternatives, local_name

ENGLISH = re.compile(
    r"libxml|lxml|facet|\bElement\b|\{http|atomic type|\bis not\b|\bpattern\b|\b[Ee]xpected\b|"
    r"\bThis\b|\brequired\b|\ballowed\b|content type|\bmissing\b|SCHEMAV|xs:|not defined|"
    r"mismatch|\bline \d|Premature|Extra content"
)
"""Words of libxml2, or of Python, that no tester is to read."""
_PATTERNS = {
    "@": "jean.dupont@exemple.fr",
    "{6}(": "ABC123",
    "[0-9]{14}": "30001610071843",
}
_WRONG = ("", "  ", "é", "12345", "x" * 400, "2024-02-30", "oui", "-1", "a b", "\u2028", "'}; '")


@dataclass(frozen=True)
class SpoiltRequest:
    """A request that its contract refuses; the sentence has to hold `names`."""

    contract: Contract
    message: bytes
    way: str
    names: tuple[str, ...]


def spoilt_requests(
    contracts: Mapping[str, Contract], seed: int, count: int
) -> Iterator[SpoiltRequest]:
    """Yield `count` spoilt requests, each contract and each way in turn."""
    rng, paths, tried = Random(seed), sorted(contracts), 0
    while count:
        contract = contracts[paths[tried % len(paths)]]
        way = _WAYS[(tried + tried // len(paths)) % len(_WAYS)]
        tried += 1
        request = _Request(contract, rng)
        names = way(request)
        if names and not (
            request.root.tag == contract.request and contract.schema.validate(request.root)
        ):
            count -= 1
            yield SpoiltRequest(contract, request.message, way.__name__, names)


class _Request:
    """A request that is good until it is spoilt; each way returns what is to be named, nothing
    where the request has no place for it."""

    def __init__(self, contract: Contract, rng: Random) -> None:
        self.rng, self.declarations = rng, Declarations(contract.schemas)
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
        body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
        namespace = etree.QName(contract.request).namespace
        self.root = etree.SubElement(body, contract.request, nsmap={"ns": namespace})
        self._fill(self.root)
        assert contract.schema.validate(self.root), contract.schema.error_log

    @property
    def message(self) -> bytes:
        return bytes(etree.tostring(self.root.getroottree()))

    def _fill(self, element: etree._Element) -> None:
        declared, taken = self.declarations.inside(element, "element"), []
        for name, child in declared.items():
            skipped = child.get("minOccurs") == "0" and self.rng.random() < 0.4
            if skipped or any(are_alternatives(child, each) for each in taken):
                continue
            taken.append(child)
            for _ in range(self.rng.randint(1, 2) if child.get("maxOccurs", "1") != "1" else 1):
                self._fill(etree.SubElement(element, name))
        if not declared:
            value = self.declarations.value_of(self.declarations.of(element))
            element.text = self._good(value)

    def _good(self, value: DeclaredValue) -> str:
        facets = value.facets
        if value.members:
            return self._good(self.rng.choice(value.members))
        if "enumeration" in facets:
            return self.rng.choice(facets["enumeration"])
        for pattern in facets.get("pattern", ()):
            known = (sample for form, sample in _PATTERNS.items() if form in pattern)
            least = re.search(r"\{(\d+)", pattern)
            return next(known, "7" * int(least[1] if least else 1))
        plain = {"boolean": "true", "date": "2024-01-15", "decimal": "1"}
        return plain.get(value.base, "x" * int(facets.get("minLength", ("1",))[0]))

    def any(self, *, leaf: bool | None = None) -> etree._Element:
        """Return an element under the root, one without elements in it, or one that has some."""
        found = [
            each
            for each in self.root.iter()
            if (leaf is False or each is not self.root) and leaf in (None, not len(each))
        ]
        return self.rng.choice(found)

    # The ways.

    def missing(self) -> tuple[str, ...]:
        child = self.any()
        names = local_name(child.getparent()), local_name(child)
        child.getparent().remove(child)
        return names

    def unknown(self) -> tuple[str, ...]:
        parent = self.any(leaf=False)
        parent.insert(self.rng.randint(0, len(parent)), etree.Element("inconnu"))
        return local_name(parent), "inconnu"

    def disordered(self) -> tuple[str, ...]:
        parent = self.any(leaf=False)
        first, second = self.rng.choices([*parent], k=2)
        if first.tag == second.tag:
            return ()
        parent[:] = [each for each in parent if each is not first]
        parent.insert(self.rng.choice([0, len(parent)]), first)
        return (local_name(parent),)

    def wrong_value(self) -> tuple[str, ...]:
        leaf = self.any(leaf=True)
        leaf.text = self.rng.choice(_WRONG)
        return (local_name(leaf),)

    def too_long(self) -> tuple[str, ...]:
        leaf = self.any(leaf=True)
        leaf.text = self.rng.choice("ab7Z") * self.rng.randint(256, 3000)
        return (local_name(leaf),)

    def near_value(self) -> tuple[str, ...]:
        leaf = self.any(leaf=True)
        text = leaf.text or ""
        leaf.text = self.rng.choice([text[:-1], text + "0", text.lower(), f" {text}", text[::-1]])
        return (local_name(leaf),)

    def empty(self) -> tuple[str, ...]:
        element = self.any()
        element[:], element.text = [], ""
        return (local_name(element),)

    def repeated(self) -> tuple[str, ...]:
        element = self.any()
        element.addnext(etree.fromstring(etree.tostring(element)))
        return local_name(element.getparent()), local_name(element)

    def other_namespace(self) -> tuple[str, ...]:
        element = self.any()
        name = local_name(element)
        element.tag = f"{{urn:autre:{self.rng.randint(1, 99)}}}{name}"
        return name, etree.QName(element).namespace

    def misspelt(self) -> tuple[str, ...]:
        element = self.any()
        name = local_name(element)
        at = self.rng.randrange(1, len(name))
        element.tag = self.rng.choice([name[:at] + name[at + 1 :], name.lower(), name + "s"])
        return local_name(element.getparent()), local_name(element)

    def text_for_elements(self) -> tuple[str, ...]:
        element = self.any(leaf=False)
        element[:], element.text = [], "bonjour"
        return local_name(element), "bonjour"

    def elements_for_text(self) -> tuple[str, ...]:
        leaf = self.any(leaf=True)
        leaf.text = ""
        etree.SubElement(leaf, "valeur").text = "1"
        return local_name(leaf), "valeur"

    def unknown_attribute(self) -> tuple[str, ...]:
        element = self.any()
        element.set("couleur", "rouge")
        return local_name(element), "couleur"

    def nil(self) -> tuple[str, ...]:
        element = self.any()
        element.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")
        return (local_name(element),)

    def other_type(self) -> tuple[str, ...]:
        element = self.any()
        element.set("{http://www.w3.org/2001/XMLSchema-instance}type", "Autre")
        return local_name(element), "Autre"

    def other_service(self) -> tuple[str, ...]:
        name = local_name(self.root)
        namespace = etree.QName(self.root).namespace
        other = self.rng.choice([name[:-1], name.lower(), "autre", f"{name}Request"])
        self.root.tag = f"{{{namespace}}}{other}"
        return name, other

    def other_root_namespace(self) -> tuple[str, ...]:
        name, wanted = local_name(self.root), etree.QName(self.root).namespace
        self.root.tag = self.rng.choice([name, f"{{{wanted}/}}{name}"])
        return name, wanted


_WAYS = [
    way for name, way in vars(_Request).items() if name[0] != "_" and name not in ("any", "message")
]
