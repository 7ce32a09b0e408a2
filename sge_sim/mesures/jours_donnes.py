"""What somebody gave of the measures of a point, day by day: `MesuresDonnees`.

Registers go through the indexes that were given (`through_given`).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import groupby, pairwise
from typing import Final, NamedTuple

import numpy as np

from sge_sim.mesures.calendrier import calendrier, numero_borne
from sge_sim.mesures.tableaux import Entiers

PERDU: Final = "-"
"""A point of a curve that was lost, or an index."""
REGISTRES: Final = (*(f"F{rang}" for rang in range(1, 11)), *(f"D{rang}" for rang in range(1, 6)))
"""The registers of an index, the supplier's and the distributor's, in the order of `Index`."""
TOTAL: Final = "total"

_RANGS: Final = {nom: rang for rang, nom in enumerate((*REGISTRES, TOTAL))}
_TOTAL: Final = _RANGS[TOTAL]
_COTES: Final = (slice(0, 10), slice(10, 15))


def read_courbe(texte: str) -> tuple[int | None, ...]:
    """Return the W of a curve that is written, None where one was lost; `ValueError` otherwise.

    >>> read_courbe("120 - 0")
    (120, None, 0)
    """
    return tuple(None if mot == PERDU else int(mot) for mot in texte.split())


def read_registres(texte: str) -> Mapping[str, int] | str:
    """Return what registers showed, written in JSON, or `PERDU`; `ValueError` otherwise."""
    if texte == PERDU:
        return PERDU
    found: dict[str, int] = json.loads(texte)
    return found


class JourDonne(NamedTuple):
    """What was given of a legal day: W of each step, None where it was lost, in the order of time;
    what the registers showed at the midnight that starts it, by name, `PERDU` where that was lost.

    A side that wasn't given is None.
    """

    jour: date
    courbe: tuple[int | None, ...] | None
    registres: Mapping[str, int] | str | None

    @property
    def total(self) -> int | None:
        """What the total showed, None where it wasn't given."""
        return self.registres[TOTAL] if isinstance(self.registres, Mapping) else None


@dataclass(frozen=True)
class MesuresDonnees:
    """The days that were given of a point, ascending."""

    jours: tuple[JourDonne, ...]

    def __hash__(self) -> int:
        return hash((len(self.jours), self.jours[0].jour, self.jours[-1].jour))

    @cached_property
    def courbes(self) -> Mapping[int, tuple[int | None, ...]]:
        """The curves, by the number of their day."""
        return {numero_borne(day.jour): day.courbe for day in self.jours if day.courbe is not None}

    @cached_property
    def totaux(self) -> Mapping[int, int]:
        """What the total showed, by the number of the day that it starts."""
        return {numero_borne(day.jour): day.total for day in self.jours if day.total is not None}

    @cached_property
    def index(self) -> Mapping[int, Mapping[str, int]]:
        """What the registers showed, by the number of the day."""
        return {
            numero_borne(day.jour): day.registres
            for day in self.jours
            if isinstance(day.registres, Mapping)
        }

    @cached_property
    def index_perdus(self) -> frozenset[int]:
        """The numbers of the days whose index was lost."""
        return frozenset(numero_borne(day.jour) for day in self.jours if day.registres == PERDU)

    @cached_property
    def releves(self) -> tuple[tuple[int, int], ...]:
        """The days [J1, J2) between two indexes that follow one another: their energy is known."""
        lus = sorted(self.totaux)
        return tuple(pairwise(lus))

    @cached_property
    def jours_connus(self) -> frozenset[int]:
        """The numbers of the days of which something is known: a curve, or an energy."""
        return frozenset(self.courbes).union(*(range(*releve) for releve in self.releves))

    @cached_property
    def bornes(self) -> frozenset[int]:
        """The days on which what is known begins and ends; those of 23 or 25 hours stand alone."""
        seuls = {jour for jour in self.jours_connus if calendrier().heures[jour] != 24}
        return frozenset(
            borne
            for jour in self.jours_connus
            for borne, voisin in ((jour, jour - 1), (jour + 1, jour + 1))
            if voisin not in self.jours_connus or seuls.intersection((jour, voisin))
        )

    @cached_property
    def trous(self) -> tuple[tuple[datetime, datetime], ...]:
        """What was lost of the curves, between two instants (UTC)."""
        trous: list[tuple[float, float]] = []
        for numero, courbe in sorted(self.courbes.items()):
            minuit = float(calendrier().minuits[numero])
            pas = float(calendrier().heures[numero]) * 3600 / len(courbe)
            for perdu, pairs in groupby(enumerate(courbe), lambda pair: pair[1] is None):
                if perdu:
                    rangs = [rang for rang, _ in pairs]
                    trous.append((minuit + pas * rangs[0], minuit + pas * (rangs[-1] + 1)))
        joints: list[tuple[float, float]] = []
        for debut, fin in trous:
            if joints and joints[-1][1] == debut:
                joints[-1] = joints[-1][0], fin
            else:
                joints.append((debut, fin))
        return tuple(
            (datetime.fromtimestamp(debut, UTC), datetime.fromtimestamp(fin, UTC))
            for debut, fin in joints
        )


def read_donnees(
    lignes: Iterable[tuple[date, str | None, str | None]],
) -> MesuresDonnees | None:
    """Return what was given, from days with a curve and registers as they are written; None for
    nothing."""
    jours = tuple(
        JourDonne(
            jour,
            None if courbe is None else read_courbe(courbe),
            None if registres is None else read_registres(registres),
        )
        for jour, courbe, registres in lignes
    )
    return MesuresDonnees(jours) if jours else None


def through_given(
    donnees: MesuresDonnees,
    pose: int,
    depose: int | None,
    i0: int,
    depuis: Entiers,
    sommes: Callable[[int], Entiers],
) -> None:
    """Have the registers of a meter, shape (16, n) from the day `i0` on, go through those given.

    It was put in place on the day `pose`, and removed on the day `depose`. `sommes` tells what they
    count until a day. Before the first index they are counted back from it, down to zero; a side
    that wasn't given has what is missing on its first register.
    """
    index = {
        jour: registres
        for jour, registres in donnees.index.items()
        if pose <= jour and (depose is None or jour < depose)
    }
    for nom, rang in _RANGS.items():
        jours = sorted(jour for jour, registres in index.items() if nom in registres)
        if jours:
            _shift(depuis[rang], i0, jours, [index[jour][nom] for jour in jours], rang, sommes)
    if index:
        given = set().union(*index.values())
        for cote, letter in zip(_COTES, "FD", strict=True):
            if not any(nom.startswith(letter) for nom in given):
                others = depuis[cote][1:].sum(axis=0)
                depuis[cote.start] = np.maximum(depuis[_TOTAL] - others, 0)
        np.maximum(depuis, 0, out=depuis)


def _shift(
    registre: Entiers,
    i0: int,
    jours: Sequence[int],
    lus: Sequence[int],
    rang: int,
    sommes: Callable[[int], Entiers],
) -> None:
    """Move a register to what was read of it: by the last reading before, else the first one."""
    fin = i0 + len(registre)
    comptes = {
        jour: int(registre[jour - i0]) if i0 <= jour < fin else int(sommes(jour)[rang])
        for jour in {*(jour for jour in jours if i0 <= jour < fin), _last(jours, i0)}
    }
    utiles = sorted(comptes)
    ecarts = np.array([lus[jours.index(jour)] - comptes[jour] for jour in utiles], np.int64)
    rangs = np.searchsorted(np.array(utiles), np.arange(i0, fin), side="right") - 1
    registre += ecarts[np.maximum(rangs, 0)]


def _last(jours: Sequence[int], i0: int) -> int:
    """Return the last of these days that isn't after `i0`, else the first."""
    return max((jour for jour in jours if jour <= i0), default=jours[0])
