"""Enedis' two platforms: their host names, their opening hours, what they served when.

The FAQ gives the hours of the homologation sessions; that a closed platform answers HTTP 503, and
that a bound is open at its start and closed at its end, is assumed. Production has no published
hours.

A service declares its `Existence`; one that declares none has been served throughout. The announced
dates name a month; the days are assumed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from sge_sim.clock import PARIS, PREMIER_JOUR
from sge_sim.domaine.jours_ouvres import is_working_day
from sge_sim.errors import UsageError

HOMOLOGATION_HOST: Final = "sge-homologation-ws.enedis.fr"
PRODUCTION_HOST: Final = "sge-ws.enedis.fr"
RENAMED_HOSTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sge-homologation-b2b.enedis.fr": HOMOLOGATION_HOST,
        "sge-b2b.enedis.fr": PRODUCTION_HOST,
    }
)
"""The names from before 23/09/2024, and those that replaced them."""
WSDL_HOST: Final = "sge-b2b.erdf.fr"
"""The address that three of the ten official WSDL documents give; no service answers there."""
OFFICIAL_HOSTS: Final = (HOMOLOGATION_HOST, PRODUCTION_HOST, *RENAMED_HOSTS, WSDL_HOST)
DATA_CONNECT_HOSTS: Final = (
    "gw.ext.prod.api.enedis.fr",
    "ext.prod.api.enedis.fr",
    "gw.ext.prod-sandbox.api.enedis.fr",
    "ext.prod-sandbox.api.enedis.fr",
    "mon-compte-particulier.enedis.fr",
)
"""The gateways of Data Connect, production then sandbox, and its consent page."""
LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")


OUVERTURES: Final = ((time(9), time(12)), (time(14), time(18)))
"""From when (included) to when (excluded) it is open on a working day, in legal time (FAQ)."""

_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def is_open(now: datetime) -> bool:
    """Tell whether the platform is open at `now` (aware): working days, 9-12 h and 14-18 h."""
    legal = now.astimezone(PARIS)
    return is_working_day(legal.date()) and any(
        start <= legal.time() < end for start, end in OUVERTURES
    )


def next_opening(now: datetime) -> datetime:
    """Return the first opening after `now` (aware), in legal time."""
    legal = now.astimezone(PARIS)
    return next(opening for opening in _openings_from(legal.date()) if opening > legal)


def seconds_until(now: datetime, opening: datetime) -> int:
    """Return the whole seconds from `now` to `opening`, clock changes included."""
    # Two legal times subtract without the hour that a clock change adds: hence UTC.
    return ceil((opening.astimezone(UTC) - now.astimezone(UTC)).total_seconds())


def closed_sentence(now: datetime, *, simulated: bool) -> str:
    """Say in French that the platform is closed at `now`, and when it opens.

    `simulated` tells that `now` is the simulated time, not that of the real platform.
    """
    whose = " (heure simulée)" if simulated else ""
    return (
        f"La plateforme d'homologation est fermée : {_french(now.astimezone(PARIS))}{whose}. "
        "Elle ouvre les jours ouvrés de 9 h à 12 h et de 14 h à 18 h, heure légale. "
        f"Prochaine ouverture : {_french(next_opening(now))}."
    )


def _openings_from(day: date) -> Iterator[datetime]:
    while True:
        if is_working_day(day):
            for start, _ in OUVERTURES:
                yield datetime.combine(day, start, PARIS)
        day += timedelta(days=1)


def day_in_words(legal: date) -> str:
    """Return a day in French.

    >>> day_in_words(date(2026, 12, 1))
    'mardi 1er décembre 2026'
    """
    day = "1er" if legal.day == 1 else str(legal.day)
    return f"{_JOURS[legal.weekday()]} {day} {_MOIS[legal.month - 1]} {legal.year}"


def _french(legal: datetime) -> str:
    return f"{day_in_words(legal)} à {legal.hour} h {legal.minute:02}"


Generation = Literal["toutes", "auto", "1", "2"]
FormeEntreprises = Literal["observee", "decrite"]
"""How answers of the interfaces of companies look where the two differ: as clients saw them, or as
their descriptions say."""
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

    @property
    def arret(self) -> str:
        """Its end in French, by the month that was announced; empty where it has none."""
        if self.jusqu_a is None:
            return ""
        last = self.jusqu_a - timedelta(1)
        return (
            f"arrêt en {_MOIS[last.month - 1]} {last.year} d'après le planning ; jour supposé : "
            f"{self.jusqu_a:%d/%m/%Y}"
        )


def first_generation(remplace_par: str, depuis: date | None = None, *, page: int = 15) -> Existence:
    """Return the existence of what is of the first generation, which the other takes over; `page`
    of the planning says when."""
    source = f"{_PLANNING} p. {page} : arrêt en novembre 2026, jour supposé"
    if depuis is not None:
        source += " ; cas de test depuis SGE 23.1, jour supposé"
    return Existence(1, depuis, ARRET, source, remplace_par)


SECOND_GENERATION: Final = Existence(
    2,
    DOUBLE_RUN,
    None,
    f"{_PLANNING} p. 15 : double fonctionnement depuis décembre 2025, jour supposé",
)

FLUX_ARRETES: Final[Mapping[str, Existence]] = MappingProxyType(
    {
        "R50": first_generation("R63B", page=14),
        "R4x": first_generation("R63A", page=14),
        "R151": first_generation("R64B, R66B", page=14),
        "R171": first_generation("R64A", page=14),
    }
)
"""The files that end with the services of the first generation; none leaves from that day on."""


def is_served(existence: Existence | None, generation: Generation, day: date) -> bool:
    """Tell whether a simulator that plays `generation` serves a service on a legal day."""
    if existence is None or generation == "toutes":
        return True
    return existence.on(day) if generation == "auto" else existence.generation == int(generation)


def end_of_files(generation: Generation) -> datetime | None:
    """Return the instant from which none of `FLUX_ARRETES` leaves, None where they go on."""
    if generation not in ("auto", "2"):
        return None
    return datetime.combine(ARRET if generation == "auto" else PREMIER_JOUR, time(), PARIS)


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


@dataclass(frozen=True)
class Offering:
    """What a platform serves on a legal day: a simulator tells its `generation`, the real one is
    `auto`."""

    generation: Generation
    jour: date

    def why_not(self, existences: Mapping[str, Existence]) -> str:
        """Return why it doesn't serve all of these services, in French; nothing where it does.

        `existences` are those of the services, by their names.
        """
        for service, existence in existences.items():
            if not is_served(existence, self.generation, self.jour):
                ended = existence.jusqu_a is not None and existence.jusqu_a <= self.jour
                if self.generation == "auto" and ended:
                    return existence.arret
                return why_not_served(service, existence, self.generation, self.jour).rstrip(".")
        return ""


def switches_between(
    existences: Callable[[], Mapping[str, Existence]], before: date, after: date
) -> Sequence[str]:
    """Return what changes from one legal day to a later one, in French, a sentence a day.

    `existences` gives those of the services, by their names, where something changes.
    """
    sentences = []
    for day in (each for each in SWITCHES if before < each <= after):
        started = [name for name, existence in existences().items() if existence.depuis == day]
        ended = [name for name, existence in existences().items() if existence.jusqu_a == day]
        if started:
            sentences.append(
                f"Le {day:%d/%m/%Y}, la plateforme commence à servir {', '.join(started)}."
            )
        if ended:
            files = [name for name, existence in FLUX_ARRETES.items() if existence.jusqu_a == day]
            sentences.append(
                f"Le {day:%d/%m/%Y}, la plateforme ne sert plus {', '.join(ended)}, et n'émet plus "
                f"{', '.join(files)}."
            )
    return sentences


def split_address(url: str) -> SplitResult | None:
    """Return the parts of `https://host[:port][/path]`; None for any other shape."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = host.encode("idna")
        sound = parts.port != 0 and host.isprintable() and " " not in host
    except ValueError:  # a port beyond 65535, half a bracket, a label too long or empty
        return None
    return parts if sound and host and parts.scheme == "https" else None


def checked_url(url: str) -> str:
    """Return `https://host[:port]`; raises `UsageError` for any other shape."""
    parts = split_address(url)
    if parts is None or parts.path.strip("/") or parts.query:
        raise UsageError(
            f"« {url} » : la cible s'écrit https://hôte[:port], sans chemin ; celui de chaque "
            "service est ajouté."
        )
    return f"https://{parts.netloc}"
