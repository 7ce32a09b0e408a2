"""Two successive reports of a client: what got better and what got worse."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from operator import attrgetter
from pathlib import Path
from typing import Final

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.homologation.reports.rapport import Rapport, read_rapport

_LOOKED_AT: Final = 20
"""Reports that are read at most, to find the one before."""
_WHOSE: Final = attrgetter("release", "origine", "cible", "acteur", "client")
Parts = tuple[tuple[str, tuple[str, ...]], ...]
"""Cases by how they fared, in French (« 2 réparés »), each with its keys; none without a key."""


@dataclass(frozen=True)
class Comparaison:
    """How the cases of two reports fared: `changes` are those that got better or worse, `casses`
    the keys of the latter, `autres` the others; `communs` counts those that both have judged."""

    changes: Parts
    casses: tuple[str, ...]
    autres: Parts
    communs: int

    def __str__(self) -> str:
        changed = ", ".join(count for count, _ in self.changes) or "rien n'a changé"
        return f"{changed}, sur {self.communs} cas passés les deux fois"


def compare(before: Rapport, after: Rapport) -> Comparaison:
    """Return what changed between two reports, in the order of their cases.

    A case that wasn't called, or that a panne struck, counts for neither.
    """
    earlier, later = _judged(before), _judged(after)
    both = [cle for cle in later if cle in earlier]
    repaired = tuple(cle for cle in both if later[cle] and not earlier[cle])
    broken = tuple(cle for cle in both if earlier[cle] and not later[cle])
    same = [cle for cle in both if later[cle] is earlier[cle]]
    changes = _parts(("réparé", "réparés", repaired), ("cassé", "cassés", broken))
    new, gone = ([cle for cle in own if cle not in both] for own in (later, earlier))
    autres = _parts(
        ("passé après seulement", "passés après seulement", new),
        ("passé avant seulement", "passés avant seulement", gone),
        ("inchangé, mauvais", "inchangés, mauvais", [cle for cle in same if not later[cle]]),
        ("inchangé, bon", "inchangés, bons", [cle for cle in same if later[cle]]),
    )
    return Comparaison(changes, broken, autres, len(both))


def _parts(*found: tuple[str, str, Sequence[str]]) -> Parts:
    return tuple((counted(len(keys), *words), tuple(keys)) for *words, keys in found if keys)


def _judged(rapport: Rapport) -> dict[str, bool]:
    """Return whether each case that a report has judged is good, by key."""
    return {each.cle: each.statut.bon for each in rapport.executions if each.jugee}


def precedes(before: Rapport, after: Rapport) -> bool:
    """Tell whether `before` is of the history of `after`.

    It was over before, has judged some of its cases, and is of the same release, origin and target
    and of the same client: actor, criterion, and products, whatever their versions.
    """
    return (
        before.fin <= after.debut
        and _WHOSE(before) == _WHOSE(after)
        and _products(before) == _products(after)
        and not _judged(before).keys().isdisjoint(_judged(after))
    )


def _products(rapport: Rapport) -> set[str]:
    return {each.partition("/")[0] for each in rapport.logiciels}


def find_previous(rapport: Rapport, folder: Path) -> Rapport | None:
    """Return the last report of the history of `rapport`.

    It is looked for in `folder`, where `rapport` is about to take its place, and beside it.
    """
    earlier = [each for each in _written_near(folder) if precedes(each, rapport)]
    return max(earlier, key=lambda each: each.fin, default=None)


def _written_near(folder: Path) -> Iterator[Rapport]:
    """Yield the reports of a folder and of its neighbours, the newest file first."""
    files = [(each.stat().st_mtime, each) for each in folder.parent.glob("*/rapport.json")]
    for _, file in nlargest(_LOOKED_AT, files):
        with suppress(UsageError):
            yield read_rapport(file)
