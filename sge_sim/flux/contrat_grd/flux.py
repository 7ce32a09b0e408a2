"""What the files of a GRD-F contract are: each tells of a legal day, on the next one (documented;
hours as seen in real files)."""

from datetime import time
from typing import Any, Final

from sge_sim.flux.flux import Flux, ParContrat

_HEURES: Final = {"X12": time(9, 17), "X13": time(9, 17), "F12": time(19, 52)}
_EVENEMENT: Final = "un événement d'un point d'un contrat GRD-F"
_RELEVE: Final = "un relevé d'un point d'un contrat GRD-F"
_FACTURE: Final = "un relevé cyclique, une résiliation ou un départ"
_AFFAIRE: Final = "chaque affaire qui avance, avec tous ses jalons"
_EN_PUISSANCES: Final = "index, énergies, heures de dépassement et puissances atteintes, par classe"


def _daily(rang: int, code: str, quoi: Any, points: str, *ligne: str) -> Flux[ParContrat]:
    heure = _HEURES.get(code, time(5, 1))
    named = (ligne[0], points, f"{code}, {ligne[1]}", f"à {heure:%H:%M} le lendemain")
    cause = ParContrat(quoi, heure, points[-2:])
    return Flux(code, cause, "sge_sim.flux.contrat_grd.fichiers", rang, ligne=named)


_LIGNES: Final[tuple[tuple[str, Any, str, str, str], ...]] = (
    ("C15", "evenements", "C5", _EVENEMENT, "le point entier à chaque événement, par instance"),
    ("R15", "releves", "C5", _RELEVE, "index et énergies des deux grilles, par instance"),
    ("F15", "releves", "C5", _FACTURE, "une facture par instance, fréquence et type de client"),
    ("X12", "affaires", "C4 C5", "une affaire du fournisseur", _AFFAIRE),
    ("X13", "affaires_recues", "C4 C5", "une affaire d'un autre, qui prend un point", _AFFAIRE),
    ("C12", "evenements", "C4", _EVENEMENT, "le point entier à chaque événement"),
    ("R17", "releves", "C4", _RELEVE, _EN_PUISSANCES),
    ("F12", "releves", "C4", _RELEVE, "une facture par instance"),
)
C15, R15, F15, X12, X13, C12, R17, F12 = (_daily(n, *each) for n, each in enumerate(_LIGNES, 20))
