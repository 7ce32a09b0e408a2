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
_JOUR_MOIS: Final = re.compile(r"([0-9]{2})[/-]([0-9]{2})[/-]([0-9]{4})")


class HorodateLue(NamedTuple):
    """A stamp: what legal time reads, its instants (epoch seconds; two in the hour that autumn
    lives twice), why it can't be, in French."""

    legale: datetime
    instants: tuple[int, ...]
    faute: str | None = None


@computed_once(100_000)
def read_stamp(texte: str) -> HorodateLue:
    """Read a stamp or a day, in legal time where it tells no offset; `faute` where it can't be."""
    turned = _JOUR_MOIS.fullmatch(texte)
    found = _STAMP.fullmatch("-".join(reversed(turned.groups())) if turned else texte)
    try:
        if found is None:
            raise ValueError
        jour, heure, offset = found.groups()
        legale = datetime.fromisoformat(f"{jour}T{heure or '00:00:00'}")
        aware = datetime.fromisoformat(f"{legale.isoformat()}{offset or '+00:00'}")
        if offset is None:
            aware = legale.replace(tzinfo=PARIS)
        instants = {int(aware.replace(fold=fold).timestamp()) for fold in (0, 1)}
        lues = {datetime.fromtimestamp(each, PARIS).replace(tzinfo=None) for each in instants}
    except (ValueError, OverflowError):
        return HorodateLue(as_legal(0), (0,), f"« {texte} » n'est pas une date")
    faute = None
    if lues != {legale}:
        faute = (
            f"« {texte} » n'existe pas : l'heure change"
            if offset is None
            else f"« {texte} » n'a pas le décalage de l'heure légale"
        )
    return HorodateLue(legale, tuple(sorted(instants)), faute)


@computed_once(10_000)
def legal_midnight(jour: date) -> int:
    """Return the legal midnight that begins a day, epoch seconds."""
    return int(start_of_day(jour).timestamp())


def as_legal(instant: int) -> datetime:
    """Return what legal time reads at an instant (epoch seconds)."""
    return datetime.fromtimestamp(instant, PARIS).replace(tzinfo=None)


def read_tampon(texte: str) -> datetime | None:
    """Return what the stamp of a name (`AAAAMMJJhhmmss`) reads, None where it can't be."""
    stamp = read_stamp(re.sub("(....)(..)(..)(..)(..)(..)", r"\1-\2-\3T\4:\5:\6", texte))
    return None if stamp.faute else stamp.legale
