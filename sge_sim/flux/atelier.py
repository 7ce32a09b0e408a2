"""How files are made: what every flux is given beside what it tells of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sge_sim.domaine.ecarts_plateforme import Defauts
from sge_sim.domaine.nomenclatures import KindActeur
from sge_sim.flux.chiffrement import Chiffrement
from sge_sim.flux.lots import Lot
from sge_sim.flux.parallele import Equipe


@dataclass(frozen=True)
class Limites:
    """What one archive of JSON holds at most: bytes once zipped, bytes before, points.

    100 MB and 10 GB (GUI 0503 §2.1); 1 000 points (GUI 0504 §2 of C68, assumed of the others).
    """

    octets_zip: int = 100 * 10**6
    octets: int = 10 * 10**9
    points: int = 1000


LIMITES: Final = Limites()


@dataclass(frozen=True)
class Atelier:
    """How files are made: `late`, some days of C5 points come late; `defauts`, those of the real
    files; `folder`, where a large file is kept until it was read; `limites`, of an archive;
    `equipe`, by whom many files are made; `contrats`, the actor of each contract that was met, its
    kind, and how its files are encrypted; `ensuite`, the publications that come next, `avance`, by
    what makes them, what was made of theirs with those before; `grille`, a user's prices;
    `nom_dossiers`, how files are called that companies order; `raisons` takes, in French, why
    something isn't told."""

    late: bool = False
    defauts: Defauts = Defauts()  # noqa: RUF009 - it is frozen
    folder: Path | None = None
    limites: Limites = LIMITES
    equipe: Equipe | None = None
    contrats: dict[str, tuple[str, KindActeur, Chiffrement]] = field(default_factory=dict)
    ensuite: Sequence[Lot] = ()
    avance: list[tuple[Any, Any]] = field(default_factory=list)
    grille: Path | None = None
    nom_dossiers: str = ""
    raisons: list[str] = field(default_factory=list)
