"""What the JSON files and their CSV are held to: our schemas, as the kit gives them, and bounds."""

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from sge_sim.domaine.nomenclatures import CodeFlux

SCHEMAS: Final = ("R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")
POINTS_EN_CSV: Final[Mapping[CodeFlux, int]] = MappingProxyType(
    {"R63": 100, "R64": 100, "R65": 1000, "R66": 1000, "R67": 1000, "C68": 1000}
)
"""The points of a demand in CSV, at most (GUI 0502; R67 and C68 assumed)."""


def schema_text(name: str) -> bytes:
    """Return one of `SCHEMAS`."""
    return files("sge_sim.flux.r6x").joinpath(f"schemas/{name}.json").read_bytes()


def points_in_csv(flux: CodeFlux, prms: str) -> int | None:
    """Return how many points a demand in CSV may name, where this one names more."""
    most = POINTS_EN_CSV.get(flux, 0)
    return most if len(prms.split()) > most else None
