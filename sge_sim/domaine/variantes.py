"""Variations: what may differ between two lawful forms of an answer, each an edit of its own."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, Self, get_args

from sge_sim.errors import UsageError

SorteVariation = Literal[
    "absent",
    "present",
    "ordre",
    "nombre",
    "vide",
    "longueur",
    "valeur",
    "ecriture",
    "separateur",
    "prefixe",
    "date",
    "nil",
    "commentaire",
    "cdata",
    "gzip",
    "morceaux",
]
SORTES_VARIATION: Final[tuple[SorteVariation, ...]] = get_args(SorteVariation)

LIBELLES_VARIATIONS: Final[Mapping[SorteVariation, str]] = MappingProxyType(
    {
        "absent": "élément ou attribut facultatif absent",
        "present": "élément ou attribut facultatif présent",
        "ordre": "éléments répétés, ou attributs, dans l'ordre inverse",
        "nombre": "élément répété zéro, une ou plusieurs fois",
        "vide": "texte vide",
        "longueur": "texte le plus long",
        "valeur": "autre valeur de l'énumération",
        "ecriture": "nombre ou booléen écrit autrement",
        "separateur": "blancs, guillemets, balises vides écrits autrement",
        "prefixe": "autres préfixes d'espaces de noms",
        "date": "fuseau ou fraction de seconde",
        "nil": "élément xsi:nil",
        "commentaire": "commentaires XML",
        "cdata": "textes en CDATA",
        "gzip": "corps compressé, si le client l'accepte",
        "morceaux": "transfert par morceaux (chunked)",
    }
)
ECRITES: Final[Mapping[SorteVariation, tuple[str, ...]]] = MappingProxyType(
    {
        "prefixe": ("soapenv", "S", "defaut", "local"),
        "separateur": ("indente", "tabulations", "valeurs", "apostrophes", "balises"),
        "commentaire": ("avant", "entre", "dans"),
        "cdata": ("textes",),
        "gzip": ("",),
        "morceaux": ("1", "7", "1000"),
    }
)
"""Those of a whole message, with their values: what it says stays the same."""

_REMOVING: Final = frozenset({"absent", "nil"})
_LINE: Final = re.compile(r"^Variation : (\w+) (\S+)(?: = (.*))?$", re.MULTILINE)


class Variation(NamedTuple):
    """One edit: `chemin` is the path of its contract, then the names of elements from the envelope
    on, with a rank where an element repeats, last `@name` for an attribute."""

    sorte: SorteVariation
    chemin: str
    valeur: str = ""

    def __str__(self) -> str:
        return f"{self.sorte} {self.chemin}" + (f" = {self.valeur}" if self.valeur else "")

    @property
    def line(self) -> str:
        """The line of the journal; `variations_in` reads it back."""
        return f"Variation : {self}"

    @property
    def removes(self) -> bool:
        """Whether what stands at its path, or a part of it, goes."""
        return self.sorte in _REMOVING or (self.sorte == "nombre" and self.valeur in "01")

    def excludes(self, other: Self) -> bool:
        """Tell whether one of the two would undo the other."""
        if self.chemin == other.chemin:
            return self.sorte == other.sorte or self.sorte not in ECRITES
        upper, lower = sorted((self, other), key=lambda each: len(each.chemin))
        return upper.removes and lower.chemin.startswith((f"{upper.chemin}/", f"{upper.chemin}["))


def variations_in(detail: str | None) -> list[Variation]:
    """Return the variations of an answer, from the detail of its exchange or from their lines.

    Raises `UsageError` for a kind that is unknown.

    >>> variations_in("Variation : nombre /RecherchePoint/v2.0/Body/a = 3")
    [Variation(sorte='nombre', chemin='/RecherchePoint/v2.0/Body/a', valeur='3')]
    """
    return [
        Variation(sorte_typed(sorte), chemin, valeur)
        for sorte, chemin, valeur in _LINE.findall(detail or "")
    ]


def sorte_typed(text: str) -> SorteVariation:
    """Return the kind that is typed; raises `UsageError` for an unknown one."""
    for sorte in SORTES_VARIATION:
        if sorte == text.lower():
            return sorte
    known = ", ".join(SORTES_VARIATION)
    raise UsageError(f"« {text} » n'est pas une sorte de variation : choisir parmi {known}.")
