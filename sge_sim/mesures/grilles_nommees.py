"""Calendars and time classes as flux and CMD v3 name them.

The labels of distributor calendars and of seasonal classes differ from the value list AX.0355:
they are those seen in R151, R171 and CMD v3 (observed 2022-2023); that of PT000001 is assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sge_sim.domaine.libelles import libelle_de
from sge_sim.machine.once import computed_once
from sge_sim.mesures.point import Grille, Structure, en_vigueur

INCONNU = "INCONNU"
"""What stands for the calendar of a point that has none (observed in R151 and HDM)."""

LIBELLES_VUS = {
    "calendrier": {
        "DI000001": "Sans différenciation temporelle",
        "DI000002": "Avec différenciation temporelle",
        "DI000003": "Avec différenciation temporelle et saisonnière",
        "D": "Distributeur",
        "PT000001": "Non-consommation",
    },
    "classeTemporelle": {
        "HPH": "Heures Pleines Hiver / Saison Haute",
        "HCH": "Heures Creuses Hiver / Saison Haute",
    },
}
"""The labels that flux and CMD v3 have of their own, by list."""


@dataclass(frozen=True)
class ClasseNommee:
    """A time class: code, label and register, counted from 1."""

    code: str
    libelle: str
    cadran: int


@dataclass(frozen=True)
class CalendrierNomme:
    """A calendar: code, label and classes in the order of their registers."""

    code: str
    libelle: str
    classes: tuple[ClasseNommee, ...]


def calendrier_nomme(grille: Grille | None) -> CalendrierNomme:
    """Return how a grid is named, `INCONNU` without one."""
    if grille is None:
        return CalendrierNomme(INCONNU, INCONNU, ())
    return _nomme(grille.calendrier, grille.structure)


@computed_once(256)
def _nomme(code: str, structure: Structure) -> CalendrierNomme:
    """The points share few: kept."""
    return CalendrierNomme(
        code,
        libelle_du_calendrier(code),
        tuple(
            ClasseNommee(classe, libelle_de_la_classe(classe), rang)
            for classe, rang in structure.classes
        ),
    )


def libelle_du_calendrier(code: str) -> str:
    """Return the label of a calendar."""
    return LIBELLES_VUS["calendrier"].get(code) or libelle_de("calendrier", code)


def libelle_de_la_classe(code: str) -> str:
    """Return the label of a time class."""
    return LIBELLES_VUS["classeTemporelle"].get(code) or libelle_de("classeTemporelle", code)


def calendrier_du(grilles: Sequence[Grille], jour: date) -> CalendrierNomme:
    """Return how the grid in force on `jour` is named."""
    return calendrier_nomme(en_vigueur(grilles, jour))
