"""What a test case of the homologation is, and its dates.

A case of Enedis' catalogue is run once per segment that it lists; each run is one `Cas` here,
told apart by its key (`ADP-R1@C5`; the id alone where no segment applies). The YAML files that
these objects come from are described in `docs/catalogue.md`.

A case writes a date in one of two ways. An ISO date is the one that the catalogue of the release
lists: it is kept, or moved with the whole campaign (`Release.decalage`). An expression such as
`aujourdhui-24mois` always follows the day of the run. Only calendar dates are handled, never
instants, so a change of legal time cannot move them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from sge_sim.clock import add_months
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.plateformes import Existence
from sge_sim.homologation.catalogue.answer_paths import Chemin

_STEP = re.compile(r"([+-])(\d{1,4})(jours?|mois|ans?)")
_EXPRESSION = re.compile(rf"aujourdhui(?:{_STEP.pattern})*")


@dataclass(frozen=True)
class DateRelative:
    """A date counted from the day of the run, such as `aujourdhui+1an` or `aujourdhui-730jours`."""

    texte: str

    def __post_init__(self) -> None:
        if _EXPRESSION.fullmatch(self.texte) is None:
            raise ValueError(self.texte)
        try:
            self.on(date(2024, 2, 29))
        except (ValueError, OverflowError):
            raise ValueError(self.texte) from None

    def on(self, today: date) -> date:
        """Return the date meant when the case runs on `today` (legal date).

        Steps apply from left to right. A month or a year that lacks the day gives its last day:
        29 February + 1 an is 28 February, which stays within « 1 an au plus ».
        """
        result = today
        for sign, count, unit in _STEP.findall(self.texte):
            signed = int(sign + count)
            if unit.startswith("jour"):
                result += timedelta(days=signed)
            else:
                result = add_months(result, signed * (12 if unit.startswith("an") else 1))
        return result


def is_relative(text: str) -> bool:
    """Return whether `text` is meant as a date counted from the day of the run."""
    return text.startswith("aujourdhui")


SEGMENTS = ("C1-C4", "C2-C4", "C5", "N/A")
ACCORDS = ("oui", "non", "sans objet")
PRM = "{prm}"
LIBRE = "{libre}"
VALEUR = "{valeur}"
"""In a step of preparation that is repeated: the value it is repeated for."""


@dataclass(frozen=True)
class Emprunt:
    """A value of the request taken from an earlier answer.

    `origine` is the key of an earlier case, or the name of a step of the case's own preparation
    when `preparation` is true. The first value at `chemin` is taken.
    """

    origine: str
    preparation: bool
    chemin: Chemin


Valeur = (
    str | bool | int | date | DateRelative | Emprunt | Mapping[str, "Valeur"] | tuple["Valeur", ...]
)
Requete = Mapping[str, Valeur]
"""The content of a request element: the contract's own names, in the contract's order."""


@dataclass(frozen=True)
class Assertion:
    """What a successful answer must show at `chemin`.

    `operation` is `present` (at least one value), `absent` (none), `egal` (at least one value and
    all equal to `valeurs[0]`), `parmi` (every value, if any, is one of `valeurs`) or `compte`
    (`minimum` to `maximum` values, without upper bound when `maximum` is None).
    """

    chemin: Chemin
    operation: Literal["present", "absent", "egal", "parmi", "compte"]
    valeurs: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int | None = None

    def __str__(self) -> str:
        match self.operation:
            case "egal":
                suite = f" vaut {self.valeurs[0]}"
            case "parmi":
                suite = f" est parmi {', '.join(self.valeurs)}"
            case "compte" if self.maximum is None:
                suite = f", au moins {self.minimum} fois"
            case "compte" if self.maximum == self.minimum:
                suite = f", {self.minimum} fois"
            case "compte":
                suite = f", de {self.minimum} à {self.maximum} fois"
            case "present":
                suite = " est présent"
            case "absent":
                suite = " est absent"
        return f"{self.chemin.texte}{suite}"


@dataclass(frozen=True)
class Attendu:
    """What the platform must answer.

    `code` is None for a success (the SGT200 of an acknowledgement, or any answer of the services
    that carry none); `assertions` then apply. Otherwise it is the code of the refusal. Refusals
    listed in `acceptes` count as good too, such as SGT570 for an order already active.
    The `libelle` is compared only if `libelle_certain`: no official label is known for SGT211.
    `statut` is the HTTP status of the answer, None where the code tells enough.
    """

    code: str | None
    libelle: str | None = None
    libelle_certain: bool = True
    assertions: tuple[Assertion, ...] = ()
    acceptes: tuple[str, ...] = ()
    statut: int | None = None


@dataclass(frozen=True)
class Etape:
    """A call that sets a case up; the case goes on if it succeeds or answers one of `acceptes`.

    With `pour_chaque` it is made once for each value found there, `VALEUR` in its request: not at
    all where there is none.
    """

    nom: str
    service: str
    version: str
    requete: Requete
    acceptes: tuple[str, ...] = ()
    pour_chaque: Emprunt | None = None


@dataclass(frozen=True)
class TropRecent:
    """The refusal of a demand that was sent too recently, and when it may be sent again."""

    code: str
    minutes: int

    def matches(self, answer: object) -> bool:
        """Return whether an answer, as the runner reads it, is that refusal."""
        return getattr(answer, "code", None) == self.code

    def __str__(self) -> str:
        return f"la même demande datait de moins de {self.minutes} minutes ({self.code})"


@dataclass(frozen=True)
class Cas:
    """One run of a test case.

    `apres` holds the keys of the runs to do before; `au_choix` names the group of which one run
    is enough; `variantes` are the other requests, each whole, that make the same case (`LIBRE` in
    them is any value); `quantite` is what the tracking workbook says instead of a number;
    `reponse_ignoree` says that Enedis judges the request alone because its homologation platform is
    known not to serve it: a failure of that platform is then as good as the answer. `non_testable`
    says why Enedis asks for no run at all, empty where it asks for one. `trop_recent` is the
    refusal of a demand that was already sent a short time ago. `existences` says when the services
    were served that it calls, its preparation's too, by their names: those that weren't always.
    """

    id: str
    segment: str
    package: str
    service: str
    version: str
    objet: str
    titre: str
    signification: str
    requete: Requete
    attendu: Attendu
    etat_du_point: str
    accord: str
    provenance: str
    source: str
    prm: str | None = None
    prerequis: tuple[str, ...] = ()
    preparation: tuple[Etape, ...] = ()
    apres: tuple[str, ...] = ()
    variantes: tuple[Requete, ...] = ()
    fois: int = 1
    facultatif: bool = False
    quantite: str | None = None
    au_choix: str | None = None
    reponse_ignoree: bool = False
    non_testable: str = ""
    trop_recent: TropRecent | None = None
    ecart_connu: tuple[Ecart, ...] = ()
    remarque: str = ""
    existences: Mapping[str, Existence] = field(default_factory=dict)

    @cached_property
    def cle(self) -> str:
        """The key of the run, unique in its release: `ADP-R1@C5`, `ADP-NR1`."""
        return case_key(self.id, self.segment)

    @property
    def arret(self) -> str:
        """When the platform ends what it calls, in French; empty where nothing is announced."""
        return next((each.arret for each in self.existences.values() if each.arret), "")

    @property
    def recevable(self) -> bool:
        """Whether Enedis counts the case among the `-R` (served) and not the `-NR` (refused)."""
        return self.attendu.code is None


def case_key(cas_id: str, segment: str) -> str:
    """Return the key of the run of `cas_id` on `segment`."""
    return cas_id if segment == "N/A" else f"{cas_id}@{segment}"
