"""The series that answer a demand: curves, energies, maximum powers.

A lost point is left out (both an absent and an empty point fit the contract; neither was seen). A
corrected curve has it, with the value that was lost.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sge_sim.mesures import (
    Grandeur,
    PointMesure,
    PuissanceMensuelle,
    courbe,
    courbe_factice,
    energies_factices,
    energies_quotidiennes,
    par_mois,
    phases_de,
    puissances_factices,
    puissances_maximales,
    puissances_mensuelles,
)
from sge_sim.mesures.tableaux import Entiers, Masque
from sge_sim.services.consultation_mesures_detaillees.demande import Demande

TOUT = "TOUT"
BRUT, ESTIME, REEL = "B", "E", "R"
"""Natures of a point of a curve: raw (C5 and P4), real (the others) (observed); estimated, a gap
that Enedis filled by itself, in a corrected curve (GUI 0497 v1.5.0)."""
INTERPOLATION = "C"
"""How a point was estimated (`tc`): linearly between its bounds (GUI 0497 v1.5.0 p. 16; which of
the ways: assumed)."""

UNITES = {
    "PA": "W",
    "PRI": "VAr",
    "PRC": "VAr",
    "E": "V",
    "EA": "Wh",
    "ERI": "VArh",
    "ERC": "VArh",
    "ER": "VArh",
    "PMA": "VA",
    "PMA1": "VA",
    "PMA2": "VA",
    "PMA3": "VA",
    "DD": "s",
    "DE": "Wh",
    "DQ": "W",
    "TF": "s",
}
ENERGIES = {"EA": Grandeur.PA, "ERI": Grandeur.PRI, "ERC": Grandeur.PRC}
"""The energies that are counted, each with the power of which it is the sum."""


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
    point: PointMesure, demande: Demande, *, factice: bool = False
) -> tuple[Serie, ...]:
    """Return the series that have something to say; a quantity that has nothing is left out.

    `factice`: those that the real homologation platform made up.
    """
    if factice:
        return _made_up(point, demande)
    match demande.type:
        case "COURBE":
            series = _curves(point, demande)
        case "ENERGIE":
            series = _energies(point, demande)
        case _:
            series = _maxima(point, demande)
    return tuple([serie for serie in series if serie])


def _curves(point: PointMesure, demande: Demande) -> Iterator[Serie]:
    """C5 and P4 have the active power alone; TOUT is all that there is."""
    for grandeur in (Grandeur.PA,) if point.petit else Grandeur:
        if demande.grandeur in (grandeur, TOUT):
            yield Serie(grandeur, tuple(_curve(point, demande, grandeur)))


def is_corrected(demande: Demande, grandeur: str, *, petit: bool) -> bool:
    """Tell whether a curve that is asked for corrected is so: active ones of large points (V26.2).

    A reactive power or a voltage comes raw, without refusal (assumed). TOUT is said to be
    corrected: its active curve is, the others come as they are (assumed).
    """
    return demande.corrigees and not petit and grandeur in (Grandeur.PA, TOUT)


def _curve(point: PointMesure, demande: Demande, grandeur: Grandeur) -> Iterator[Troncon]:
    mesuree = courbe(point, demande.debut, demande.fin, grandeur)
    brut = BRUT if point.petit else REEL
    if mesuree.pas_unique is not None:
        whole = mesuree.horodates, mesuree.decalages, mesuree.valeurs
        yield Troncon(*whole, mesuree.pas_unique, brut)
        return
    corrigees = is_corrected(demande, grandeur, petit=point.petit)
    gardes = np.flatnonzero(mesuree.valides | corrigees)
    pas, valides = mesuree.pas[gardes], mesuree.valides[gardes]
    coupes = np.flatnonzero((pas[1:] != pas[:-1]) | (valides[1:] != valides[:-1])) + 1
    for rangs in np.split(gardes, coupes):
        if len(rangs):
            yield Troncon(
                mesuree.horodates[rangs],
                mesuree.decalages[rangs],
                mesuree.valeurs[rangs],
                int(mesuree.pas[rangs[0]]),
                brut if mesuree.valides[rangs[0]] else ESTIME,
            )


def _energies(point: PointMesure, demande: Demande) -> Iterator[Serie]:
    """C5 and P4 have the active energy alone; the others the reactive ones too."""
    grandeur = demande.grandeur
    if grandeur == "EA" or (grandeur in ENERGIES and not point.petit):
        jours = energies_quotidiennes(point, demande.debut, demande.fin, ENERGIES[grandeur])
        yield Serie(grandeur, _kept(jours.minuits, jours.decalages, jours.valeurs, jours.valides))


def _maxima(point: PointMesure, demande: Demande) -> Iterator[Serie]:
    """TOUT adds those of each phase of a three-phase C5, each with its time (GUI 0497 v1.5.0)."""
    phases = phases_de(point) if demande.grandeur == TOUT else ()
    for phase in (None, *phases):
        grandeur = "PMA" if phase is None else f"PMA{phase}"
        if demande.pas == "P1M":
            mois = puissances_mensuelles(point, demande.debut, demande.fin, phase)
            yield Serie(grandeur, mois=mois)
        else:
            jours = puissances_maximales(point, demande.debut, demande.fin, phase)
            troncons = _kept(jours.horodates, jours.decalages, jours.valeurs, jours.valides)
            yield Serie(grandeur, troncons)


def _made_up(point: PointMesure, demande: Demande) -> tuple[Serie, ...]:
    """Every curve counts, with raw points whatever the segment (observed in homologation)."""
    asked = point, demande.debut, demande.fin
    if demande.type == "COURBE":
        # TOUT: the active one alone (assumed).
        grandeur = "PA" if demande.grandeur == TOUT else demande.grandeur
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
    elif demande.type == "ENERGIE":
        jours = energies_factices(*asked)
        kept = _kept(jours.minuits, jours.decalages, jours.valeurs, jours.valides)
        series = (Serie(demande.grandeur, kept),)
    elif demande.pas == "P1M":
        series = (Serie("PMA", mois=par_mois(puissances_factices(*asked))),)
    else:
        maxima = puissances_factices(*asked)
        kept = _kept(maxima.horodates, maxima.decalages, maxima.valeurs, maxima.valides)
        series = (Serie("PMA", kept),)
    return tuple(serie for serie in series if serie)


def _kept(
    horodates: Entiers, decalages: Entiers, valeurs: Entiers, valides: Masque
) -> tuple[Troncon, ...]:
    """Return the days that weren't lost, nothing where all of them were."""
    if not valides.any():
        return ()
    return (Troncon(horodates[valides], decalages[valides], valeurs[valides]),)
