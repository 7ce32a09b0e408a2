"""What happens behind a meter over the years: events, dated, and how its level moves.

Nothing of it is stored. A year of a point is 365 days from the first one that can be computed on;
the one number that its seed draws for a year says whether something happens in it, what, when and
how much of it. An event falls at a legal midnight.

How often things happen is plausible, not measured (assumed), but where a source is named.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter
from sys import maxsize
from typing import Final, NamedTuple

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draw
from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.hasard import FRACTION, UN, Fourchette
from sge_sim.mesures.installations import find_cles, find_lieu
from sge_sim.mesures.point import (
    POINTS_GARDES,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
)
from sge_sim.mesures.tableaux import Entiers, EntiersCourts
from sge_sim.mesures.transformations import PeriodeDeVie

PREMIERE_ANNEE: Final = 18
"""The first year in which something happens, from the end of 2022 on: what a place was drawn as is
what it had become by then."""
_JOURS_D_UN_AN: Final = 365


class Nature(NamedTuple):
    """A kind of event. `par_an`: chances out of 10 000 that a year has it; `part`: per cent of what
    it changes that is left, or comes; `jours`: how long it lasts, then comes `suite`."""

    libelle: str
    par_an: int = 0
    part: Fourchette = (100, 100)
    jours: Fourchette = (0, 0)
    suite: str = ""


_LIEUX_DE_TRAVAIL: Final = {
    "croissance": Nature("L'activité augmente.", 250, part=(112, 140)),
    "baisse": Nature("L'activité baisse.", 200, part=(62, 88)),
    "equipe": Nature("Une seconde équipe prend la suite de la première.", 120, part=(70, 100)),
    "travaux": Nature("Des travaux commencent.", 300, part=(15, 45), jours=(21, 90), suite="fin"),
    "fermeture": Nature("L'activité cesse.", 200, part=(0, 5), jours=(40, 240), suite="reprise"),
}
NATURES: Final[dict[ProfilConsommation, dict[str, Nature]]] = {
    ProfilConsommation.RESIDENTIEL: {
        # One home in ten or so: INSEE has 10 % of households that move in a year.
        "occupants": Nature("D'autres occupants arrivent.", 890),
        "voiture": Nature("Une voiture électrique se recharge.", 90),
        "pompe": Nature("Une pompe à chaleur chauffe le logement.", 60, part=(30, 42)),
        "isolation": Nature("Le logement est mieux isolé.", 120, part=(55, 82)),
        # Most of those who have some sell what they leave, by a contract.
        "centrale": Nature("Des panneaux solaires sont posés, sans vente de surplus.", 12),
    },
    ProfilConsommation.PROFESSIONNEL: _LIEUX_DE_TRAVAIL,
    ProfilConsommation.TERTIAIRE: _LIEUX_DE_TRAVAIL,
    ProfilConsommation.INDUSTRIEL: _LIEUX_DE_TRAVAIL,
}
"""What may happen in a year, by who is behind the meter; nothing to plants."""
_TIRES: Final = {
    profil: [nom for nom, nature in natures.items() for _ in range(nature.par_an)]
    for profil, natures in NATURES.items()
}
"""The event of each of the chances that have one."""
LIBELLES: Final = {
    "titulaire": "Un autre titulaire arrive, par un nouveau contrat.",
    "fin": "Les travaux se terminent.",
    "reprise": "Une autre activité reprend le lieu.",
    **{nom: kind.libelle for natures in NATURES.values() for nom, kind in natures.items()},
}
"""What is said of each event, and of what follows from one, or from a contract."""
_UNE_FOIS: Final = ("voiture", "pompe", "isolation", "centrale", "equipe")
"""What happens once in a life."""
_DERIVES: Final = {
    ProfilConsommation.RESIDENTIEL: 37,
    ProfilConsommation.PROFESSIONNEL: 14,
    ProfilConsommation.TERTIAIRE: 7,
    ProfilConsommation.INDUSTRIEL: 8,
}
"""How far the level of a year is from the mean at most, per cent (standard deviation: 0.41 of it);
in four quarters it moves from that of a year to that of the next one."""
_CENTRALE_KVA: Final = 3
_TRIMESTRE: Final = 91
"""Days for which a level stands: a quarter."""
_DEBUT: Final = attrgetter("debut")


def find_periodes(point: PointMesure, jusque: int = maxsize) -> tuple[PeriodeDeVie, ...]:
    """Return the periods of a point that events begin before the day of this number: what was there
    from the first day on is none of them."""
    if not point.vivant:
        return ()
    periodes = _periodes(point)
    return periodes[: bisect_left(periodes, jusque, key=_DEBUT)]


@computed_once(POINTS_GARDES)
def _periodes(point: PointMesure) -> tuple[PeriodeDeVie, ...]:
    noms, natures = _TIRES.get(point.profil_effectif, ()), NATURES.get(point.profil_effectif, {})
    periodes = [
        PeriodeDeVie(jour, "titulaire", 100, draw(point.graine, jour))
        for jour in map(numero_borne, point.arrivees)
        if noms
    ]
    annees, passes = find_cles(point.graine).annees, set()
    for annee in np.flatnonzero(annees % 10_000 < len(noms)).tolist():
        tire = int(annees[annee])
        nom = noms[tire % 10_000]
        if annee < PREMIERE_ANNEE or nom in passes:
            continue
        passes.update({nom}.intersection(_UNE_FOIS))
        _, _, (least, most), (court, long), suite = natures[nom]
        duree = court + (tire >> 24) % (long - court + 1)
        part = least + (tire >> 40) % (most - least + 1)
        # It ends in the year in which it begins.
        jour = _JOURS_D_UN_AN * annee + (_JOURS_D_UN_AN - duree) * (tire >> 13 & 1023) // 1024
        periodes.append(PeriodeDeVie(jour, nom, part, tire))
        if suite:
            periodes.append(PeriodeDeVie(jour + duree, suite, 100, tire))
    return tuple(sorted(periodes))


def find_poses(point: PointMesure, jusque: int = maxsize) -> list[int]:
    """Return the days from which on a plant stands behind the meter of a consumer, without a
    contract."""
    return [each.debut for each in find_periodes(point, jusque) if each.cause == "centrale"]


def find_couple(point: PointMesure, n: int) -> PointMesure | None:
    """Return what stands behind the same meter on a day: the plant of an event too, of which the
    meter counts nothing."""
    if point.vivant and point.couple is None and find_poses(point, n + 1):
        return _centrale(point)
    return point.couple


@computed_once(256)
def _centrale(point: PointMesure) -> PointMesure:
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


def find_niveaux(point: PointMesure, i0: int, i1: int) -> tuple[Entiers, Entiers] | None:
    """Return where the level of a point stands in the quarters of the days [i0, i1), over `UN`, and
    the rank among them of each day; None where it doesn't move."""
    if not (amplitude := _amplitude(point)):
        return None
    rangs = (np.arange(i0, i1) + point.graine % _TRIMESTRE) // _TRIMESTRE
    premier, dernier = int(rangs[0]), int(rangs[-1])
    niveaux = find_cles(point.graine).niveaux[premier : dernier + 1]
    return _over_one(niveaux, amplitude), rangs - premier


def find_niveaux_du_jour(points: Sequence[PointMesure], n: int) -> Entiers:
    """Return where the level of points stands on a day, over `UN`."""
    ici = [
        find_cles(point.graine).niveaux[(n + point.graine % _TRIMESTRE) // _TRIMESTRE]
        for point in points
    ]
    return _over_one(np.array(ici), np.array([_amplitude(point) for point in points]))


def _amplitude(point: PointMesure) -> int:
    return _DERIVES.get(point.profil_effectif, 0) if point.vivant else 0


def _over_one(niveaux: EntiersCourts, amplitude: int | Entiers) -> Entiers:
    return UN + (niveaux.astype(np.int64) * amplitude // 100 >> 15 - FRACTION)
