"""What stands behind a meter: drawn once from the seed of the point.

Every kind of point has its makers (`foyers`, `metiers`, `centrales`); all are plausible, not
measured (assumed).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sge_sim.domaine.plages import Plages
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import Cles, draws, subkeys
from sge_sim.mesures.centrales import centrale
from sge_sim.mesures.climat import ZONES
from sge_sim.mesures.formes import Sorte, banque
from sge_sim.mesures.foyers import foyer
from sge_sim.mesures.hasard import Tirages
from sge_sim.mesures.metiers import metier
from sge_sim.mesures.point import POINTS_GARDES, PointMesure, ProfilConsommation
from sge_sim.mesures.tableaux import Entiers
from sge_sim.mesures.usages import Charge, Installation, installe

TIRAGES_D_UN_JOUR = 3
"""Most numbers that a day draws for the uses of a point."""
_TIRAGES = 112
"""More draws than an installation takes."""
_COLONNES = {
    ProfilConsommation.PROFESSIONNEL: 0,
    ProfilConsommation.TERTIAIRE: 1,
    ProfilConsommation.INDUSTRIEL: 2,
}
_POINTES = {0: (62, 20, 18, 86), 1: (91, 6, 60, 105), 2: (92, 7, 64, 109)}
"""Largest ordinary step of a workplace, per cent of its power: median, spread, bounds."""


class ClesDePoint(NamedTuple):
    """The keys of a point: of its days and of its weeks, of the instants of its maxima, of its
    readings, of its voltages, of its phases, of its cycles, of its losses; and what its
    installation and its zone draw."""

    jours: Cles
    puissances: int
    releves: int
    tensions: int
    phases: int
    cycles: int
    pertes: int
    zone: int
    tirages: Entiers


def cles_de(graine: int) -> ClesDePoint:
    """Return the keys of a seed."""
    gardees = _gardees(graine)
    if not gardees:
        keep_cles([graine])
    return gardees[0]


@computed_once(POINTS_GARDES)
def _gardees(_graine: int) -> list[ClesDePoint]:
    """Return where the keys of a seed are kept."""
    return []


def keep_cles(graines: Iterable[int]) -> None:
    """Draw the keys of seeds together: hundreds take as long as some of them alone."""
    places = {graine: gardees for graine in graines if not (gardees := _gardees(graine))}
    cles = subkeys(list(places), 10 + TIRAGES_D_UN_JOUR)
    tirages = draws(cles[1][:, None].view(np.uint64), np.arange(_TIRAGES))
    zones = draws(cles[3].view(np.uint64), np.zeros(1, np.int64)).tolist()
    jours = cles[[2, *range(10, len(cles))]].view(np.uint64)
    for tableau in (jours, tirages):
        tableau.setflags(write=False)
    autres = zip(*cles[4:10].tolist(), zones, strict=True)
    for rang, (gardees, cles_du_rang) in enumerate(zip(places.values(), autres, strict=True)):
        ici = jours[:, rang : rang + 1]
        gardees.append(ClesDePoint._make((ici, *cles_du_rang, tirages[rang])))


def installation_de(point: PointMesure, plages: Plages, asservi: bool) -> Installation:
    """Return the installation of a point under these off-peak ranges; `asservi`: their contact
    drives what can wait for them."""
    return installation(
        point.graine,
        point.petit,
        point.profil_effectif,
        point.puissances[0].valeur,
        zone_de(point),
        plages,
        asservi,
    )


def zone_de(point: PointMesure) -> int:
    """Return the zone of weather of a point, that of its seed where none is given."""
    if point.zone is not None:
        return point.zone
    return cles_de(point.graine).zone % len(ZONES)


@computed_once(POINTS_GARDES)
def installation(
    graine: int,
    petit: bool,
    profil: ProfilConsommation,
    puissance: int,
    zone: int,
    plages: Plages,
    asservi: bool,
) -> Installation:
    """Return what the seed drew for a point of this profile sized by this power (kVA or kW)."""
    t = Tirages(cles_de(graine).tirages)
    pas_par_jour = 48 if petit else 288
    match profil:
        case ProfilConsommation.RESIDENTIEL:
            return foyer(t, puissance, zone, plages, asservi=asservi)
        case ProfilConsommation.PRODUCTION:
            return centrale(t, puissance, pas_par_jour, zone)
        case ProfilConsommation.AUCUN:
            rien = Charge(0, Sorte.SOCLE, banque(pas_par_jour).groupes[Sorte.SOCLE].debut)
            return installe([rien], pas_par_jour)
        case _:
            colonne = _COLONNES[profil]
            pointe = puissance * t.taille(10 * _POINTES[colonne][0], *_bornes(colonne))
            return metier(t, puissance, pas_par_jour, zone, colonne, pointe)


def _bornes(colonne: int) -> tuple[int, int, int]:
    _, ecart, bas, haut = _POINTES[colonne]
    return ecart, 10 * bas, 10 * haut
