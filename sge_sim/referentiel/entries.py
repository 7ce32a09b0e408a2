"""What the files of a data set say: their shape.

The attributes of a point or a meter are checked against the annotations of the tables themselves,
so that no column is spelled again.

Every file is checked against types by pydantic: each mistake is named with its place.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, get_args, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from sqlalchemy import String

from sge_sim.domaine.nomenclatures import (
    PACKAGES,
    CategorieClientFinal,
    CoteCalendrier,
    Environment,
    KindActeur,
    TypeContrat,
)
from sge_sim.errors import UsageError
from sge_sim.machine.yaml_files import parse_yaml
from sge_sim.tables.base import Base
from sge_sim.tables.points import SEARCH_COLUMNS

T = TypeVar("T")

_SHOWN: Final = 64


def read_yaml_as(path: Path, shape: type[T]) -> T:
    """Read the YAML file at `path` as `shape`.

    Raises `UsageError` naming the file and the key when it isn't so.
    """
    try:
        content = parse_yaml(path)
    except ValueError as error:
        raise UsageError(f"{path} : {error}.") from error
    try:
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        raise mistake(path, error) from error


def mistake(path: Path, error: ValidationError, *where: str) -> UsageError:
    """Return in one sentence the first thing that is wrong, and where."""
    first = error.errors()[0]
    place = ", ".join([str(path), *where, *(str(key)[:_SHOWN] for key in first["loc"])])
    return UsageError(f"{place} : {_in_french(first)}.")


def _in_french(error: Mapping[str, Any]) -> str:
    value = str(error["input"])[:_SHOWN]
    match error["type"]:
        case "missing":
            return "clé absente"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return "clé inconnue"
        case "literal_error":
            return f"« {value} » n'est pas une valeur admise ({error['ctx']['expected']})"
        case "string_type":
            return f"un texte est attendu et non {value} (l'écrire entre guillemets)"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"« {value} » ne convient pas"


_Prm = Annotated[str, Field(pattern=r"^[0-9]{14}$")]
_CodePostal = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
_CodeInsee = Annotated[str, Field(pattern=r"^[0-9A-Z]{5}$")]
_Positive = Annotated[int, Field(gt=0)]


FILLED_IN: Final = frozenset(
    {"id", "prm", "code_postal", "code_insee", "commune", "pourquoi", "graine", "apport_id"}
    | set(SEARCH_COLUMNS.values())
)
"""Columns that no file gives as attributes: they follow from the rest of an entry."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CommuneEntry(_Entry):
    """A commune, with the off-peak hours that Enedis set there; without any, it has no points."""

    code_postal: _CodePostal
    code_insee: _CodeInsee
    libelle: Annotated[str, Field(max_length=32)]
    heures_creuses: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How the other files name it: « code postal/code INSEE »."""
        return f"{self.code_postal}/{self.code_insee}"


class UtilisateurEntry(_Entry):
    """A user; without `services`, it may call all of them."""

    login: Annotated[str, Field(pattern=r"^[0-9a-z][-._0-9a-z]+@[0-9a-z][-._0-9a-z]+\.[a-z]{2,}$")]
    services: tuple[str, ...] | None = None
    actif: bool = True


class ContratEntry(_Entry):
    """A contract of an actor."""

    contrat_id: Annotated[str, Field(min_length=1, max_length=15)]
    type: TypeContrat
    date_debut: date
    date_fin: date | None = None


def _known_package(package: str) -> str:
    if package.lower() not in PACKAGES:
        raise ValueError(f"{package} n'est pas un package : {', '.join(PACKAGES)}")
    return package.lower()


NomPackage = Annotated[str, AfterValidator(_known_package)]


class ActeurEntry(_Entry):
    """An actor and what belongs to it."""

    code: Annotated[str, Field(max_length=20)]
    nom: str
    kind: KindActeur
    par_defaut: bool = False
    habilitations: dict[Environment, tuple[NomPackage, ...]]
    utilisateurs: tuple[UtilisateurEntry, ...]
    contrats: tuple[ContratEntry, ...]


class CollecteEntry(_Entry):
    """A period in which the curve is collected; without an end, it still is."""

    debut: date
    fin: date | None = None


class TrouEntry(_Entry):
    """A gap in what was read, between two instants with their offset."""

    debut: AwareDatetime
    fin: AwareDatetime


class CalendrierEntry(_Entry):
    """A calendar from a day on."""

    cote: CoteCalendrier
    depuis: date
    code: Annotated[str, Field(max_length=15)]


class MesuresEntry(_Entry):
    """What the measures of a point depend on beyond its attributes.

    `ancien_compteur_pose`: when the meter was installed that the present one replaced.
    """

    collectes: tuple[CollecteEntry, ...] = ()
    trous: tuple[TrouEntry, ...] = ()
    calendriers: tuple[CalendrierEntry, ...] = ()
    ancien_compteur_pose: date | None = None


class ProfilEntry(_Entry):
    """What a kind of point is. `compteur: null` says that there is no meter."""

    herite: tuple[str, ...] = ()
    point: dict[str, Any] = {}
    compteur: dict[str, Any] | None = {}
    mesures: MesuresEntry | None = None


class PointEntry(_Entry):
    """A named point: its profiles, and how it departs from them."""

    prm: _Prm
    profils: tuple[str, ...]
    pourquoi: str
    commune: str | None = None
    point: dict[str, Any] = {}
    compteur: dict[str, Any] = {}
    mesures: MesuresEntry | None = None


class SorteEntry(_Entry):
    """A sort of points of the population."""

    commune: str
    profil: str
    categorie: CategorieClientFinal


class QuotaEntry(SorteEntry):
    """Points that the population always has."""

    nombre: _Positive


class PartEntry(SorteEntry):
    """A share of what the population has beyond the quotas."""

    poids: _Positive


class EtatEntry(_Entry):
    """A share of the population that a profile changes; without one, it stays in service."""

    profil: str | None = None
    poids: _Positive


class PopulationEntry(_Entry):
    """How the synthetic population is made."""

    quotas: tuple[QuotaEntry, ...]
    reste: tuple[PartEntry, ...]
    etats: tuple[EtatEntry, ...]
    fournisseurs: dict[str, _Positive]


def check_attributes(
    path: Path, where: str, table: type[Base], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `values` as the columns of `table` take them.

    Raises `UsageError` naming the file, the place and the attribute that is unknown or wrong.
    """
    adapters = _adapters(table)
    checked = {}
    for name, value in values.items():
        if name not in adapters:
            raise UsageError(f"{path}, {where}, {name} : attribut inconnu de {table.__name__}.")
        try:
            checked[name] = adapters[name].validate_python(value, extra="forbid")
        except ValidationError as error:
            raise mistake(path, error, where, name) from error
    return checked


@cache
def _adapters(table: type[Base]) -> Mapping[str, TypeAdapter[Any]]:
    """Return what checks each attribute of `table` that a file may give."""
    mapped = get_type_hints(table)
    adapters = {}
    for column in table.__table__.columns:
        if column.name not in FILLED_IN:
            (annotation,) = get_args(mapped[column.name])
            length = column.type.length if isinstance(column.type, String) else None
            adapters[column.name] = TypeAdapter(
                annotation if length is None else Annotated[annotation, Field(max_length=length)]
            )
    return adapters
