"""What stands behind a meter: drawn once from the seed of the point.

Every kind of point has its makers (`foyers`, `metiers`, `centrales`); all are plausible, not
measured (assumed).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.domaine.plages import Plages
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import Cles, draws, subkeys
from sge_sim.mesures.centrales import draw_centrale
from sge_sim.mesures.climat import ZONE_DU_LIEU, ZONES
from sge_sim.mesures.formes import Sorte, banque
from sge_sim.mesures.foyers import draw_foyer
from sge_sim.mesures.hasard import PointStream, join_knots
from sge_sim.mesures.metiers import draw_metier
from sge_sim.mesures.point import POINTS_GARDES, PointMesure, ProfilConsommation
from sge_sim.mesures.tableaux import Entiers, EntiersCourts
from sge_sim.mesures.transformations import Lieu, PeriodeDeVie, live
from sge_sim.mesures.usages import Charge, Installation, make_installation

TIRAGES_D_UN_JOUR = 4
"""Most numbers that a day draws for the uses of a point."""
_TIRAGES = 112
"""More draws than an installation takes."""
_QUINZE_BITS, _TRIMESTRES_D_UN_AN = (1 << 15) - 1, 4
_ANNEES = FIN_DES_JOURS.year - PREMIER_JOUR.year + 3
"""The years of a point, and those into which the last ones lead."""
PREMIERE_ANNEE = 18
"""The first year in which something happens, from the end of 2022 on: what a place was drawn as is
what it had become by then."""
CHANCES, CHANCES_AU_PLUS = 10_000, 1_500
"""What chances of events are out of, and those that a year has at most."""
_POINTES = {
    ProfilConsommation.PROFESSIONNEL: (652, 25, 160, 884),
    ProfilConsommation.TERTIAIRE: (926, 3, 640, 939),
    ProfilConsommation.INDUSTRIEL: (936, 4, 680, 1080),
}
"""Largest ordinary step of a workplace, out of 1000 of its power: median, sigma of the logarithm in
per cent, bounds (assumed). In the order of `Metier.poids`."""
_LIEUX = [[n for n, ici in enumerate(ZONE_DU_LIEU) if ici == zone] for zone in range(len(ZONES))]
"""The places of each zone."""


class ClesDePoint(NamedTuple):
    """The keys of a point: of its weeks, then of its days, of the instants of its maxima, of its
    readings, of its voltages, of its phases, of its cycles, of its losses; and what its zone and
    its installation draw. `annees`: the years in which something may happen, and the number that
    each drew; `niveaux`: where its level stands in each quarter, of 2 ** 15 at most."""

    jours: Cles
    puissances: int
    releves: int
    tensions: int
    phases: int
    cycles: int
    pertes: int
    zone: int
    tirages: Entiers
    annees: tuple[tuple[int, int], ...]
    niveaux: EntiersCourts


def find_cles(graine: int) -> ClesDePoint:
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
    # What a seed draws, in the order of its keys: nothing under the first one.
    (
        _, installations, semaines, zones, puissances, releves, tensions, phases, cycles, pertes,
        *des_jours,
    ) = subkeys(list(places), 10 + TIRAGES_D_UN_JOUR)  # fmt: skip
    tires = draws(installations[:, None].view(np.uint64), np.arange(_TIRAGES + _ANNEES))
    tirages, annees = tires[:, :_TIRAGES], tires[:, _TIRAGES:]
    levels = (annees >> 32 & _QUINZE_BITS) + (annees >> 47 & _QUINZE_BITS) - _QUINZE_BITS
    trimestres = np.arange(_TRIMESTRES_D_UN_AN * (_ANNEES - 1))
    niveaux = join_knots(levels, trimestres, _TRIMESTRES_D_UN_AN).astype(np.int16)
    jours = np.stack([semaines, *des_jours]).view(np.uint64)
    autres = zip(
        *(cles.tolist() for cles in (puissances, releves, tensions, phases, cycles, pertes)),
        draws(zones.view(np.uint64), np.zeros(1, np.int64)).tolist(),
        strict=True,
    )
    for tableau in (jours, tires, niveaux):
        tableau.setflags(write=False)
    lived = annees % CHANCES < CHANCES_AU_PLUS
    lived[:, :PREMIERE_ANNEE] = False
    qui, quand = lived.nonzero()
    dated = list(zip(quand.tolist(), annees[qui, quand].tolist(), strict=True))
    bords = np.searchsorted(qui, np.arange(len(places) + 1)).tolist()
    for rang, (gardees, cles_du_rang) in enumerate(zip(places.values(), autres, strict=True)):
        ici, dates = jours[:, rang : rang + 1], tuple(dated[bords[rang] : bords[rang + 1]])
        gardees.append(ClesDePoint._make((ici, *cles_du_rang, tirages[rang], dates, niveaux[rang])))


def find_installation(
    point: PointMesure, plages: Plages, asservi: bool, periodes: tuple[PeriodeDeVie, ...] = ()
) -> Installation:
    """Return the installation of a point under these off-peak ranges; `asservi`: their contact
    drives what can wait for them; `periodes`: those of its life."""
    drawn = point.graine, point.petit, point.profil_effectif, point.puissances[0].valeur
    return installation(*drawn, find_lieu(point), plages, asservi, periodes)


def find_lieu(point: PointMesure) -> int:
    """Return the rank in `LIEUX` of a point: drawn in the zone of its seed where none is given."""
    if point.lieu is not None:
        return point.lieu
    rang, zone = divmod(find_cles(point.graine).zone, len(ZONES))
    return _LIEUX[zone][rang % len(_LIEUX[zone])]


@computed_once(POINTS_GARDES)
def installation(
    graine: int,
    petit: bool,
    profil: ProfilConsommation,
    puissance: int,
    lieu: int,
    plages: Plages,
    asservi: bool,
    periodes: tuple[PeriodeDeVie, ...] = (),
) -> Installation:
    """Return what the seed drew for a point of this profile sized by this power (kVA or kW), and
    what becomes of it in these periods."""
    drawn = graine, petit, profil, puissance, lieu, plages, asservi
    if not periodes:
        return _draw(drawn)
    return live(
        _first(drawn), periodes, Lieu(puissance, ZONE_DU_LIEU[lieu], plages, asservi, petit)
    )


def _draw(drawn: tuple[int, bool, ProfilConsommation, int, int, Plages, bool]) -> Installation:
    graine, petit, profil, puissance, lieu, plages, asservi = drawn
    t, pas_par_jour = PointStream(find_cles(graine).tirages), 48 if petit else 288
    match profil:
        case ProfilConsommation.RESIDENTIEL:
            return draw_foyer(t, puissance, lieu, plages, asservi=asservi)
        case ProfilConsommation.PRODUCTION:
            return draw_centrale(t, puissance, pas_par_jour, lieu)
        case ProfilConsommation.AUCUN:
            rien = Charge(0, Sorte.SOCLE, banque(pas_par_jour).groupes[Sorte.SOCLE].debut)
            return make_installation([rien], pas_par_jour)
    pointe = puissance * t.size(*_POINTES[profil])
    return draw_metier(t, pas_par_jour, lieu, list(_POINTES).index(profil), pointe)


_first = computed_once(256)(_draw)
"""For who asks for the days of few points, between whose events it stays."""
