"""What breaks a contract, in one French sentence: the element, what is wanted, what came.

libxml2 finds the mistake, by the rules of XML Schema and in English; the sentence is made of the
kind of its error (`wsdl/phrases.yaml`), of the message, and of what the contract declares there.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from lxml import etree

from sge_sim.domaine.francais import abridged, one_of
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.soap.declarations import Declarations, DeclaredValue, are_alternatives, local_name

RECEIVED_MOST: Final = 60
"""The characters that a sentence shows at most of a name or of a value that came."""

_ALIKE: Final = 0.75
_MOST_VALUES: Final = 12
_LENGTHS: Final = ("minLength", "maxLength")
_BLANK: Final = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"
_A_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_REPEATED: Final = re.compile(r"\[((?:.-.)+)\]\{(\d+)(?:,(\d+))?\}")
_HEAD: Final = re.compile(r"Element '.*?'(?:, attribute '(.+?)')?: (?:\[facet '(\w+)'\])?", re.S)
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_QUOTED: Final = re.compile(r"'([^']*)'")
_NAMED_STEP: Final = re.compile(r"/([^/*@\[]+)")


class Mistake(NamedTuple):
    """What breaks a contract: the French sentence, and libxml2's own words."""

    sentence: str
    words: str


def received(text: str) -> str:
    """Return how a sentence tells what came: on one line, shortened in its middle.

    >>> received("12345"), received(""), received("12 345")
    ('reçu 12345', 'reçu vide', 'reçu « 12 345 »')
    """
    plain = "".join(each if each.isprintable() else " " for each in text)
    shown = abridged(plain, RECEIVED_MOST)
    if not plain.strip():
        return "reçu des espaces" if plain else "reçu vide"
    return f"reçu « {shown} »" if " " in shown else f"reçu {shown}"


def spelt(name: str, names: Iterable[str]) -> str | None:
    """Return which of `names` a name is taken for, None where it is like none of them."""
    lower = {each.lower(): each for each in sorted(names)}
    close = difflib.get_close_matches(name.lower()[: 2 * RECEIVED_MOST], lower, 1, _ALIKE)
    return lower[close[0]] if close else None


def in_namespace(name: str, namespace: str, tag: str) -> str:
    """Return the sentence on a `tag` of the right name in another namespace (empty for none)."""
    came = etree.QName(tag).namespace
    what = f"l'espace de noms {namespace}" if namespace else "aucun espace de noms"
    return f"{name} : {what} attendu, {received(came) if came else 'reçu aucun'}"


def mistake_of(error: Any, root: etree._Element, declarations: Declarations) -> Mistake:
    """Return what an error of libxml2's log says of `root`, the element that was validated."""
    kind, forms = error.type_name.removeprefix("SCHEMAV_"), _phrases()["erreurs"]
    form = next((form for form, kinds in forms.items() if kind in kinds.split()), [*forms][-1])
    return Mistake(form.format(_Error(error, root, declarations)), error.message)


def not_xml(error: Exception, message: bytes) -> str:
    """Return the sentence on a message that the parser refuses, and where it does."""
    start = message[:200].strip(_BLANK)
    if not start:
        return "message : une enveloppe SOAP 1.1 attendue, rien reçu"
    if not start.startswith(b"<"):
        return f"message : du XML attendu, {received(start.decode('utf-8', 'replace'))}"
    kind = etree.ErrorTypes._getName(getattr(error, "code", -1), "")
    if kind in ("ERR_RESOURCE_LIMIT", "ERR_INTERNAL_ERROR"):
        return "message : 256 niveaux et 10 Mo de texte au plus attendus, reçu davantage"
    fault = _phrases()["xml"].get(kind, "une faute d'écriture")
    where = "ligne {}, colonne {}".format(*getattr(error, "position", (1, 1)))
    return f"message : du XML bien formé attendu, reçu {fault}, {where}"


def wanted(value: DeclaredValue, facet: str, text: str) -> str:
    """Return what is wanted instead of `text`, which breaks `facet`, or the type where it is empty.

    >>> wanted(DeclaredValue("string", {"pattern": ("[0-9]{14}",)}), "pattern", "12")
    '14 chiffres attendus'
    """
    facets, types, bounds = value.facets, _phrases()["types"], _phrases()["bornes"]
    if value.members:
        *first, last = dict.fromkeys(wanted(each, "", text) for each in value.members)
        return ", ou ".join([*(re.sub(r" attendue?s?$", "", each) for each in first), last])
    if not facet and value.base in types:
        real = value.base != "date" or not _A_DATE.fullmatch(text.strip())
        return str(types[value.base]) if real else "une date qui existe attendue"
    if facet in ("enumeration", "") and (values := facets.get("enumeration")):
        few = len(values) <= _MOST_VALUES
        return f"{one_of(values)} attendu" if few else f"une des {len(values)} valeurs attendue"
    if facet in ("pattern", "") and "pattern" in facets:
        return _in_form(" ou ".join(facets["pattern"]))
    if facet in bounds and facet in facets:
        return str(bounds[facet].format(*facets[facet]))
    lengths = [facets.get(each) or facets.get("length", ("",)) for each in _LENGTHS]
    return _count(lengths[0][0], lengths[1][0], "caractères")


def _in_form(pattern: str) -> str:
    if pattern in _phrases()["motifs"]:
        return str(_phrases()["motifs"][pattern])
    if "@" in pattern:
        return "une adresse électronique attendue"
    found = _REPEATED.fullmatch(pattern)
    ranges = "".join(sorted(re.findall(".-.", found[1]))) if found else ""
    if found and ranges in _phrases()["caracteres"]:
        return _count(found[2], found[3] or found[2], _phrases()["caracteres"][ranges])
    return f"une valeur de la forme {pattern} attendue"


def _count(least: str, most: str, what: str) -> str:
    if not (least or most):
        return "un texte attendu"
    if (most or least) == "1":
        what = re.sub(r"s\b", "", what)
    number = f"de {least} à {most} {what}" if least else f"{most} {what} au plus"
    if least == most or not most:
        number = f"{most or f'au moins {least}'} {what}"
    return f"{number} attendu{'s' if what.endswith('s') else ''}"


@computed_once()
def _phrases() -> Any:
    return parse_yaml(data_path("wsdl") / "phrases.yaml")


class _Error:
    """An error of libxml2, what it is about, and the parts of the sentences on it."""

    def __init__(self, error: Any, root: etree._Element, declarations: Declarations) -> None:
        head = _HEAD.match(error.message)
        path = _NAMED_STEP.sub(r"/*[name()='\1']", error.path or "/*")
        node = next(iter(etree.ElementTree(root).xpath(path)), root)
        attribute, self.facet = head.groups("") if head else ("", "")
        self.words = error.message[head.end() :] if head else error.message
        self.node, self.attribute, self.declarations = node, attribute, declarations
        self.name = self.where = abridged(local_name(node), RECEIVED_MOST)
        self.text = node.get(attribute, "") if attribute else "".join(node.xpath("text()"))
        if attribute:
            self.where += f", attribut {abridged(attribute.split('}')[-1], RECEIVED_MOST)}"

    @property
    def came(self) -> str:
        long = self.facet.lower().endswith("length") and len(self.text) > RECEIVED_MOST
        count = f"reçu {len(self.text)} caractères, " if long else ""
        return count + received(self.text).removeprefix(count and "reçu ")

    @property
    def inside(self) -> str:
        child = next(self.node.iterchildren("*"), None)
        if child is None:
            return received(self.text)
        return f"reçu l'élément {abridged(local_name(child), RECEIVED_MOST)}"

    @property
    def stray(self) -> str:
        return received(" ".join(self.text.split()))

    @property
    def wanted(self) -> str:
        declared = self.declarations.of(self.node)
        if self.attribute:
            declared = self.declarations.inside(self.node, "attribute").get(self.attribute)
        elif self.declarations.inside(self.node, "element"):
            return "des éléments attendus"
        if declared is None:
            return "une valeur du contrat attendue"
        return wanted(self.declarations.value_of(declared), self.facet, self.text)

    @property
    def fixed(self) -> str:
        return str(["une valeur du contrat", *_QUOTED.findall(self.words)][-1])

    @property
    def attributes(self) -> str:
        """An attribute that is missing, or that isn't declared."""
        declared = self.declarations.inside(self.node, "attribute")
        unknown = [name for name in self.node.attrib if name not in declared]
        came = self.attribute.split("}")[-1]
        if came in declared:
            return in_namespace(self.where, "", self.attribute)
        if came:
            meant = spelt(came, set(declared).difference(self.node.attrib))
        else:
            meant = next(iter(_QUOTED.findall(self.words)), "")
            came = spelt(meant, unknown) or ""
        if meant and came:
            return f"{self.name} : l'attribut s'écrit {meant}, {received(came)}"
        names = f"attribut {meant or one_of(declared)}" if declared else "aucun attribut"
        return f"{self.name} : {names} attendu, {received(came) if came else 'rien reçu'}"

    @property
    def children(self) -> str:
        """An element that is missing, or in whose place another one stands."""
        missing = self.words.startswith("Missing child")
        parent = self.node if missing else self.node.getparent()
        declared = self.declarations.inside(parent, "element")
        found = _EXPECTED.search(self.words)
        expected = re.sub(r"\{.*?\}", "", found[1]).split(", ") if found else []
        needed = [n for n in expected if n in declared and declared[n].get("minOccurs") != "0"]
        names = one_of(needed or expected or ["aucun autre élément"])
        if missing:
            return f"{self.name} : {names} attendu, rien reçu"
        name, own = self.name, declared.get(local_name(self.node))
        above, elements = local_name(parent), [*parent.iterchildren("*")]
        here, rank = [*map(local_name, elements)], elements.index(self.node)
        if own is None:
            single = [n for n in here if n in declared and declared[n].get("maxOccurs", "1") == "1"]
            meant = spelt(local_name(self.node), set(declared).difference(single))
            wish = f"l'élément s'écrit {meant}" if meant else f"{names} attendu"
            return f"{above} : {wish}, reçu {name}"
        if self.node.tag != name and self.node.tag not in (found[1] if found else ""):
            return in_namespace(name, "", self.node.tag)
        most = own.get("maxOccurs", "1")
        if most != "unbounded" and here[:rank].count(name) >= int(most):
            return f"{above} : {name} attendu {most} fois au plus, reçu {here.count(name)} fois"
        for each in (each for each in here[:rank] if each in declared):
            if are_alternatives(declared[each], own):
                return f"{above} : {each} ou {name} attendu, reçu les deux"
            if [*declared].index(each) > [*declared].index(name):
                return f"{above} : {name} attendu avant {each}, reçu après"
        came = "reçu après" if set(needed or expected) & set(here[rank:]) else "rien reçu"
        return f"{above} : {names} attendu avant {name}, {came}"
