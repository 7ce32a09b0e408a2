"""The subscribed services of a point on a line of time, as an image made of rectangles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from sge_sim.api.services import ServiceView

LARGEUR: Final = 1000
HAUTEUR: Final = 26
"""Units of a line of the image, and its width."""


@dataclass(frozen=True)
class Bande:
    """A service: where its rectangle starts, how wide it is, and what it is."""

    x: int
    largeur: int
    y: int
    etat: str
    texte: str


@dataclass(frozen=True)
class Chronologie:
    """The rectangles, and the years (or months) that mark the line, from `debut` to `fin`."""

    debut: date
    fin: date
    bandes: tuple[Bande, ...]
    aujourdhui: int
    reperes: tuple[tuple[int, str], ...]

    @property
    def hauteur(self) -> int:
        """Return the height of the image."""
        return HAUTEUR * (len(self.bandes) + 1)

    @classmethod
    def of(cls, services: Sequence[ServiceView], today: date) -> Self | None:
        """Return the line of these services, None where there is none."""
        if not services:
            return None
        start = min([today - timedelta(30), *(one.debut for one in services)])
        end = max([today + timedelta(30), *(one.fin or today for one in services)])
        days = (end - start).days

        def place(day: date) -> int:
            return round(LARGEUR * (min(max(day, start), end) - start).days / days)

        bandes = tuple(
            Bande(
                place(one.debut),
                max(place(one.fin or end) - place(one.debut), 4),
                HAUTEUR * rank,
                one.etat,
                f"{one.id} {one.type} {one.objet}, {one.etat}",
            )
            for rank, one in enumerate(services)
        )
        years = [date(year, 1, 1) for year in range(start.year + 1, end.year + 1)]
        marks = tuple((place(one), str(one.year)) for one in years)
        return cls(start, end, bandes, place(today), marks)
