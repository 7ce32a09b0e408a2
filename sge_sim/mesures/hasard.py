"""Laws of chance in integers: what spreads sizes, days and starts.

Everything is over `UN`, from numbers of `alea`: no value depends on how a machine computes
exponentials. Who draws takes the next number, or the next key, of a stream: what each decides
follows from the order in which they are asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from math import prod
from typing import TypeVar

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.tableaux import Entiers, common_table

FRACTION = 12
UN = 1 << FRACTION
"""The factor 1."""

TIRAGES = 256
"""Entries of a table that a day's draw looks up."""

PRESENCES = (6, 12, 20, 30, 40, 50, 60, 70, 80, 90, 100)
"""Chances, per cent, that a use happens at all on a day."""
ECARTS = (0, 1, 4, 10, 20, 35, 55, 80)
"""Spreads of what a use takes from one day to another: sigma of its logarithm, per cent. That of 0
is never above 1, as what clouds leave of the sun."""
_NUAGES = 93
"""Least of it, per cent."""

Fourchette = tuple[int, int]
"""The least and the most of what is drawn."""
Nombre = TypeVar("Nombre", int, Entiers)
T = TypeVar("T")

_QUART_BITS = 15
_QUART = (1 << _QUART_BITS) - 1
"""The largest of the four uniform numbers that make a normal one."""
_ECART_BITS = 13
_PAR_ECART = 1774
"""`UN` over the standard deviation of their sum, 2 ** 15 / 3 ** 0.5: over 2 ** `_ECART_BITS`."""
_LOG2_E = 5909
"""The binary logarithm of e, over `UN`."""
_PENTE, _COURBURE = 2689, 1407
"""2 ** x is nearly 1 + x * (pente + courbure * x) for x of [0, 1]: over `UN`."""
_UNIFORMES = np.arange(0, 5 * FRACTION, FRACTION)
"""Where the five uniform numbers of a draw begin, bits."""


def normal(drawn: Nombre) -> Nombre:
    """Return a centred number of standard deviation `UN` from one of `alea`, or as many from an
    array of them: four uniform numbers added, within 3.5 deviations."""
    somme = (
        (drawn & _QUART)
        + (drawn >> _QUART_BITS & _QUART)
        + (drawn >> 2 * _QUART_BITS & _QUART)
        + (drawn >> 3 * _QUART_BITS & _QUART)
    )
    centree: Nombre = (somme - 2 * _QUART) * _PAR_ECART >> _ECART_BITS
    return centree


def exponential(x: int) -> int:
    """Return `UN * exp(x / UN)`, to 0.3 %, never under 1.

    >>> exponential(0), exponential(4096)
    (4096, 11122)
    """
    puissance = x * _LOG2_E >> FRACTION
    entiere, reste = puissance >> FRACTION, puissance & UN - 1
    valeur = UN + (reste * (_PENTE + (_COURBURE * reste >> FRACTION)) >> FRACTION)
    return valeur << entiere if entiere >= 0 else max(valeur >> -entiere, 1)


def join_knots(knots: Entiers, ranks: Entiers, period: int) -> Entiers:
    """Return what is linear between knots `period` ranks apart, along their last axis."""
    before, rest = ranks // period, ranks % period
    joined: Entiers = knots[..., before] * (period - rest) + knots[..., before + 1] * rest
    return joined // period


def slow_noise(key: int, ranks: Entiers, period: int, amplitude: int) -> Entiers:
    """Return a noise in [-amplitude, amplitude], linear between draws `period` ranks apart."""
    tirages = draws(key, np.arange(int(ranks.max()) // period + 2))
    return join_knots(tirages % (2 * amplitude + 1) - amplitude, ranks, period)


def slow_noises(keys: Iterable[int], ranks: Entiers, parts: Sequence[tuple[int, int]]) -> Entiers:
    """Return noises added, each under the next key; `parts`: their periods and amplitudes."""
    noises = [slow_noise(key, ranks, *part) for part, key in zip(parts, keys, strict=False)]
    added: Entiers = np.add.reduce(noises)
    return added


class PointStream:
    """The numbers that a point drew, one after the other."""

    def __init__(self, drawn: Entiers) -> None:
        nombres: list[int] = drawn.tolist()
        self._next = iter(nombres).__next__

    def between(self, low: int, high: int) -> int:
        """Return a number of [low, high], each as likely."""
        return low + self._next() % (high - low + 1)

    def between_hours(self, low: float, high: float) -> int:
        """Return a half-hour of the day between these hours, each as likely."""
        return self.between(int(2 * low), int(2 * high))

    def chance(self, per_mille: int) -> bool:
        """Tell whether something of so many chances in 1000 happens."""
        return self._next() % 1000 < per_mille

    def pick(self, weights: Mapping[T, int]) -> T:
        """Return one of these, as often as its weight says."""
        rest = self._next() % sum(weights.values())
        for picked, weight in weights.items():
            if rest < weight:
                return picked
            rest -= weight
        raise ValueError("nothing to pick")

    def around_hour(self, middle: float, spread: float) -> int:
        """Return a half-hour around an hour of the day; `spread`: standard deviation, h."""
        return int(2 * middle) + (normal(self._next()) * int(2 * spread) + UN // 2 >> FRACTION)

    def size(self, median: int, sigma: int, low: int, high: int) -> int:
        """Return a lognormal number; `sigma`: that of the logarithm, per cent."""
        factor = exponential(normal(self._next()) * sigma // 100)
        return min(max(median * factor >> FRACTION, low), high)


class RowStream:
    """Arrays of numbers, each drawn under the next key."""

    def __init__(self, key: int) -> None:
        self._key, self._keys = key, count(key)

    def at(self, place: int) -> "RowStream":
        """Return the stream that begins so many keys after the first one of this."""
        return RowStream(self._key + place)

    def uniform(self, *shape: int) -> Entiers:
        """Return numbers of [0, UN) in this shape."""
        many = prod(shape)
        tirages = draws(next(self._keys), np.arange(-(-many // len(_UNIFORMES))))
        numbers: Entiers = (tirages[:, None] >> _UNIFORMES & UN - 1).ravel()[:many]
        return numbers.reshape(shape)

    def between(self, low: int, high: int, *shape: int) -> Entiers:
        """Return numbers of [low, high] in this shape."""
        return low + self.uniform(*shape) * (high - low + 1) // UN

    def slow(self, many: int, steps: int, period: int, amplitude: int) -> Entiers:
        """Return rows of noise in [-amplitude, amplitude], linear between knots `period` steps
        apart."""
        knots = self.uniform(many, steps // period + 2) * (2 * amplitude) // UN - amplitude
        return join_knots(knots, np.arange(steps), period)


@computed_once(256)
def nearest_rank(valeurs: tuple[int, ...], wanted: int) -> int:
    """Return the rank of the value that is the nearest to the one that is wanted."""
    return min(range(len(valeurs)), key=lambda rang: abs(valeurs[rang] - wanted))


@computed_once(1024)
def noise_table(presence: int, ecart: int) -> int:
    """Return where the noise of a day begins in `bruits()`: of the nearest presence and spread, per
    cent."""
    rang = nearest_rank(PRESENCES, presence) * len(ECARTS) + nearest_rank(ECARTS, ecart)
    return rang * TIRAGES


@common_table
def bruits() -> Entiers:
    """Return the factors of a day, over `UN`, by table then by draw: ascending, zeros first where
    the use may not happen; the mean of each table is `UN`, but for
    that of clouds."""
    tirages = draws(subkey(0xB2017, 1), np.arange(32 * TIRAGES, dtype=np.int64))
    normales = np.sort(normal(tirages))[16::32].tolist()
    niveaux = {
        ecart: [exponential(normale * ecart // 100) for normale in normales] for ecart in ECARTS
    }
    nuages = _NUAGES + np.arange(TIRAGES) * (100 - _NUAGES) // TIRAGES
    tables = []
    for presence in PRESENCES:
        nuls = TIRAGES * (100 - presence) // 100
        # Spread over the days that happen.
        rangs = np.arange(TIRAGES - nuls) * TIRAGES
        rangs //= TIRAGES - nuls
        for ecart in ECARTS:
            if not ecart:
                tables.append((nuages * UN // 100).tolist())
                continue
            tires = [niveaux[ecart][rang] for rang in rangs.tolist()]
            somme = sum(tires)
            tables.append([0] * nuls + [tire * UN * TIRAGES // somme for tire in tires])
    table = np.array(tables, np.int64).ravel()
    table.setflags(write=False)
    return table
