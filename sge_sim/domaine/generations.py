"""When the real platform served which generation of services: the first, the second, their overlap.

A service declares its `Existence`; one that declares none has been served throughout. The announced
dates name a month; the days are assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Generation = Literal["toutes", "auto", "1", "2"]
ReponseArret = Literal["404", "sgt506"]
"""What a service answers that isn't served any more: neither is published (assumed)."""

OUVERTURE_ACCES: Final = date(2023, 1, 1)
"""Access to data has test cases since SGE 23.1 (day assumed)."""
DOUBLE_RUN: Final = date(2025, 12, 8)
"""Announced for December 2025; the day is that of the new flux, assumed for the services."""
ARRET: Final = date(2026, 12, 1)
"""The first day without the services announced to end in November 2026 (day assumed)."""
SWITCHES: Final = (OUVERTURE_ACCES, DOUBLE_RUN, ARRET)
"""The days on which a service begins or ends."""

_PLANNING = "planning d'Enedis du 27/02/2026"


@dataclass(frozen=True)
class Existence:
    """When a service was served: on the legal days [depuis, jusqu_a), None where unbounded.

    `remplace_par` is the name of the service that takes over.
    """

    generation: Literal[1, 2]
    depuis: date | None
    jusqu_a: date | None
    source: str
    remplace_par: str = ""

    def on(self, day: date) -> bool:
        """Tell whether it was served on a legal day."""
        started = self.depuis is None or self.depuis <= day
        return started and (self.jusqu_a is None or day < self.jusqu_a)


def first_generation(remplace_par: str, depuis: date | None = None) -> Existence:
    """Return the existence of a service of the first generation, which the other takes over."""
    source = f"{_PLANNING} p. 15 : arrêt en novembre 2026, jour supposé"
    if depuis is not None:
        source += " ; cas de test depuis SGE 23.1, jour supposé"
    return Existence(1, depuis, ARRET, source, remplace_par)


SECOND_GENERATION: Final = Existence(
    2,
    DOUBLE_RUN,
    None,
    f"{_PLANNING} p. 15 : double fonctionnement depuis décembre 2025, jour supposé",
)


def is_served(existence: Existence | None, generation: Generation, day: date) -> bool:
    """Tell whether a simulator that plays `generation` serves a service on a legal day."""
    if existence is None or generation == "toutes":
        return True
    return existence.on(day) if generation == "auto" else existence.generation == int(generation)


def why_not_served(service: str, existence: Existence, generation: Generation, day: date) -> str:
    """Return why a service isn't served, in French, for the journal."""
    if generation != "auto":
        return f"{service} est de la génération {existence.generation} (--generation {generation})."
    source = existence.source
    if existence.depuis is not None and day < existence.depuis:
        return f"{service} n'est servi qu'à partir du {existence.depuis:%d/%m/%Y} ({source})."
    taken_over = f" ; {existence.remplace_par} le remplace" if existence.remplace_par else ""
    ended = existence.jusqu_a
    return f"{service} n'est plus servi depuis le {ended:%d/%m/%Y}{taken_over} ({source})."


def switch_days(before: date, after: date) -> Sequence[date]:
    """Return the days on which something changes, from a legal day to a later one."""
    return [day for day in SWITCHES if before < day <= after]


def switches_between(
    existences: Mapping[str, Existence], before: date, after: date
) -> Sequence[str]:
    """Return what changes from one legal day to a later one, in French, a sentence a day.

    `existences` are those of the services, by their names.
    """
    told = []
    for day in switch_days(before, after):
        started = [name for name, one in existences.items() if one.depuis == day]
        ended = [name for name, one in existences.items() if one.jusqu_a == day]
        if started:
            told.append(f"Le {day:%d/%m/%Y}, la plateforme commence à servir {', '.join(started)}.")
        if ended:
            told.append(f"Le {day:%d/%m/%Y}, la plateforme ne sert plus {', '.join(ended)}.")
    return told
