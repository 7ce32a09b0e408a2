"""Variations: what may differ between two lawful forms of an answer, each an edit of its own."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Self

ECRITES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "prefixe": ("soapenv", "S", "defaut", "local"),
        "separateur": ("indente", "tabulations", "valeurs", "apostrophes", "balises"),
        "commentaire": ("avant", "entre", "dans"),
        "cdata": ("textes",),
        "gzip": ("oui",),
        "morceaux": ("1", "7", "1000"),
    }
)
"""The kinds of a whole message, with their values: what it says stays the same."""
SORTES_VARIATION: Final = (
    *("absent", "present", "ordre", "nombre", "vide", "longueur", "valeur", "ecriture", "date"),
    *("nil", *ECRITES),
)
_LINE: Final = re.compile(r"^Variation : (\w+) (\S+)(?: = (.*))?$", re.MULTILINE)


class Variation(NamedTuple):
    """One edit: `chemin` is the path of its contract, then the names of elements from the envelope
    on, with a rank (from 1) where an element repeats, last `@name` for an attribute."""

    sorte: str
    chemin: str
    valeur: str = ""

    def __str__(self) -> str:
        return f"{self.sorte} {self.chemin}" + (f" = {self.valeur}" if self.valeur else "")

    @property
    def line(self) -> str:
        """The line of the journal, and of a plan; `variations_in` reads it back."""
        return f"Variation : {self}"

    @property
    def removes(self) -> bool:
        """Whether what stands at its path, or a part of it, goes."""
        return self.sorte in ("absent", "nil") or (self.sorte == "nombre" and self.valeur in "01")

    def excludes(self, other: Self) -> bool:
        """Tell whether one of the two would undo the other."""
        if self.chemin == other.chemin:
            return self.sorte == other.sorte or self.sorte not in ECRITES
        upper, lower = sorted((self, other), key=lambda each: len(each.chemin))
        return upper.removes and lower.chemin.startswith((f"{upper.chemin}/", f"{upper.chemin}["))


def variations_in(detail: str | None) -> list[Variation]:
    """Return the variations of an answer, from the detail of its exchange.

    >>> variations_in("Variation : nombre /RecherchePoint/v2.0/Body/a = 3")
    [Variation(sorte='nombre', chemin='/RecherchePoint/v2.0/Body/a', valeur='3')]
    """
    return [Variation(*found) for found in _LINE.findall(detail or "")]
