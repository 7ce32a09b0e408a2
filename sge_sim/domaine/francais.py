"""French as sentences need it."""

import re
from typing import Final

_BEFORE_SIGNS: Final = re.compile(r" (?=[:;»?!])|(?<=«) ")


def unbroken(text: str) -> str:
    """Return a text whose spaces before a sign, and within guillemets, end no line.

    >>> unbroken("reçu : rien") == "reçu\N{NO-BREAK SPACE}: rien"
    True
    """
    return _BEFORE_SIGNS.sub("\N{NO-BREAK SPACE}", text)


def counted(count: int, one: str, several: str | None = None) -> str:
    """Return a number and its noun: French has the plural from two on.

    >>> counted(0, "fichier livré", "fichiers livrés"), counted(2, "échec")
    ('0 fichier livré', '2 échecs')
    """
    return f"{count} {one if count < 2 else several or f'{one}s'}"
