"""One day of many C5 or P4 points, computed together: what a daily file tells of each.

A point alone costs a hundred calls on arrays of some numbers; together they share them. The values
are those of `courbe` and `puissances_maximales`, which answer where nothing is said here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from sge_sim.mesures.alea import draws
from sge_sim.mesures.calendrier import calendrier, jour_de, numero
from sge_sim.mesures.courbes import est_collecte
from sge_sim.mesures.demi_heures import watts
from sge_sim.mesures.entrees_datees import periode_mesuree, plages_de, puissance_de
from sge_sim.mesures.installations import banque_de, installation_de, niveaux_de
from sge_sim.mesures.journees import Journees, limite, tire
from sge_sim.mesures.patterns import Banque
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.quotidiennes import apparentes
from sge_sim.mesures.tableaux import Entiers


def courbes_du_jour(points: Sequence[PointMesure], jour: date) -> list[list[int] | None]:
    """Return the W of each half-hour of a legal day, for each point.

    None for a point whose curve wasn't collected all day, that lost anything in its life, or of
    which something was given.
    """
    n = numero(jour)
    courbes: list[list[int] | None] = [None] * len(points)
    for rangs, valeurs in _valeurs(points, n, [est_collecte(one, n) for one in points]):
        for rang, courbe in zip(rangs, valeurs.tolist(), strict=True):
            courbes[rang] = courbe
    return courbes


def maxima_du_jour(points: Sequence[PointMesure], jour: date) -> list[int | None]:
    """Return the maximum power (VA) of a legal day, for each point.

    None for a point that tells nothing of that day, that lost anything in its life, or of which
    something was given.
    """
    n = numero(jour)
    maxima: list[int | None] = [None] * len(points)
    dits = [
        not point.trous and point.donnees is None and periode_mesuree(point, n, n + 1) == (n, n + 1)
        for point in points
    ]
    for rangs, valeurs in _valeurs(points, n, dits):
        ici = [points[rang] for rang in rangs]
        cles = np.array([installation_de(one).cle_puissances for one in ici], np.uint64)
        hasard = draws(cles, np.array([n], np.int64))
        puissances = apparentes(valeurs.max(axis=1), hasard, _puissances(ici, jour))
        for rang, puissance in zip(rangs, puissances.tolist(), strict=True):
            maxima[rang] = puissance
    return maxima


def _valeurs(
    points: Sequence[PointMesure], n: int, dits: Sequence[bool]
) -> Iterator[tuple[list[int], Entiers]]:
    """Yield ranks of points that are small and in `dits`, and their W, shape (ranks, steps)."""
    jour = jour_de(n)
    ensembles: dict[tuple[int, bool], tuple[Banque, list[int]]] = {}
    for rang, (point, dit) in enumerate(zip(points, dits, strict=True)):
        if dit and point.petit:
            banque = banque_de(point, plages_de(point, jour))
            # A bank is of one profile.
            cle = (id(banque), point.injection)
            ensembles.setdefault(cle, (banque, []))[1].append(rang)
    for banque, rangs in ensembles.values():
        jours = _journees([points[one] for one in rangs], n, banque)
        yield rangs, watts(jours, jours.pas_a_pas(), horaire=False)


def _journees(points: Sequence[PointMesure], n: int, banque: Banque) -> Journees:
    """Return the day of points that share a bank: as the days of one point, side by side."""
    installations = [installation_de(one) for one in points]
    toutes = replace(
        installations[0],
        energies=np.concatenate([one.energies for one in installations], axis=1),
        cles=np.concatenate([one.cles for one in installations], axis=1),
    )
    par_habitude = {
        one.habitude: niveaux_de(point) for one, point in zip(installations, points, strict=True)
    }
    jour = {habitude: niveau.entre(n, n + 1) for habitude, niveau in par_habitude.items()}
    niveau = replace(
        jour[toutes.habitude],
        lignes=np.concatenate([jour[one.habitude].lignes for one in installations], axis=1),
    )
    table = calendrier()
    energies, lignes = tire(toutes, niveau, table.compteurs[:, n : n + 1])
    pointes = banque.pointes.take(lignes)
    energies = limite(points[0], energies, pointes, _puissances(points, jour_de(n)))
    ecart = int(table.heures[n]) - 24
    changements = np.arange(len(points) if ecart else 0, dtype=np.int64)
    ecarts = np.full(len(changements), ecart, np.int64)
    return Journees(n, energies, lignes, banque, False, changements, ecarts)


def _puissances(points: Sequence[PointMesure], jour: date) -> Entiers:
    return np.array([puissance_de(one, jour) for one in points], np.int64)
