"""Which days each publication of a subscription covers, and when it leaves."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.jours_ouvres import working_days_after

FluxRecurrent = Literal["R50", "R151", "R4x", "R171"]


class Frequence(StrEnum):
    """How often a subscription is published, as names and headers write it."""

    QUOTIDIENNE = "Q"
    HEBDOMADAIRE = "H"
    MENSUELLE = "M"


FREQUENCES: Final = {
    "P1D": Frequence.QUOTIDIENNE,
    "P7D": Frequence.HEBDOMADAIRE,
    "P1M": Frequence.MENSUELLE,
}
"""The `periodiciteTransmission` of an order (GUI 0469)."""

_JOUR = timedelta(1)
_SAMEDI = 5
_TROISIEME = 3
# R50 and R151: about 03:00 (observed). The other hours are assumed: R4x on the day after, or
# before midnight of the third working day (documented); R171 once the night has been read.
_NUIT, _MATIN, _SOIR, _APRES_LECTURE = time(3), time(6), time(20), time(9, 30)


GUICHET, _FIN_DE_JOURNEE = time(8), time(18)
"""When the day's recurrent file of access services leaves, and those of a week and of a month
(GUI 0503 §1.1.3: from 02:00 to 18:00, from 18:00; one file a day, and a month: assumed)."""


@dataclass(frozen=True)
class Periode:
    """The legal days [debut, fin) of one publication, and its instant (aware, legal time)."""

    debut: date
    fin: date
    publication: datetime


def periode_of(flux: FluxRecurrent, frequence: Frequence, jour: date) -> Periode:
    """Return the publication that covers `jour`.

    A week goes from Saturday to Friday, a month is that of the calendar (guide R4x). R50 and R151
    of day J leave in the night of J + 1 to J + 2, R4x and R171 on J + 1; weeks and months by the
    third working day that follows.

    >>> periode_of("R50", Frequence.QUOTIDIENNE, date(2024, 7, 1)).publication.isoformat()
    '2024-07-03T03:00:00+02:00'
    """
    match frequence:
        case Frequence.QUOTIDIENNE:
            debut, fin = jour, jour + _JOUR
            leaves = fin + _JOUR if flux in ("R50", "R151") else fin
        case Frequence.HEBDOMADAIRE:
            debut = jour - (jour.weekday() - _SAMEDI) % 7 * _JOUR
            fin = debut + 7 * _JOUR
            leaves = working_days_after(fin - _JOUR, _TROISIEME)
        case Frequence.MENSUELLE:
            debut = jour.replace(day=1)
            fin = (debut + 31 * _JOUR).replace(day=1)
            leaves = working_days_after(fin - _JOUR, _TROISIEME)
    return Periode(debut, fin, datetime.combine(leaves, _hour(flux, frequence), PARIS))


def periode_diffusee(periodicite: str, jour: date) -> Periode:
    """Return the publication that covers a day of transaction.

    >>> periode_diffusee("P7D", date(2025, 8, 6)).publication.isoformat()
    '2025-08-11T18:00:00+02:00'
    """
    match FREQUENCES[periodicite]:
        case Frequence.QUOTIDIENNE:
            return Periode(jour, jour + _JOUR, datetime.combine(jour, GUICHET, PARIS))
        case Frequence.HEBDOMADAIRE:
            debut = jour - jour.weekday() * _JOUR
            fin = debut + 7 * _JOUR
            return Periode(debut, fin, datetime.combine(fin, _FIN_DE_JOURNEE, PARIS))
        case Frequence.MENSUELLE:
            debut = jour.replace(day=1)
            fin = (debut + 31 * _JOUR).replace(day=1)
            leaves = working_days_after(fin - _JOUR, 1)
            return Periode(debut, fin, datetime.combine(leaves, _FIN_DE_JOURNEE, PARIS))


def next_departure(instant: datetime) -> datetime:
    """Return the first instant after `instant` (aware) at which a publication may leave.

    >>> next_departure(datetime(2024, 7, 3, 20, tzinfo=PARIS)).isoformat()
    '2024-07-04T03:00:00+02:00'
    """
    jour = legal_date(instant)
    return min(
        leaves
        for day in (jour, jour + _JOUR)
        for hour in (_NUIT, _MATIN, GUICHET, _APRES_LECTURE, _FIN_DE_JOURNEE, _SOIR)
        if (leaves := datetime.combine(day, hour, PARIS)) > instant
    )


def _hour(flux: FluxRecurrent, frequence: Frequence) -> time:
    if flux in ("R50", "R151"):
        return _NUIT
    if flux == "R171":
        return _APRES_LECTURE
    return _MATIN if frequence is Frequence.QUOTIDIENNE else _SOIR
