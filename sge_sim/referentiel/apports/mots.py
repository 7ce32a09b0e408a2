"""The words of a file of points: those of the contracts, and what each stands for.

A cell is text: `oui` or `non`, an ISO date, a whole number, a code, or JSON for what has parts. In
JSON lines the same values may be booleans, numbers and objects.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Literal, get_args, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.types import TypeEngine

import sge_sim.tables.models  # noqa: F401 - a column that names another table's has its type
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES
from sge_sim.domaine.perimetre import ACTES
from sge_sim.machine.documents import parse_json
from sge_sim.machine.texts import fit
from sge_sim.referentiel.entries import CalendrierEntry, CollecteEntry, TrouEntry
from sge_sim.tables.anciens_etats import DATEES
from sge_sim.tables.attributes import Attribute
from sge_sim.tables.base import Base
from sge_sim.tables.point_columns import COMPTEUR_ATTRIBUTES, POINT_ATTRIBUTES
from sge_sim.tables.points import Compteur, Point

PartiePoint = Literal["point", "compteur", "mesures"]
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER: Final = re.compile(r"[0-9]{1,9}")
_BOOLEANS: Final = {"oui": True, "non": False}


@dataclass(frozen=True, slots=True)
class Mot:
    """A column of a file: its word, the column of a table that it fills, how a cell is read.

    `lire` raises `ValueError` with what is wrong, in French. `lus`: values of cells read before, in
    a column that repeats them; None for one whose cells all differ.
    """

    nom: str
    partie: PartiePoint
    colonne: str
    lire: Callable[[Any], Any]
    ecrire: Callable[[Any], str]
    lus: dict[str, Any] | None = field(default_factory=dict)


def _mots_of(
    partie: PartiePoint, table: type[Base], attributes: Mapping[str, Attribute]
) -> Iterator[Mot]:
    """Yield the words of the attributes of a table, in the order of its columns."""
    hints = get_type_hints(table)
    for column in table.__table__.columns:
        attribute = attributes.get(column.name)
        if attribute is not None and attribute.mot is not None:
            (annotation,) = get_args(hints[column.name])
            yield _mot(attribute, partie, column.name, column.type, annotation)


def _mot(
    attribute: Attribute, partie: PartiePoint, colonne: str, type_: TypeEngine[Any], annotation: Any
) -> Mot:
    assert attribute.mot is not None
    mot = partial(Mot, attribute.mot, partie, colonne)
    match type_:
        case Boolean():
            return mot(_booleen, lambda value: "oui" if value else "non")
        case Date():
            return mot(jour_of, str)
        case Integer():
            return mot(_entier, str)
        case String():
            codes = _codes(annotation) or _codes_of(attribute)
            if not codes:
                lus: dict[str, Any] | None = None if attribute.personal else {}
                return mot(_texte(type_.length), str, lus=lus)
            return mot(_code(codes), str)
        case _:
            return mot(_structure(TypeAdapter(annotation)), dumped)


def _codes_of(attribute: Attribute) -> frozenset[str]:
    """Return the codes to which an attribute keeps, none where it may hold others."""
    if attribute.libre or attribute.codes is None:
        return frozenset()
    # Those of the meters read from afar that have no label of their own are codes too.
    others = COMPTEURS_TELERELEVES if attribute.mot == "typeComptage" else ()
    return frozenset(attribute.codes) | frozenset(others)


def _periodes(nom: str, entree: type[BaseModel]) -> Mot:
    adapter: TypeAdapter[Any] = TypeAdapter(tuple[entree, ...])  # type: ignore[valid-type]
    return Mot(nom, "mesures", nom, _structure(adapter), dumped)


def _codes(annotation: Any) -> frozenset[str]:
    """Return the codes of an annotation that is a `Literal`, or may be."""
    found = {code for code in get_args(annotation) if isinstance(code, str)}
    return frozenset(found.union(*(_codes(part) for part in get_args(annotation))))


def _texte(longueur: int | None) -> Callable[[Any], str]:
    def lire(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("un texte est attendu")
        if longueur is not None and len(value) > longueur:
            raise ValueError(f"« {value[:20]}… » dépasse {longueur} caractères")
        return fit(value, line=True)

    return lire


def _code(codes: frozenset[str]) -> Callable[[Any], str]:
    def lire(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise ValueError(f"« {_shown(value)} » n'est pas un code connu : {_some(codes)}")
        return value

    return lire


def _some(codes: frozenset[str]) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "")


def _shown(value: Any) -> str:
    return str(value)[:40]


def _booleen(value: Any) -> bool:
    found = value if isinstance(value, bool) else _BOOLEANS.get(str(value))
    if found is None:
        raise ValueError(f"« {_shown(value)} » : écrire oui ou non")
    return found


def _entier(value: Any) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    raise ValueError(f"« {_shown(value)} » n'est pas un entier positif")


def jour_of(value: Any) -> date:
    """Return the day that a cell says; raises `ValueError` with what is wrong, in French."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"« {_shown(value)} » n'est pas un jour : écrire par exemple 2024-03-01")


class KeyTwiceError(ValueError):
    """A key that an object of JSON has twice."""


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; raises `KeyTwiceError` for a key that it has twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyTwiceError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return found


def parse_cell(value: Any) -> Any:
    """Return what a cell of JSON holds; raises `ValueError` with what is wrong, in French."""
    if not isinstance(value, str):
        return value
    try:
        found = parse_json(value, no_key_twice)
    except KeyTwiceError as error:
        raise ValueError(f"{_shown(error)} y est deux fois") from None
    except ValueError:
        raise ValueError(f"« {_shown(value)} » n'est pas du JSON") from None
    return fit(found)


def _structure(adapter: TypeAdapter[Any]) -> Callable[[Any], Any]:
    def lire(value: Any) -> Any:
        value = parse_cell(value)
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(key)[:20] for key in first["loc"])
            raise ValueError(
                f"« {_shown(first['input'])} » ne convient pas{f' ({place})' if place else ''}"
            ) from None

    return lire


JUSQUE: Final = "jusquA"
"""The key of the day, excluded, until which the other words of an entry of `avant` held."""


def _read_avant(value: Any) -> tuple[tuple[date, Mapping[str, Any]], ...]:
    """Return what columns of a point said until a day, the oldest first."""
    entries = parse_cell(value)
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise ValueError(f'écrire par exemple [{{"{JUSQUE}":"2024-03-01","puissanceSouscrite":6}}]')
    anciens: dict[date, dict[str, Any]] = {}
    for entry in entries:
        jour = jour_of(entry.get(JUSQUE))
        for nom, cell in entry.items():
            if nom == JUSQUE:
                continue
            mot = MOTS.get(nom)
            if mot is None or mot.partie != "point" or mot.colonne not in DATEES:
                raise ValueError(f"« {nom[:40]} » n'est pas de ce qui change à une date")
            if mot.colonne in anciens.setdefault(jour, {}):
                raise ValueError(f"{nom} y est deux fois pour le même jour")
            anciens[jour][mot.colonne] = None if cell is None else mot.lire(cell)
    return tuple(sorted(anciens.items()))


def _write_avant(anciens: tuple[tuple[date, Mapping[str, Any]], ...]) -> str:
    words = {mot.colonne: mot for mot in MOTS.values() if mot.partie == "point"}
    return dumped(
        [
            {JUSQUE: str(jour)}
            | {
                words[column].nom: str(value) if isinstance(value, date) else value
                for column, value in sorted(valeurs.items())
                if column in words
            }
            for jour, valeurs in anciens
        ]
    )


def dumped(value: Any) -> str:
    """Return the cell of JSON that holds a structure."""
    return json.dumps(_jsonable(value), ensure_ascii=False, separators=(",", ":"))


def _jsonable(value: Any) -> Any:
    """Return a structure as JSON holds it; what is empty in it is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: each for name, each in asdict(value).items() if each is not None}
    if isinstance(value, tuple | list):
        return [_jsonable(each) for each in value]
    if isinstance(value, TrouEntry):
        return {name: each.astimezone(PARIS).isoformat() for name, each in value}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return value


MOTS: Final[Mapping[str, Mot]] = {
    mot.nom: mot
    for mot in (
        *_mots_of("point", Point, POINT_ATTRIBUTES),
        *_mots_of("compteur", Compteur, COMPTEUR_ATTRIBUTES),
        Mot("ancienCompteurPose", "mesures", "ancien_compteur_pose", jour_of, str),
        _periodes("collectes", CollecteEntry),
        _periodes("trous", TrouEntry),
        _periodes("calendriers", CalendrierEntry),
        Mot("avant", "mesures", "avant", lambda cell: _read_avant(cell), lambda s: _write_avant(s)),
    )
}
"""The columns of a file of points, in the order of the template."""

MOTS_JOURS: Final = ("prm", "jour", "courbe", "index")
"""Those of a file of measures."""

MOTS_ACTEURS: Final = ("acteur", "nom", "sorte", "logins", "contrats", "habilitations")
"""Those of a file of actors."""

MOTS_EVENEMENTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("prm", "nature", "reference"), str),
    "jour": jour_of,
    **{champ: str for acte in ACTES.values() for champ in acte.champs},
    **dict.fromkeys(("puissance", "limite", "niveau"), _entier),
}
"""Those of a file of contractual events, and how each is read."""

MOTS_PAR_SORTE: Final[Mapping[str, Collection[str]]] = {
    **{"acteurs": MOTS_ACTEURS, "evenements": MOTS_EVENEMENTS},
    **{"jours": MOTS_JOURS, "points": MOTS},
}
