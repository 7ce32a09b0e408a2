"""Which services the real platform served when: the first generation, the second, their overlap.

One table. The announced dates name a month; the days are assumed. A service that isn't in it has
been served throughout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

Generation = Literal["toutes", "auto", "1", "2"]
GENERATIONS: Final[tuple[Generation, ...]] = get_args(Generation)
ReponseArret = Literal["404", "sgt506"]
"""What a service answers that isn't served any more: neither is published (assumed)."""

DOUBLE_RUN: Final = date(2025, 12, 8)
"""Announced for December 2025; the day is that of the new flux, assumed for the services."""
ARRET: Final = date(2026, 12, 1)
"""The first day without the services announced to end in November 2026 (day assumed)."""

_PLANNING = "planning d'Enedis du 27/02/2026"


@dataclass(frozen=True)
class Existence:
    """When a service was served: on the legal days [depuis, jusqu_a), None where unbounded.

    `remplace_par` is what takes over, in the words of the service's name.
    """

    service: str
    generation: Literal[1, 2]
    depuis: date | None
    jusqu_a: date | None
    source: str
    remplace_par: str = ""

    def on(self, day: date) -> bool:
        """Tell whether it was served on a legal day."""
        started = self.depuis is None or self.depuis <= day
        return started and (self.jusqu_a is None or day < self.jusqu_a)


def _first(service: str, remplace_par: str, depuis: date | None = None) -> Existence:
    source = f"{_PLANNING} p. 15 : arrêt en novembre 2026, jour supposé"
    if depuis is not None:
        source += " ; cas de test depuis SGE 23.1, jour supposé"
    return Existence(service, 1, depuis, ARRET, source, remplace_par)


def _second(service: str) -> Existence:
    source = f"{_PLANNING} p. 15 : double fonctionnement depuis décembre 2025, jour supposé"
    return Existence(service, 2, DOUBLE_RUN, None, source)


EXISTENCES: Final = (
    _first("CommandeCollectePublicationMesures", "CommandeServicesAccesDonnees"),
    _first("CommanderAccesDonneesMesures", "CommandeServicesAccesDonnees", date(2023, 1, 1)),
    _first("CommandeArretServiceSouscritMesures", "CommandeArretServicesAccesDonnees"),
    _first("RechercheServicesSouscritsMesures", "RechercheServicesAccesDonnees"),
    _second("CommandeServicesAccesDonnees"),
    _second("CommandeModificationOptionsServicesAccesDonnees"),
    _second("CommandeRenouvellementServicesAccesDonnees"),
    _second("CommandeArretServicesAccesDonnees"),
    _second("RechercheServicesAccesDonnees"),
)
"""The services that order measures, and those that search and stop what was ordered."""


def is_served(service: str, generation: Generation, day: date) -> bool:
    """Tell whether a simulator that plays `generation` serves it on a legal day."""
    if generation == "toutes":
        return True
    known = [one for one in EXISTENCES if one.service == service]
    if generation == "auto":
        return all(one.on(day) for one in known)
    return all(one.generation == int(generation) for one in known)


def why_not_served(service: str, generation: Generation, day: date) -> str:
    """Return why a service isn't served, in French, for the journal."""
    (one,) = [one for one in EXISTENCES if one.service == service]
    if generation != "auto":
        return f"{service} est de la génération {one.generation} (--generation {generation})."
    if one.depuis is not None and day < one.depuis:
        return f"{service} n'est servi qu'à partir du {one.depuis:%d/%m/%Y} ({one.source})."
    taken_over = f" ; {one.remplace_par} le remplace" if one.remplace_par else ""
    return (
        f"{service} n'est plus servi depuis le {one.jusqu_a:%d/%m/%Y}{taken_over} ({one.source})."
    )


def switches_between(before: date, after: date) -> Sequence[str]:
    """Return what changes from one legal day to a later one, in French, a sentence a day."""
    days = {
        day
        for one in EXISTENCES
        for day in (one.depuis, one.jusqu_a)
        if day and before < day <= after
    }
    told = []
    for day in sorted(days):
        started = [one.service for one in EXISTENCES if one.depuis == day]
        ended = [one.service for one in EXISTENCES if one.jusqu_a == day]
        if started:
            told.append(f"Le {day:%d/%m/%Y}, la plateforme commence à servir {', '.join(started)}.")
        if ended:
            told.append(f"Le {day:%d/%m/%Y}, la plateforme ne sert plus {', '.join(ended)}.")
    return told
