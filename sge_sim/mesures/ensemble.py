"""One day of many C5 or P4 points, computed together: what a daily file tells of each.

A point alone costs a hundred calls on arrays of some numbers; together they share them. The values
are those of `courbe` and `puissances_maximales`, which answer where nothing is said here.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws_at, strides
from sge_sim.mesures.calendrier import calendrier, jour_de, numero
from sge_sim.mesures.climat import MOIS, TYPES, climat
from sge_sim.mesures.courbes import is_collected
from sge_sim.mesures.demi_heures import demi_heures
from sge_sim.mesures.entrees_datees import (
    cut_to_measured,
    find_contact,
    find_largest_step,
    find_puissance,
)
from sge_sim.mesures.evenements import find_niveaux_du_jour, find_periodes
from sge_sim.mesures.formes import banque
from sge_sim.mesures.hasard import FRACTION
from sge_sim.mesures.installations import find_cles, find_installation, keep_cles
from sge_sim.mesures.journees import find_couple
from sge_sim.mesures.jours import Journees
from sge_sim.mesures.pertes import ILLISIBLE, is_unreadable
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.pointes import instantanees
from sge_sim.mesures.tableaux import Entiers
from sge_sim.mesures.usages import Installation, join_installations
from sge_sim.mesures.vecu import ENCORE, apply_draws, find_empty_days, limit_power


def courbes_du_jour(points: Sequence[PointMesure], jour: date) -> list[list[int] | None]:
    """Return the W of each half-hour of a legal day, for each point.

    None for a point whose curve wasn't collected all day, that lost anything in its life, or of
    which something was given.
    """
    n = numero(jour)
    courbes: list[list[int] | None] = [None] * len(points)
    dits = [rang for rang, point in enumerate(points) if point.petit and is_collected(point, n)]
    for rangs, valeurs in _valeurs(tuple([points[rang] for rang in dits]), n):
        for rang, courbe in zip(rangs, valeurs.tolist(), strict=True):
            courbes[dits[rang]] = courbe
    return courbes


def maxima_du_jour(points: Sequence[PointMesure], jour: date) -> list[int | None]:
    """Return the maximum power (VA) of a legal day, for each point.

    None for a point that tells nothing of that day, that lost anything in its life, or of which
    something was given.
    """
    n = numero(jour)
    maxima: list[int | None] = [None] * len(points)
    dits = [
        rang
        for rang, point in enumerate(points)
        if point.petit and not point.trous and point.donnees is None
        if cut_to_measured(point, n, n + 1) == (n, n + 1)
    ]
    for rangs, valeurs in _valeurs(tuple([points[rang] for rang in dits]), n):
        ici = [points[dits[rang]] for rang in rangs]
        cles = np.array([find_cles(point.graine).puissances for point in ici], np.uint64)
        puissances, _ = instantanees(
            valeurs, cles, np.array([n]), _puissances(ici, jour), injection=ici[0].injection
        )
        for rang, point, puissance in zip(rangs, ici, puissances.tolist(), strict=True):
            illisible = point.pertes and is_unreadable(point, n)
            maxima[dits[rang]] = ILLISIBLE if illisible else puissance
    return maxima


@computed_once(8)
def _valeurs(points: tuple[PointMesure, ...], n: int) -> Sequence[tuple[list[int], Entiers]]:
    """Return ranks of small points, and their W, shape (ranks, steps): all of them, in parts.

    What a file tells of a day, another of the same points does: kept, 0.2 MB for five hundred."""
    jour = jour_de(n)
    keep_cles(point.graine for point in points)
    ensembles: dict[tuple[int, bool], tuple[list[int], list[Installation]]] = {}
    parts: list[tuple[list[int], Entiers]] = []
    for rang, point in enumerate(points):
        if find_couple(point, n) is not None:
            ((_, valeurs),) = demi_heures(point, n, n + 1)
            parts.append(([rang], valeurs))
            continue
        periodes = find_periodes(point, n + 1)
        installation = find_installation(point, *find_contact(point, jour), periodes)
        rangs, ici = ensembles.setdefault((len(installation.facteurs), point.injection), ([], []))
        rangs.append(rang)
        ici.append(installation)
    for rangs, installations in ensembles.values():
        jours = _journees([points[rang] for rang in rangs], installations, n)
        parts.append((rangs, jours.watts()))
    return parts


def _journees(
    points: Sequence[PointMesure],
    installations: list[Installation],
    n: int,
    encore: int | None = None,
) -> Journees:
    """Return the day of points that have as many uses: as the days of one point, side by side;
    `encore`: what is added to its number to draw it."""
    table, formes = climat(), banque(48)
    cles = np.concatenate([find_cles(point.graine).jours for point in points], axis=1)
    # Of what each is by that day, the last of its periods.
    types = [int(table.types[inst.types, n]) - TYPES for inst in installations]
    energies = np.stack(
        [inst.energies[:, ici] for inst, ici in zip(installations, types, strict=True)], axis=1
    )
    lignes = np.stack(
        [inst.lignes[:, ici] for inst, ici in zip(installations, types, strict=True)], axis=1
    )
    energies = energies * find_niveaux_du_jour(points, n) >> FRACTION
    tous = join_installations(installations)
    lignes += tous.par_ciel * np.array(
        [0 if inst.ciel is None else int(table.ciels[inst.ciel, n]) for inst in installations]
    )
    compteurs = calendrier().compteurs[:, n]
    semaine = draws_at(cles[:1], strides(compteurs[1:]))[0]
    zones = [inst.types % MOIS for inst in installations]
    chances = table.absences[:, zones, [inst.presence for inst in installations], n]
    absents = find_empty_days(semaine, chances, table.parties[n : n + 1]).nonzero()[0]
    mots = draws_at(cles[1 : 1 + tous.tirages], strides(compteurs[:1] + (encore or 0)))
    energies *= table.facteurs[:, n].take(tous.facteurs)
    hasard = apply_draws(tous, energies, lignes, mots, absents, formes)[2]
    par_pas = np.array([find_largest_step(point, jour_de(n)) for point in points], np.int64)
    limit_power(points[0], energies, lignes, tous.retards, hasard, par_pas, formes)
    ecart = int(calendrier().heures[n]) - 24 if encore is None else 0
    changements = np.arange(len(points) if ecart else 0, dtype=np.int64)
    ecarts = np.full(len(changements), ecart, np.int64)
    doubles = _journees(points, installations, n, ENCORE * (ecart > 0)) if ecart else None
    return Journees(n, energies, lignes, formes, False, changements, ecarts, doubles)


def _puissances(points: Sequence[PointMesure], jour: date) -> Entiers:
    return np.array([find_puissance(point, jour) for point in points], np.int64)
