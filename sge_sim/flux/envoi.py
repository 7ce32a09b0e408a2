"""What the writers are given and what they return: a consignment, its points, its archives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import TypeVar

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import KindActeur
from sge_sim.flux.periodes import Frequence
from sge_sim.mesures import PointMesure

T = TypeVar("T")


@dataclass(frozen=True)
class Envoi:
    """To whom files go, under which numbers, and when they are made.

    `acteur` is the code of the actor, `destinataire` the EIC code of a supplier, the contract of a
    tiers (observed 2022).
    `numero` is the number of the subscription (7 digits), which groups the points of one
    contract, flux, direction (`injection`) and frequency; `sequence` counts its publications from
    1. `creation` is aware.
    """

    destinataire: str
    kind: KindActeur
    contrat_id: str
    numero: str
    sequence: int
    frequence: Frequence
    creation: datetime
    injection: bool = False
    acteur: str = ""

    @property
    def tampon(self) -> str:
        """The stamp of file names: AAAAMMJJhhmmss, in legal time."""
        return tampon(self.creation)


@dataclass(frozen=True)
class PointPublie:
    """A point that a file tells about, over the days [debut, fin) of its service.

    `affaire_id` and `service_souscrit_id` are those of the order. On the days in `absents` the
    data had not come when the file was made; those in `rattrapes`, earlier ones, came since the
    last file. `corrigees`: the corrected curve was asked for (C1-C4 and P1-P3 only). `r4x_pas`:
    minutes at which its curve is published, 10 or 5 (the same).
    """

    prm: str
    point: PointMesure
    debut: date
    fin: date
    affaire_id: str
    service_souscrit_id: str
    corrigees: bool = False
    r4x_pas: int = 10
    absents: frozenset[date] = frozenset()
    rattrapes: tuple[date, ...] = ()

    @property
    def etendues(self) -> Iterator["PointPublie"]:
        """Its stretches of consecutive days: each day that came late, then those of the file."""
        for jour in self.rattrapes:
            yield replace(
                self, debut=jour, fin=jour + timedelta(1), absents=frozenset(), rattrapes=()
            )
        yield replace(self, rattrapes=()) if self.rattrapes else self

    @property
    def is_one_day(self) -> bool:
        """Whether it is of one day whose data came in time, as nearly all of a daily file are."""
        return not self.absents and self.fin - self.debut == timedelta(1)


@dataclass(frozen=True)
class Archive:
    """A file to be zipped under `nom`, with its members by name, and the points it tells about."""

    nom: str
    membres: tuple[tuple[str, bytes], ...]
    prms: tuple[str, ...]


@dataclass(frozen=True)
class Fichier:
    """A file as it is delivered: `morceaux` are its bytes, by pieces that are read once.

    `prms` are the points it tells about.
    """

    nom: str
    morceaux: Iterable[bytes]
    prms: tuple[str, ...]


def tampon(instant: datetime) -> str:
    """Return AAAAMMJJhhmmss of an aware instant, in legal time.

    >>> from sge_sim.clock import parse_instant
    >>> tampon(parse_instant("2024-07-01T01:02:03Z"))
    '20240701030203'
    """
    return f"{instant.astimezone(PARIS):%Y%m%d%H%M%S}"


def batches(elements: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut elements into lists of `size`, the last one shorter."""
    remaining = iter(elements)
    while part := list(islice(remaining, size)):
        yield part


def par_point(publies: Iterable[PointPublie]) -> Iterator[list[PointPublie]]:
    """Yield the stretches of each point in date order, whatever their orders.

    The orders of a point follow each other: one whose service was renewed within a publication has
    two orders in one block.
    """
    for _, ordres in groupby(publies, lambda publie: publie.prm):
        etendues = [etendue for ordre in ordres for etendue in ordre.etendues]
        yield sorted(etendues, key=lambda etendue: etendue.debut)
