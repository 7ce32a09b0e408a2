"""Which days each publication of a recurrent flux covers, and when it leaves."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.domaine.jours_ouvres import working_days_after


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

_JOUR: Final = timedelta(1)
LUNDI, SAMEDI = 0, 5


@dataclass(frozen=True)
class Periode:
    """The legal days [debut, fin) of one publication, and its instant (aware, legal time)."""

    debut: date
    fin: date
    publication: datetime


@dataclass(frozen=True)
class CalendrierFlux:
    """When the publications of a flux leave: a daily one at `heure`, so many days after the day
    that it covers (`jours`); one of a week, which begins on `premier_jour`, or of a month at
    `heure_longue`, on a working day that follows (`ouvres_semaine`, `ouvres_mois`; 0: on the next
    day, whatever it is).

    >>> CalendrierFlux(2, time(3)).periode(Frequence.QUOTIDIENNE, date(2024, 7, 1)).publication
    datetime.datetime(2024, 7, 3, 3, 0, tzinfo=zoneinfo.ZoneInfo(key='Europe/Paris'))
    """

    jours: int
    heure: time
    heure_longue: time | None = None
    premier_jour: int = SAMEDI
    ouvres_semaine: int = 3
    ouvres_mois: int = 3

    @property
    def heures(self) -> set[time]:
        """The hours at which its publications leave."""
        return {self.heure, self.heure_longue or self.heure}

    def periode(self, frequence: Frequence, jour: date) -> Periode:
        """Return the publication that covers a day; a month is that of the calendar."""
        match frequence:
            case Frequence.QUOTIDIENNE:
                return _periode(jour, jour + _JOUR, jour + self.jours * _JOUR, self.heure)
            case Frequence.HEBDOMADAIRE:
                debut = jour - (jour.weekday() - self.premier_jour) % 7 * _JOUR
                fin, ouvres = debut + 7 * _JOUR, self.ouvres_semaine
            case Frequence.MENSUELLE:
                debut = jour.replace(day=1)
                fin, ouvres = (debut + 31 * _JOUR).replace(day=1), self.ouvres_mois
        leaves = working_days_after(fin - _JOUR, ouvres) if ouvres else fin
        return _periode(debut, fin, leaves, self.heure_longue or self.heure)


DES_PETITS: Final = CalendrierFlux(2, time(3))
"""Of C5 and P4: in the night of J + 1 to J + 2 at about 03:00 (observed), those of a month by the
third working day (guides R50 and R151)."""


def _periode(debut: date, fin: date, leaves: date, heure: time) -> Periode:
    return Periode(debut, fin, datetime.combine(leaves, heure, PARIS))
