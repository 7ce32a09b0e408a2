"""What a point can't be: contradictions between its fields, as a table.

What a document says or an answer showed is refused; what is assumed is a remark, so that nobody's
points are held up by a guess, unless the simulator can't do without it. P3 is taken for the mirror
of C4, as P1 and P2 are of C1 to C3.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.apports.regles import (
    PLAGES,
    TESTS,
    TESTS_OF_PLAGES,
    LignePoint,
    Test,
    why_no_prm,
)
from sge_sim.tables.points import Point

Holds = Callable[[Any, Mapping[str, Any]], bool]
"""Tells whether a column has one of the values that are meant, beside the others of its point."""
_SHOWN: Final = 300
_LIEU: Final = ("codePostal", "codeInseeCommune", "commune")
_OBLIGATOIRES: Final = sorted(
    (
        mot
        for mot in MOTS.values()
        if mot.partie == "point"
        and mot.nom != "prm"
        and not Point.__table__.c[mot.colonne].nullable
    ),
    key=lambda mot: mot.nom in _LIEU,
)
"""The other words that a point can't do without, those of its commune last."""
_COLUMNS: Final = tuple(column.name for column in Point.__table__.columns)
_PROPRES: Final = {"siret", "nom_client_final", "code_postal", "code_insee", "commune"} | {
    name for name in _COLUMNS if name.startswith(("date_", "denivele_"))
}
"""Columns of which each point has its own value."""


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
    colonnes: frozenset[str] = frozenset()
    indispensable: bool = False

    @property
    def refused(self) -> bool:
        """Whether it is refused in any case; it is a remark otherwise."""
        return self.indispensable or self.provenance != "assumed"

    def written(self, **values: Any) -> str:
        """Return the sentence, with what it shows."""
        return self.phrase.format_map({name: _shown(value) for name, value in values.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool) or value is None:
        return {True: "oui", False: "non", None: "vide"}[value]
    return value if len(str(value)) <= _SHOWN else f"{str(value)[:_SHOWN]}…"


def _holds(condition: Any) -> Holds:
    """Return what a condition of the table means."""
    match condition:
        case {"plus_de": int(bound)}:
            return lambda value, _: value is not None and value > bound
        case {"au_plus": int(bound)}:
            return lambda value, _: value is not None and value <= bound
        case {"plus_que": str(column)}:
            return lambda value, p: None not in (value, p[column]) and value > p[column]
        case {"avant": str(column)}:
            return lambda value, p: None not in (value, p[column]) and value < p[column]
        case {"sans_forme": str(forme)}:
            fits = re.compile(forme).fullmatch
            return lambda value, _: value is not None and not fits(value)
        case {"hors": [*values]}:
            return lambda value, _: value not in values
        case [*values]:
            return lambda value, _: value in values
    raise ValueError(f"{condition} is no condition")


def _si(conditions: Mapping[str, Any]) -> Test:
    tests = tuple((column, _holds(each)) for column, each in conditions.items())
    return lambda p, *_: all(holds(p[column], p) for column, holds in tests)


def _admis(valeur: str, selon: str, admis: Mapping[str, Sequence[str]]) -> Test:
    by_code = {code: values for codes, values in admis.items() for code in codes.split()}

    def existe(p: Mapping[str, Any], *_: Any) -> str | None:
        values = by_code.get(p[selon])
        if values is None or p[valeur] is None or p[valeur] in values:
            return None
        return " ou ".join(values) or "rien"

    return existe


@computed_once()
def contradictions() -> Mapping[str, Contradiction]:
    """Return the table, by name."""
    rows = parse_yaml(data_path("catalog") / "points" / "contradictions.yaml")
    assert isinstance(rows, dict)
    table = {}
    for name, row in rows.items():
        columns: set[str] = set()
        existe = TESTS.get(name)
        if name in TESTS_OF_PLAGES:
            columns, existe = {*PLAGES, "futures_heures_creuses_id"}, TESTS_OF_PLAGES[name]
        elif conditions := row.pop("si", None):
            others = (each.values() for each in conditions.values() if isinstance(each, dict))
            columns = {
                *conditions,
                *(value for each in others for value in each if value in _COLUMNS),
            }
            existe = _si(conditions)
        elif admis := row.pop("admis", None):
            columns = {row["valeur"], row["selon"]}
            existe = _admis(row.pop("valeur"), row.pop("selon"), admis)
        table[name] = Contradiction(**row, existe=existe, colonnes=frozenset(columns))
    return table


@computed_once()
def _by_cost() -> tuple[tuple[Contradiction, ...], tuple[Contradiction, ...], tuple[str, ...]]:
    """Return those that are about columns with few values alone, the others, and these columns."""
    tested = [each for each in contradictions().values() if each.existe is not None]
    of_codes = [each for each in tested if each.colonnes and not each.colonnes & _PROPRES]
    others = tuple(each for each in tested if each not in of_codes)
    return tuple(of_codes), others, tuple({column for each in of_codes for column in each.colonnes})


@computed_once(4096)
def _of_codes(values: tuple[Any, ...]) -> tuple[tuple[Contradiction, Any], ...]:
    """Return what the columns with few values contradict: the same again and again in a file."""
    of_codes, _, columns = _by_cost()
    return _found(of_codes, LignePoint(dict(zip(columns, values, strict=True)), {}, {}), date.max)


def _found(
    among: Sequence[Contradiction], ligne: LignePoint, jour: date
) -> tuple[tuple[Contradiction, Any], ...]:
    point = ligne.point
    return tuple(
        (each, vu) for each in among if each.existe and (vu := each.existe(point, ligne, jour))
    )


def contradictions_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = ()
) -> Iterator[tuple[Contradiction, str]]:
    """Yield what a point contradicts on a legal day, with its sentence.

    `unread` are words without a value that could be read: what is about them isn't looked at.
    """
    point, (_, others, columns) = ligne.point, _by_cost()
    if unread:
        others = tuple(each for each in others if set(unread).isdisjoint(each.mots))
    known = _of_codes(tuple(map(point.__getitem__, columns)))
    for each, vu in (*known, *_found(others, ligne, jour)):
        if not unread or set(unread).isdisjoint(each.mots):
            yield each, each.written(**{**ligne.compteur, **point, "vu": vu, "jour": jour})


def fautes_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = ()
) -> Iterator[tuple[str, str, bool]]:
    """Yield each word that is wrong on a legal day, the sentence, and whether it is a remark.

    What is missing, and the words that are `unread`, hide what follows from them, and no more.
    """
    number = ligne.point.get("prm")
    missing = [mot.nom for mot in _OBLIGATOIRES if ligne.point.get(mot.colonne) is None]
    missing += ["prm"] if number is None else []
    yield from ((nom, "à donner", False) for nom in missing if nom not in unread)
    if number is not None and not prm.is_valid(number):
        yield "prm", why_no_prm(number), False
    for each, phrase in contradictions_of(ligne, jour, {*missing, *unread}):
        yield each.mots[0], phrase, not each.refused
