"""Instants of measures as texts: legal time, in the ways that answers and files write it."""

from collections.abc import Sequence
from enum import Enum

from sge_sim.mesures.tableaux import Entiers


class Stamp(Enum):
    """How an instant is written, always in legal time."""

    AVEC_DECALAGE = "2022-01-05T00:30:00.000+01:00"
    NAIF = "2023-04-01 00:30:00"
    JOUR = "2023-04-01"


def write_stamps(stamp: Stamp, horodates: Entiers, decalages: Entiers) -> Sequence[str]:
    """Return the instants as `stamp` writes them."""
    legal = (horodates + decalages).astype("datetime64[s]")
    match stamp:
        case Stamp.JOUR:
            return legal.astype("datetime64[D]").astype("U10").tolist()  # type: ignore[no-any-return]
        case Stamp.NAIF:
            return [text.replace("T", " ") for text in legal.astype("U19").tolist()]
        case Stamp.AVEC_DECALAGE:
            return [
                f"{text}.000+{decalage // 3600:02d}:{decalage % 3600 // 60:02d}"
                for text, decalage in zip(
                    legal.astype("U19").tolist(), decalages.tolist(), strict=True
                )
            ]
