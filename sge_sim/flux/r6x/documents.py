"""Reads files that anybody made as JSON, and holds them against our schemas."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.flux import ouverture
from sge_sim.flux.ouverture import OCTETS_AU_PLUS as OCTETS_AU_PLUS
from sge_sim.flux.ouverture import read_members
from sge_sim.machine.documents import parse_json
from sge_sim.machine.once import computed_once

SCHEMAS: Final = ("R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")


def read_documents(nom: str, content: bytes) -> Iterator[tuple[str, Any]]:
    """Yield the JSON documents of a file, by name: itself, or what its archives hold.

    Raises `UsageError` for what is neither JSON nor zip, and as `read_members` does.
    """
    for membre in read_members(nom, content):
        try:
            yield membre.noms[-1], parse_json(membre.content)
        except ValueError as error:
            raise UsageError(
                f"{membre.noms[-1]} n'est ni une archive zip ni du JSON : le déchiffrer d'abord "
                f"par sge-sim flux decrypt, s'il est chiffré ({error})."
            ) from None


def schema_of(tree: Any) -> str:
    """Return the name of the schema that a document should hold to; raises `UsageError`."""
    if isinstance(tree, list):
        return "C68"
    if isinstance(tree, dict):
        if "synthese" in tree or "prmDemandes" in tree:
            return "CR.M023"
        header = tree.get("header")
        code = header.get("codeFlux") if isinstance(header, dict) else None
        if isinstance(code, str) and code[:3] in SCHEMAS:
            return code[:3]
    raise UsageError("Ce document n'est ni un R63 à R67, ni un C68, ni un CR.M023.")


@computed_once()
def read_schema(name: str) -> Mapping[str, Any]:
    """Return one of `SCHEMAS`."""
    found: Mapping[str, Any] = json.loads(schema_text(name))
    return found


def schema_text(name: str) -> bytes:
    """Return one of `SCHEMAS` as the kit gives it."""
    return files("sge_sim.flux.r6x").joinpath(f"schemas/{name}.json").read_bytes()


def schema_mistakes(tree: Any) -> list[str]:
    """Return where a document differs from its schema, in French: the first twenty places.

    Raises `UsageError` for what is none of these files.
    """
    return ouverture.schema_mistakes(read_schema(schema_of(tree)), tree)
