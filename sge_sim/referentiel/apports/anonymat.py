"""Draws other people for points that are brought in: nobody is found again in what is kept.

Another PRM, other names, addresses, SIRET, meters and telephone numbers, each valid, of the same
shape and drawn by a key that nobody keeps: the same value gives the same other one within an
import, never in the next. What points are, where (their commune) and when stays.

What is personal among words is found here as well, for those who hide it.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.facts.database import Database
from sge_sim.referentiel import identites
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.identites import Tirage
from sge_sim.tables.apports import personal_among

_BODIES: Final = 10**9
_HALF: Final = 15
_ROUNDS: Final = 6
_PHONE: Final = "numero_telephone"
_AVANT: Final = "avant"
_LOGIN: Final = re.compile(r"[-._0-9A-Za-z]+@[-._0-9A-Za-z]+")
_NOM: Final = "nomClientFinalOuDenominationSociale"


class Anonymat:
    """The draws of one import."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._draws: Final[Mapping[str, Callable[[Tirage], str]]] = {
            "numeroEtNomVoie": identites.voie,
            "lieuDit": identites.zone,
            "batiment": identites.batiment,
            "escalierEtEtageEtAppartement": identites.appartement,
        }

    def other(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Return the cells of a line as those of somebody else.

        What isn't valid stays as it is: it is told, and never kept.
        """
        if "acteur" in cells:
            return self._acteur(cells)
        drawn = {word: self._cell(word, cell) for word, cell in cells.items()}
        if isinstance(name := cells.get(_NOM), str):
            drawn[_NOM] = self._name(name, company="numSiret" in cells)
        return drawn

    def _acteur(self, cells: Mapping[str, Any]) -> dict[str, Any]:
        """Its code, which points name, its contracts and its rights stay: they are of no person."""
        drawn = dict(cells)
        if isinstance(name := cells.get("nom"), str):
            drawn["nom"] = identites.societe(self._tirage("acteur", name))
        for text in set(_LOGIN.findall(str(cells.get("logins", "")))):
            other = f"u{self._tirage('login', text.lower()).digits(9)}@exemple.fr"
            drawn["logins"] = _replaced(drawn["logins"], text, other)
        return drawn

    def _cell(self, word: str, cell: Any) -> Any:
        if word == "parametresTeleAcces":
            return self._within(cell, self._phone)
        if word == _AVANT:
            return self._within(cell, self._former)
        if not isinstance(cell, str):
            return cell
        if word == "prm":
            return self._prm(cell) if prm.is_valid(cell) else cell
        if word == "numSiret":
            return identites.siret(self._tirage(word, cell)) if is_siret(cell) else cell
        if word in ("matricule", "numeroSerie"):
            return self._tirage(word, cell).digits(min(len(cell), 15))
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

    def _within(self, cell: Any, change: Callable[[Any], Any]) -> Any:
        """Change what a cell of JSON says; text that can't be read stays as it is."""
        if not isinstance(cell, str):
            return change(cell)
        with suppress(ValueError, RecursionError):
            return json.dumps(change(json.loads(cell)), ensure_ascii=False, separators=(",", ":"))
        return cell

    def _phone(self, found: Any) -> Any:
        if not isinstance(found, dict) or not found.get(_PHONE):
            return found
        return found | {_PHONE: f"0{self._tirage(_PHONE, str(found[_PHONE])).digits(9)}"}

    def _former(self, entries: Any) -> Any:
        if not isinstance(entries, list):
            return entries
        return [self.other(each) if isinstance(each, dict) else each for each in entries]

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


def personal_of(database: Database) -> "partial[set[str]]":
    """Return what tells it of the points of a database."""
    return partial(personal_words, database)
