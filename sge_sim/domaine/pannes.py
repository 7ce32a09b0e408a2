"""Pannes: what is to go wrong, for whom, and when.

A plan is a value: nothing here knows the network, the files or the database. It counts the calls
(or files) that it is about, from 1; whether it strikes the n-th depends on the plan and on n alone,
so the same plan strikes the same calls however many processes answer them. Past its last call, and
outside of its window of the simulated clock, it strikes none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b, sha256
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
        seconds, lasts = self.secondes, self.declared.duree is not None
        longest = SECONDES_MAX if self.declared.of_files else ATTENTE_MAX
        if self.du > self.au:
            sentence = f"Appels {self.du} à {self.au} : les compter dans l'ordre."
            raise FieldError(sentence, "au", self.au, self.du)
        if seconds is not None and not lasts:
            sentence = f"« {self.sorte} » n'a pas de durée : l'omettre."
            raise FieldError(sentence, "secondes", seconds)
        if lasts and not (seconds is not None and 0 < seconds <= longest):
            sentence = f"Durée {seconds} s : donner plus de 0, {longest:g} s au plus."
            beyond = seconds is not None and seconds > longest
            raise FieldError(sentence, "secondes", seconds, longest if beyond else 0)
        if self.dispersion != 0 and self.sorte != "latence":
            sentence = "Seule une latence a une dispersion : l'omettre."
            raise FieldError(sentence, "dispersion", self.dispersion)

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

    def overlaps(self, debut: datetime | None, fin: datetime | None) -> bool:
        """Tell whether its window and another, `fin` excluded, have an instant in common."""
        return (self.debut is None or fin is None or self.debut < fin) and (
            debut is None or self.fin is None or debut < self.fin
        )

    def covers(self, other: "Panne") -> bool:
        """Tell whether whatever `other` is about, at some instant, it is about too."""
        same = all(getattr(self, name) in (None, getattr(other, name)) for name in TARGETS)
        return same and self.overlaps(other.debut, other.fin)

    def draw(self, what: object, use: int = 0) -> float:
        """Return a number of [0, 1), of its seed, of `what` and of its `use` alone."""
        digest = blake2b(f"{self.graine}/{what}/{use}".encode(), digest_size=7).digest()
        return (int.from_bytes(digest) >> 3) / 2**53  # 53 bits: what a float holds exactly

    def takes(self, what: object) -> bool:
        """Tell whether its probability takes `what`: always the same, and all where it has none."""
        return self.probabilite is None or self.draw(what) < self.probabilite

    def strikes(self, number: int) -> bool:
        """Tell whether it strikes the call of that number."""
        chosen = self.declared.tirage != "appel" or self.takes(number)
        return chosen and self.du <= number <= self.au

    def strikes_day(self, prm: str, jour: date) -> bool:
        """Tell whether it strikes what is measured on a legal day."""
        return self.declared.tirage != "jour" or self.takes(f"{prm}/{jour}")


@dataclass(frozen=True, slots=True)
class Atteinte:
    """A call, the `number`-th counted, that a plan spoils."""

    panne: Panne
    number: int

    @property
    def seconds(self) -> float:
        """How long the fault lasts, in seconds; 0 for one that doesn't last."""
        panne, seconds = self.panne, self.panne.secondes or 0.0
        if panne.dispersion == 0:
            return seconds
        # Box and Muller: two uniform draws make a normal one.
        radius = sqrt(-2 * log(1 - panne.draw(self.number, 1)))
        normal = radius * cos(2 * pi * panne.draw(self.number, 2))
        return min(seconds * exp(panne.dispersion * normal), ATTENTE_MAX)

    @property
    def line(self) -> str:
        """The line of the journal; `panne_in` reads it back."""
        seconds = f"{round(self.seconds, 3):g}".replace(".", ",")
        lasts = f" ({seconds} s)" if self.panne.declared.duree is not None else ""
        libelle = f"{self.panne.declared.libelle}{lasts}"
        return f"Panne prévue n° {self.panne.numero} : {libelle}, appel {self.number}."


def plans_at(
    planned: Iterable[Panne], lieu: str, now: datetime, service: str | None, acteur: str | None
) -> tuple[Panne, ...]:
    """Return the plans that strike at `lieu`, are about this service and actor, and may strike at
    `now` (of the simulated clock)."""
    return tuple(
        panne
        for panne in planned
        if lieu in panne.declared.ou
        and panne.is_about(service=service, acteur=acteur)
        and panne.may_strike(now)
    )


def last_call(au: int | None, du: int, probabilite: float | None) -> int:
    """Return the last call of a plan: its first if nothing is said, a hundred calls if it draws."""
    if au is not None:
        return au
    return du if probabilite is None else du + APPELS_PAR_TIRAGE - 1


def drawn_key(sorte: str, graine: int) -> str:
    """Return the key (AES-256, hexadecimal) that a seed gives to a plan."""
    return sha256(f"{sorte}/{graine}".encode()).hexdigest()


def panne_in(detail: str | None) -> tuple[int | None, str]:
    """Return the number of the plan that struck an exchange, and its line, from the detail.

    >>> panne_in("Panne prévue n° 3 : HTTP 502, appel 1.")
    (3, 'Panne prévue n° 3 : HTTP 502, appel 1.')
    """
    found = _LINE.search(detail or "")
    return (None, "") if found is None else (int(found[1]), found[0])
