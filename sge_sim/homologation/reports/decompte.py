"""How many runs ended how: by package for the bars of pages, by filter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sge_sim.homologation.reports.rapport import FILTRES, Execution, Statut, colour_of


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
        counts_in_words(executions),
    )


def filtres(executions: Sequence[Execution]) -> tuple[tuple[str, str, int], ...]:
    """Return the filters of a list of runs: name, French word, how many it shows."""
    counts = Counter(each.filtre for each in executions)
    return tuple((name, word, counts[name]) for name, word in FILTRES.items())


def counts_in_words(executions: Sequence[Execution]) -> str:
    """Return how many runs ended how, in French: « 2 réussis, 1 échoué »."""
    counts = Counter(each.statut for each in executions)
    return (
        ", ".join(counted_as(each, counts[each]) for each in Statut if counts[each]) or "aucun cas"
    )


def counted_as(statut: Statut, count: int) -> str:
    """Return how many runs ended so, in French.

    >>> counted_as(Statut.ECART, 2), counted_as(Statut.NON_EXECUTE, 2), counted_as(Statut.ADMIS, 1)
    ('2 écarts connus', '2 non exécutés', '1 admis')
    """
    words = [
        word if count < 2 or word == "non" or word.endswith("s") else f"{word}s"
        for word in statut.value.split()
    ]
    return f"{count} {' '.join(words)}"
