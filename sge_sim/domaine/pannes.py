"""Pannes: what is to go wrong, for whom, and when.

A plan is a value: nothing here knows the network, the files or the database. It counts the calls
(or files) that it is about, from 1; whether it strikes the n-th depends on the plan and on n alone,
so the same plan strikes the same calls however many processes answer them. It always ends: past
its last call it strikes no more.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import cos, exp, log, pi, sqrt
from types import MappingProxyType
from typing import Final, Literal, get_args

from sge_sim.errors import FieldError

SorteAppel = Literal[
    "sgt500",
    "sgt506",
    "sans_code",
    "http403",
    "http502",
    "http503",
    "latence",
    "lente",
    "coupure",
    "coupure_muette",
    "xml_tronque",
    "xml_invalide",
]
"""What may happen to a call. The first six come instead of the service, which does nothing; the
others happen to its answer, once it has done what was asked."""

SorteFichier = Literal["retard", "manquant", "double", "abime"]
"""What may happen to a file of a flux."""

SortePanne = SorteAppel | SorteFichier
SORTES_SOAP: Final[frozenset[SortePanne]] = frozenset(
    {"sgt500", "sgt506", "sans_code", "xml_invalide"}
)
"""What happens to calls of web services alone; the rest happens to those of Data Connect too."""
SORTES_APPEL: Final[tuple[SorteAppel, ...]] = get_args(SorteAppel)
SORTES_FICHIER: Final[tuple[SorteFichier, ...]] = get_args(SorteFichier)
SORTES: Final[tuple[SortePanne, ...]] = (*SORTES_APPEL, *SORTES_FICHIER)

LIBELLES_PANNES: Final[Mapping[SortePanne, str]] = MappingProxyType(
    {
        "sgt500": "erreur SOAP SGT500",
        "sgt506": "erreur SOAP SGT506",
        "sans_code": "erreur SOAP sans code",
        "http403": "HTTP 403",
        "http502": "HTTP 502",
        "http503": "HTTP 503",
        "latence": "réponse retardée",
        "lente": "réponse lente",
        "coupure": "connexion coupée au milieu de la réponse",
        "coupure_muette": "connexion coupée sans réponse",
        "xml_tronque": "message tronqué",
        "xml_invalide": "XML contraire au contrat",
        "retard": "fichier en retard",
        "manquant": "fichier manquant",
        "double": "fichier livré deux fois",
        "abime": "fichier abîmé",
    }
)

DUREES: Final[Mapping[SortePanne, float]] = MappingProxyType(
    {"latence": 2.0, "lente": 5.0, "retard": 300.0, "double": 60.0}
)
"""The faults that last, and how many seconds by default."""

SECONDES_MAX: Final = 86_400.0
ATTENTE_MAX: Final = 600.0
"""Seconds that a call may be kept waiting: no client waits longer."""
APPELS_MAX: Final = 1_000_000
GRAINE_MAX: Final = 2**63 - 1
APPELS_PAR_TIRAGE: Final = 100
"""The last call of a plan that draws, where none is given."""

DISPERSION_MAX: Final = 3.0
_LINE: Final = re.compile(r"^Panne prévue n° (\d+) .*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panne:
    """A plan: `sorte` happens to the calls `du` to `au` (from 1) among those it is about.

    `service` (a service, or the flux of a file), `acteur` (a code) and `prm` narrow what it is
    about; None is any. With `probabilite` (0 to 1), each of these calls is struck by a draw of
    `graine`. `secondes` is how long a fault lasts; with `dispersion`, the sigma of a log-normal
    law, `secondes` is its median.

    Raises `FieldError` for what doesn't go together. Who asks for one is told what each may be
    (`sge_sim.operations.pannes`).
    """

    numero: int
    sorte: SortePanne
    service: str | None = None
    acteur: str | None = None
    prm: str | None = None
    du: int = 1
    au: int
    probabilite: float | None = None
    graine: int = 0
    secondes: float | None = None
    dispersion: float = 0.0

    def __post_init__(self) -> None:
        for wrong, champ, borne, sentence in self._mistakes():
            if wrong:
                raise FieldError(sentence, champ, getattr(self, champ), borne)

    def _mistakes(self) -> tuple[tuple[bool, str, float | None, str], ...]:
        seconds = self.secondes
        longest = SECONDES_MAX if self.sorte in SORTES_FICHIER else ATTENTE_MAX
        lasts = self.sorte in DUREES
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
        return self.service in (None, service) and self.acteur in (None, acteur)

    def strikes(self, number: int) -> bool:
        """Tell whether it strikes the call of that number."""
        if not self.du <= number <= self.au:
            return False
        return self.probabilite is None or _draw(self.graine, number) < self.probabilite

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
        lasts = f" ({seconds} s)" if self.sorte in DUREES else ""
        return (
            f"Panne prévue n° {self.numero} : {LIBELLES_PANNES[self.sorte]}{lasts}, appel {number}."
        )


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


def _draw(seed: int, number: int, use: int = 0) -> float:
    """Return a number from 0 (included) to 1 (excluded), of `seed`, `number` and `use` alone."""
    digest = blake2b(f"{seed}/{number}/{use}".encode(), digest_size=7).digest()
    return (int.from_bytes(digest) >> 3) / 2**53  # 53 bits: what a float holds exactly
