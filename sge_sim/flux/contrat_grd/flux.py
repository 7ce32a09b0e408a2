"""What the files of a GRD-F contract are: each tells of a legal day, on the next one (documented;
hours as seen in real files)."""

from datetime import time
from typing import Any, Final

from sge_sim.flux.flux import Flux, ParContrat

_GRANDS: Final = ("C12", "R17", "F12")
_HEURES: Final = {**dict.fromkeys(("X12", "X13"), time(9, 17)), "F12": time(19, 52)}


def _daily(code: str, rang: int, quoi: Any, module: str, *ligne: str) -> Flux[ParContrat]:
    heure = _HEURES.get(code, time(5, 1))
    segment = "C4" if code in _GRANDS else "C5"
    points = "C4 C5" if code.startswith("X") else segment
    named = (ligne[0], points, f"{code}, {ligne[1]}", f"à {heure:%H:%M} le lendemain")
    cause = ParContrat(quoi, heure, segment)
    return Flux(code, cause, f"sge_sim.flux.contrat_grd.{module}", rang, ligne=named)


_AFFAIRE: Final = "chaque affaire qui avance, avec tous ses jalons"
C15: Final = _daily(
    *("C15", 20, "evenements", "ecriture"),
    "un événement d'un point d'un contrat GRD-F",
    "le point entier à chaque événement, par instance",
)
R15: Final = _daily(
    *("R15", 21, "releves", "ecriture"),
    "un relevé d'un point d'un contrat GRD-F",
    "index et énergies des deux grilles, par instance",
)
F15: Final = _daily(
    *("F15", 22, "releves", "f15"),
    "un relevé cyclique, une résiliation ou un départ",
    "une facture par instance, fréquence et type de client",
)
X12: Final = _daily("X12", 23, "affaires", "ecriture", "une affaire du fournisseur", _AFFAIRE)
X13: Final = _daily(
    *("X13", 24, "affaires_recues", "ecriture"),
    "une affaire d'un autre, qui prend un point",
    _AFFAIRE,
)
C12: Final = _daily(
    *("C12", 25, "evenements", "ecriture"),
    "un événement d'un point d'un contrat GRD-F",
    "le point entier à chaque événement",
)
R17: Final = _daily(
    *("R17", 26, "releves", "ecriture"),
    "un relevé d'un point d'un contrat GRD-F",
    "index, énergies, heures de dépassement et puissances atteintes, par classe",
)
F12: Final = _daily(
    *("F12", 27, "releves", "f15"),
    "un relevé d'un point d'un contrat GRD-F",
    "une facture par instance",
)
