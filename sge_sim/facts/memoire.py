"""The facts that a process keeps of what it read, as long as nothing is committed.

A fact is kept under the edition of the state it was read from, and given only to who has just
looked and found that edition: it can't be stale, whoever writes, in any process.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from sge_sim.facts.editions import Edition, Editions, Known
from sge_sim.facts.lecture import questions
from sge_sim.machine import monde
from sge_sim.tables.point_facts import Dossier, Faits
from sge_sim.tables.prepared import Query, Question

T = TypeVar("T")


class Memoire:
    """The facts of one process, shared by its threads; at most `kept`, of those last used.

    They are in two halves: the young one is let grow to its share, then takes the place of the
    old one, from which whatever is asked for again comes back. A fact that is found among the
    young ones costs one look, without a lock.
    """

    def __init__(self, editions: Editions, *, kept: int = 2048) -> None:
        self._editions = editions
        self._half = kept // 2
        self.young: dict[Question, Known] = {}
        self._old: dict[Question, Known] = {}
        self._lock = monde.Lock()

    def look(self, *asked: Question) -> "Vue":
        """Return a view of the state as it is now, in which what is asked is read (`found`)."""
        with self._editions.turn:
            kept = {each: self.young.get(each) or self._come_back(each) for each in asked}
            edition, read = self._editions.look(kept)
            for question, value in read:
                known = kept[question]
                if known is not None and _same(known[1], value):
                    value = known[1]
                kept[question] = self._keep(question, (edition, value))
        return Vue(self, edition, [known[1] for each in asked if (known := kept[each])])

    def lire(self, **asked: Any) -> Faits:
        """Return facts of the state as it is now; see `Vue.lire`."""
        return self.look().lire(**asked)

    def answers(self, edition: Edition, asked: Sequence[Question]) -> list[Any]:
        """Return what each question reads, all from one state: that of `edition` or a later one.

        `edition` is what a look has just found.
        """
        found = []
        for question in asked:
            known = self.young.get(question) or self._come_back(question)
            if known is None or known[0] != edition:
                return self.look(*asked).found
            found.append(known[1])
        return found

    def _come_back(self, question: Question) -> Known | None:
        known = self._old.get(question)
        return None if known is None else self._keep(question, known)

    def _keep(self, question: Question, known: Known) -> Known:
        with self._lock:
            if len(self.young) >= self._half:
                self._old, self.young = self.young, {}
            self.young[question] = known
        return known


class Vue:
    """The state as a call finds it when it looks.

    What is read together is of one state: the one that was looked at, or a later one where
    something was committed in between.
    """

    __slots__ = ("_memoire", "edition", "found")

    def __init__(self, memoire: Memoire, edition: Edition, found: list[Any]) -> None:
        """`edition` is that of the look: between two equal ones nothing was committed. `found` are
        the answers to what was asked with it."""
        self._memoire = memoire
        self.edition = edition
        self.found = found

    def lire(self, **asked: Any) -> Faits:
        """Return the facts that `questions` understands, all of one state."""
        wanted = questions(**asked)
        values = self._memoire.answers(self.edition, tuple(wanted.values()))
        return Faits(**dict(zip(wanted, values, strict=True)))

    def ask(self, query: Query[T], *of: str) -> T:
        """Return what one question reads."""
        question = (query, *of)
        known = self._memoire.young.get(question)
        if known is None or known[0] != self.edition:
            known = self.edition, self._memoire.answers(self.edition, (question,))[0]
        read: T = known[1]
        return read

    def read(self, *asked: Question) -> list[Any]:
        """Return what each question reads, all of one state."""
        return self._memoire.answers(self.edition, asked)


def _same(before: Any, now: Any) -> bool:
    """Tell whether two readings found the same; a `Dossier` is itself only."""
    if isinstance(before, Dossier) and isinstance(now, Dossier):
        return before.says_as(now)
    return bool(before == now)
