"""Draws other people for points that are brought in: nobody is found again in what is kept.

Another PRM, other names, addresses, SIRET, meters and telephone numbers, each valid, of the same
shape and drawn by a key that nobody keeps: the same value gives the same other one within an
import, never in the next. What points are, where (their commune) and when stays.

What is personal among words is found here as well, for those who hide it.
"""

import hmac
import json
import re
import string
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.facts.database import Database
from sge_sim.machine import monde
from sge_sim.referentiel import identites
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.identites import Tirage, with_luhn_key
from sge_sim.tables.apports import personal_among

_BODIES: Final = 10**9
_HALF: Final = 15
_ROUNDS: Final = 6
_OWN: Final = {"cle": re.compile(".+"), "numero_telephone": re.compile("([0-9][^0-9]*){1,8}$")}
"""What is changed of how a meter is called; of a telephone number, its last digits: they are the
same however it is written."""
_CHARACTER: Final = re.compile("[0-9A-Za-z]")
_ALPHABETS: Final = (string.digits, string.ascii_uppercase, string.ascii_lowercase)
_AVANT: Final = "avant"
_LOGIN: Final = re.compile(r"[-._0-9A-Za-z]+@[-._0-9A-Za-z]+")
_NOM: Final = "nomClientFinalOuDenominationSociale"


class Anonymat:
    """The draws of one import."""

    def __init__(self) -> None:
        self._key = monde.urandom(32)
        self._draws: Final[Mapping[str, Callable[[Tirage], str]]] = {
            "numeroEtNomVoie": identites.voie,
            "lieuDit": identites.zone,
            "batiment": identites.batiment,
            "escalierEtEtageEtAppartement": identites.appartement,
        }

    def other(
        self, cells: Mapping[str, Any], line: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Return the cells of a line as those of somebody else, or of an entry of its `avant`.

        What isn't valid stays as it is: it is told, and never kept.
        """
        if "acteur" in cells:
            return self._acteur(cells)
        drawn = {word: self._cell(word, cell) for word, cell in cells.items()}
        if isinstance(name := cells.get(_NOM), str):
            holder = {**line, **cells}
            professionnel = holder.get("categorieClientFinalCode") == "PRO"
            drawn[_NOM] = self._name(name, company=professionnel or bool(holder.get("numSiret")))
        if _AVANT in cells:
            drawn[_AVANT] = self._within(cells[_AVANT], partial(self._former, cells))
        return drawn

    def _acteur(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Its code, which points name, its contracts and its rights stay: they are of no person."""
        drawn = dict(cells)
        if isinstance(name := cells.get("nom"), str):
            drawn["nom"] = self._name(name, company=True)
        for text in set(_LOGIN.findall(str(cells.get("logins", "")))):
            other = f"u{self._tirage('login', text.lower()).digits(9)}@exemple.fr"
            drawn["logins"] = _replaced(drawn["logins"], text, other)
        return drawn

    def _cell(self, word: str, cell: Any) -> Any:
        if word == "parametresTeleAcces":
            return self._within(cell, self._acces)
        if not isinstance(cell, str):
            return cell
        if word == "prm":
            return self._prm(cell) if prm.is_valid(cell) else cell
        if word == "numSiret":
            return self._siret(cell) if is_siret(cell) else cell
        if word in ("matricule", "numeroSerie"):
            return self._shaped("compteur", cell)
        draw = self._draws.get(word)
        return cell if draw is None else draw(self._tirage(word, cell))

    def _name(self, name: str, *, company: bool) -> str:
        tirage = self._tirage(_NOM, name)
        return identites.societe(tirage) if company else identites.personne(tirage)

    def _prm(self, number: str) -> str:
        """Return another PRM of the same prefix: two never become one (a keyed permutation)."""
        body = int(number[3:12])
        while True:
            left, right = body >> _HALF, body & (1 << _HALF) - 1
            for turn in range(_ROUNDS):
                mixed = self._number(f"prm/{turn}", str(right)) & (1 << _HALF) - 1
                left, right = right, left ^ mixed
            body = left << _HALF | right
            if body < _BODIES:
                return prm.generate(number[:3], body)

    def _siret(self, siret: str) -> str:
        """Return another SIRET: the establishments of a company are of one again."""
        siren = identites.siret(self._tirage("siren", siret[:9]))[:9]
        return with_luhn_key(siren + self._shaped(siret[:9], siret[9:13]))

    def _shaped(self, word: str, text: str) -> str:
        """Return another text of the same shape, the same however its characters are set apart."""
        tirage = self._tirage(word, "".join(_CHARACTER.findall(text)))
        alphabets = {each: alphabet for alphabet in _ALPHABETS for each in alphabet}
        return _CHARACTER.sub(lambda found: tirage.one_of(alphabets[found[0]]), text)

    def _within(self, cell: Any, change: Callable[[Any], Any]) -> Any:
        """Change what a cell of JSON says; text that can't be read stays as it is."""
        if not isinstance(cell, str):
            return change(cell)
        with suppress(ValueError, RecursionError):
            return json.dumps(change(json.loads(cell)), ensure_ascii=False, separators=(",", ":"))
        return cell

    def _acces(self, found: Any) -> Any:
        if not isinstance(found, dict):
            return found
        changed = dict(found)
        for name, own in _OWN.items():
            if isinstance(text := found.get(name), str) and (part := own.search(text)):
                changed[name] = text[: part.start()] + self._shaped(name, part[0])
        return changed

    def _former(self, line: Mapping[str, Any], entries: Any) -> Any:
        if not isinstance(entries, list):
            return entries
        return [self.other(each, line) if isinstance(each, dict) else each for each in entries]

    def _tirage(self, word: str, value: str) -> Tirage:
        return Tirage(self._number(word, value))

    def _number(self, word: str, value: str) -> int:
        digest = hmac.new(self._key, f"{word}/{value}".encode(), sha256).digest()
        return int.from_bytes(digest[:8])


def _replaced(cell: Any, text: str, other: str) -> Any:
    """Return a cell, or what JSON holds of it, with a text replaced."""
    if isinstance(cell, str):
        return re.sub(rf"(?<![-.\w]){re.escape(text)}(?![-.\w])", other, cell)
    if isinstance(cell, list):
        return [_replaced(each, text, other) for each in cell]
    if isinstance(cell, dict):
        return {key: _replaced(each, text, other) for key, each in cell.items()}
    return cell


def personal_words(database: Database, words: Collection[str]) -> set[str]:
    """Return what is personal of the own points that these words name."""
    with database.sessions() as session:
        return personal_among(session, words)
