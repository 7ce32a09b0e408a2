"""Two reports of a release, one after the other: what got better and what got worse."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.homologation.reports.rapport import Rapport, read_rapport

_LOOKED_AT: Final = 20
"""Reports that are read at most, to find the one before."""


@dataclass(frozen=True)
class Comparaison:
    """The keys of the cases that are good now and weren't, and of those that were and aren't."""

    repares: tuple[str, ...]
    casses: tuple[str, ...]

    def __str__(self) -> str:
        parts = []
        for keys, one, many in (
            (self.repares, "réparé", "réparés"),
            (self.casses, "cassé", "cassés"),
        ):
            if keys:
                parts.append(f"{len(keys)} {many if len(keys) > 1 else one} ({', '.join(keys)})")
        return ", ".join(parts) or "rien n'a changé"


def compare(before: Rapport, after: Rapport) -> Comparaison:
    """Return what changed between two reports; cases that one of them doesn't have are left out."""
    earlier = {each.cle: each.statut.bon for each in before.executions}
    known = [each for each in after.executions if each.cle in earlier]
    return Comparaison(
        tuple(each.cle for each in known if each.statut.bon and not earlier[each.cle]),
        tuple(each.cle for each in known if not each.statut.bon and earlier[each.cle]),
    )


def find_previous(rapport: Rapport, folder: Path) -> Rapport | None:
    """Return the report of the same release that was last written before `rapport`.

    It is looked for in `folder`, where `rapport` is about to take its place, and beside it.
    """
    earlier = (each for each in _written_near(folder) if each.release == rapport.release)
    return next((each for each in earlier if each.fin <= rapport.debut), None)


def _written_near(folder: Path) -> Iterator[Rapport]:
    """Yield the reports of a folder and of its neighbours, the newest file first."""
    files = [(each.stat().st_mtime, each) for each in folder.parent.glob("*/rapport.json")]
    for _, file in nlargest(_LOOKED_AT, files):
        with suppress(UsageError):
            yield read_rapport(file)
