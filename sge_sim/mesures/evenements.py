"""What happens behind a meter over the years: events, dated, and how its level moves.

Nothing of it is stored. A year of a point is 365 days from the first one that can be computed on;
the one number that its seed draws for a year says whether something happens in it, what, when and
how much of it. An event falls at a legal midnight.

How often things happen is plausible, not measured (assumed), but where a source is named.
"""

from bisect import bisect_left
from collections.abc import Sequence
from sys import maxsize
from typing import Any, Final

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draw
from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.hasard import FRACTION, UN
from sge_sim.mesures.installations import CHANCES, find_cles, find_lieu
from sge_sim.mesures.point import POINTS_GARDES, PointMesure, PuissanceSouscrite
from sge_sim.mesures.tableaux import Entiers, EntiersCourts, common_table, read_facts
from sge_sim.mesures.transformations import PeriodeDeVie

_JOURS_D_UN_AN: Final = 365


@common_table
def evenements() -> Any:
    """Return what may happen in a year, and what is said of it (`evenements.yaml`)."""
    return read_facts("evenements")


_UNE_FOIS: Final = ("voiture", "pompe", "isolation", "centrale", "equipe")
"""What happens once in a life."""
_CENTRALE_KVA: Final = 3
_TRIMESTRE: Final = 91
"""Days for which a level stands: a quarter."""
_TRIMESTRES: Final = np.arange((FIN_DES_JOURS - PREMIER_JOUR).days + _TRIMESTRE) // _TRIMESTRE
"""The quarter of each day of a point whose first one is whole."""


def find_periodes(point: PointMesure, jusque: int = maxsize) -> tuple[PeriodeDeVie, ...]:
    """Return the periods of a point that events begin before the day of this number: what was there
    from the first day on is none of them."""
    if not point.vivant:
        return ()
    periodes = _periodes(point)
    return periodes[: bisect_left(periodes, (jusque,))]


@computed_once(POINTS_GARDES)
def _periodes(point: PointMesure) -> tuple[PeriodeDeVie, ...]:
    natures = evenements()["natures"].get(_read_vie(point)[0], {})
    periodes = [
        PeriodeDeVie(jour, "titulaire", 100, draw(point.graine, jour))
        for jour in map(numero_borne, point.arrivees)
        if natures
    ]
    passes: set[str] = set()
    for annee, tire in find_cles(point.graine).annees:
        nom, (_, (least, most), (court, long), suite) = _find_nature(natures, tire % CHANCES)
        if not nom or nom in passes:
            continue
        passes.update({nom}.intersection(_UNE_FOIS))
        duree = court + (tire >> 24) % (long - court + 1)
        part = least + (tire >> 40) % (most - least + 1)
        # It ends in the year in which it begins.
        jour = _JOURS_D_UN_AN * annee + (_JOURS_D_UN_AN - duree) * (tire >> 13 & 1023) // 1024
        periodes.append(PeriodeDeVie(jour, nom, part, tire))
        if suite:
            periodes.append(PeriodeDeVie(jour + duree, suite, 100, tire))
    return tuple(sorted(periodes))


def _read_vie(point: PointMesure) -> tuple[str, int]:
    """Return whose events are those of a point, and how far its level moves, per cent."""
    vie: tuple[str, int] = evenements()["vies"].get(point.profil_effectif, ("", 0))
    return vie


def _find_nature(natures: dict[str, Any], reste: int) -> tuple[str, Any]:
    for nom, nature in natures.items():
        if reste < nature[0]:
            return nom, nature
        reste -= nature[0]
    return "", (0, (0, 0), (0, 0), None)


@computed_once(POINTS_GARDES)
def find_poses(point: PointMesure) -> tuple[int, ...]:
    """Return the days from which on a plant stands behind the meter of a consumer, without a
    contract."""
    return tuple([each.debut for each in find_periodes(point) if each.cause == "centrale"])


@computed_once(256)
def make_centrale(point: PointMesure) -> PointMesure:
    """Return the plant of an event, of which the meter counts nothing."""
    depuis = point.puissances[0].depuis
    return PointMesure(
        # Neither this installation nor that of the other direction.
        graine=point.graine ^ 2,
        segment="P4",
        puissances=(PuissanceSouscrite(depuis, _CENTRALE_KVA),),
        mise_en_service=depuis,
        compteurs=point.compteurs,
        lieu=find_lieu(point),
    )


def find_niveaux(point: PointMesure, i0: int, i1: int) -> Entiers | None:
    """Return where the level of a point stands on each of the days [i0, i1), over `UN`; None where
    it doesn't move."""
    if not (amplitude := _amplitude(point)):
        return None
    phase = point.graine % _TRIMESTRE
    niveaux = _over_one(find_cles(point.graine).niveaux, amplitude)
    return niveaux.take(_TRIMESTRES[i0 + phase : i1 + phase])


def find_niveaux_du_jour(points: Sequence[PointMesure], n: int) -> Entiers:
    """Return where the level of points stands on a day, over `UN`."""
    ici = [
        find_cles(point.graine).niveaux[(n + point.graine % _TRIMESTRE) // _TRIMESTRE]
        for point in points
    ]
    return _over_one(np.array(ici), np.array([_amplitude(point) for point in points]))


def _amplitude(point: PointMesure) -> int:
    return _read_vie(point)[1] if point.vivant else 0


def _over_one(niveaux: EntiersCourts, amplitude: int | Entiers) -> Entiers:
    return UN + (niveaux.astype(np.int64) * amplitude // 100 >> 15 - FRACTION)
