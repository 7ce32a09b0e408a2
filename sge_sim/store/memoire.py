"""What a process keeps of what it read, for as long as nothing is committed.

A fact is kept under the edition of the state it was read from, and given only to who has just
looked and found that edition: it can't be stale, whoever writes, in any process.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

from sge_sim.store.editions import Edition, Editions
from sge_sim.store.fiches import Dossier
from sge_sim.store.lecture import Faits, Question, questions


class Memoire:
    """The facts of one process, shared by its threads; the `kept` last used are kept."""

    def __init__(self, editions: Editions, *, kept: int = 2048) -> None:
        self._editions = editions
        self._kept_most = kept
        self._kept: OrderedDict[Question, tuple[Edition, Any]] = OrderedDict()
        self._lock = Lock()

    def look(self) -> "Vue":
        """Return a view of the state as it is now."""
        return Vue(self, self._editions.look())

    def lire(self, **asked: str | None) -> Faits:
        """Return facts of the state as it is now; see `Vue.lire`."""
        return self.look().lire(**asked)

    def answers(self, edition: Edition, asked: Sequence[Question]) -> list[Any]:
        """Return what each question reads, all from one state: that of `edition` or a later one.

        `edition` is what a look has just found.
        """
        found = []
        with self._lock:
            for question in asked:
                known = self._kept.get(question)
                if known is None or known[0] != edition:
                    break
                self._kept.move_to_end(question)
                found.append(known[1])
            else:
                return found
        with self._editions.snapshot() as (current, driver):
            values = []
            for question in asked:
                with self._lock:
                    known = self._known(current, question)
                if known is None:
                    known = self._keep(current, question, question[0](driver, *question[1:]))
                values.append(known[1])
            return values

    def _known(self, edition: Edition, question: Question) -> tuple[Edition, Any] | None:
        known = self._kept.get(question)
        if known is None or known[0] != edition:
            return None
        self._kept.move_to_end(question)
        return known

    def _keep(self, edition: Edition, question: Question, value: Any) -> tuple[Edition, Any]:
        with self._lock:
            before = self._kept.get(question)
            if before is not None and _same(before[1], value):
                value = before[1]
            kept = self._kept[question] = (edition, value)
            self._kept.move_to_end(question)
            while len(self._kept) > self._kept_most:
                self._kept.popitem(last=False)
        return kept


class Vue:
    """The state as a call finds it when it looks.

    What is read together is of one state: the one that was looked at, or a later one where
    something was committed in between.
    """

    __slots__ = ("_edition", "_memoire")

    def __init__(self, memoire: Memoire, edition: Edition) -> None:
        self._memoire = memoire
        self._edition = edition

    @property
    def edition(self) -> Edition:
        """What was looked at: equal editions had no commit in between."""
        return self._edition

    def lire(self, **asked: str | None) -> Faits:
        """Return the facts that `questions` understands, all of one state."""
        wanted = questions(**asked)
        values = self._memoire.answers(self._edition, tuple(wanted.values()))
        return Faits(**dict(zip(wanted, values, strict=True)))

    def ask(self, read: Any, *of: str) -> Any:
        """Return what one question reads."""
        return self._memoire.answers(self._edition, ((read, *of),))[0]


def _same(before: Any, now: Any) -> bool:
    """Tell whether two readings found the same; a `Dossier` is itself only."""
    if isinstance(before, Dossier) and isinstance(now, Dossier):
        return before.says_as(now)
    return bool(before == now)
