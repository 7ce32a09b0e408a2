"""Fewer kinds of work and fewer steps that still fail in the same way."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from partie import Taille, Violation
from travaux import SORTES

Joue = Callable[[Taille, int], Violation | None]
"""Plays a seed of that size, so many steps at most; returns what it fails by, if it does."""


def reduit(
    joue: Joue, taille: Taille, violation: Violation, seconds: float = 600.0
) -> tuple[Taille, Violation]:
    """Return what is left once no kind of work and no run of steps can be left out, or in time.

    What fails must have the name of what failed first.
    """
    end = time.monotonic() + seconds
    for less in _less(taille, violation.pas):
        if time.monotonic() > end:
            break
        tried = replace(taille, sans=taille.sans | less.sans, omis=taille.omis | less.omis)
        found = joue(tried, violation.pas)
        if found is not None and found.nom == violation.nom:
            taille, violation = tried, found
    return taille, violation


def _less(taille: Taille, pas: int) -> Iterator[Taille]:
    """Yield what may be left out: kinds, then ever shorter runs of steps, the last but one too."""
    for kind in ("fins", "defauts", *SORTES):
        yield replace(taille, sans=frozenset({kind}))
    size = pas // 2
    while size:
        for first in range(1, pas, size):
            yield replace(taille, omis=frozenset(range(first, min(first + size, pas))))
        size = size // 2 if size > 8 else 0
