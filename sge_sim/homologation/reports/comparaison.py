"""Two successive reports of a client: what got better and what got worse."""

from collections.abc import Iterator
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
_WORDS: Final = {
    "repares": ("réparé", "réparés"),
    "casses": ("cassé", "cassés"),
    "apres_seulement": ("passé après seulement", "passés après seulement"),
    "avant_seulement": ("passé avant seulement", "passés avant seulement"),
    "toujours_mauvais": ("inchangé, mauvais", "inchangés, mauvais"),
    "toujours_bons": ("inchangé, bon", "inchangés, bons"),
}


@dataclass(frozen=True)
class Comparaison:
    """The keys of the cases that two reports have both judged, by how they fare, and of those that
    the later or the earlier alone has judged."""

    repares: tuple[str, ...]
    casses: tuple[str, ...]
    apres_seulement: tuple[str, ...] = ()
    avant_seulement: tuple[str, ...] = ()
    toujours_mauvais: tuple[str, ...] = ()
    toujours_bons: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What changed, in French, each part with its keys; parts without a key are absent."""
        return self._said("repares", "casses")

    @property
    def parts(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """All cases by how they fared, as `changes`."""
        return self._said(*_WORDS)

    def _said(self, *names: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = ((name, getattr(self, name)) for name in names)
        return tuple((counted(len(keys), *_WORDS[name]), keys) for name, keys in found if keys)

    def __str__(self) -> str:
        both = (self.repares, self.casses, self.toujours_mauvais, self.toujours_bons)
        changed = ", ".join(count for count, _ in self.changes) or "rien n'a changé"
        return f"{changed}, sur {sum(map(len, both))} cas passés les deux fois"


def compare(before: Rapport, after: Rapport) -> Comparaison:
    """Return what changed between two reports, in the order of their cases.

    A case that wasn't called, or that a panne struck, counts for neither.
    """
    earlier, later = _judged(before), _judged(after)
    both = [cle for cle in later if cle in earlier]
    return Comparaison(
        repares=tuple(cle for cle in both if later[cle] and not earlier[cle]),
        casses=tuple(cle for cle in both if earlier[cle] and not later[cle]),
        apres_seulement=tuple(cle for cle in later if cle not in earlier),
        avant_seulement=tuple(cle for cle in earlier if cle not in later),
        toujours_mauvais=tuple(cle for cle in both if not (later[cle] or earlier[cle])),
        toujours_bons=tuple(cle for cle in both if later[cle] and earlier[cle]),
    )


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
