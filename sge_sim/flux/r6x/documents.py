"""Our schemas of the JSON files, as the kit gives them."""

from importlib.resources import files
from typing import Final

SCHEMAS: Final = ("R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")


def schema_text(name: str) -> bytes:
    """Return one of `SCHEMAS`."""
    return files("sge_sim.flux.r6x").joinpath(f"schemas/{name}.json").read_bytes()
