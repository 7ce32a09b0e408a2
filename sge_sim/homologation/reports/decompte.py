"""How many runs ended how: by package for the bars of pages, by filter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sge_sim.homologation.reports.rapport import FILTRES, Execution, Statut, colour_of, counted


@dataclass(frozen=True)
class Decompte:
    """How the runs of a package ended: `dit` in French, `bandes` as the bands of a bar, each its
    colour, where it begins and how many runs it counts."""

    package: str
    bons: int
    total: int
    bandes: tuple[tuple[str, int, int], ...]
    dit: str


def decomptes(executions: Sequence[Execution]) -> tuple[Decompte, ...]:
    """Return the counts of each package, in the order of the runs."""
    packages = dict.fromkeys(each.package for each in executions)
    return tuple(
        _decompte(package, [each for each in executions if each.package == package])
        for package in packages
    )


def _decompte(package: str, executions: Sequence[Execution]) -> Decompte:
    counts = Counter(each.statut for each in executions)
    bands, start = [], 0
    for statut in Statut:
        if counts[statut]:
            bands.append((colour_of(statut), start, counts[statut]))
            start += counts[statut]
    return Decompte(
        package,
        sum(each.statut.bon for each in executions),
        len(executions),
        tuple(bands),
        ", ".join(counted(each, counts[each]) for each in Statut if counts[each]),
    )


def filtres(executions: Sequence[Execution]) -> tuple[tuple[str, str, int], ...]:
    """Return the filters of a list of runs: name, French word, how many it shows."""
    counts = Counter(each.filtre for each in executions)
    return tuple((name, word, counts[name]) for name, word in FILTRES.items())
