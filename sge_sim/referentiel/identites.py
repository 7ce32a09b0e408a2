"""Draws that a seed decides, invented addresses, people and companies, the communes of the country.

Draws are the same from one Python to the next. Nobody is meant: names are drawn from common ones,
and no SIRET exists since no SIREN begins with three zeros. Addresses are in the capitals of the
AFNOR address lines.
"""

import json
import lzma
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once

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


@computed_once()
def communes_de_france() -> Mapping[tuple[str, str], str]:
    """Return the name of each pair of a postal code and an INSEE code; 0.1 s, then kept."""
    content = (data_path("catalog") / "communes" / "communes.txt.xz").read_bytes()
    rows = (line.split(";") for line in lzma.decompress(content).decode().splitlines())
    return {(postal, insee): nom for postal, insee, nom in rows}


@computed_once()
def _mots() -> Mapping[str, Sequence[str]]:
    """Return the words that names and addresses are drawn from, by what they are."""
    words: Mapping[str, Sequence[str]] = json.loads(
        Path(__file__).with_name("identites.json").read_bytes()
    )
    return words


def voie(tirage: Tirage) -> str:
    """Draw a number and a street."""
    return f"{1 + tirage.below(180)} {tirage.one_of(_mots()['voies'])}"


def appartement(tirage: Tirage) -> str:
    """Draw a floor and a flat."""
    return f"ETAGE {1 + tirage.below(6)} APPT {1 + tirage.below(60)}"


def batiment(tirage: Tirage) -> str:
    """Draw a building."""
    return f"BATIMENT {tirage.one_of('ABCDEF')}"


def zone(tirage: Tirage) -> str:
    """Draw an industrial or commercial zone."""
    return tirage.one_of(_mots()["zones"])


def personne(tirage: Tirage) -> str:
    """Draw a surname and a first name."""
    return f"{tirage.one_of(_mots()['noms'])} {tirage.one_of(_mots()['prenoms'])}"


def societe(tirage: Tirage) -> str:
    """Draw a company's name."""
    return f"{tirage.one_of(_mots()['metiers'])} {tirage.one_of(_mots()['noms'])}"


def siret(tirage: Tirage) -> str:
    """Draw a SIRET whose two check digits are right."""
    siren = with_luhn_key(f"000{tirage.digits(5)}")
    return with_luhn_key(f"{siren}{tirage.digits(4)}")


def with_luhn_key(digits: str) -> str:
    """Return `digits` followed by their Luhn check digit."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        # Every other digit counts double, from the one before the key; its own digits are summed.
        total += sum(divmod(2 * int(digit), 10)) if rank % 2 == 0 else int(digit)
    return f"{digits}{-total % 10}"
