"""What differs between two messages, line by line, in a time and a size that are bounded."""

from collections import Counter
from difflib import unified_diff
from typing import Final

from sge_sim.homologation.client.messages import indented

_LONGEST: Final = 400_000
_MANY: Final = 200
_LINES: Final = 6_000
_PAIRS: Final = 80_000
"""Equal lines, one of each message, that are weighed: a second's worth at most."""
_SHOWN: Final = 200
_CHARACTERS: Final = 200
_AROUND: Final = 2

Ligne = tuple[str, str]
"""A mark (`-` gone, `+` come, a space for the same, `@` where some are left out) and a line."""


def difference(before: bytes, after: bytes) -> list[Ligne] | None:
    """Return the lines that differ with those around them, none where both say the same.

    XML is indented first: how it was laid out doesn't count. None for messages that are too long
    or repeat too much to be compared while somebody waits; beyond 200 lines, the last says how
    many are left out.
    """
    if max(len(before), len(after)) > _LONGEST:
        return None
    old, new = (_lines(message) for message in (before, after))
    if max(len(old), len(new)) > _LINES or _pairs(old, new) > _PAIRS:
        return None
    found = list(unified_diff(old, new, lineterm="", n=_AROUND))[2:]
    lines = [("@", "…") if line[0] == "@" else (line[0], _cut(line[1:])) for line in found]
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], ("@", f"… et {len(lines) - _SHOWN} autres lignes")]
    return lines


def _pairs(old: list[str], new: list[str]) -> int:
    """Count the equal lines that difflib weighs: not those that make a hundredth of them."""
    if old == new:
        return 0
    most = len(new) // 100 + 1 if len(new) >= _MANY else len(new)
    counted = Counter(old)
    return sum(counted[line] * count for line, count in Counter(new).items() if count <= most)


def _lines(message: bytes) -> list[str]:
    return indented(message.decode("utf-8", "replace")).splitlines()


def _cut(line: str) -> str:
    return line if len(line) <= _CHARACTERS else line[: _CHARACTERS - 1] + "…"
