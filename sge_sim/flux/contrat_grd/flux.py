"""What the files of a GRD-F contract are: each tells of a legal day, on the next one (documented;
hours as seen in real files)."""

from datetime import time
from typing import Any, Final

from sge_sim.flux.flux import Flux, ParContrat


def _daily(code: str, rang: int, quoi: Any, module: str, *ligne: str) -> Flux[ParContrat]:
    heure = time(9, 17) if quoi.startswith("affaires") else time(5, 1)
    named = (ligne[0], "C5", f"{code}, {ligne[1]}", f"à {heure:%H:%M} le lendemain")
    return Flux(
        code, ParContrat(quoi, heure), f"sge_sim.flux.contrat_grd.{module}", rang, ligne=named
    )


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
