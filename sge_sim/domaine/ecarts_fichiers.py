"""What the real files do otherwise than their guides say; the profile `fidele` does it too.

`Defauts()` has none of them.
"""

from dataclasses import dataclass
from typing import Final

SI_DEMANDEUR: Final = "ACM"
"""How the guide has the requester's system called (GUI 0503 §2.2)."""


@dataclass(frozen=True)
class Defauts:
    """The defects in force: `libelles_doubles` are the codes of calendars whose label is encoded
    twice in R64 and R67, `mise_en_page` that XML files have the lines of the real ones, `pertes`
    that measures are lost as was seen."""

    si_demandeur: str = SI_DEMANDEUR
    libelles_doubles: frozenset[str] = frozenset()
    mise_en_page: bool = False
    pertes: bool = False

    def libelle(self, code: str, libelle: str) -> str:
        """Return the label of a calendar as the files have it."""
        return doubly_encoded(libelle) if code in self.libelles_doubles else libelle


FIDELES: Final = Defauts(
    si_demandeur="239",
    libelles_doubles=frozenset({"DI000003"}),
    mise_en_page=True,
)
"""What was seen in production files of June 2026, anonymised: the label in R64 and R67, the number
in place of ACM (perhaps put there by the anonymisation); in XML files of 2022: the lines."""


def doubly_encoded(text: str) -> str:
    """Return a text whose UTF-8 was taken for Latin-1; è comes as Ã¤ (observed).

    >>> [hex(ord(one)) for one in doubly_encoded("é")]
    ['0xc3', '0xa9']
    """
    return text.encode().decode("latin-1").replace("Ã¨", "Ã¤")
