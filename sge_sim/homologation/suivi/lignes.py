"""The rows of a tracking workbook: its columns are found by their titles, in whatever order.

Titles: the workbook of the catalogue of SGE 21.3 §1, and what actors add to it for periods.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sge_sim.errors import UsageError
from sge_sim.homologation.suivi.classeur import Classeur, Feuille, Place

TITRES: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("reference", "reference du cas", "cas", "cas de test", "ref"),
    "service": ("webservice", "web service", "service"),
    "etat": ("etat du point",),
    "accord": ("accord client", "accord client pas d accord", "accord du client"),
    "libelle": ("libelle", "libelle du cas"),
    "refus": ("cas non recevable", "non recevable"),
    "quantite": ("quantite demandee", "quantite", "homologation"),
    "version": ("version testee", "version", "version du webservice"),
    "prm": ("prm teste", "prm", "prm a tester", "pdl", "pdl teste", "numero de prm"),
    "chaine": ("chaine du test", "chaine", "chaine de test", "segment"),
    "debut": ("date de debut", "date debut", "du", "periode du"),
    "fin": ("date de fin", "date fin", "au", "periode au"),
    "instant": ("date heure du test", "date et heure du test", "date du test", "date heure"),
    "remarques": ("remarques", "remarque", "commentaire", "commentaires"),
}
"""What each column is called, without accents nor signs."""
_HEAD_LOOKED_AT: Final = 40
_TITLES_LEAST: Final = 3
_REPEATED: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Tableau:
    """The table of a sheet: `tete` is the row of the titles, `colonnes` where each stands."""

    feuille: Feuille
    tete: int
    colonnes: Mapping[str, int]
    inconnues: tuple[str, ...]

    def place(self, rang: int, colonne: str) -> Place | None:
        """Return where a column stands in a row, None where the sheet doesn't have it."""
        number = self.colonnes.get(colonne)
        return None if number is None else (rang, number)

    def text(self, rang: int, colonne: str) -> str:
        """Return what a row says in a column, empty for nothing."""
        place = self.place(rang, colonne)
        return "" if place is None else self.feuille.text(place)

    def day(self, rang: int, colonne: str) -> date | None:
        """Return the date that a row has in a column, if it is one."""
        place = self.place(rang, colonne)
        value = None if place is None else self.feuille.valeurs.get(place)
        if isinstance(value, date):
            return value
        found = DAY.fullmatch(value or "")
        return None if found is None else as_day(found)

    def rows(self) -> Iterator[int]:
        """Yield the rows below the titles that have a reference."""
        merged = self.feuille.ancres.get
        head = merged((self.tete, self.colonnes["reference"]))
        for rang in range(self.tete + 1, self.feuille.rows + 1):
            place = (rang, self.colonnes["reference"])
            if self.feuille.text(place) and (head is None or merged(place) != head):
                yield rang

    def where(self, rang: int) -> str:
        """Return how a row is named in sentences."""
        return f"feuille « {self.feuille.nom} », ligne {rang}"


DAY: Final = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)/(\d\d?)/(\d{4}))")


def as_day(found: re.Match[str]) -> date | None:
    """Return the date that `DAY` matched, None for one that doesn't exist."""
    year, month, day, d, m, y = found.groups()
    try:
        return date(int(year or y), int(month or m), int(day or d))
    except ValueError:
        return None


def period_in(text: str) -> tuple[date, date] | None:
    """Return the one period that a text tells: two dates and no other.

    >>> period_in("Courbe du 01/03/2020 au 07/03/2020")
    (datetime.date(2020, 3, 1), datetime.date(2020, 3, 7))
    """
    days = [as_day(found) for found in DAY.finditer(text)]
    if len(days) != 2 or days[0] is None or days[1] is None or days[0] > days[1]:
        return None
    return days[0], days[1]


def read_tableaux(classeur: Classeur) -> tuple[Tableau, ...]:
    """Return the tables of a workbook, a sheet without any left out.

    Raises `UsageError` where no sheet has the titles of the tracking workbook.
    """
    found = tuple(filter(None, map(_tableau, classeur.feuilles)))
    if not found:
        raise UsageError(
            f"{classeur.nom} n'a aucune ligne de titres connue : il y faut « Référence », avec "
            "« PRM testé » et « Chaîne du test » par exemple."
        )
    return found


def _tableau(feuille: Feuille) -> Tableau | None:
    """Return the table of a sheet: its titles are the row that has the most known ones."""
    best: Tableau | None = None
    columns = sorted({column for _, column in feuille.valeurs})
    for rang in range(1, min(feuille.rows, _HEAD_LOOKED_AT) + 1):
        colonnes: dict[str, int] = {}
        inconnues = []
        for column in columns:
            text = feuille.text((rang, column))
            name = _NAMES.get(plain(text))
            if name is not None:
                colonnes.setdefault(name, column)
            elif text:
                inconnues.append(text)
        better = best is None or len(colonnes) > len(best.colonnes)
        if "reference" in colonnes and len(colonnes) >= _TITLES_LEAST and better:
            best = Tableau(feuille, rang, colonnes, tuple(dict.fromkeys(inconnues)))
    return best


def plain(text: str) -> str:
    """Return a title without accents, signs nor capitals."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _REPEATED.sub(" ", letters).strip()


_NAMES: Final = {title: name for name, titles in TITRES.items() for title in titles}


_SIGNS: Final = re.compile(r"[\s_–—-]+")
_CHAINES: Final[Mapping[str, tuple[str, ...]]] = {
    "c5": ("C5",),
    "c1c4": ("C1-C4", "C2-C4"),
    "c2c4": ("C2-C4", "C1-C4"),
    "na": ("N/A",),
}
_LONGEST_PRM: Final = 14


def reference_in(text: str, ids: Iterable[str]) -> str | None:
    """Return the id that a reference means, however it is spaced or hyphenated.

    >>> reference_in("cmd3 – r1", ["CMD3-R1"])
    'CMD3-R1'
    """
    wanted = _SIGNS.sub("-", text.strip().upper()).strip("-")
    return next((each for each in ids if _SIGNS.sub("-", each) == wanted), None)


def segment_in(text: str, segments: Sequence[str]) -> str | None:
    """Return the one of `segments` that a chain means; where a case has only one, that one.

    >>> segment_in("C2C4", ["C1-C4", "C5"]), segment_in("", ["C5"]), segment_in("", ["C1-C4", "C5"])
    ('C1-C4', 'C5', None)
    """
    if len(segments) == 1:
        return segments[0]
    meant = _CHAINES.get(plain(text).replace(" ", ""), ())
    return next((each for each in meant if each in segments), None)


def prm_in(text: str) -> str | None:
    """Return the PRM that a cell holds; a number lost the zero that it began with."""
    digits = re.sub(r"[\s\u00a0.]", "", text)
    return digits.zfill(_LONGEST_PRM) if re.fullmatch(r"\d{11,14}", digits) else None


def references(tableaux: Iterable[Tableau]) -> list[str]:
    """Return the references of all the rows, as they are written."""
    return [each.text(rang, "reference") for each in tableaux for rang in each.rows()]
