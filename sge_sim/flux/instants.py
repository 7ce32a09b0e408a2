"""Stamps as files tell them: what they read in legal time, and when that is."""

import re
from datetime import date, datetime
from typing import Final, NamedTuple

from sge_sim.clock import PARIS, start_of_day
from sge_sim.machine.once import computed_once

_STAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.0+)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_JOUR_MOIS: Final = re.compile(r"^([0-9]{2})[/-]([0-9]{2})[/-]([0-9]{4})$")
_TAMPON: Final = re.compile(r"^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$")
"""How names write an instant."""


class HorodateLue(NamedTuple):
    """A stamp: what legal time reads, its instants (epoch seconds; two in the hour that autumn
    lives twice), the name of the phrase that says why it can't be."""

    legale: datetime
    instants: tuple[int, ...]
    faute: str | None = None


@computed_once(300_000)
def read_stamp(texte: str) -> HorodateLue:
    """Read a stamp or a day, in legal time where it tells no offset; `faute` where it can't be.

    The steps of a year, with offsets and without, are kept: points have the same.
    """
    found = _STAMP.fullmatch(_TAMPON.sub(r"\1-\2-\3T\4:\5:\6", _JOUR_MOIS.sub(r"\3-\2-\1", texte)))
    try:
        jour, heure, offset = found.groups() if found else ("", "", None)
        legale = datetime.fromisoformat(f"{jour}T{heure or '00:00:00'}")
        aware = datetime.fromisoformat(f"{legale.isoformat()}{offset or ''}")
        aware = aware if offset else legale.replace(tzinfo=PARIS)
        instants = {int(aware.replace(fold=fold).timestamp()) for fold in (0, 1)}
        lues = {as_legal(each) for each in instants}
    except (ValueError, OverflowError):
        return HorodateLue(as_legal(0), (0,), "date")
    faute = None if lues == {legale} else "decalage" if offset else "saut_d_heure"
    return HorodateLue(legale, tuple(sorted(instants)), faute)


@computed_once(10_000)
def legal_midnight(jour: date) -> int:
    """Return the legal midnight that begins a day, epoch seconds."""
    return int(start_of_day(jour).timestamp())


def as_legal(instant: int) -> datetime:
    """Return what legal time reads at an instant (epoch seconds)."""
    return datetime.fromtimestamp(instant, PARIS).replace(tzinfo=None)
