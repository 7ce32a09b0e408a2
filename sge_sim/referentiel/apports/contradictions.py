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
from itertools import chain
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
_PARTS: Final = dict.fromkeys(_LIEU, "lieu") | {
    mot.nom: mot.colonne
    for mot in MOTS.values()
    if mot.partie == "mesures" or mot.nom == "denivelePuissances"
}
"""What is looked at in some lines only: those that have it, or in an unknown commune."""
_CODES: Final = frozenset(
    column.name
    for column in Point.__table__.columns
    if not column.name.startswith(("date_", "denivele_", "nom_"))
    and column.name not in ("siret", "commune")
)
"""Columns that many points fill alike."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Fields that can't be so together, by their words: that which is named comes first.

    `phrase` says in French what contradicts what and what would do, without a full stop. `existe`
    is None for what is found where other points, or days of measures, are read; `colonnes` are all
    that it looks at, where these are known. `indispensable`: without it nothing can be served.
    """

    mots: Sequence[str]
    phrase: str
    source: str
    provenance: Provenance
    existe: Test | None
    colonnes: frozenset[str]
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


def _holds(condition: Any) -> Callable[[Any, Mapping[str, Any]], bool]:
    """Return what tells whether a value, beside the others of its line, is what a condition of the
    table means: a bound is a number, a day, or the name of another column."""
    if isinstance(condition, list):
        return lambda value, _: value in condition
    ((kind, bound),) = condition.items()
    if kind == "hors":
        return lambda value, _: value not in bound
    if kind == "sans_forme":
        fits = is_siret if bound == "SIRET" else re.compile(bound).fullmatch
        return lambda value, _: value is not None and not fits(value)
    compared = _COMPARED[kind]

    def holds(value: Any, p: Mapping[str, Any]) -> bool:
        other = p.get(bound) if isinstance(bound, str) else bound
        return value is not None and other is not None and bool(compared(value, other))

    return holds


def _si(conditions: Mapping[str, Any]) -> Test:
    tests = tuple((column, _holds(each)) for column, each in conditions.items())

    def existe(p: Mapping[str, Any]) -> bool:
        for column, holds in tests:  # noqa: SIM110 - asked of each line of a file: `all` is slow
            if not holds(p.get(column), p):
                return False
        return True

    return existe


def _chaque(column: str, existe: Test) -> Test:
    """Return what finds the entry of a column of measures of which that is true."""
    empty = dict.fromkeys(DATEES)
    return lambda p: next(
        (each for each in map(_entry, p[column]) if existe({**p, **empty, **each})), None
    )


def _entry(each: Any) -> dict[str, Any]:
    return {"jusqu_a": each[0], **each[1]} if isinstance(each, tuple) else dict(each)


def _of(test: Test, columns: Sequence[str]) -> Test:
    return lambda p: test(*(p[column] for column in columns))


def _admis(lire: Test, selon: str, admis: Mapping[str, Sequence[str]]) -> Test:
    by_code = {code: values for codes, values in admis.items() for code in codes.split()}

    def existe(p: Mapping[str, Any]) -> dict[str, str] | None:
        values = by_code.get(p[selon])
        if values is None or (valeur := lire(p)) is None or valeur in values:
            return None
        return {"valeur": valeur, "vu": " ou ".join(values) or "rien"}

    return existe


@computed_once()
def contradictions() -> Mapping[str, Contradiction]:
    """Return the table, by name."""
    rows = parse_yaml(data_path("catalog") / "points" / "contradictions.yaml")
    assert isinstance(rows, dict)
    table = {}
    for name, row in rows.items():
        existe, columns = TESTS.get(row.pop("test", name)), set[str]()
        if conditions := row.pop("si", None):
            bounds = chain(
                *(each.items() for each in conditions.values() if isinstance(each, dict))
            )
            others = (each for kind, each in bounds if kind in _COMPARED and isinstance(each, str))
            columns, existe = {*conditions, *others}, _si(conditions)
        elif admis := row.pop("admis", None):
            valeur, selon = row.pop("valeur"), row.pop("selon")
            columns = {valeur, selon}
            existe = _admis(existe or operator.itemgetter(valeur), selon, admis)
        elif existe and (valeurs := row.pop("valeurs", None)):
            columns, existe = {*valeurs}, _of(existe, valeurs)
        if existe and (column := row.pop("chaque", None)):
            existe = _chaque(column, existe)
        table[name] = Contradiction(**row, existe=existe, colonnes=frozenset(columns))
    return table


Found = Sequence[tuple[Contradiction, Any]]


@computed_once()
def _by_part() -> Mapping[str, Sequence[tuple[Contradiction, Test]]]:
    """Return what is looked at: of every line, of some (`_PARTS`), once for all that say the same
    in columns that hold codes."""
    parts: dict[str, list[tuple[Contradiction, Test]]] = defaultdict(list)
    for each in contradictions().values():
        if each.existe is not None:
            of_codes = each.colonnes and each.colonnes <= _CODES
            part = _PARTS.get(each.mots[0], "codes" if of_codes else "")
            parts[part].append((each, each.existe))
    return parts


@computed_once()
def _columns() -> tuple[Sequence[str], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """Return the columns that hold codes, and what reads them."""
    columns = {column for each, _ in _by_part()["codes"] for column in each.colonnes}
    return tuple(columns), operator.itemgetter(*columns)


@computed_once(4096)
def _of_codes(values: tuple[Any, ...]) -> Found:
    """Return what codes contradict: they are the same again and again in a file."""
    return _found("codes", dict(zip(_columns()[0], values, strict=True)))


def _found(part: str, p: Mapping[str, Any]) -> Found:
    return [(each, vu) for each, existe in _by_part().get(part, ()) if (vu := existe(p))]


def fautes_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = ()
) -> Iterator[tuple[str, str, bool]]:
    """Yield what is wrong with a line on a legal day: the word, the sentence, whether it is a
    remark.

    What is missing, and the words that are `unread`, hide what follows from them, and no more.
    """
    p: dict[str, Any] = {**ligne.mesures, **ligne.compteur, **ligne.point}
    missing = [mot.nom for mot in _OBLIGATOIRES if p[mot.colonne] is None]
    yield from ((nom, "à donner", False) for nom in missing if nom not in unread)
    hidden = {*missing, *unread}
    p["lieu"] = None if hidden >= _LIEU else lieu_of(p["code_postal"], p["code_insee"])
    p["premiere_pose"] = p.get("ancien_compteur_pose") or p.get("date_pose")
    p |= {"aujourd_hui": jour, "compteur": bool(ligne.compteur), "": True}
    parts = (_found(part, p) for part in _by_part() if p.get(part))
    for each, vu in chain(_of_codes(_columns()[1](p)), *parts):
        if hidden.isdisjoint(each.mots):
            yield each.said(p | (vu if isinstance(vu, dict) else {"vu": vu}))


def sentence_of(name: str, **values: Any) -> tuple[str, str, bool]:
    """Return the word of an entry of the table, its sentence, and whether it is a remark."""
    return contradictions()[name].said(values)
