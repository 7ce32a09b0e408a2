"""Two reports of a release, one after the other: what got better and what got worse."""

from collections.abc import Iterable, Iterator
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
    """The keys of the cases that are good now and weren't, of those that were and aren't, of those
    that one report alone has, the later or the earlier, and of those that fare as before."""

    repares: tuple[str, ...]
    casses: tuple[str, ...]
    nouveaux: tuple[str, ...] = ()
    disparus: tuple[str, ...] = ()
    toujours_mauvais: tuple[str, ...] = ()
    toujours_bons: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What to say, each part with its keys; parts without a key are absent."""
        same = (("inchangé, mauvais", self.toujours_mauvais), ("inchangé, bon", self.toujours_bons))
        return _named((*self._changes(), *same))

    def __str__(self) -> str:
        parts = (f"{name} ({', '.join(keys)})" for name, keys in _named(self._changes()))
        return ", ".join(parts) or "rien n'a changé"

    def _changes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (
            ("réparé", self.repares),
            ("cassé", self.casses),
            ("nouveau", self.nouveaux),
            ("disparu", self.disparus),
        )


def _named(
    parts: Iterable[tuple[str, tuple[str, ...]]],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((_counted(word, len(keys)), keys) for word, keys in parts if keys)


def _counted(word: str, count: int) -> str:
    """Return how many cases fared so.

    >>> _counted("inchangé, mauvais", 2), _counted("nouveau", 3), _counted("cassé", 1)
    ('2 inchangés, mauvais', '3 nouveaux', '1 cassé')
    """
    if count > 1:
        ended = {"nouveau": "nouveaux"}
        first, comma, second = word.partition(",")
        plural = second if second.endswith("s") else f"{second}s"
        word = f"{ended.get(first, first + 's')}{comma}{plural if comma else ''}"
    return f"{count} {word}"


def compare(before: Rapport, after: Rapport) -> Comparaison:
    """Return what changed between two reports, in the order of their cases."""
    earlier = {each.cle: each.statut.bon for each in before.executions}
    later = {each.cle: each.statut.bon for each in after.executions}
    both = [cle for cle in later if cle in earlier]
    return Comparaison(
        repares=tuple(cle for cle in both if later[cle] and not earlier[cle]),
        casses=tuple(cle for cle in both if earlier[cle] and not later[cle]),
        nouveaux=tuple(cle for cle in later if cle not in earlier),
        disparus=tuple(cle for cle in earlier if cle not in later),
        toujours_mauvais=tuple(cle for cle in both if not (later[cle] or earlier[cle])),
        toujours_bons=tuple(cle for cle in both if later[cle] and earlier[cle]),
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
