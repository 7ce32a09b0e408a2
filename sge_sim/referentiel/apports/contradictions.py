"""What a point can't be: contradictions between its fields, as a table.

What a document says or an answer showed is refused; what is assumed is a remark, so that nobody's
points are held up by a guess, unless the simulator can't do without it. P3 is taken for the mirror
of C4, as P1 and P2 are of C1 to C3.
"""

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

from sge_sim.domaine import prm
from sge_sim.domaine.nomenclatures import Provenance
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.referentiel.apports.mots import MOTS
from sge_sim.referentiel.apports.regles import TESTS, LignePoint, Test, why_no_prm
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.tables.points import Point

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
_PARTS: Final = {"codePostal": "lieu", "codeInseeCommune": "lieu"} | {
    word: MOTS[word].colonne
    for word in ("avant", "collectes", "trous", "calendriers", "ancienCompteurPose")
}
"""What is looked at in some lines only: those with such measures, or in an unknown commune."""
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

    def written(self, **values: Any) -> str:
        """Return the sentence, with what it shows."""
        return self.phrase.format_map({name: _shown(value) for name, value in values.items()})


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "vide" if value is None else str(value)[:300]


def _holds(condition: Any) -> Callable[[Any, Mapping[str, Any]], bool]:
    """Return what tells whether a value, beside the others of its line, is what a condition of the
    table means: a bound is a number, a day, or the name of another column."""
    if isinstance(condition, list):
        return lambda value, _: value in condition
    ((kind, bound),) = condition.items()
    if kind == "hors":
        return lambda value, _: value not in bound
    if kind == "sans_forme":
        fits = re.compile(bound).fullmatch
        return lambda value, _: value is not None and not fits(value)
    compared = {"plus_de": operator.gt, "au_plus": operator.le, "autre_que": operator.ne}[kind]

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


def _admis(valeur: str, selon: str, admis: Mapping[str, Sequence[str]]) -> Test:
    by_code = {code: values for codes, values in admis.items() for code in codes.split()}

    def existe(p: Mapping[str, Any]) -> str | None:
        values = by_code.get(p[selon])
        wrong = values is not None and p[valeur] is not None and p[valeur] not in values
        return " ou ".join(values or ()) or "rien" if wrong else None

    return existe


@computed_once()
def contradictions() -> Mapping[str, Contradiction]:
    """Return the table, by name."""
    rows = parse_yaml(data_path("catalog") / "points" / "contradictions.yaml")
    assert isinstance(rows, dict)
    table = {}
    for name, row in rows.items():
        existe, columns = TESTS.get(name), {*row.pop("colonnes", ())}
        if conditions := row.pop("si", None):
            bounds = (each.values() for each in conditions.values() if isinstance(each, dict))
            columns = {*conditions, *(each for each in chain(*bounds) if isinstance(each, str))}
            existe = _si(conditions)
        elif admis := row.pop("admis", None):
            columns = {row["valeur"], row["selon"]}
            existe = _admis(row.pop("valeur"), row.pop("selon"), admis)
        table[name] = Contradiction(**row, existe=existe, colonnes=frozenset(columns))
    return table


_Tests = Sequence[tuple[Contradiction, Test]]


@computed_once()
def _by_part() -> Mapping[str, _Tests]:
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
def _of_codes(values: tuple[Any, ...]) -> Sequence[tuple[Contradiction, Any]]:
    """Return what codes contradict: they are the same again and again in a file."""
    return _found(_by_part()["codes"], dict(zip(_columns()[0], values, strict=True)))


def _found(among: _Tests, p: Mapping[str, Any]) -> list[tuple[Contradiction, Any]]:
    return [(each, vu) for each, existe in among if (vu := existe(p))]


def contradictions_of(
    ligne: LignePoint, jour: date, unread: Collection[str] = ()
) -> Iterator[tuple[Contradiction, str]]:
    """Yield what a point contradicts on a legal day, with its sentence.

    `unread` are words without a value that could be read: what is about them isn't looked at.
    """
    given = {"compteur": bool(ligne.compteur), "aujourd_hui": jour}
    p, parts = {**ligne.mesures, **ligne.compteur, **ligne.point, **given}, _by_part()
    among = [*parts[""]]
    for word in ligne.mesures:
        among += parts.get(word, ())
    if (
        "codePostal" not in unread
        and (p["code_postal"], p["code_insee"]) not in communes_de_france()
    ):
        among += parts["lieu"]
    if unread:
        among = [each for each in among if set(unread).isdisjoint(each[0].mots)]
    for each, vu in (*_of_codes(_columns()[1](p)), *_found(among, p)):
        if not unread or set(unread).isdisjoint(each.mots):
            yield each, each.written(**p, vu=vu)


def sentence_of(name: str, **values: Any) -> tuple[str, str, bool]:
    """Return the word of an entry of the table, its sentence, and whether it is a remark."""
    each = contradictions()[name]
    return each.mots[0], each.written(**values), not each.refused


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
