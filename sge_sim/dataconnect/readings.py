"""The measures of a point as Data Connect gives them: the physics, within what may be given.

The values are those of ConsultationMesuresDetaillees and of the files. What is given goes up to
yesterday, whose data come at 8:00 (catalogue of data), and of a curve to what was collected (FAQ).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import repeat
from typing import Final, Literal

import numpy as np

from sge_sim.clock import PREMIER_JOUR
from sge_sim.dataconnect import sandbox
from sge_sim.domaine.nomenclatures import AUTRE_SENS, Sens, TypeAcces
from sge_sim.mesures import PointMesure, courbe
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.lecture import Lecture
from sge_sim.mesures.releves import Contexte, read_contextes
from sge_sim.mesures.series import Serie, read_series
from sge_sim.referentiel.mesures import mesure_of
from sge_sim.tables.point_facts import Dossier

Mesure = Literal["quotidienne", "courbe", "pmax", "index"]

_ARRIVAL: Final = 8
"""The hour of the legal day at which the data of the day before are there."""


@dataclass(frozen=True)
class Resource:
    """What an address gives: what is measured, in which direction."""

    mesure: Mesure
    sens: Sens


LUS: Final[Mapping[Mesure, tuple[TypeAcces, str]]] = {
    "quotidienne": ("ENERGIE", "EA"),
    "courbe": ("COURBE", "PA"),
    "pmax": ("PMAX", "PMA"),
}
"""What is read for each that has one quantity."""


@dataclass(frozen=True)
class ValeurLue:
    """A value and the text of its stamp: the day, or an instant in legal time without offset; no
    value where a panne took it away, or a month has too few.

    `pas` are the minutes of the step, of curves alone.
    """

    text: str
    valeur: int | None
    pas: int | None = None


@dataclass(frozen=True)
class MeasureReader:
    """Reads a point in one direction at `now`; `pertes`: readings are lost as was seen.

    `tous`: large points are read too, as holders may.
    """

    dossier: Dossier
    sens: Sens
    now: datetime
    pertes: bool = False
    tous: bool = False

    @property
    def mesure(self) -> PointMesure | None:
        """The point as the physics needs it; None where nothing is read.

        Data Connect serves the small points whose meter communicates (FAQ).
        """
        point = self.dossier.point
        if not ((point.petit and point.ouvert_aux_mesures) or (self.tous and point.grand)):
            return None
        perdues = self.pertes and self.dossier.point.prm not in sandbox.POINTS
        return mesure_of(self.dossier, self.sens, pertes=perdues)

    def read(
        self, type_: TypeAcces, grandeur: str, debut: date, fin: date, pas: str = "P1D"
    ) -> dict[str, list[ValeurLue]]:
        """Return the values of the days of [debut, fin) by quantity; one without any is left out.

        A curve has the days on which it was collected, at the ends of its steps (measured,
        October 2026).
        """
        lecture = Lecture(type_, grandeur, *self._there(debut, fin), pas, collectees=True)
        point = self.mesure
        if point is None or lecture.debut >= lecture.fin:
            return {}
        series = read_series(point, lecture)
        fictif = sandbox.POINTS.get(self.dossier.point.prm)
        if fictif is not None and fictif.autoconsommation:
            series = self._net(point, lecture, series)
        stamp = Stamp.JOUR if type_ == "ENERGIE" else Stamp.NAIF
        read: dict[str, list[ValeurLue]] = {}
        for serie in series:
            valeurs = [ValeurLue(f"{mois.mois:%Y-%m}", mois.valeur) for mois in serie.mois]
            for horodates, offsets, nombres, minutes, _ in serie.troncons:
                if minutes is not None and not point.petit:
                    # SGE stamps the start of a large point's step.
                    horodates = horodates + 60 * minutes
                    offsets = decalages(horodates)
                textes = write_stamps(stamp, horodates, offsets)
                valeurs += map(ValeurLue, textes, nombres.tolist(), repeat(minutes))
            read[serie.grandeur] = valeurs
        return read

    def read_index(self, debut: date, fin: date) -> tuple[Contexte, ...]:
        """Return the readings of active energy of the days of [debut, fin)."""
        lecture = Lecture("INDEX", "EA", *self._there(debut, fin))
        point = self.mesure
        if point is None or lecture.debut >= lecture.fin:
            return ()
        return read_contextes(point, lecture)

    def _there(self, debut: date, fin: date) -> tuple[date, date]:
        """Return the days of [debut, fin) whose data are there: those of a day come the next."""
        today = self.now.date()
        known = today if self.now.hour >= _ARRIVAL else today - timedelta(1)
        return max(debut, PREMIER_JOUR), min(fin, known)

    def _net(
        self, point: PointMesure, lecture: Lecture, series: tuple[Serie, ...]
    ) -> tuple[Serie, ...]:
        """Return the curve and the energies of the net curve of the fake self-consumer, of whose
        two sides one is zero at any time; nothing of them was ever lost."""
        other = mesure_of(self.dossier, AUTRE_SENS[self.sens])
        if lecture.type not in ("COURBE", "ENERGIE") or not series or other is None:
            return series
        mine, others = (courbe(side, lecture.debut, lecture.fin) for side in (point, other))
        net = np.maximum(mine.valeurs - others.valeurs, 0)
        (serie,) = series
        (troncon,) = serie.troncons
        if lecture.type == "ENERGIE":
            # The sum of its half-hours, to the Wh below.
            par_jour = np.searchsorted(troncon.horodates, mine.horodates - 1, side="right") - 1
            sommes = np.bincount(par_jour, weights=net, minlength=len(troncon.horodates))
            net = sommes.astype(np.int64) // 2
        return (serie._replace(troncons=(troncon._replace(valeurs=net),)),)
