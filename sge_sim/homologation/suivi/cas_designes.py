"""Which case of the catalogue a row of a tracking workbook is about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sge_sim.homologation.suivi.lignes import Tableau, plain

_SIGNS: Final = re.compile(r"[\s_–—-]+")
_CHAINES: Final[Mapping[str, tuple[str, ...]]] = {
    "c5": ("C5",),
    "c1c4": ("C1-C4", "C2-C4"),
    "c2c4": ("C2-C4", "C1-C4"),
    "na": ("N/A",),
}
_LONGEST_PRM: Final = 14


def reference_in(text: str, ids: Iterable[str]) -> str | None:
    """Return the id that a reference means, however it is spaced or hyphenated.

    >>> reference_in("cmd3 – r1", ["CMD3-R1"])
    'CMD3-R1'
    """
    wanted = _SIGNS.sub("-", text.strip().upper()).strip("-")
    return next((each for each in ids if _SIGNS.sub("-", each) == wanted), None)


def segment_in(text: str, segments: Sequence[str]) -> str | None:
    """Return the one of `segments` that a chain means; where a case has only one, that one.

    >>> segment_in("C2C4", ["C1-C4", "C5"]), segment_in("", ["C5"]), segment_in("", ["C1-C4", "C5"])
    ('C1-C4', 'C5', None)
    """
    if len(segments) == 1:
        return segments[0]
    meant = _CHAINES.get(plain(text).replace(" ", ""), ())
    return next((each for each in meant if each in segments), None)


def prm_in(text: str) -> str | None:
    """Return the PRM that a cell holds; a number lost the zero that it began with."""
    digits = re.sub(r"[\s\u00a0.]", "", text)
    return digits.zfill(_LONGEST_PRM) if re.fullmatch(r"\d{11,14}", digits) else None


def references(tableaux: Iterable[Tableau]) -> list[str]:
    """Return the references of all the rows, as they are written."""
    return [each.text(rang, "reference") for each in tableaux for rang in each.rows()]
