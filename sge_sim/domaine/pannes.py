"""Pannes: what is to go wrong, for whom, and when.

A plan is a value: nothing here knows the network, the files or the database. It counts the calls
(or files) that it is about, from 1; whether it strikes the n-th depends on the plan and on n alone,
so the same plan strikes the same calls however many processes answer them. Past its last call, and
outside of its window of the simulated clock, it strikes none.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from math import cos, exp, log, pi, sqrt
from typing import TYPE_CHECKING, Final

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.errors import FieldError

if TYPE_CHECKING:
    from sge_sim.domaine.sortes import SorteDePanne

SECONDES_MAX: Final = 86_400.0
ATTENTE_MAX: Final = 600.0
"""Seconds that a call may be kept waiting: no client waits longer."""
APPELS_MAX: Final = 1_000_000
GRAINE_MAX: Final = 2**63 - 1
APPELS_PAR_TIRAGE: Final = 100
"""The last call of a plan that draws, where none is given."""

DISPERSION_MAX: Final = 3.0
TARGETS: Final = (
    *("service", "acteur", "prm", "application", "consentement", "contrat", "mesure", "sens"),
    "code",
)
_LINE: Final = re.compile(r"^Panne prévue n° (\d+) .*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Panne:
    """A plan: `sorte` happens to the calls `du` to `au` (from 1) among those it is about.

    `service` (a service, or the flux of a file), `acteur` (a code), `prm`, `application` (its
    client_id), `consentement` (the number of a share), `contrat` (whose channel a file takes),
    `mesure` and `sens` narrow what it is about; None is any. It strikes from `debut` to `fin`
    (excluded, aware, of the simulated clock); one of measures strikes the days of these. With
    `probabilite` (0 to 1), each of these calls (or days) is struck by a draw of
    `graine`. `secondes` is how long a fault lasts; with `dispersion`, the sigma of a log-normal
    law, `secondes` is its median. `code`, `statut`, `annonce` (the end that is announced), `cle`
    (hexadecimal) and `nombre` are what the sort says of them.

    Raises `FieldError` for what doesn't go together. Who asks for one is told what each may be
    (`sge_sim.operations.pannes`).
    """

    numero: int
    sorte: str
    service: str | None = None
    acteur: str | None = None
    prm: str | None = None
    du: int = 1
    au: int
    probabilite: float | None = None
    graine: int = 0
    secondes: float | None = None
    dispersion: float = 0.0
    application: str | None = None
    consentement: int | None = None
    contrat: str | None = None
    debut: datetime | None = None
    fin: datetime | None = None
    annonce: datetime | None = None
    mesure: str | None = None
    sens: Sens | None = None
    code: str | None = None
    statut: int | None = None
    nombre: int | None = None
    cle: str | None = None

    @cached_property
    def declared(self) -> "SorteDePanne":
        """What the table says of its sort."""
        from sge_sim.domaine.sortes import SORTES

        return SORTES[self.sorte]

    def __post_init__(self) -> None:
        for wrong, champ, borne, sentence in self._mistakes():
            if wrong:
                raise FieldError(sentence, champ, getattr(self, champ), borne)

    def _mistakes(self) -> tuple[tuple[bool, str, float | None, str], ...]:
        seconds = self.secondes
        longest = SECONDES_MAX if self.declared.of_files else ATTENTE_MAX
        lasts = self.declared.duree is not None
        return (
            (
                not self.du <= self.au,
                "au",
                self.du,
                f"Appels {self.du} à {self.au} : les compter dans l'ordre.",
            ),
            (
                seconds is not None and not lasts,
                "secondes",
                None,
                f"« {self.sorte} » n'a pas de durée : l'omettre.",
            ),
            (
                lasts and not (seconds is not None and 0 < seconds <= longest),
                "secondes",
                longest if seconds is not None and seconds > longest else 0,
                f"Durée {seconds} s : donner plus de 0, {longest:g} s au plus.",
            ),
            (
                self.dispersion != 0 and self.sorte != "latence",
                "dispersion",
                None,
                "Seule une latence a une dispersion : l'omettre.",
            ),
        )

    def is_about(self, *, service: str | None, acteur: str | None) -> bool:
        """Tell whether a call (or file) is of its service and actor, whatever its point."""
        listed = self.declared.services
        return (
            self.service in (None, service)
            and self.acteur in (None, acteur)
            and (not listed or service in listed)
        )

    def is_open(self, now: datetime) -> bool:
        """Tell whether `now` is in its window."""
        return (self.debut is None or self.debut <= now) and (self.fin is None or now < self.fin)

    def is_over(self, now: datetime) -> bool:
        """Tell whether it strikes no more from `now` on."""
        lasting = self.declared.jours or self.declared.sans_retour
        return self.fin is not None and self.fin <= now and not lasting

    def may_strike(self, now: datetime) -> bool:
        """Tell whether a call at `now` may be struck: the window of some is that of the days they
        measure, or of the consents that were given."""
        apart = self.declared.jours or self.declared.accord == "donné pendant"
        return bool(apart) or self.is_open(now)

    def covers(self, other: "Panne") -> bool:
        """Tell whether whatever `other` is about, at some instant, it is about too."""
        return (
            all(getattr(self, name) in (None, getattr(other, name)) for name in TARGETS)
            and (self.debut is None or other.fin is None or self.debut < other.fin)
            and (other.debut is None or self.fin is None or other.debut < self.fin)
        )

    def strikes_day(self, prm: str, jour: date) -> bool:
        """Tell whether it strikes what is measured on a legal day: the same whenever it is
        asked."""
        drawn = self.probabilite is not None and self.declared.tirage == "jour"
        return not drawn or self.draw(f"{prm}/{jour}") < (self.probabilite or 0)

    def draw(self, what: object) -> float:
        """Return a number from 0 (included) to 1 (excluded), of its seed and of `what` alone."""
        return _draw(self.graine, what)

    def strikes(self, number: int) -> bool:
        """Tell whether it strikes the call of that number."""
        if not self.du <= number <= self.au:
            return False
        if self.probabilite is None or self.declared.tirage != "appel":
            return True
        return _draw(self.graine, number) < self.probabilite

    def seconds_at(self, number: int) -> float:
        """Return how long the fault of that call lasts, in seconds; 0 for one that doesn't last."""
        seconds = self.secondes or 0.0
        if self.dispersion == 0:
            return seconds
        # Box and Muller: two uniform draws make a normal one.
        radius = sqrt(-2 * log(1 - _draw(self.graine, number, 1)))
        normal = radius * cos(2 * pi * _draw(self.graine, number, 2))
        return min(seconds * exp(self.dispersion * normal), ATTENTE_MAX)

    def line_at(self, number: int) -> str:
        """Return the line of the journal for a call that it struck; `panne_in` reads it back."""
        seconds = f"{round(self.seconds_at(number), 3):g}".replace(".", ",")
        lasts = f" ({seconds} s)" if self.declared.duree is not None else ""
        return f"Panne prévue n° {self.numero} : {self.declared.libelle}{lasts}, appel {number}."


@dataclass(frozen=True, slots=True)
class Atteinte:
    """A call, the `number`-th counted, that a plan spoils."""

    panne: Panne
    number: int

    @property
    def seconds(self) -> float:
        """How long the fault lasts."""
        return self.panne.seconds_at(self.number)

    @property
    def line(self) -> str:
        """The line of the journal."""
        return self.panne.line_at(self.number)


def last_call(au: int | None, du: int, probabilite: float | None) -> int:
    """Return the last call of a plan: its first if nothing is said, a hundred calls if it draws."""
    if au is not None:
        return au
    return du if probabilite is None else du + APPELS_PAR_TIRAGE - 1


def panne_in(detail: str | None) -> tuple[int | None, str]:
    """Return the number of the plan that struck an exchange, and its line, from the detail.

    >>> panne_in("Panne prévue n° 3 : HTTP 502, appel 1.")
    (3, 'Panne prévue n° 3 : HTTP 502, appel 1.')
    """
    found = _LINE.search(detail or "")
    return (None, "") if found is None else (int(found[1]), found[0])


def _draw(seed: int, number: object, use: int = 0) -> float:
    """Return a number from 0 (included) to 1 (excluded), of `seed`, `number` and `use` alone."""
    digest = blake2b(f"{seed}/{number}/{use}".encode(), digest_size=7).digest()
    return (int.from_bytes(digest) >> 3) / 2**53  # 53 bits: what a float holds exactly
