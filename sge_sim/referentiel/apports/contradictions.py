"""What a point can't be: contradictions between its fields, as a table.

What a document says or an answer showed is refused; what is assumed is a remark, so that nobody's
points are held up by a guess, unless the simulator can't do without it. P3 may be in HTA, as C3,
or the mirror of C4.
"""

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial, reduce
from operator import itemgetter
from typing import Any, Final

from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.apports.regles import TESTS, LignePoint, Test, is_siret, lieu_of
from sge_sim.tables.anciens_etats import DATEES
from sge_sim.tables.points import Point

_OBLIGATOIRES: Final = [
    mot
    for mot in MOTS.values()
    if mot.partie == "point" and not Point.__table__.c[mot.colonne].nullable
]
"""The words that a point can't do without."""
_LIEU: Final = frozenset({"codePostal", "codeInseeCommune"})
_STRUCTURES: Final = {"denivele_puissances"} | {
    mot.colonne for mot in MOTS.values() if mot.partie == "mesures"
}
"""Columns of which it counts first whether they hold anything."""
_DATED: Final = DATEES | {"debut", "fin", "jusqu_a"}
"""What an entry of them says of itself."""
_REMEMBERED: Final = 4096
Holds = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Fields that can't be so together, by their words: that which is named comes first.

    `phrase` says in French what contradicts what and what would do, without a full stop. `cas`
    tell, where each column is what a case wants of it alone, whether it is so; no case is for what
    is found where other points, or days of measures, are read. `indispensable`: without it nothing
    can be served.
    """

    mots: Sequence[str]
    phrase: str
    source: str
    provenance: Provenance
    cas: Sequence[tuple[Mapping[str, Holds], Test]]
    indispensable: bool = False

    @property
    def refused(self) -> bool:
        """Whether it is refused in any case; it is a remark otherwise."""
        return self.indispensable or self.provenance != "assumed"

    def said(self, values: Mapping[str, Any]) -> tuple[str, str, bool]:
        """Return the word, the sentence with what it shows, and whether it is a remark."""
        shown = {name: _shown(value) for name, value in values.items()}
        return self.mots[0], self.phrase.format_map(shown), not self.refused


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())[:300]
    return "vide" if value is None else str(value)[:300]


_COMPARED: Final = {"plus_de": operator.gt, "au_plus": operator.le, "autre_que": operator.ne}


def _present(value: Any) -> bool:
    return value is not None


def _alone(kind: str, bound: Any) -> Holds:
    """Return what tells whether a value is what a condition of the table means."""
    if kind == "dans":
        return lambda value: value in bound
    if kind == "hors":
        return lambda value: value not in bound
    if kind == "sans_forme":
        fits: Holds = is_siret if bound == "SIRET" else re.compile(bound).fullmatch
        return lambda value: value is not None and not fits(value)
    compared = _COMPARED[kind]
    return lambda value: value is not None and compared(value, bound)


def _si(conditions: Mapping[str, Any]) -> tuple[dict[str, Holds], Test]:
    """Return what each column must be, and what compares those whose bound is another column."""
    filtres, compared = dict[str, Holds](), []
    for column, given in conditions.items():
        ((kind, bound),) = given.items() if isinstance(given, dict) else (("dans", given),)
        if kind in _COMPARED and isinstance(bound, str):
            compared.append((_COMPARED[kind], column, bound))
            filtres |= {column: _present, bound: _present}
        else:
            filtres[column] = _alone(kind, bound)
    return filtres, lambda p: all(holds(p[column], p[bound]) for holds, column, bound in compared)


def _chaque(column: str, filtres: Mapping[str, Holds], existe: Test) -> Test:
    """Return what finds the entry of a column of measures of which that is true."""
    empty = dict.fromkeys(filtres)
    beside = [*filtres.keys() - _DATED]

    def found(p: Mapping[str, Any]) -> Mapping[str, Any] | None:
        for each in map(_entry, p[column]):
            values = {**empty, **each, **{name: p[name] for name in beside}}
            if all(holds(values[name]) for name, holds in filtres.items()) and existe(values):
                return each
        return None

    return found


def _entry(each: Any) -> dict[str, Any]:
    return {"jusqu_a": each[0], **each[1]} if isinstance(each, tuple) else vars(each)


def _other(lire: Test, values: Sequence[str]) -> Test:
    """Return what tells what is read, where it isn't one of these values."""
    vu = " ou ".join(values) or "rien"

    def existe(p: Mapping[str, Any]) -> dict[str, Any] | None:
        valeur = lire(p)
        return None if valeur is None or valeur in values else {"valeur": valeur, "vu": vu}

    return existe


def _of(test: Test, columns: Sequence[str]) -> Test:
    return lambda p: test(*(p[column] for column in columns))


def _cases(name: str, row: dict[str, Any]) -> Iterator[tuple[Mapping[str, Holds], Test]]:
    """Yield the cases of an entry of the table, whose keys that say them are taken away."""
    test, first = TESTS.get(row.pop("test", name)), MOTS.get(row["mots"][0])
    if conditions := row.pop("si", None):
        filtres, existe = _si(conditions)
        if column := row.pop("chaque", None):
            yield {column: _present}, _chaque(column, filtres, existe)
        else:
            yield filtres, test or existe
    elif admis := row.pop("admis", None):
        valeur, selon = row.pop("valeur", first and first.colonne), row.pop("selon")
        for codes, values in admis.items():
            alone = {valeur: _present if test else _alone("hors", [None, *values])}
            existe = _other(test or itemgetter(valeur), values)
            yield {selon: _alone("dans", codes.split()), **alone}, existe
    elif test and (valeurs := row.pop("valeurs", None)):
        alone = {valeurs[0]: test} if len(valeurs) == 1 else dict.fromkeys(valeurs, _present)
        yield alone, _of(test, valeurs)
    elif test and first:
        yield {first.colonne: _present}, test


@computed_once()
def contradictions() -> Mapping[str, Contradiction]:
    """Return the table, by name."""
    rows = parse_yaml(data_path("catalog") / "points" / "contradictions.yaml")
    assert isinstance(rows, dict)
    return {name: Contradiction(cas=[*_cases(name, row)], **row) for name, row in rows.items()}


class _Filtre(dict[Any, int]):
    """Which cases of the table a value of a column leaves possible, a bit each."""

    def __init__(self, every: int, holds: Sequence[tuple[int, Holds]]) -> None:
        self._every, self._holds = every, holds

    def __missing__(self, value: Any) -> int:
        possible = self._every
        for bit, holds in self._holds:
            if not holds(value):
                possible ^= bit
        if len(self) < _REMEMBERED:
            self[value] = possible
        return possible


@computed_once()
def _table() -> tuple[Sequence[tuple[Contradiction, Test]], dict[str, None], Test, list[_Filtre]]:
    """Return what is looked at of each line, the columns, empty, that are read for it, what reads
    them, and what each of them leaves of it."""
    cases = [(each, *case) for each in contradictions().values() for case in each.cas]
    wanted: dict[str, list[tuple[int, Holds]]] = defaultdict(list)
    for rank, (_, alone, _) in enumerate(cases):
        for column, holds in alone.items():
            if column in _STRUCTURES:
                wanted["donnees"].append((1 << rank, partial(_among, column, holds)))
            else:
                wanted[column].append((1 << rank, holds))
    empty = dict.fromkeys((*wanted, *_STRUCTURES))
    filtres = [_Filtre((1 << len(cases)) - 1, holds) for holds in wanted.values()]
    return [(each, existe) for each, _, existe in cases], empty, itemgetter(*wanted), filtres


def _among(column: str, holds: Holds, columns: Collection[str]) -> Any:
    """Tell of a column whether it holds as it is wanted to, from those that hold anything."""
    return holds(True if column in columns else None)


def fautes_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = ()
) -> Iterator[tuple[str, str, bool]]:
    """Yield what is wrong with a line on a legal day: the word, the sentence, whether it is a
    remark.

    What is missing, and the words that are `unread`, hide what follows from them, and no more.
    """
    cases, empty, read, filtres = _table()
    p: dict[str, Any] = {**empty, **ligne.mesures, **ligne.compteur, **ligne.point}
    missing = [mot.nom for mot in _OBLIGATOIRES if p[mot.colonne] is None]
    yield from ((nom, "à donner", False) for nom in missing if nom not in unread)
    hidden = {*missing, *unread}
    p["lieu"] = None if hidden >= _LIEU else lieu_of(p["code_postal"], p["code_insee"])
    p["premiere_pose"] = p["ancien_compteur_pose"] or p["date_pose"]
    p["donnees"] = tuple([column for column in _STRUCTURES if p[column]])
    p |= {"aujourd_hui": jour, "compteur": bool(ligne.compteur)}
    # Next to nothing of most lines is left by each column alone.
    left = reduce(operator.and_, map(operator.getitem, filtres, read(p)))
    while left:
        each, existe = cases[(left & -left).bit_length() - 1]
        left &= left - 1
        if hidden.isdisjoint(each.mots) and (vu := existe(p)):
            yield each.said(p | (vu if isinstance(vu, dict) else {"vu": vu}))


def sentence_of(name: str, **values: Any) -> tuple[str, str, bool]:
    """Return the word of an entry of the table, its sentence, and whether it is a remark."""
    return contradictions()[name].said(values)
