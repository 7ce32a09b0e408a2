"""How two answers to the same request differ, classed: no value of either is told.

What they say of a point isn't compared, since the point of the simulator is made of the answers:
how they say it is. A word is told where the program has it (`vocabulaire`), a format as `formats`
says it; anything else is « autre ».
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Literal, get_args

from lxml import etree

from sge_sim.confronte.arbres_compares import (
    DAYS,
    alike,
    by_tag,
    code_beside,
    constant_words,
    nearest_tag,
    owner_of,
    way_of_days,
)
from sge_sim.confronte.formats import format_of, is_format
from sge_sim.confronte.paires import Enveloppe, Paire, read_enveloppe
from sge_sim.confronte.vocabulaire import (
    FORME_TEXTE,
    Forme,
    forme_of,
    formes_of,
    is_word,
    vocabulaire,
)
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.refus import Rule
from sge_sim.soap.declarations import DeclaredValue, local_name

Classe = Literal[
    "forme", "ordre", "presence", "format", "code", "libelle", "enumeration", "entete", "http"
]
CLASSES: Final[tuple[Classe, ...]] = get_args(Classe)

AUTRE: Final = "autre"
REPONSE: Final = "une réponse"
_PRESENT: Final = ("présent", "absent")
_STATUTS: Final = frozenset(map(int, HTTPStatus))
_KINDS: Final = ("un message SOAP", "autre chose que SOAP")
_ORDRE: Final = "celui du simulateur"
_ELEMENTS: Final = ("des éléments", "du texte entre eux")
_NOMS: Final = ("cet élément", "un élément que le contrat n'a pas")
_SAID: Final = frozenset((*_NOMS, AUTRE, REPONSE, *_PRESENT, *_KINDS, _ORDRE, *_ELEMENTS))
_SERIES: Final = ("RecherchePoint",)
_BOOLEAN: Final = "boolean"
_PLAIN_TYPES: Final = (_BOOLEAN, "integer", "decimal")


@dataclass(frozen=True, order=True)
class EcartVu:
    """What differs: its class, the service, the element by its path, what the simulator answers and
    what came, in words that may be told; the rule that decided, and its provenance."""

    classe: Classe
    service: str
    element: str
    attendu: str
    vu: str
    regle: str = ""
    provenance: Provenance | Literal[""] = ""


def differences_of(vraie: Paire, jouee: Paire, regle: Rule | None = None) -> list[EcartVu]:
    """Return how the answer of the real platform differs from the simulator's, each once.

    `regle` is the rule by which the simulator refused, if one did, by its whole name.
    """
    service = vraie.chemin.strip("/").replace("/v", " v")
    found = dict.fromkeys(_Comparaison(service, formes_of(vraie.chemin)).run(vraie, jouee))
    if regle is None:
        return list(found)
    return [replace(each, regle=regle.name, provenance=regle.provenance) for each in found]


class _Comparaison:
    """One comparison: what the contract declares of both answers."""

    def __init__(self, service: str, formes: Mapping[str, Forme]) -> None:
        self._service, self._formes = service, formes
        self._known = vocabulaire()

    def run(self, vraie: Paire, jouee: Paire) -> Iterator[EcartVu]:
        seen, expected = read_enveloppe(vraie.reponse), read_enveloppe(jouee.reponse)
        statuts = vraie.statut and jouee.statut and vraie.statut != jouee.statut
        if seen is None or expected is None:
            if statuts:
                yield self._tell("http", "", *_statuts(jouee, vraie))
            elif (seen is None) != (expected is None):
                yield self._tell("forme", "", *self._kinds(expected, seen))
            return
        if seen.fault != expected.fault:
            said = expected.code or REPONSE, seen.code or REPONSE
            yield self._tell("code", "resultat/@code", *map(self._word, said))
            return
        if statuts:
            yield self._tell("http", "", *_statuts(jouee, vraie))
        yield from self._headers(vraie.entetes, jouee.entetes)
        if seen.code and expected.code and seen.code != expected.code:
            said = expected.code, seen.code
            yield self._tell("code", "resultat/@code", *map(self._word, said))
            if seen.fault:
                return
        if (seen.entete is None) != (expected.entete is None):
            yield self._tell("entete", "Header", *_presence(seen.entete is not None))
        elif seen.entete is not None and expected.entete is not None:
            yield from self._trees(seen.entete, expected.entete, None, ())
        if seen.corps is not None and expected.corps is not None:
            if seen.corps.tag != expected.corps.tag:
                yield self._tell("forme", local_name(expected.corps), *_NOMS)
            else:
                yield from self._trees(seen.corps, expected.corps, None, ())
        elif (seen.corps is None) != (expected.corps is None):
            yield self._tell("presence", "Body/*", *_presence(seen.corps is not None))

    @staticmethod
    def _kinds(expected: Enveloppe | None, seen: Enveloppe | None) -> tuple[str, str]:
        return _KINDS[expected is None], _KINDS[seen is None]

    def _headers(
        self, seen: Mapping[str, str] | None, expected: Mapping[str, str] | None
    ) -> Iterator[EcartVu]:
        if seen is None or expected is None:
            return
        for name in self._known.listes["entetes"]:
            given, wanted = seen.get(name), expected.get(name)
            if (given is None) != (wanted is None):
                yield self._tell("entete", name, *_presence(given is not None))
            elif given is not None and wanted is not None and _plain(given) != _plain(wanted):
                yield self._tell("entete", name, _plain(wanted), AUTRE)

    def _trees(
        self,
        seen: etree._Element,
        expected: etree._Element,
        above: Forme | None,
        path: Sequence[str],
        *,
        serie: bool = False,
    ) -> Iterator[EcartVu]:
        """Yield how two elements of the same name differ; of a `serie` any known word may come."""
        forme = forme_of(expected, above, self._formes)
        here = (*path, local_name(expected))
        yield from self._attributes(seen, expected, forme, here, serie=serie)
        children, others = by_tag(seen), by_tag(expected)
        if not children and not others:
            value = FORME_TEXTE.value if forme is None else forme.value
            name = local_name(expected)
            texts = (seen.text or "", expected.text or "")
            yield from self._texts(name, *texts, value, seen, expected, here, serie=serie)
            return
        missing = [tag for tag in others if tag not in children]
        for tag in children:
            if tag in others:
                continue
            known = forme is None or forme.elements.get(tag) is not None
            renamed = None
            if missing and not known:
                renamed = missing.pop(nearest_tag(tag, missing))
            if known:
                yield self._tell("presence", "/".join((*here, self._shown(tag))), *_presence(True))
            else:
                wanted = AUTRE if renamed is None else renamed.rpartition("}")[2]
                yield self._tell("forme", "/".join((*here, wanted)), *_NOMS)
        for tag in missing:
            yield self._tell("presence", "/".join((*here, self._shown(tag))), *_presence(False))
        common = [tag for tag in children if tag in others]
        wanted_order = [tag for tag in others if tag in children]
        if common != wanted_order:
            yield self._tell("ordre", "/".join(here), _ORDRE, AUTRE)
        for tag in common:
            yield from self._lists(children[tag], others[tag], forme, here, serie=serie)
        if seen.text and seen.text.strip():
            yield self._tell("forme", "/".join(here), *_ELEMENTS)

    def _lists(
        self,
        seen: Sequence[etree._Element],
        expected: Sequence[etree._Element],
        forme: Forme | None,
        path: Sequence[str],
        *,
        serie: bool,
    ) -> Iterator[EcartVu]:
        if serie or self._is_serie(expected[0]):
            forms = {self._signature(each): each for each in reversed(expected)}
            for signature, each in {self._signature(each): each for each in seen}.items():
                if signature not in forms:
                    nearest = alike(each, expected)
                    yield from self._trees(each, nearest, forme, path, serie=True)
            yield from self._constants(seen, expected, path)
            ways = way_of_days(seen), way_of_days(expected)
            if all(ways) and ways[0] != ways[1]:
                named = "/".join((*path, local_name(expected[0])))
                yield self._tell("ordre", named, _ORDRE, AUTRE)
            return
        keys = [[self._key(each) for each in several] for several in (seen, expected)]
        if keys[0] != keys[1] and sorted(keys[0]) == sorted(keys[1]):
            yield self._tell("ordre", "/".join((*path, local_name(expected[0]))), _ORDRE, AUTRE)
        left = list(expected)
        unmatched = []
        for each in seen:
            key = self._key(each)
            match = next((other for other in left if self._key(other) == key), None)
            if match is None:
                unmatched.append(each)
            else:
                left.remove(match)
                yield from self._trees(each, match, forme, path)
        for each, other in zip(unmatched, left, strict=False):
            yield from self._trees(each, other, forme, path)
        if len(unmatched) != len(left):
            named = "/".join((*path, local_name(expected[0])))
            yield self._tell("presence", named, *_presence(len(unmatched) > len(left)))

    def _constants(
        self,
        seen: Sequence[etree._Element],
        expected: Sequence[etree._Element],
        path: Sequence[str],
    ) -> Iterator[EcartVu]:
        """Yield the words that are another one in each reading."""
        words = [constant_words(each, self._known.admis) for each in (seen, expected)]
        for name, word in words[0].items():
            other = words[1].get(name)
            if other is not None and word != other and self._known.may_show(word):
                named = "/".join((*path, local_name(expected[0]), name))
                yield self._tell("enumeration", named, other, word)

    def _is_serie(self, element: etree._Element) -> bool:
        """Whether an element is one of many readings or finds, of which others may come."""
        if self._service.startswith(_SERIES) and local_name(element) == "point":
            return True
        names = {local_name(each) for each in element.iterchildren("*")}
        return bool(names.intersection(self._known.listes["mesures"])) and bool(
            names.intersection(DAYS)
        )

    def _signature(self, element: etree._Element) -> object:
        """Return the form of an element: equal for two that are written alike."""
        name = str(element.tag)
        attributes = tuple((key, self._kind(key, str(v))) for key, v in element.attrib.items())
        if len(element) == 0:
            return name, attributes, self._kind(name, element.text or "")
        return name, attributes, tuple(self._signature(each) for each in element.iterchildren("*"))

    def _kind(self, name: str, text: str) -> str:
        if name in self._known.admis or name in ("code", "libelle"):
            return "mot" if self._known.may_show(text) else AUTRE
        return format_of(text, name, FORME_TEXTE.value)

    def _key(self, element: etree._Element) -> tuple[tuple[str, str], ...]:
        """Return the words that tell an element of a list from the others."""
        near = [(name, str(text)) for name, text in element.attrib.items()]
        for child in element.iterchildren("*"):
            name = local_name(child)
            if child.text and len(child) == 0 and name in self._known.admis:
                near.append((name, child.text))
            if code := child.get("code"):
                near.append((f"{name}/code", code))
        return tuple(sorted(pair for pair in near if self._known.may_show(pair[1])))

    def _attributes(
        self,
        seen: etree._Element,
        expected: etree._Element,
        forme: Forme | None,
        path: Sequence[str],
        *,
        serie: bool,
    ) -> Iterator[EcartVu]:
        declared = {} if forme is None else forme.attributes
        for name in dict.fromkeys((*seen.attrib, *expected.attrib)):
            named = "/".join((*path, f"@{name if name in declared else AUTRE}"))
            given, wanted = seen.get(name), expected.get(name)
            if given is None or wanted is None:
                kind: Classe = "presence" if name in declared else "forme"
                yield self._tell(kind, named, *_presence(given is not None))
                continue
            value = declared.get(name, FORME_TEXTE.value)
            where = (*path, f"@{name}")
            yield from self._texts(name, given, wanted, value, seen, expected, where, serie=serie)

    def _texts(
        self,
        name: str,
        seen: str,
        expected: str,
        value: DeclaredValue,
        element: etree._Element,
        other: etree._Element,
        path: Sequence[str],
        *,
        serie: bool,
    ) -> Iterator[EcartVu]:
        """Yield how two texts differ."""
        if seen == expected:
            return
        named, words = "/".join(path), (self._word(expected), self._word(seen))
        formats = [format_of(text, name, value) for text in (expected, seen)]
        owner = owner_of(element, name)
        if bool(seen.strip()) != bool(expected.strip()):
            yield self._tell("presence", named, *_presence(bool(seen.strip())))
        elif owner == "resultat" or name in ("faultstring", "faultcode"):
            if name == "faultcode":
                if seen.rpartition(":")[2] != expected.rpartition(":")[2]:
                    yield self._tell("code", named, *words)
            elif name != "code" and element.get("code") == other.get("code"):
                yield self._tell("libelle", named, *words)
        elif "libelle" in name.lower():
            same = owner in self._known.admis and code_beside(element) == code_beside(other)
            if same and not (serie and self._known.may_show(seen)):
                yield self._tell("libelle", named, *words)
        elif value.base in _PLAIN_TYPES and formats[0] != formats[1]:
            yield self._tell("format", named, *formats)
        elif "enumeration" in value.facets or (owner in self._known.admis and name != "valeur"):
            allowed = value.facets.get("enumeration", ())
            if not (serie and (seen in allowed or self._known.may_show(seen))):
                yield self._tell("enumeration", named, *words)
        elif formats[0] != formats[1]:
            yield self._tell("format", named, *formats)
        elif value.base == _BOOLEAN and not serie:
            yield self._tell("enumeration", named, *words)

    def _word(self, text: str) -> str:
        return text if text == REPONSE or self._known.may_show(text) else AUTRE

    def _shown(self, tag: str) -> str:
        name = tag.rpartition("}")[2]
        return name if name in self._known.noms else AUTRE

    def _tell(self, classe: Classe, element: str, attendu: str, vu: str) -> EcartVu:
        return EcartVu(classe, self._service, element.removeprefix("Header/"), attendu, vu)


def _statuts(*paires: Paire) -> Iterator[str]:
    """Yield the statuses as they are told: those of no standard are another one."""
    yield from (str(each.statut) if each.statut in _STATUTS else AUTRE for each in paires)


def may_tell(text: str) -> bool:
    """Tell whether what a difference says may be told: it is a word or a form, and no value."""
    known = vocabulaire()
    patterns = (_plain_pattern(each) for each in known.listes["entetes"].values())
    return (
        text in _SAID
        or (text in map(str, _STATUTS))
        or known.may_show(text)
        or is_format(text)
        or any(is_word(text, each) for each in patterns)
    )


def may_name(element: str) -> bool:
    """Tell whether the path of an element is made of names of the contracts."""
    known = vocabulaire()
    names = known.noms | {AUTRE, "*", "", *known.listes["entetes"]}
    return all(part.removeprefix("@") in names for part in element.split("/"))


def _plain_pattern(pattern: str) -> str:
    return pattern.replace(" ?", "").replace('"?', "")


def _presence(seen: bool) -> tuple[str, str]:
    """Return what the simulator has and what came, of something that only either has."""
    return (_PRESENT[1], _PRESENT[0]) if seen else _PRESENT


def _plain(text: str) -> str:
    """Return the value of a header without what doesn't count."""
    return text.lower().replace(" ", "").replace('"', "")
