"""The sorts of pannes: the one table from which forms, commands, REST and pages are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from sge_sim.machine.yaml_files import parse_yaml

Surete = Literal["relevé", "en partie", "supposé"]
Endroit = Literal[
    "soap", "rest", "jeton", "page", "compteur", "mesures", "fichier", "ordre", "perimetre"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SorteDePanne:
    """What may be planned to go wrong, as `pannes.yaml` declares it.

    `statuts` are those of the answer, the first unless another is asked for, `corps` its body, of
    which the share `part` comes. `voit` is what the client sees where no body says it. `nombre` is
    what its number counts, with its bounds. `duree` are the seconds of one that lasts. `contenu` is
    what one changes of what a file says, as it is made, with `mot` for how; `taux_fidele` its
    observed share, that the profile fidele plays. The other fields are what its effect, or the
    calls that it is about, depend on.
    """

    nom: str
    famille: str
    libelle: str
    source: str
    surete: Surete
    ou: Sequence[Endroit]
    troubles: Sequence[str] = ()
    admet: Sequence[str] = ()
    veut: Sequence[str] = ()
    defauts: Mapping[str, str] = field(default_factory=dict)
    nombre: Mapping[str, Any] = field(default_factory=dict)
    ponctuelle: bool = False
    duree: float | None = None
    essai: str = ""
    voit: str = ""
    statuts: Sequence[int] = ()
    corps: str = ""
    type: str = "application/json"
    vu_en_2026: bool = False
    statuts_2026: Sequence[int] = ()
    corps_2026: str = ""
    code: str = ""
    services: Sequence[str] = ()
    remplace: Sequence[str] = ()
    tirage: Literal["appel", "jour", "valeur"] = "appel"
    sur: Literal["", "mesures", "contrats"] = ""
    generation: Literal["", "v5", "2026"] = ""
    mode: str = ""
    par: Literal["", "heure", "seconde"] = ""
    changement_heure: bool = False
    au_dela: bool = False
    accord: Literal["", "donné pendant", "donné avant"] = ""
    sans_retour: bool = False
    d_abord: str = ""
    place: str = ""
    moment: Literal["ouverture", "accord"] = "ouverture"
    message: str = ""
    retour: str = ""
    part: float = 1.0
    incompatible: Sequence[str] = ()
    jours: Literal["", "absent", "nul", "tronqué"] = ""
    jusqu_a: Literal["", "rattrapage", "retard", "fraicheur"] = ""
    contenu: Literal["", "calendrier", "index", "fin", "ligne", "unite", "fichier", "element"] = ""
    mot: str = ""
    taux_fidele: float = 0.0

    @property
    def in_rest(self) -> bool:
        """Whether it is of calls of Data Connect."""
        return not {"soap", "fichier"}.issuperset(self.ou)

    @property
    def of_files(self) -> bool:
        """Whether it is of the files of a flux."""
        return "fichier" in self.ou

    @property
    def seen(self) -> str:
        """What the client sees, in French: its own words, else the status and the body."""
        if self.voit or not (self.statuts or self.code or self.message):
            return self.voit
        if self.message:
            return f"« {self.message} »"
        said = self.code or " ou ".join(map(str, self.statuts))
        return f"{said} {self.corps}".strip()

    def covers(self, other: "SorteDePanne") -> bool:
        """Whether it is about all the calls that `other` is about, as far as sorts tell."""
        limits = [(name, getattr(self, name)) for name in ("generation", "mode", "sur", "services")]
        same = all(not limit or limit == getattr(other, name) for name, limit in limits)
        return same and self.moment in ("ouverture", other.moment)

    @property
    def replaces(self) -> bool:
        """Whether it always answers in place of the service: no other may then."""
        always = not (self.par or self.accord or self.place or self.changement_heure)
        of_days = self.jours and self.jusqu_a not in ("retard", "fraicheur")
        return always and bool(self.statuts or self.code or self.message or of_days)


_ROWS: Final[Any] = parse_yaml(Path(__file__).with_name("pannes.yaml"))
SORTES: Final[Mapping[str, SorteDePanne]] = MappingProxyType(
    {nom: SorteDePanne(nom=nom, **row) for nom, row in _ROWS.items()}
)
"""By name, in the order of the table."""

if TYPE_CHECKING:
    SortePanne = str
else:
    SortePanne = Literal[tuple(SORTES)]
"""The name of a sort."""
