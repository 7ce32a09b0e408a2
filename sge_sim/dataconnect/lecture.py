"""The measures of a point as Data Connect tells them: the physics, within what may be told.

The values are those of ConsultationMesuresDetaillees and of the files. What is told goes up to
yesterday, whose data come at 8:00 (catalogue of data), and of a curve to what was collected (FAQ).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

import numpy as np

from sge_sim.clock import PREMIER_JOUR, add_months
from sge_sim.dataconnect import bac_a_sable
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.mesures import (
    PointMesure,
    PuissanceMensuelle,
    courbe,
    energies_quotidiennes,
    phases_de,
    puissances_maximales,
    puissances_mensuelles,
)
from sge_sim.mesures.tableaux import Entiers, Masque
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.fiches import Dossier

Mesure = Literal["quotidienne", "courbe", "pmax", "index"]

_ARRIVEE: Final = 8
"""The hour of the legal day at which the data of the day before are there."""
_MOIS: Final[dict[Mesure, int]] = {"courbe": 24}
_JOURS_DE_PLUS: Final = timedelta(15)
COURBE_MAX: Final = timedelta(7)
"""Days of a curve in one call."""


@dataclass(frozen=True)
class Valeur:
    """A value and the text of its stamp: the day, or an instant in legal time without offset.

    `pas` are the minutes of the step, of curves alone.
    """

    texte: str
    valeur: int | None
    pas: int | None = None


def oldest(mesure: Mesure, today: date) -> date:
    """Return the first day that may be asked for: 36 months and 15 days, 24 for a curve."""
    return add_months(today, -_MOIS.get(mesure, 36)) - _JOURS_DE_PLUS


def last_known(now: datetime) -> date:
    """Return the day after the last whose data are there, at `now` (aware, legal time)."""
    return now.date() if now.hour >= _ARRIVEE else now.date() - timedelta(1)


@dataclass(frozen=True)
class Lecteur:
    """Reads a point in one direction at `now`."""

    dossier: Dossier
    sens: Sens
    now: datetime

    @property
    def mesure(self) -> PointMesure | None:
        """The point as the physics needs it; None where Data Connect reads nothing.

        It serves the small points whose meter communicates (FAQ).
        """
        point = self.dossier.point
        if not (point.petit and point.ouvert_aux_mesures):
            return None
        return point_mesure(point, self.dossier.suivi, self.sens)

    def quotidiennes(self, debut: date, fin: date) -> list[Valeur]:
        """Return the energy (Wh) of the days of [debut, fin)."""
        point, (debut, fin) = self.mesure, self._cut(debut, fin)
        if point is None or debut >= fin:
            return []
        jours = energies_quotidiennes(point, debut, fin)
        if (net := self._net(debut, fin)) is not None:
            # Of the net curve: the sum of its half-hours, to the Wh below.
            par_jour = np.searchsorted(jours.minuits, net[0] - 1, side="right") - 1
            sommes = np.bincount(par_jour, weights=net[1], minlength=len(jours.minuits))
            return _told(jours.minuits, jours.decalages, sommes.astype(np.int64) // 2, 10)
        ici = jours.valides
        return _told(jours.minuits[ici], jours.decalages[ici], jours.valeurs[ici], 10)

    def courbe(self, debut: date, fin: date) -> list[Valeur]:
        """Return the curve (W) of the days of [debut, fin) on which it was collected.

        Its stamps are the ends of the steps (measured, October 2026).
        """
        point, (debut, fin) = self.mesure, self._cut(debut, fin)
        if point is None or debut >= fin:
            return []
        lue = courbe(point, debut, fin)
        gardes = lue.valides & self._collected(lue.horodates, lue.decalages, lue.pas)
        valeurs = lue.valeurs
        if (net := self._net(debut, fin)) is not None:
            valeurs = net[1]
        textes = _told(lue.horodates[gardes], lue.decalages[gardes], valeurs[gardes], 19)
        return [
            Valeur(one.texte, one.valeur, pas)
            for one, pas in zip(textes, lue.pas[gardes].tolist(), strict=True)
        ]

    def maxima(self, debut: date, fin: date, phase: int | None = None) -> list[Valeur]:
        """Return the largest power (VA) of each day of [debut, fin), with its instant."""
        point, (debut, fin) = self.mesure, self._cut(debut, fin)
        if point is None or debut >= fin:
            return []
        jours = puissances_maximales(point, debut, fin, phase)
        ici = jours.valides
        return _told(jours.horodates[ici], jours.decalages[ici], jours.valeurs[ici], 19)

    def maxima_mensuels(self, debut: date, fin: date, phase: int | None = None) -> list[Valeur]:
        """Return the largest power (VA) of each month, None under 7 daily values."""
        point, (debut, fin) = self.mesure, self._cut(debut, fin)
        if point is None or debut >= fin:
            return []
        mois: Sequence[PuissanceMensuelle] = puissances_mensuelles(point, debut, fin, phase)
        return [Valeur(f"{one.mois:%Y-%m}", one.valeur) for one in mois]

    def phases(self) -> tuple[int, ...]:
        """Return the phases whose maxima are told."""
        point = self.mesure
        return () if point is None else phases_de(point)

    def borne(self, debut: date, fin: date) -> tuple[date, date]:
        """Return the days of [debut, fin) whose data are there."""
        return self._cut(debut, fin)

    def _cut(self, debut: date, fin: date) -> tuple[date, date]:
        return max(debut, PREMIER_JOUR), min(fin, last_known(self.now))

    def _collected(self, horodates: Entiers, decalages: Entiers, pas: Entiers) -> Masque:
        """Tell of each step whether it lies in a period of collection."""
        jours = (horodates + decalages - 60 * pas) // 86400
        gardes = np.zeros(len(horodates), np.bool_)
        for debut, fin in self.dossier.suivi.collectes:
            apres = jours >= _number(debut)
            gardes |= apres if fin is None else apres & (jours < _number(fin))
        return gardes

    def _net(self, debut: date, fin: date) -> tuple[Entiers, Entiers] | None:
        """Return the net curve of the fake self-consumer: of the two sides one is zero."""
        fictif = bac_a_sable.POINTS.get(self.dossier.point.prm)
        if fictif is None or not fictif.autoconsommation:
            return None
        sides = [
            point_mesure(self.dossier.point, self.dossier.suivi, sens)
            for sens in (self.sens, _OTHER[self.sens])
        ]
        mine, others = (courbe(side, debut, fin) for side in sides if side is not None)
        return mine.horodates, np.maximum(mine.valeurs - others.valeurs, 0)


_OTHER: Final[dict[Sens, Sens]] = {"SOUTIRAGE": "INJECTION", "INJECTION": "SOUTIRAGE"}


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _told(horodates: Entiers, decalages: Entiers, valeurs: Entiers, length: int) -> list[Valeur]:
    """Return values with their stamps in legal time: 10 characters of a day, 19 of an instant."""
    legal = np.datetime_as_string((horodates + decalages).astype("datetime64[s]"))
    return [
        Valeur(str(texte)[:length].replace("T", " "), valeur)
        for texte, valeur in zip(legal, valeurs.tolist(), strict=True)
    ]
