"""Off-peak ranges: how they are written, the distributor's official list, and what a season allows.

An official label holds one season's ranges; a point whose two seasons differ has two. The list and
the regimes stand in `catalog/heures-creuses/`.
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once

Plages = tuple[tuple[int, int], ...]
"""Ranges of the legal day in minutes since midnight, [start, end); 1376, 416 crosses midnight."""

DECALAGES: Final = tuple(range(-10, 11, 2))
"""Minutes by which a real meter may stand beside its nominal half-hours (C15 v5.1.3, §5.5.3)."""
VISIBLES_DEPUIS: Final = date(2026, 10, 6)
"""From this day on seasonal ranges are programmed at a commissioning, and the future ones told."""
_JOURNEE: Final = 1440
_PROCHES: Final = 3
_PLAGE: Final = re.compile(r"(\d{1,2})[hH](\d{2})?-(\d{1,2})[hH](\d{2})?")
_INTERDITES: Final[Mapping[str, Plages]] = MappingProxyType(
    {
        "H": ((7 * 60, 11 * 60), (17 * 60, 21 * 60)),
        "B": ((7 * 60, 10 * 60), (18 * 60, 23 * 60)),
        "ancien": ((7 * 60, 11 * 60), (17 * 60, 23 * 60)),
    }
)
"""Minutes that no nominal range may touch: of the high season, of the low one (CRE 2026-33), and
those for which the ranges of before are reprogrammed."""


class PlageOfficielle(NamedTuple):
    """A pair of the official list; the identifier is the code of future ranges."""

    id: str
    libelle: str


@computed_once(4096)
def parse_plages(texte: str) -> Plages:
    """Read off-peak ranges as SGE labels them.

    >>> parse_plages("HC (22H56-6H56)")
    ((1376, 416),)
    >>> parse_plages("1h-7h;12h30-14h30")
    ((60, 420), (750, 870))

    Raises `UsageError` where no range can be read.
    """
    plages = tuple(
        (int(h0) * 60 + int(m0 or 0), int(h1) * 60 + int(m1 or 0))
        for h0, m0, h1, m1 in _PLAGE.findall(texte)
    )
    if not plages or any(minute > _JOURNEE for plage in plages for minute in plage):
        raise UsageError(
            f"« {texte} » n'est pas une plage d'heures creuses : écrire par exemple 22H56-6H56."
        )
    return plages


def format_plages(plages: Plages) -> str:
    """Write off-peak ranges as SGE labels them (observed: code 440).

    >>> format_plages(((60, 420), (750, 870)))
    'HC (1H00-7H00;12H30-14H30)'
    """
    return f"HC ({';'.join('-'.join(f'{m // 60}H{m % 60:02d}' for m in p) for p in plages)})"


def is_saison_haute(jour: date) -> bool:
    """Tell whether a legal day is of the high season: 1 November to 31 March (CRE 2025-78)."""
    return jour.month >= 11 or jour.month <= 3


def minutes_de(plages: Plages) -> frozenset[int]:
    """Return the minutes of the day that are off-peak."""
    return frozenset(
        minute % _JOURNEE
        for debut, fin in plages
        for minute in range(debut, fin if fin > debut else fin + _JOURNEE)
    )


@computed_once(256)
def durees_des(plages: Plages) -> tuple[tuple[int, int], ...]:
    """Return the start of each range and how long it lasts, in minutes, the longest first.

    >>> durees_des(((1376, 416),))
    ((1376, 480),)
    """
    durees = [(debut % _JOURNEE, (fin - debut) % _JOURNEE or _JOURNEE) for debut, fin in plages]
    return tuple(sorted(durees, key=lambda plage: -plage[1]))


def decalees(plages: Plages, minutes: int) -> Plages:
    """Return ranges moved by some minutes, all their bounds alike."""
    return tuple(((a + minutes) % _JOURNEE, (b + minutes) % _JOURNEE) for a, b in plages)


@computed_once(4096)
def decalage_de(plages: Plages) -> int:
    """Return by how many minutes ranges stand beside their half-hours, -14 to 15.

    That of the first bound: nine official labels have several.
    """
    return (plages[0][0] + 14) % 30 - 14


def nominales(plages: Plages) -> Plages:
    """Return ranges without their shift: the rules are about these.

    >>> nominales(parse_plages("HC (22H56-6H56)"))
    ((1380, 420),)
    """
    return decalees(plages, -decalage_de(plages))


@computed_once(4096)
def touches(plages: Plages, regle: str) -> bool:
    """Tell whether ranges without their shift touch what is forbidden: in the high season (`H`), in
    the low one (`B`), or to ranges of before the reform (`ancien`)."""
    return bool(minutes_de(nominales(plages)) & minutes_de(_INTERDITES[regle]))


@computed_once()
def officielles() -> Mapping[str, PlageOfficielle]:
    """Return the official list, by identifier."""
    found = {}
    for line in _lines("plages.txt"):
        number, texte = line.split()
        found[number] = PlageOfficielle(number, f"HC ({texte})")
    return MappingProxyType(found)


@computed_once()
def _par_plages() -> Mapping[Plages, PlageOfficielle]:
    found: dict[Plages, PlageOfficielle] = {}
    for plage in officielles().values():
        found.setdefault(parse_plages(plage.libelle), plage)
    return MappingProxyType(found)


def officielle_de(plages: Plages) -> PlageOfficielle | None:
    """Return the pair of the official list that has these ranges, if one has."""
    return _par_plages().get(plages)


def plage_officielle(texte: str) -> PlageOfficielle:
    """Read the identifier or the label of a pair of the official list.

    >>> plage_officielle("440").libelle, plage_officielle("22h56-6h56").id
    ('HC (22H56-6H56)', '440')

    Raises `UsageError` for another, with the nearest three.
    """
    if texte.isdigit():
        found = officielles().get(texte)
        near = sorted(officielles().values(), key=lambda plage: abs(int(plage.id) - int(texte)))
    else:
        asked = parse_plages(texte)
        found = officielle_de(asked)
        minutes = minutes_de(asked)
        near = sorted(
            _par_plages().values(),
            key=lambda plage: (
                len(minutes ^ minutes_de(parse_plages(plage.libelle))),
                int(plage.id),
            ),
        )
    if found is None:
        proches = ", ".join(f"{plage.id} {plage.libelle}" for plage in near[:_PROCHES])
        raise UsageError(
            f"« {texte} » n'est pas de la liste officielle des plages d'heures creuses ; les plus "
            f"proches : {proches}."
        )
    return found


@computed_once()
def regimes(marque: str) -> tuple[Plages, ...]:
    """Return the nominal regimes of a mark of `regimes.txt`: `H`, `B`, `1`, `A` or `C`."""
    return tuple(
        parse_plages(texte)
        for texte, marques in map(str.split, _lines("regimes.txt"))
        if marque in marques
    )


def _lines(name: str) -> list[str]:
    text = (data_path("catalog") / "heures-creuses" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
