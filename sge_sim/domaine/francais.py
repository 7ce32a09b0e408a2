"""French texts: as sentences need them, and as searches compare them."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_BEFORE_SIGNS: Final = re.compile(r" (?=[:;»?!])|(?<=«) ")


def unbroken(text: str) -> str:
    """Return a text whose spaces before a sign, and within guillemets, end no line.

    >>> unbroken("reçu : rien") == "reçu\N{NO-BREAK SPACE}: rien"
    True
    """
    return _BEFORE_SIGNS.sub("\N{NO-BREAK SPACE}", text)


def counted(count: int, singular: str, several: str | None = None) -> str:
    """Return a number and its noun: French has the plural from two on.

    >>> counted(0, "fichier livré", "fichiers livrés"), counted(2, "échec")
    ('0 fichier livré', '2 échecs')
    """
    return f"{count} {singular if count < 2 else several or f'{singular}s'}"


def one_of(names: Iterable[str]) -> str:
    """Return names as alternatives.

    >>> one_of(["JSON"]), one_of(["A", "B", "C"])
    ('JSON', 'A, B ou C')
    """
    *first, last = names
    return f"{', '.join(first)} ou {last}" if first else last


def grouped(number: int) -> str:
    """Return a whole number with its thousands apart.

    >>> grouped(1234567) == "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567"
    True
    """
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def shortened(text: str, most: int) -> str:
    """Return a text of `most` characters at most, the last one « … » where it was longer.

    >>> shortened("non exécuté", 5), shortened("admis", 5)
    ('non …', 'admis')
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def abridged(text: str, most: int) -> str:
    """Return a text of `most` characters at most, « … » in its middle where it was longer.

    >>> abridged("30001610071843", 7), abridged("admis", 5)
    ('300…843', 'admis')
    """
    if len(text) <= most:
        return text
    return f"{text[: most // 2]}…{text[len(text) - (most - 1) // 2 :]}"


_LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE"})
_ASCII = {code: chr(code).upper() if chr(code).isalnum() else " " for code in range(128)}


def normalise(text: str) -> str:
    """Return `text` in capitals, without accents, every run of anything else as one space.

    GUI 0427 only says that the client's name is found whatever its case; the rest is assumed.

    >>> normalise("12 bis, rue de l'Évêché")
    '12 BIS RUE DE L EVECHE'
    """
    if text.isascii():  # most are, and a million points have five of them each
        return " ".join(text.translate(_ASCII).split())
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    capitals = bare.upper().translate(_LIGATURES)
    return " ".join("".join(c if c.isalnum() else " " for c in capitals).split())
