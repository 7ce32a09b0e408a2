"""What is said once of a column of a point or of its meter, beside its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import MappedColumn, mapped_column

from sge_sim.domaine.libelles import LISTES

_INFO = "attribute"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a point or of a meter, as files, pages, searches and facts know it.

    `mot`: its word in the contracts, and in a file of points; None where no file gives it.
    `section`: the part of a described point that shows it (« tarif.longue_utilisation »), the
    first level if it is empty; None where none does. `nom`: its name there, if it isn't that of the
    column; `titre`: its name on a page, if it isn't `nom` with spaces.
    `absent`: what a file means that leaves it out.
    `liste`: the list of `sge_sim.domaine.libelles` that its codes are of; that of its word needn't
    be said. `libre`: a file may give codes that the list lacks.
    `unite`: the column of its unit, or the unit. `basse`: the column of what it says in the low
    season, where that differs.
    `recherche`: the column of its text as searches compare it. `dated`: its former values are kept.
    `personal`: it says who the client is, where, or by which meter.
    """

    mot: str | None = None
    section: str | None = None
    nom: str | None = None
    titre: str | None = None
    absent: bool | str | None = None
    liste: str | None = None
    libre: bool = False
    unite: str | None = None
    basse: str | None = None
    recherche: str | None = None
    dated: bool = False
    personal: bool = False
    codes: Mapping[str, str] | None = field(init=False)
    """The codes of its list and their labels; None where it has no list."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", LISTES.get(self.liste or self.mot or ""))

    def column(self, *arguments: Any, **options: Any) -> MappedColumn[Any]:
        """Return its column, made as by `mapped_column`."""
        return mapped_column(*arguments, info={_INFO: self}, **options)


def attributes_of(columns: type) -> dict[str, Attribute]:
    """Return the attributes that a class of columns declares, by column, in their order."""
    return {
        name: column.column.info[_INFO]
        for name, column in vars(columns).items()
        if isinstance(column, MappedColumn) and _INFO in column.column.info
    }
