"""The texts of strangers: which characters none of them may hold, wherever it comes in.

Controls, which a terminal obeys; marks of direction, by which a text reads otherwise than it is
written; half a character (a surrogate alone) and what else neither XML nor a database takes.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeVar

T = TypeVar("T")

_UNFIT: Final = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    r"\ud800-\udfff\ufffe\uffff"
)
_IN_TEXT: Final = re.compile(f"[{_UNFIT}]")
_IN_LINE: Final = re.compile(rf"[{_UNFIT}\t\n\r]")
_ALL_SHOWN: Final = 40


def unfit_in(value: object, *, line: bool = False) -> str | None:
    """Return in French what is unfit in a text, or in those of a structure, and where in it.

    None where nothing is. A text within a `line` has neither tabs nor ends of line.
    """
    sought, pending = _IN_LINE if line else _IN_TEXT, [("", value)]
    if isinstance(value, str) and sought.search(value) is None:
        return None
    while pending:
        place, each = pending.pop()
        if isinstance(each, str) and (found := sought.search(each)):
            name = f"{place[1:]} : le caractère U+{ord(found[0]):04X}".removeprefix(" : ")
            return f"{name} n'a pas sa place dans un texte : l'ôter"
        if isinstance(each, Mapping):
            pending += [
                (f"{place}.{key}", inner)
                for key, inner in each.items()
                if not isinstance(inner, str) or sought.search(inner)
            ]
            pending += [(place, key) for key in each]
        elif isinstance(each, list | tuple):
            pending += [(f"{place}.{rank}", inner) for rank, inner in enumerate(each)]
    return None


def without_unfit(text: str) -> str:
    """Return a text with U+XXXX for each character that is unfit."""
    return _IN_TEXT.sub(lambda found: f"U+{ord(found[0]):04X}", text)


def fit(value: T, *, line: bool = False) -> T:
    """Return what is fit; raises `ValueError` with what `unfit_in` says of the rest."""
    if unfit := unfit_in(value, line=line):
        raise ValueError(unfit)
    return value


def choose_among(known: Sequence[str], given: str) -> str:
    """Return « choisir parmi » and what is admitted, in French; of more than 40 values those that
    look like what was given, and how many there are."""
    if len(known) <= _ALL_SHOWN:
        return f"choisir parmi {', '.join(known)}"
    near = get_close_matches(given, known, 5) or known[:5]
    return f"choisir parmi {', '.join(near)}… ({len(known)} en tout)"
