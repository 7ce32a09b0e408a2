"""The nine populations whose curves are judged, as arrays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures import (
    CompteurPose,
    Grandeur,
    HeuresCreuses,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    courbe,
    courbe_10_minutes,
    parse_plages,
    puissances_maximales,
)
from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.calendrier import calendrier, numero
from sge_sim.mesures.climat import DELAISSEE, PREMIER_DE_ZONE, SECONDAIRE, VACANT
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.formes import banque
from sge_sim.mesures.installations import find_installation, find_lieu
from sge_sim.mesures.metiers import facteurs_forts

POINTS: Final = 600
"""Points of a population, but for homes together."""
FOYERS: Final = 1200
"""Homes together, and plants, of which one in four sells all: of fewer, chance alone would move
their figures by as much as some bounds are apart."""
_TIRES = 20
"""Points that are drawn for each that is kept."""
_PASSES = 3
"""How many times each point of a sample is chosen again."""
_BAS = 3
"""Steps of a row that are lower than what it never falls below, but now and then."""
_COUPES = 4
"""Traits by which those that are drawn are cut: the first ones."""
_POSE = date(2020, 1, 7)
_PLAGES = (
    "22H56-6H56", "23H02-7H02", "22H30-6H30", "1H08-7H08;12H38-14H38",
    "2H16-7H16;12H46-15H46", "23H30-7H30", "21H50-5H50", "",
)  # fmt: skip
"""Off-peak ranges; the last of them: a supplier's calendar that has none."""
_FOYERS = (3,) * 4 + (6,) * 60 + (9,) * 24 + (12,) * 10 + (15, 18)


@dataclass(frozen=True)
class Population:
    """So many points of a segment and a profile, with one of these powers (kVA or kW)."""

    segment: str
    profil: ProfilConsommation
    puissances: tuple[int, ...]
    points: int = POINTS


POPULATIONS: Final = {
    "foyers": Population("C5", ProfilConsommation.RESIDENTIEL, _FOYERS, FOYERS),
    **{
        f"foyers_{kva}": Population("C5", ProfilConsommation.RESIDENTIEL, (kva,))
        for kva in (3, 6, 9, 12)
    },
    "pro_c5": Population("C5", ProfilConsommation.PROFESSIONNEL, _FOYERS),
    "c4": Population("C4", ProfilConsommation.TERTIAIRE, (48, 60, 96, 144, 200)),
    "c2": Population("C2", ProfilConsommation.INDUSTRIEL, (400, 800, 2000)),
    "p4": Population("P4", ProfilConsommation.PRODUCTION, (3, 6, 9), FOYERS),
}
"""As they are judged: by name."""


def points_of(nom: str, graine: int, nombre: int | None = None) -> list[PointMesure]:
    """Return the points of a population: a balanced sample of `_TIRES` times as many.

    Those that are drawn are cut in as many parts as are wanted, by power and who lives there, then
    by one trait after the other, and one is taken in each: the one that leaves the traits of all
    that are taken nearest to those of all that are drawn. Shares are then those of the engine in a
    sample of this size. Traits are those of installations: no curve is looked at. `nombre`: how
    many, those of the population where it isn't said.
    """
    nombre = nombre or POPULATIONS[nom].points
    tires = list(draw_points(nom, graine, nombre * _TIRES))
    classes, traits = map(np.array, zip(*map(_traits, tires), strict=True))
    rangs = np.lexsort(classes.T[::-1])
    debuts = np.flatnonzero((np.diff(classes[rangs], axis=0) != 0).any(axis=1)) + 1
    tailles = np.diff(np.array([0, *debuts, len(rangs)]) * nombre // len(rangs)).tolist()
    parts = [
        part
        for classe, taille in zip(np.split(rangs, debuts), tailles, strict=True)
        for part in _parts(classe, traits, taille)
    ]
    ordres = np.sort(traits, axis=0)
    places = np.stack(
        [np.searchsorted(*pair) for pair in zip(ordres.T, traits.T, strict=True)], axis=1
    )
    voulues = np.sort(places, axis=0)[_TIRES // 2 :: _TIRES]
    hasard = draws(subkey(graine, 99), np.arange(nombre, dtype=np.int64)).tolist()
    pris = [int(part[tirage % len(part)]) for part, tirage in zip(parts, hasard, strict=True)]
    for _ in range(_PASSES):
        for rang, part in enumerate(parts):
            essais = np.repeat(places[pris][None], len(part), axis=0)
            essais[:, rang] = places[part]
            ecarts = np.abs(np.sort(essais, axis=1) - voulues).sum(axis=(1, 2))
            pris[rang] = int(part[ecarts.argmin()])
    return [tires[rang] for rang in pris]


def _parts(
    rangs: NDArray[np.int64], traits: NDArray[np.int64], nombre: int, trait: int = 0
) -> Iterator[NDArray[np.int64]]:
    """Yield so many parts of ranks that are as large, cut by one trait, then the next one."""
    if nombre == 1:
        yield rangs
    if nombre < 2:
        return
    ordre = rangs[np.argsort(traits[rangs, trait], kind="stable")]
    moitie = nombre // 2
    coupe = len(ordre) * moitie // nombre
    suivant = (trait + 1) % _COUPES
    yield from _parts(ordre[:coupe], traits, moitie, suivant)
    yield from _parts(ordre[coupe:], traits, nombre - moitie, suivant)


def _traits(point: PointMesure) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the class of a point, and its traits: what follows the weather, what a power is held
    for, what never stops, and what it takes at the end of a week, in thousandths of the rest; then
    all that it takes, when and how regularly its first uses start, when the first power starts that
    is held, and the largest step of a strong day, in thousandths of the subscribed power."""
    installation = find_installation(point, *find_contact(point, _POSE))
    energies, presence = installation.energies, installation.presence
    suivent = installation.facteurs >= PREMIER_DE_ZONE
    constantes = energies[~suivent].sum(axis=0)
    # What starts comes after what never stops: two uses of a dwelling, one of a workplace.
    jamais, premiers = slice(0, 1), slice(1, 3)
    if point.profil is ProfilConsommation.RESIDENTIEL:
        jamais, premiers = slice(0, 2), slice(2, 4)
    pas = np.diff(banque(48 if point.petit else 288).cumuls[installation.lignes[:, 0]])
    fort = energies[:, 0] * np.array(facteurs_forts())[installation.facteurs] @ pas >> 36
    # Nearly the least of its steps, as each of them has it.
    least = np.partition(pas[jamais], _BAS, axis=1)[:, _BAS] >> 8
    return (
        (
            point.puissances[0].valeur,
            point.couple is not None,
            presence if presence in (VACANT, DELAISSEE, SECONDAIRE) else 0,
        ),
        (
            int(energies[suivent, 0].sum()),
            int(energies[installation.blocs[:, 0], 0].sum()),
            int(energies[jamais, 0] @ least),
            int(1000 * constantes[5:7].sum() // max(int(constantes[:5].sum()), 1)),
            int(constantes.sum()),
            int(installation.lignes[premiers, 0].sum()),
            int(installation.gigues[premiers].sum()),
            int(installation.lignes[installation.blocs[:, 0], 0].min(initial=1 << 30)),
            int(1000 * fort.max() // point.puissances[0].valeur),
        ),
    )


def draw_points(nom: str, graine: int, nombre: int) -> Iterator[PointMesure]:
    """Yield points of a population; three plants in four sell what a dwelling leaves."""
    population = POPULATIONS[nom]
    cle = subkey(graine, list(POPULATIONS).index(nom))
    for rang in range(nombre):
        a, b, d, e = draws(cle, 8 * rang + np.arange(4, dtype=np.int64)).tolist()
        plages = _PLAGES[b % len(_PLAGES)]
        point = PointMesure(
            graine=a,
            segment=population.segment,
            puissances=(
                PuissanceSouscrite(
                    _POSE, population.puissances[rang // _TIRES % len(population.puissances)]
                ),
            ),
            mise_en_service=_POSE,
            compteurs=(CompteurPose(_POSE),),
            heures_creuses=(HeuresCreuses(_POSE, parse_plages(plages)),) if plages else (),
            collectes=(PeriodeCollecte(_POSE),),
            profil=population.profil,
            vivant=True,
        )
        if nom == "p4" and d % 4:
            foyer = replace(
                point,
                graine=e,
                segment="C5",
                puissances=(PuissanceSouscrite(_POSE, 9),),
                profil=ProfilConsommation.RESIDENTIEL,
            )
            point = replace(point, couple=foyer)
        yield point


def arrays_of(points: list[PointMesure], annee: int) -> dict[str, Any]:
    """Return the curves of a year: `W` (points, steps), `t` the start of each step (epoch s),
    `step` (minutes), `kva`, `temp` (daily mean of the country, C), `offset` (s to legal time),
    for large points `vars`, for small consumers `pmax` (largest VA of the year), for plants
    `vente` (whether they sell all) and `zone`."""
    debut, fin = date(annee, 1, 1), date(annee + 1, 1, 1)
    petit = points[0].petit
    lire: Callable[..., Any] = courbe if petit else courbe_10_minutes
    lues = [lire(point, debut, fin) for point in points]
    pas = int(lues[0].pas[0])
    made: dict[str, NDArray[Any] | int] = {
        "W": np.array([lue.valeurs for lue in lues], np.int32),
        "t": lues[0].horodates - (60 * pas if petit else 0),
        "step": pas,
        "kva": np.array([point.puissances[0].valeur for point in points]),
        "temp": calendrier().temperature[numero(debut) : numero(fin)] / 10,
        "offset": lues[0].decalages,
    }
    if petit:
        # The offset of the start, not of the end, of a step.
        made["offset"] = np.concatenate([lues[0].decalages[:1], lues[0].decalages[:-1]])
        if points[0].injection:
            made["vente"] = np.array([point.couple is None for point in points])
            made["lieu"] = np.array([find_lieu(point) for point in points])
        else:
            made["pmax"] = np.array(
                [puissances_maximales(point, debut, fin).valeurs.max() for point in points]
            )
    else:
        made["vars"] = np.array(
            [lire(point, debut, fin, Grandeur.PRI).valeurs for point in points], np.int32
        )
    return made
