"""Reads files that anybody made, and gives our schemas of the JSON ones."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from sge_sim.flux.ouverture import MembreLu, read_document, read_members

SCHEMAS: Final = ("R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")


def read_documents(nom: str, content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the documents of a file, by name: itself, or what its archives hold.

    Raises `UsageError` as `read_members` and `read_document` do.
    """
    for membre in read_members(MembreLu((nom,), content)):
        yield membre.noms[-1], read_document(membre.noms[-1], membre.content)[2]


def schema_text(name: str) -> bytes:
    """Return one of `SCHEMAS` as the kit gives it."""
    return files("sge_sim.flux.r6x").joinpath(f"schemas/{name}.json").read_bytes()
