"""Makes an exchange anonymous: what is known to be harmless is written, all else is masked.

Names and words are those of `vocabulaire`, where the contract has them. Days move by whole weeks, a
PRM becomes another one, letters and digits others of their kind: the same value is the same other
one in a file, by a key that is thrown away. Readings keep their sign and their decimals alone.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.confronte.paires import Paire
from sge_sim.confronte.vocabulaire import (
    Forme,
    Vocabulaire,
    forme_of,
    formes_of,
    is_word,
    vocabulaire,
)
from sge_sim.domaine import prm
from sge_sim.machine.documents import parse_xml
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.brouillage import Brouillage
from sge_sim.referentiel.identites import with_luhn_key
from sge_sim.soap.contract import Contract
from sge_sim.soap.declarations import DeclaredValue, local_name

_WEEKS: Final = 26
_STAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:([T ])([01]\d|2[0-3])(:[0-5]\d:[0-5]\d)(\.\d+)?)?"
    r"(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"([-+]?)(\d+)(?:\.(\d+))?", re.ASCII)
_HOUR: Final = r"([01]?\d|2[0-4])H[0-5]\d"
_HOURS: Final = rf"(HC )?\(?{_HOUR}-{_HOUR}(;{_HOUR}-{_HOUR}){{0,2}}\)?"
_PUISSANCES: Final = frozenset(map(str, range(1, 37)))
"""The powers of a C5, in kVA: there are thirty-six."""
_DAYS: Final = ("date", "dateTime")
_ODD: Final = re.compile(r"[^\x20-\x7e\n\t]")
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_UNKNOWN_NAMESPACE: Final = "urn:autre"
_LONGEST: Final = 2**20


class MasqueEchanges:
    """The other values of one file: the key and the weeks go with it."""

    def __init__(self) -> None:
        self._brouillage = Brouillage()
        weeks = 1 + self._brouillage.number("semaines", "") % _WEEKS
        self._moved = timedelta(weeks=weeks if self._brouillage.number("sens", "") % 2 else -weeks)
        self._known: Final[Vocabulaire] = vocabulaire()

    def paire(self, paire: Paire) -> Paire:
        """Return an exchange in which nobody is found again."""
        contract = paire.contrat
        return replace(
            paire,
            chemin=paire.chemin if contract else "/autre",
            requete=self.message(paire.requete, contract),
            reponse=self.message(paire.reponse, contract),
            instant=paire.instant and self._instant(paire.instant),
            statut=paire.statut if 100 <= paire.statut < 600 else 0,
            entetes=None if paire.entetes is None else self.entetes(paire.entetes),
            masque=True,
        )

    def entetes(self, entetes: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that are known, each whole where its value is, else masked."""
        patterns: Mapping[str, str] = self._known.listes["entetes"]
        return {
            name.lower(): text if is_word(text, patterns[name.lower()]) else self.text(text)
            for name, text in entetes.items()
            if name.lower() in patterns
        }

    def message(self, message: bytes, contract: Contract | None) -> bytes:
        """Return a message masked: XML by its contract, anything else as text of no meaning."""
        if not message:
            return b""
        try:
            root = parse_xml(message, bare=True)
        except ValueError:
            return self.text(message[:_LONGEST].decode("utf-8", "replace")).encode()
        formes = {} if contract is None else formes_of(contract.path)
        written = etree.tostring(self._element(root, None, formes), encoding="UTF-8")
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(written)

    def text(self, text: str) -> str:
        """Return a text of the same length and form, of which no letter and no digit is left."""
        plain = _ODD.sub(lambda found: "x" if found[0].isalnum() else ".", text)
        masked = self._brouillage.shaped("texte", plain)
        found = _NUMBER.fullmatch(plain)
        if found and found[2][0] != "0" and masked[found.start(2)] == "0":
            return f"{masked[: found.start(2)]}4{masked[found.start(2) + 1 :]}"
        return masked

    def _element(
        self, element: etree._Element, above: Forme | None, formes: Mapping[str, Forme]
    ) -> etree._Element:
        """Return an element masked, with what is in it."""
        forme = forme_of(element, above, formes)
        made = etree.Element(self._name(str(element.tag)))
        for name, text in element.attrib.items():
            if name == f"{_XSI}nil":
                made.set(name, "true" if text.strip() in ("true", "1") else "false")
            elif not name.startswith("{"):
                value = None if forme is None else forme.attributes.get(name)
                shown = self._value(str(text), local_name(element), value, element)
                made.set(self._local(name), shown)
        if element.text and len(element):
            made.text = self.text(element.text)
        elif element.text:
            value = None if forme is None else forme.value
            made.text = self._value(element.text, _coded_name(element), value, element)
        for child in element.iterchildren("*"):
            inner = self._element(child, forme, formes)
            inner.tail = self.text(child.tail) if child.tail and child.tail.strip() else None
            made.append(inner)
        return made

    def _name(self, tag: str) -> str:
        namespace, _, local = tag.rpartition("}")
        namespace = namespace.removeprefix("{")
        shown = namespace if namespace in self._known.espaces else _UNKNOWN_NAMESPACE
        return f"{{{shown}}}{self._local(local)}" if shown else self._local(local)

    def _local(self, name: str) -> str:
        if name in self._known.noms:
            return name
        return "x" + re.sub("[^A-Za-z0-9]", "_", self.text(name))

    def _value(
        self, text: str, name: str, value: DeclaredValue | None, element: etree._Element
    ) -> str:
        """Return a value masked; `value` is what the contract declares of it, None for nothing."""
        if value is not None:
            if self._is_harmless(text, name, value):
                return text
            days = value.base in _DAYS or name in self._known.listes["instants"]
            if days and (moved := self._day(text)) is not None:
                return moved
            number = _NUMBER.fullmatch(text)
            if number and name in self._known.listes["mesures"]:
                if _is_reading(element):
                    return _shape(number)
                if text in _PUISSANCES:
                    return text
            if name in self._known.listes["sirets"]:
                if is_siret(text):
                    return self._brouillage.siret(text)
                if len(text) == 9 and text.isdecimal() and with_luhn_key(text[:8]) == text:
                    return self._brouillage.siren(text)
        return self._prm(text) if prm.PRM.fullmatch(text) else self.text(text)

    def _is_harmless(self, text: str, name: str, value: DeclaredValue) -> bool:
        if text in value.facets.get("enumeration", ()):
            return True
        if value.base == "boolean":
            return text in ("true", "false", "0", "1")
        if name in self._known.admis and self._known.may_show(text):
            return True
        return name in self._known.listes["heures"] and is_word(text, _HOURS)

    def _prm(self, text: str) -> str:
        """Return another PRM; one with a wrong key has a wrong one again."""
        if prm.is_valid(text):
            return self._brouillage.prm(text)
        masked = self._brouillage.shaped("prm", text)
        wrong = str((int(masked[-1]) + 1) % 10)
        return masked[:-1] + wrong if prm.is_valid(masked) else masked

    def _day(self, text: str) -> str | None:
        """Return a day or an instant moved, None for what is none or has an odd fraction."""
        found = _STAMP.fullmatch(text)
        if found is None:
            return None
        day, separator, hour, rest, fraction, zone = (each or "" for each in found.groups())
        if fraction.strip(".0"):
            fraction = "." + self._brouillage.shaped("fraction", fraction[1:])
        try:
            before = date.fromisoformat(day)
            moved = before + self._moved
        except (ValueError, OverflowError):
            return None
        if zone not in ("", "Z"):
            if zone == _offset(before):
                zone = _offset(moved)
            elif int(zone[4:6]) % 15:
                return None
        return f"{moved}{separator}{hour}{rest}{fraction}{zone}"

    def _instant(self, instant: datetime) -> datetime:
        local = instant.astimezone(PARIS).replace(second=0, microsecond=0)
        return (local.replace(tzinfo=None) + self._moved).replace(tzinfo=PARIS)


def _offset(day: date) -> str:
    """Return the offset of legal time at the noon of a day, as XML Schema writes it."""
    offset = f"{datetime(day.year, day.month, day.day, 12, tzinfo=PARIS):%z}"
    return f"{offset[:3]}:{offset[3:5]}"


def _coded_name(element: etree._Element) -> str:
    """Return whose word a text is: a `libelle` is that of the element around it."""
    name, above = local_name(element), element.getparent()
    return local_name(above) if name == "libelle" and above is not None else name


def _is_reading(element: etree._Element) -> bool:
    """Whether a value stands beside its day."""
    above = element.getparent()
    beside = () if above is None else (local_name(each) for each in above.iterchildren("*"))
    return any(name in ("d", "dateDebut", "dateFin") for name in beside)


def _shape(number: re.Match[str]) -> str:
    """Return a number that has the sign and the decimals of another one, and nothing else of it."""
    sign, whole, decimals = number.groups()
    nothing = not (whole + (decimals or "")).strip("0")
    shown = f"{sign}{'0' if nothing else '2'}"
    return shown if decimals is None else f"{shown}.{'0' * len(decimals)}"
