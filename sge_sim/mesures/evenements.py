"""What happens behind a meter over the years: events, dated, and how its level moves.

Nothing of it is stored. A year of a point is 365 days from the first one that can be computed on;
the one number that its seed draws for a year says whether something happens in it, what, when and
how much of it, and where the level of that year stands. What holds on a day is then looked up among
the periods of the point. An event falls at a legal midnight.

How often things happen is plausible, not measured (assumed), but where a source is named.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draw
from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.hasard import FRACTION, UN, Fourchette
from sge_sim.mesures.installations import JOURS_D_UN_AN, find_cles, find_lieu
from sge_sim.mesures.point import (
    POINTS_GARDES,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
)
from sge_sim.mesures.tableaux import Entiers, EntiersCourts
from sge_sim.mesures.transformations import D_ORIGINE, EtatDuLieu
from sge_sim.mesures.vecu import Derive

PREMIERE_ANNEE: Final = 18
"""The first year in which something happens, from the end of 2022 on: what a place was drawn as is
what it had become by then."""


class Nature(NamedTuple):
    """A kind of event. `par_an`: chances out of 10 000 that a year has it; `part`: per cent of what
    it changes that is left, or comes; `jours`: how long it lasts, then comes `suite`."""

    libelle: str
    par_an: int = 0
    part: Fourchette = (100, 100)
    jours: Fourchette = (0, 0)
    suite: str = ""


_LIEUX_DE_TRAVAIL: Final = {
    "croissance": Nature("L'activité augmente.", 250, part=(115, 150)),
    "baisse": Nature("L'activité baisse.", 200, part=(62, 88)),
    "equipe": Nature("Une seconde équipe prend la suite de la première.", 120, part=(70, 100)),
    "travaux": Nature("Des travaux commencent.", 300, part=(15, 45), jours=(21, 90), suite="fin"),
    "fermeture": Nature("L'activité cesse.", 200, part=(0, 5), jours=(40, 240), suite="reprise"),
}
NATURES: Final[dict[ProfilConsommation, dict[str, Nature]]] = {
    ProfilConsommation.RESIDENTIEL: {
        # One home in ten or so: INSEE has 10 % of households that move in a year.
        "occupants": Nature("D'autres occupants arrivent.", 930),
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
SUITES: Final = {
    "titulaire": Nature("Un autre titulaire arrive, par un nouveau contrat."),
    "fin": Nature("Les travaux se terminent."),
    "reprise": Nature("Une autre activité reprend le lieu."),
}
"""What follows from an event, or from a contract."""
LIBELLES: Final = {
    nom: nature.libelle
    for natures in (*NATURES.values(), SUITES)
    for nom, nature in natures.items()
}
_ARRIVEES: Final = ("occupants", "titulaire", "reprise")
_DU_BATI: Final = ("isolation", "pompe", "centrale")
"""What stays when people leave."""
_PLUSIEURS_FOIS: Final = ("croissance", "baisse")
_CENTRALE_KVA: Final = 3
_DERIVES: Final = {
    ProfilConsommation.RESIDENTIEL: 34,
    ProfilConsommation.PROFESSIONNEL: 14,
    ProfilConsommation.TERTIAIRE: 10,
    ProfilConsommation.INDUSTRIEL: 10,
}
"""How far the level of a year is from the mean at most, per cent (standard deviation: 0.41 of it);
in four quarters it moves from that of a year to that of the next one."""
_TRIMESTRE: Final = 91
"""Days for which a level stands: a quarter."""


class PeriodeDeVie(NamedTuple):
    """What holds from a day on, by its number, until the next period; `cause`: the event that began
    it, a key of `LIBELLES`, empty for the first."""

    debut: int
    cause: str
    etat: EtatDuLieu


_PREMIERE: Final = (PeriodeDeVie(0, "", D_ORIGINE),)
_DEBUT: Final = attrgetter("debut")


@computed_once(POINTS_GARDES)
def find_periodes(point: PointMesure) -> tuple[PeriodeDeVie, ...]:
    """Return the periods of a point: one for the whole of the life of a point that isn't
    `vivant`."""
    if not point.vivant or point.profil_effectif not in NATURES:
        return _PREMIERE
    events = _draw_evenements(point)
    if point.arrivees:
        events += [
            (n, "titulaire", 100, draw(point.graine, n)) for n in map(numero_borne, point.arrivees)
        ]
        events.sort()
    periodes, etat = [*_PREMIERE], D_ORIGINE
    for jour, nom, part, tire in events:
        suivant = _after(etat, nom, part, tire)
        if suivant != etat:
            etat = suivant
            periodes.append(PeriodeDeVie(jour, nom, etat))
    return tuple(periodes)


def find_etat(point: PointMesure, n: int) -> EtatDuLieu:
    """Return what had happened to a point by the day of this number."""
    periodes = find_periodes(point) if point.vivant else _PREMIERE
    if len(periodes) == 1:
        return periodes[0].etat
    return periodes[bisect_right(periodes, n, key=_DEBUT) - 1].etat


def find_etats(point: PointMesure, i0: int, i1: int) -> list[tuple[EtatDuLieu, int, int]]:
    """Return what had happened to a point by the days [i0, i1), with the days of each."""
    periodes = find_periodes(point) if point.vivant else _PREMIERE
    rang = bisect_right(periodes, i0, key=_DEBUT) - 1
    fin = bisect_left(periodes, i1, key=_DEBUT)
    debuts = [i0, *(periode.debut for periode in periodes[rang + 1 : fin]), i1]
    etats = [periode.etat for periode in periodes[rang:fin]]
    return list(zip(etats, debuts, debuts[1:], strict=False))


def find_poses(point: PointMesure) -> list[int]:
    """Return the days from which on a plant stands behind the meter of a consumer."""
    return [periode.debut for periode in find_periodes(point) if periode.cause == "centrale"]


def find_couple(point: PointMesure, n: int) -> PointMesure | None:
    """Return what stands behind the same meter on a day: the plant of an event too, of which the
    meter counts nothing."""
    if point.couple is not None or not point.vivant:
        return point.couple
    if any(nom == "centrale" for nom, _, _ in find_etat(point, n).acquis):
        return _centrale(point)
    return None


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


def find_derives(point: PointMesure, i0: int, i1: int) -> Derive | None:
    """Return where the level of a point stands on the days [i0, i1); None where it doesn't move."""
    amplitude = _amplitude(point)
    if not amplitude:
        return None
    debut = i0 + point.graine % _TRIMESTRE
    premier, dernier = debut // _TRIMESTRE, (debut + i1 - i0 - 1) // _TRIMESTRE
    niveaux = find_cles(point.graine).niveaux[premier : dernier + 1]
    bords = np.arange(premier, dernier + 2) * _TRIMESTRE - debut
    bords[[0, -1]] = 0, i1 - i0
    rangs = np.arange(len(niveaux)).repeat(bords[1:] - bords[:-1])
    return Derive(_over_one(niveaux, amplitude), rangs)


def find_niveaux(points: Sequence[PointMesure], n: int) -> Entiers | None:
    """Return where the level of points stands on a day, over `UN`; None where none moves."""
    amplitudes = [_amplitude(point) for point in points]
    if not any(amplitudes):
        return None
    ici = [
        find_cles(point.graine).niveaux[(n + point.graine % _TRIMESTRE) // _TRIMESTRE]
        for point in points
    ]
    return _over_one(np.array(ici), np.array(amplitudes))


def _amplitude(point: PointMesure) -> int:
    return _DERIVES.get(point.profil_effectif, 0) if point.vivant else 0


def _over_one(niveaux: EntiersCourts, amplitude: int | Entiers) -> Entiers:
    return UN + (niveaux.astype(np.int64) * amplitude // 100 >> 15 - FRACTION)


def _draw_evenements(point: PointMesure) -> list[tuple[int, str, int, int]]:
    """Return the day of each event, its name, its per cent and the number that its year drew."""
    noms, natures = _TIRES[point.profil_effectif], NATURES[point.profil_effectif]
    events = []
    for annee, tire in find_cles(point.graine).annees:
        rang = tire % 10_000
        if annee < PREMIERE_ANNEE or rang >= len(noms):
            continue
        nom = noms[rang]
        _, _, (least, most), (court, long), suite = natures[nom]
        duree, part = (
            court + (tire >> 24) % (long - court + 1),
            least + (tire >> 40) % (most - least + 1),
        )
        # It ends in the year in which it begins.
        jour = JOURS_D_UN_AN * annee + (JOURS_D_UN_AN - duree) * (tire >> 13 & 1023) // 1024
        events.append((jour, nom, part, tire))
        if suite:
            events.append((jour + duree, suite, 100, tire))
    return events


def _after(etat: EtatDuLieu, nom: str, part: int, tire: int) -> EtatDuLieu:
    """Return what has happened to a place after an event."""
    if nom in _ARRIVEES:
        return EtatDuLieu(tire, tuple(each for each in etat.acquis if each[0] in _DU_BATI))
    if nom == "fin":
        return etat._replace(acquis=tuple(each for each in etat.acquis if each[0] != "travaux"))
    if nom not in _PLUSIEURS_FOIS and any(nom == each[0] for each in etat.acquis):
        return etat
    return etat._replace(acquis=(*etat.acquis, (nom, part, tire)))
