"""What breaks a contract, in one French sentence: the element, what is wanted, what came.

libxml2 finds the mistake, by the rules of XML Schema and in English; the sentence is made of the
kind of its error, of the message, and of what the contract declares there.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from lxml import etree

from sge_sim.domaine.francais import abridged
from sge_sim.soap.declarations import (
    XSD,
    Declarations,
    DeclaredValue,
    alternative,
    is_required,
    local_name,
    qualified_name,
)
from sge_sim.soap.wanted_values import one_of, wanted

RECEIVED_MOST: Final = 60
"""The characters that a sentence shows at most of a name or of a value that came."""

_ALIKE: Final = 0.75
_MOST_NAMES: Final = 10
_XSI: Final = f"{{{XSD}-instance}}"
_HEAD: Final = re.compile(r"Element '.*?'(?:, attribute '(.+?)')?: ", re.DOTALL)
_TYPE: Final = re.compile(r"type '(?:\{[^}]*\}|xs:)?(\w+)'\.$")
_FACET: Final = re.compile(r"\[facet '(\w+)'\]")
_QUOTED: Final = re.compile(r"'([^']*)'")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_STEP: Final = re.compile(r"(?:([^:]+):)?([^\[]+)(?:\[(\d+)\])?")


class Mistake(NamedTuple):
    """What breaks a contract: the French sentence, and libxml2's own words."""

    sentence: str
    words: str


def mistake_of(error: Any, element: etree._Element, declarations: Declarations) -> Mistake:
    """Return what an error of libxml2's log says of `element`, the one that was validated.

    An error of a kind that isn't known, or that says nowhere where it is, has a sentence too.
    """
    head = _HEAD.match(error.message)
    words = error.message[head.end() :] if head else error.message
    node = _at(error.path or "", element)
    found = _Error(words, node, (head and head[1]) or "", declarations)
    say = _SENTENCES.get(error.type_name.removeprefix("SCHEMAV_"), _otherwise)
    return Mistake(say(found), error.message)


def received(text: str) -> str:
    """Return how a sentence tells what came: on one line, shortened in its middle.

    >>> received("12345"), received(""), received("12 345")
    ('reçu 12345', 'reçu vide', 'reçu « 12 345 »')
    """
    plain = "".join(each if each.isprintable() else " " for each in text)
    if not plain.strip():
        return "reçu des espaces" if plain else "reçu vide"
    shown = abridged(plain, RECEIVED_MOST)
    return f"reçu « {shown} »" if " " in shown else f"reçu {shown}"


def spelt(name: str, names: Iterable[str]) -> str | None:
    """Return which of `names` a name is taken for, None where it is like none of them."""
    lower = {each.lower(): each for each in names}
    close = difflib.get_close_matches(name.lower()[: 2 * RECEIVED_MOST], lower, 1, _ALIKE)
    return lower[close[0]] if close else None


def in_namespace(name: str, namespace: str, tag: str) -> str:
    """Return the sentence on an element `tag` of the right name, in another namespace than wanted.

    `namespace` is the one that is wanted, empty for none.
    """
    came = etree.QName(tag).namespace
    what = f"l'espace de noms {namespace}" if namespace else "aucun espace de noms"
    return f"{name} : {what} attendu, {received(came) if came else 'reçu aucun'}"


@dataclass(frozen=True)
class _Error:
    """An error of libxml2: its words, and the element and the attribute that they are about."""

    words: str
    node: etree._Element
    attribute: str
    declarations: Declarations

    @property
    def is_missing(self) -> bool:
        return self.words.startswith("Missing child")

    @property
    def name(self) -> str:
        return _shown(self.node)

    @property
    def where(self) -> str:
        if not self.attribute:
            return self.name
        return f"{self.name}, attribut {abridged(self.attribute.split('}')[-1], RECEIVED_MOST)}"

    @property
    def text(self) -> str:
        if self.attribute:
            return str(self.node.get(self.attribute, ""))
        return "".join(self.node.xpath("text()"))

    @property
    def value(self) -> DeclaredValue:
        declared = self.declarations.of(self.node)
        if self.attribute:
            declared = self.declarations.attributes(self.node).get(self.attribute)
        if declared is None:  # xsi:nil, for one
            named = _TYPE.search(self.words)
            return DeclaredValue(named[1] if named else "", {})
        return self.declarations.value_of(declared)

    @property
    def expected(self) -> dict[str, etree._Element | None]:
        """The elements that libxml2 says could have come, those of no use to know left out."""
        found = _EXPECTED.search(self.words)
        names = [each.rpartition("}")[2] for each in (found[1].split(", ") if found else ())]
        parent = self.node if self.is_missing else self.node.getparent()
        declared = {} if parent is None else self.declarations.children(parent)
        known = {name: declared.get(name) for name in names[:_MOST_NAMES]}
        needed = {
            name: each for name, each in known.items() if each is not None and is_required(each)
        }
        return needed or known


def _at(path: str, root: etree._Element) -> etree._Element:
    """Return the element at a path of libxml2's, or the nearest above it that is found."""
    node = root
    for step in path.split("/")[2:]:
        found = _STEP.fullmatch(step)
        if found is None or step.startswith("@"):
            break
        prefix, name, rank = found.groups()
        children = [
            each
            for each in node.iterchildren("*")
            if name == "*" or (local_name(each), each.prefix) == (name, prefix)
        ]
        if len(children) < int(rank or 1):
            break
        node = children[int(rank or 1) - 1]
    return node


def _shown(node: etree._Element) -> str:
    return abridged(local_name(node), RECEIVED_MOST)


def _inside(error: _Error) -> str:
    child = None if error.attribute else next(error.node.iterchildren("*"), None)
    return received(error.text) if child is None else f"reçu l'élément {_shown(child)}"


def _value(error: _Error) -> str:
    """A value that isn't of its type."""
    facet = _FACET.match(error.words)
    broken, text = facet[1] if facet else "", error.text
    came = received(text)
    if broken.lower().endswith("length") and len(text) > RECEIVED_MOST:
        came = f"reçu {len(text)} caractères, {came.removeprefix('reçu ')}"
    return f"{error.where} : {wanted(error.value, broken, text)}, {came}"


def _children_in_value(error: _Error) -> str:
    """Elements where there is to be a value."""
    return f"{error.name} : {wanted(error.value, '', '')}, {_inside(error)}"


def _text_in_elements(error: _Error) -> str:
    """A text where there are to be elements."""
    text = " ".join(error.text.split())
    return f"{error.name} : des éléments attendus, reçu le texte {received(text)[5:]}"


def _content_of_empty(error: _Error) -> str:
    """Something in an element that is to be empty, or that says that it is."""
    return f"{error.name} : aucun contenu attendu, {_inside(error)}"


def _children(error: _Error) -> str:
    """An element that is missing, or in whose place another one stands."""
    node, parent, expected = error.node, error.node.getparent(), error.expected
    names = one_of([*expected]) if expected else "aucun autre élément"
    if error.is_missing or parent is None:
        return f"{error.name} : {names} attendu, rien reçu"
    elements = [*parent.iterchildren("*")]
    here, rank = [*map(local_name, elements)], elements.index(node)
    declared = error.declarations.children(parent)
    name, above, own = error.name, _shown(parent), declared.get(local_name(node))
    if own is None:
        meant = spelt(local_name(node), sorted({*declared, *expected}.difference(here)))
        wish = f"l'élément s'écrit {meant}" if meant else f"{names} attendu"
        return f"{above} : {wish}, reçu {name}"
    if qualified_name(own) != node.tag:
        return in_namespace(name, etree.QName(qualified_name(own)).namespace or "", node.tag)
    before, most = here[:rank], own.get("maxOccurs", "1")
    if most != "unbounded" and before.count(name) >= int(most):
        return f"{above} : {name} attendu {most} fois au plus, reçu {here.count(name)} fois"
    order = [*declared]
    for each in filter(declared.__contains__, before):
        if alternative(declared[each], own):
            return f"{above} : {each} ou {name} attendu, reçu les deux"
        if order.index(each) > order.index(name):
            return f"{above} : {name} attendu avant {each}, reçu après"
    came = "reçu après" if set(expected) & set(here[rank:]) else "rien reçu"
    return f"{above} : {names} attendu avant {name}, {came}"


def _attributes(error: _Error) -> str:
    """An attribute that is missing, or that isn't declared."""
    node, declared = error.node, error.declarations.attributes(error.node)
    came = error.attribute.rpartition("}")[2]
    if came in declared:
        return in_namespace(error.where, "", error.attribute)
    absent = [each for each in declared if node.get(each) is None]
    if came:
        meant = spelt(came, absent)
        names = f"attribut {one_of([*declared])}" if declared else "aucun attribut"
        wish = f"l'attribut s'écrit {meant}" if meant else f"{names} attendu"
        return f"{error.name} : {wish}, {received(came)}"
    name = next(iter(_QUOTED.findall(error.words)), one_of(absent or ["du contrat"]))
    written = spelt(name, [each for each in node.attrib if each not in declared])
    if written:
        return f"{error.name} : l'attribut s'écrit {name}, {received(written)}"
    return f"{error.name} : attribut {name} attendu, rien reçu"


def _fixed(error: _Error) -> str:
    """Another value than the only one that is admitted."""
    *_, fixed = "une valeur du contrat", *_QUOTED.findall(error.words)
    return f"{error.where} : {fixed} attendu, {received(error.text)}"


def _nil(error: _Error) -> str:
    """An element that says that it has no value, where it has to have one."""
    return f"{error.name} : {wanted(error.value, '', '')}, reçu xsi:nil"


def _kind(error: _Error) -> str:
    """An element that names another type than its own."""
    kind = error.node.get(f"{_XSI}type", "")
    return f"{error.name} : aucun attribut xsi:type attendu, {received(kind)}"


def _unknown(error: _Error) -> str:
    """An element that the contract doesn't have."""
    return f"{error.name} : un élément du contrat attendu, reçu {error.name}"


def _twice(error: _Error) -> str:
    """A value that is to be the only one of its kind, or that refers to nothing."""
    return f"{error.where} : une valeur unique et connue attendue, {received(error.text)}"


def _otherwise(error: _Error) -> str:
    """Anything else."""
    return f"{error.where} : un contenu conforme au contrat attendu, {_inside(error)}"


_SENTENCES: Final[Mapping[str, Callable[[_Error], str]]] = {
    kind: sentence
    for sentence, kinds in (
        (
            _value,
            "CVC_DATATYPE_VALID_1_2_1 CVC_DATATYPE_VALID_1_2_2 CVC_DATATYPE_VALID_1_2_3 "
            "CVC_LENGTH_VALID CVC_MINLENGTH_VALID CVC_MAXLENGTH_VALID CVC_PATTERN_VALID "
            "CVC_ENUMERATION_VALID CVC_MININCLUSIVE_VALID CVC_MAXINCLUSIVE_VALID "
            "CVC_MINEXCLUSIVE_VALID CVC_MAXEXCLUSIVE_VALID CVC_TOTALDIGITS_VALID "
            "CVC_FRACTIONDIGITS_VALID CVC_FACET_VALID CVC_ATTRIBUTE_3 ATTRINVALID VALUE FACET",
        ),
        (_children, "ELEMENT_CONTENT CVC_COMPLEX_TYPE_2_4 MISSING EXTRACONTENT WRONGELEM"),
        (_children_in_value, "CVC_TYPE_3_1_2 CVC_COMPLEX_TYPE_2_2 NOTSIMPLE"),
        (_text_in_elements, "CVC_COMPLEX_TYPE_2_3 ELEMCONT"),
        (_content_of_empty, "CVC_COMPLEX_TYPE_2_1 CVC_ELT_3_2_1 CVC_ELT_3_2_2 NOTEMPTY"),
        (
            _attributes,
            "CVC_TYPE_3_1_1 CVC_COMPLEX_TYPE_3_1 CVC_COMPLEX_TYPE_3_2_1 CVC_COMPLEX_TYPE_3_2_2 "
            "CVC_COMPLEX_TYPE_4 CVC_ATTRIBUTE_1 CVC_ATTRIBUTE_2 ATTRUNKNOWN INVALIDATTR",
        ),
        (_fixed, "CVC_ELT_5_2_2_1 CVC_ELT_5_2_2_2_1 CVC_ELT_5_2_2_2_2 CVC_ATTRIBUTE_4 CVC_AU"),
        (_nil, "CVC_ELT_3_1 NOTNILLABLE"),
        (_kind, "CVC_ELT_4_1 CVC_ELT_4_2 CVC_ELT_4_3"),
        (_unknown, "CVC_ELT_1 CVC_WILDCARD UNDECLAREDELEM INVALIDELEM NOTTOPLEVEL NOROOT"),
        (_twice, "CVC_IDC CVC_COMPLEX_TYPE_5_1 CVC_COMPLEX_TYPE_5_2"),
        (
            _otherwise,
            "CVC_COMPLEX_TYPE_1 CVC_ELT_2 CVC_ELT_5_1_1 CVC_ELT_5_1_2 CVC_ELT_5_2_1 CVC_ELT_6 "
            "CVC_ELT_7 CVC_TYPE_1 CVC_TYPE_2 CONSTRUCT DOCUMENT_ELEMENT_MISSING HAVEDEFAULT "
            "INTERNAL ISABSTRACT MISC NOROLLBACK NOTDETERMINIST NOTYPE",
        ),
    )
    for kind in kinds.split()
}
"""What each kind of error of libxml2 says, by its name without `SCHEMAV_`."""
