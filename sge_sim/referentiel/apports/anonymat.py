"""Draws other people for points that are brought in: nobody is found again in what is kept.

Another PRM, other names, addresses, SIRET, meters and telephone numbers, each valid, of the same
shape and drawn by a key that nobody keeps: the same value gives the same other one within an
import, never in the next. What points are, where (their commune) and when stays.

What is personal among words is found here as well, for those who hide it.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.facts.database import Database
from sge_sim.referentiel import identites
from sge_sim.referentiel.apports.regles import is_siret
from sge_sim.referentiel.brouillage import Brouillage
from sge_sim.referentiel.identites import Tirage
from sge_sim.tables.apports import personal_among

_OWN: Final = {"cle": re.compile(".+"), "numero_telephone": re.compile("([0-9][^0-9]*){1,8}$")}
"""What is changed of how a meter is called; of a telephone number, its last digits: they are the
same however it is written."""
_AVANT: Final = "avant"
_LOGIN: Final = re.compile(r"[-._0-9A-Za-z]+@[-._0-9A-Za-z]+")
_NOM: Final = "nomClientFinalOuDenominationSociale"


class Anonymat:
    """The draws of one import."""

    def __init__(self) -> None:
        self._brouillage = Brouillage()
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
            other = f"u{self._brouillage.tirage('login', text.lower()).digits(9)}@exemple.fr"
            drawn["logins"] = _replaced(drawn["logins"], text, other)
        return drawn

    def _cell(self, word: str, cell: Any) -> Any:
        if word == "parametresTeleAcces":
            return self._within(cell, self._acces)
        if not isinstance(cell, str):
            return cell
        if word == "prm":
            return self._brouillage.prm(cell) if prm.is_valid(cell) else cell
        if word == "numSiret":
            return self._brouillage.siret(cell) if is_siret(cell) else cell
        if word in ("matricule", "numeroSerie"):
            return self._brouillage.shaped("compteur", cell)
        draw = self._draws.get(word)
        return cell if draw is None else draw(self._brouillage.tirage(word, cell))

    def _name(self, name: str, *, company: bool) -> str:
        tirage = self._brouillage.tirage(_NOM, name)
        return identites.societe(tirage) if company else identites.personne(tirage)

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
                changed[name] = text[: part.start()] + self._brouillage.shaped(name, part[0])
        return changed

    def _former(self, line: Mapping[str, Any], entries: Any) -> Any:
        if not isinstance(entries, list):
            return entries
        return [self.other(each, line) if isinstance(each, dict) else each for each in entries]


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
