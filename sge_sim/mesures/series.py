"""The series of a point that are asked for: curves, energies, maximum powers.

A lost point is left out (both an absent and an empty point fit the contract; neither was seen). A
corrected curve has it, with the value that was lost, and the days that were put right.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np

from sge_sim.mesures.calendrier import decalages, minuits
from sge_sim.mesures.courbes import Courbe, read_courbes
from sge_sim.mesures.ensemble import courbes_du_jour
from sge_sim.mesures.factices import courbe_factice, energies_factices, puissances_factices
from sge_sim.mesures.lecture import ENERGIES, TOUT, Lecture
from sge_sim.mesures.point import Grandeur, PointMesure
from sge_sim.mesures.quotidiennes import (
    PuissanceMensuelle,
    energies_quotidiennes,
    group_by_month,
    phases_de,
    puissances_maximales,
    puissances_mensuelles,
)
from sge_sim.mesures.rectifications import corrected_curve
from sge_sim.mesures.tableaux import Entiers, Masque

BRUT, CORRIGE, ESTIME, REEL = "B", "C", "E", "R"
"""Natures of a point of a curve: raw (C5 and P4), real (the others) (observed); in a corrected
curve, estimated, a gap that Enedis filled by itself, and corrected by hand (GUI 0497 v1.5.0)."""
TRAITEMENTS: Final[Mapping[str | None, str]] = {ESTIME: "C", CORRIGE: "F"}
"""How a point was made (`tc`): estimated linearly between its bounds, corrected point by point (GUI
0497 v1.5.0 p. 16; which of the ways: assumed)."""

_DEMI_HEURE: Final = 1800


class Troncon(NamedTuple):
    """Consecutive points of one step (minutes) and one nature, both of curves alone.

    `horodates`: epoch seconds (UTC), as SGE stamps them; `decalages`: offset of legal time then.
    """

    horodates: Entiers
    decalages: Entiers
    valeurs: Entiers
    pas: int | None = None
    nature: str | None = None


class Serie(NamedTuple):
    """A physical quantity and its points, ascending, in one form or the other.

    `mois`: the monthly maxima, whose value may be empty.
    """

    grandeur: str
    troncons: tuple[Troncon, ...] = ()
    mois: tuple[PuissanceMensuelle, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.troncons or self.mois)


def read_series(
    point: PointMesure, lecture: Lecture, *, factice: bool = False
) -> tuple[Serie, ...]:
    """Return the series that have something to say; a quantity that has nothing is left out.

    `factice`: those that the real homologation platform made up.
    """
    if factice:
        return _made_up(point, lecture)
    series: Iterator[Serie]
    match lecture.type:
        case "COURBE":
            return read_curves([(point, lecture)])[0]
        case "ENERGIE":
            series = _energies(point, lecture)
        case _:
            series = _maxima(point, lecture)
    return tuple([serie for serie in series if serie])


def read_curves_of_day(points: Sequence[PointMesure], jour: date) -> list[Serie | None]:
    """Return the curve of a legal day of each point, computed together; None where that says
    nothing (`courbes_du_jour`), and `read_series` has to be asked."""
    minuit, suivant = minuits(jour, jour + timedelta(1)).tolist()
    fins = np.arange(minuit, suivant, _DEMI_HEURE, dtype=np.int64) + _DEMI_HEURE
    stamps = fins, decalages(fins)
    return [
        None
        if watts is None
        else Serie(Grandeur.PA, (Troncon(*stamps, np.array(watts), _DEMI_HEURE // 60, BRUT),))
        for watts in courbes_du_jour(points, jour)
    ]


def read_curves(lectures: Sequence[tuple[PointMesure, Lecture]]) -> list[tuple[Serie, ...]]:
    """Return `read_series` of curves of each point, read together.

    C5 and P4 have the active power alone; TOUT is all that there is.
    """
    asked = [
        (rang, point, lecture, grandeur)
        for rang, (point, lecture) in enumerate(lectures)
        for grandeur in ((Grandeur.PA,) if point.petit else Grandeur)
        if lecture.grandeur in (grandeur, TOUT)
    ]
    mesurees = read_courbes(
        [(p, each.debut, each.fin, g, each.collectees) for _, p, each, g in asked]
    )
    found: list[list[Serie]] = [[] for _ in lectures]
    for (rang, point, lecture, grandeur), mesuree in zip(asked, mesurees, strict=True):
        corrigees = lecture.corrigees and has_corrected(grandeur, petit=point.petit)
        if mesuree.pas_unique is not None and not corrigees:
            whole = mesuree.horodates, mesuree.decalages, mesuree.valeurs
            brut = BRUT if point.petit else REEL
            found[rang].append(Serie(grandeur, (Troncon(*whole, mesuree.pas_unique, brut),)))
        elif troncons := _troncons(point, mesuree, corrigees=corrigees):
            found[rang].append(Serie(grandeur, troncons))
    return [tuple(series) for series in found]


def has_corrected(grandeur: str, *, petit: bool) -> bool:
    """Tell whether a curve can be had corrected: the active ones of large points (V26.2).

    A reactive power or a voltage comes raw, without refusal (assumed). TOUT is said to be
    corrected: its active curve is, the others come as they are (assumed).
    """
    return not petit and grandeur in (Grandeur.PA, TOUT)


def _troncons(point: PointMesure, mesuree: Courbe, *, corrigees: bool) -> tuple[Troncon, ...]:
    brut = BRUT if point.petit else REEL
    mains = np.zeros(len(mesuree.pas), np.bool_)
    if corrigees:
        mesuree, mains = corrected_curve(point, mesuree)
    gardes = np.flatnonzero(mesuree.valides | corrigees)
    sortes = np.stack([mesuree.pas, np.where(mains, 2, mesuree.valides)])[:, gardes]
    coupes = np.flatnonzero((sortes[:, 1:] != sortes[:, :-1]).any(axis=0)) + 1
    return tuple(
        Troncon(
            mesuree.horodates[rangs],
            mesuree.decalages[rangs],
            mesuree.valeurs[rangs],
            int(mesuree.pas[rangs[0]]),
            CORRIGE if mains[rangs[0]] else brut if mesuree.valides[rangs[0]] else ESTIME,
        )
        for rangs in np.split(gardes, coupes)
        if len(rangs)
    )


def _energies(point: PointMesure, lecture: Lecture) -> Iterator[Serie]:
    """C5 and P4 have the active energy alone; the others the reactive ones too."""
    grandeur = lecture.grandeur
    if grandeur == "EA" or (grandeur in ENERGIES and not point.petit):
        jours = energies_quotidiennes(point, lecture.debut, lecture.fin, ENERGIES[grandeur])
        yield Serie(grandeur, _kept(jours.minuits, jours.decalages, jours.valeurs, jours.valides))


def _maxima(point: PointMesure, lecture: Lecture) -> Iterator[Serie]:
    """TOUT adds those of each phase of a three-phase C5, each with its time (GUI 0497 v1.5.0)."""
    phases = phases_de(point) if lecture.grandeur == TOUT else ()
    for phase in (None, *phases):
        grandeur = "PMA" if phase is None else f"PMA{phase}"
        if lecture.pas == "P1M":
            mois = puissances_mensuelles(point, lecture.debut, lecture.fin, phase)
            yield Serie(grandeur, mois=mois)
        else:
            jours = puissances_maximales(point, lecture.debut, lecture.fin, phase)
            troncons = _kept(jours.horodates, jours.decalages, jours.valeurs, jours.valides)
            yield Serie(grandeur, troncons)


def _made_up(point: PointMesure, lecture: Lecture) -> tuple[Serie, ...]:
    """Every curve counts, with raw points whatever the segment (observed in homologation)."""
    asked = point, lecture.debut, lecture.fin
    if lecture.type == "COURBE":
        # TOUT: the active one alone (assumed).
        grandeur = "PA" if lecture.grandeur == TOUT else lecture.grandeur
        lue = courbe_factice(*asked)
        coupes = np.flatnonzero(np.diff(lue.pas)) + 1
        parts = [
            Troncon(
                lue.horodates[rangs],
                lue.decalages[rangs],
                lue.valeurs[rangs],
                int(lue.pas[rangs[0]]),
                BRUT,
            )
            for rangs in np.split(np.arange(len(lue.pas)), coupes)
            if len(rangs)
        ]
        series = (Serie(grandeur, tuple(parts)),)
    elif lecture.type == "ENERGIE":
        jours = energies_factices(*asked)
        kept = _kept(jours.minuits, jours.decalages, jours.valeurs, jours.valides)
        series = (Serie(lecture.grandeur, kept),)
    elif lecture.pas == "P1M":
        series = (Serie("PMA", mois=group_by_month(puissances_factices(*asked))),)
    else:
        maxima = puissances_factices(*asked)
        kept = _kept(maxima.horodates, maxima.decalages, maxima.valeurs, maxima.valides)
        series = (Serie("PMA", kept),)
    return tuple(serie for serie in series if serie)


def _kept(
    horodates: Entiers, decalages: Entiers, valeurs: Entiers, valides: Masque
) -> tuple[Troncon, ...]:
    """Return the days that weren't lost, nothing where all of them were."""
    if len(valides) and valides.all():
        return (Troncon(horodates, decalages, valeurs),)
    if not valides.any():
        return ()
    return (Troncon(horodates[valides], decalages[valides], valeurs[valides]),)
