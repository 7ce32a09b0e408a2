"""Chance, for addresses and population: seeded, and the same from one Python to the next."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Tirage:
    """Draws that a seed decides.

    Only `Random.random` is used: it alone is promised never to change between Python versions.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - nothing secret

    def below(self, bound: int) -> int:
        """Draw a whole number from 0 to `bound` - 1."""
        return int(self._random() * bound)

    def happens(self, percent: int) -> bool:
        """Tell whether something happens that does `percent` times out of a hundred."""
        return self.below(100) < percent

    def one_of(self, values: Sequence[T]) -> T:
        """Draw one value, all as likely."""
        return values[self.below(len(values))]

    def digits(self, count: int) -> str:
        """Draw `count` digits."""
        return f"{self.below(10**count):0{count}d}"

    def day(self, first: date, last: date) -> date:
        """Draw a day between two, both included."""
        return first + timedelta(days=self.below((last - first).days + 1))

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Draw one value, as likely as its weight (a whole number)."""
        drawn = self.below(sum(weights.values()))
        for value, weight in weights.items():
            drawn -= weight
            if drawn < 0:
                return value
        raise ValueError("there is nothing to draw from")
