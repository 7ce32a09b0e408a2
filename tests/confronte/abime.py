"""A platform that differs from the simulator in ways drawn from the contracts and the rules."""

import lzma
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from lxml import etree

from sge_sim.confronte.differences import Classe
from sge_sim.confronte.paires import Paire, read_enveloppe
from sge_sim.confronte.sources import paire_of
from sge_sim.confronte.vocabulaire import Forme, forme_of, formes_of
from sge_sim.machine.documents import parse_json
from sge_sim.soap.codes import LIBELLES_CODES
from sge_sim.soap.declarations import local_name

Change = Callable[[Paire, random.Random], Paire | None]
_STAMP = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d)?")


@cache
def echanges() -> tuple[Paire, ...]:
    """Exchanges of every service as the simulator answered them in one session; the file is what
    `sge-sim confronte mask` made of its folder, compressed."""
    content = lzma.decompress(Path(__file__).with_name("echanges.jsonl.xz").read_bytes())
    return tuple(paire_of(parse_json(line)) for line in content.splitlines())


def drawn(count: int, seed: int) -> Iterator[tuple[Paire, Paire, Classe]]:
    """Yield so many exchanges, each with a spoilt form and the class of what differs."""
    chance = random.Random(seed)
    classes = list(CHANGES)
    while count:
        paire, classe = chance.choice(echanges()), classes[count % len(classes)]
        spoilt = CHANGES[classe](paire, chance)
        if spoilt is not None:
            count -= 1
            yield paire, spoilt, classe


def _with(paire: Paire, root: etree._Element) -> Paire:
    return replace(paire, reponse=etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _root(paire: Paire) -> etree._Element:
    return etree.fromstring(paire.reponse)


def _declared(paire: Paire) -> Iterator[tuple[etree._Element, Forme, etree._Element]]:
    """Yield the elements that the contract declares below the first of the body, each with its
    form and the root."""
    root, formes = _root(paire), formes_of(paire.chemin)
    body = root.find("{*}Body")
    stack: list[tuple[etree._Element, Forme | None]] = [(each, None) for each in body]
    while stack:
        element, above = stack.pop()
        forme = forme_of(element, above, formes)
        if forme is not None and above is not None:
            yield element, forme, root
        stack += [(each, forme) for each in element.iterchildren("*")]


def _one(
    paire: Paire, chance: random.Random, wanted: Callable[[etree._Element, Forme], bool]
) -> tuple[etree._Element, Forme, etree._Element] | None:
    found = [each for each in _declared(paire) if wanted(each[0], each[1])]
    return chance.choice(found) if found else None


def _alone(element: etree._Element) -> bool:
    """Whether no other of its name stands beside it, nor beside any around it."""
    return all(
        len(each.getparent().findall(each.tag)) == 1
        for each in (element, *element.iterancestors())
        if each.getparent() is not None
    )


def _forme(paire: Paire, chance: random.Random) -> Paire | None:
    found = _one(paire, chance, lambda element, _: _alone(element))
    if found is None:
        return None
    found[0].tag = f"{local_name(found[0])}{chance.choice(('V2', 'Bis', 'Nouveau'))}"
    return _with(paire, found[2])


def _ordre(paire: Paire, chance: random.Random) -> Paire | None:
    found = _one(paire, chance, lambda element, _: len({each.tag for each in element}) > 1)
    if found is None:
        return None
    element = found[0]
    first = element[0]
    other = next(each for each in element if each.tag != first.tag)
    element.remove(other)
    element.insert(0, other)
    return _with(paire, found[2])


def _presence(paire: Paire, chance: random.Random) -> Paire | None:
    found = _one(paire, chance, lambda element, _: _alone(element))
    if found is None:
        return None
    found[0].getparent().remove(found[0])
    return _with(paire, found[2])


def _format(paire: Paire, chance: random.Random) -> Paire | None:
    def wanted(element: etree._Element, forme: Forme) -> bool:
        text = element.text or ""
        known = forme.value.base in ("date", "dateTime", "boolean", "integer", "decimal")
        return len(element) == 0 and (known or _STAMP.fullmatch(text) is not None) and text != ""

    found = _one(paire, chance, wanted)
    if found is None:
        return None
    text = found[0].text
    if found[1].value.base == "boolean":
        found[0].text = {"true": "1", "false": "0"}.get(text, "true")
    elif _STAMP.fullmatch(text):
        stamps = (f"{text}+01:00", f"{text[8:10]}/{text[5:7]}/{text[:4]}{text[10:]}", f"{text}Z")
        found[0].text = chance.choice(stamps)
    else:
        found[0].text = chance.choice((f"+{text}", f"0{text}", f"{text}.00"))
    return _with(paire, found[2])


def _code(paire: Paire, chance: random.Random) -> Paire | None:
    root = _root(paire)
    found = next(root.iter("resultat"), None)
    if found is None:
        return None
    others = [code for code in LIBELLES_CODES if code != found.get("code")]
    code = chance.choice(others)
    found.set("code", code)
    found.text = LIBELLES_CODES[code]
    return _with(paire, root)


def _libelle(paire: Paire, chance: random.Random) -> Paire | None:
    root = _root(paire)
    labels = [each for each in root.iter("resultat", "libelle") if each.text]
    labels = [each for each in labels if local_name(each.getparent()) != "commune"]
    if not labels:
        return None
    chosen = chance.choice(labels)
    chosen.text = chance.choice((f"{chosen.text}.", chosen.text.swapcase(), f"{chosen.text} bis"))
    return _with(paire, root)


def _enumeration(paire: Paire, chance: random.Random) -> Paire | None:
    def wanted(element: etree._Element, forme: Forme) -> bool:
        return "enumeration" in forme.value.facets and len(element) == 0 and _alone(element)

    found = _one(paire, chance, wanted)
    if found is None:
        return None
    others = [each for each in found[1].value.facets["enumeration"] if each != found[0].text]
    found[0].text = chance.choice([*others, "NOUVELLE"])
    return _with(paire, found[2])


def _entete(paire: Paire, chance: random.Random) -> Paire | None:
    types = ("application/soap+xml; charset=utf-8", "text/xml", "text/xml; charset=iso-8859-1")
    if chance.random() < 0.5:
        return replace(paire, entetes={"content-type": chance.choice(types)})
    if chance.random() < 0.5:
        return replace(paire, entetes={})
    root = _root(paire)
    header = root.find("{*}Header")
    if header is None:
        return None
    root.remove(header)
    return _with(paire, root)


def _http(paire: Paire, chance: random.Random) -> Paire | None:
    others = [each for each in (200, 201, 202, 400, 403, 500) if each != paire.statut]
    return replace(paire, statut=chance.choice(others))


CHANGES: dict[Classe, Change] = {
    "forme": _forme,
    "ordre": _ordre,
    "presence": _presence,
    "format": _format,
    "code": _code,
    "libelle": _libelle,
    "enumeration": _enumeration,
    "entete": _entete,
    "http": _http,
}


def refused(paires: Sequence[Paire]) -> Iterator[Paire]:
    """Yield the exchanges that were refused."""
    for paire in paires:
        enveloppe = read_enveloppe(paire.reponse)
        if enveloppe is not None and enveloppe.fault:
            yield paire
