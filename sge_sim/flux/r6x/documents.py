"""Reads files that anybody made, and holds them against our schemas."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import islice
from typing import Any, Final

from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.machine.documents import parse_json, zip_members
from sge_sim.machine.once import computed_once

SCHEMAS: Final = ("R63", "R64", "R65", "R66", "R67", "C68", "CR.M023")
OCTETS_AU_PLUS: Final = 512 * 2**20
"""The bytes of a file that is read whole, zipped or not."""
_MEMBRES_AU_PLUS: Final = 64
_ZIP: Final = b"PK"
_EXCERPT: Final = 80
_MOST_MISTAKES: Final = 20


def read_documents(nom: str, content: bytes, *, depth: int = 2) -> Iterator[tuple[str, Any]]:
    """Yield the JSON documents of a file, by name: itself, or what its archives hold.

    Raises `UsageError` for what is neither JSON nor zip, an archive without any file, an archive in
    an archive in an archive, and what takes more than 512 MiB.
    """
    if content[:2] != _ZIP:
        try:
            yield nom, parse_json(content)
        except ValueError as error:
            raise UsageError(
                f"{nom} n'est ni une archive zip ni du JSON : le déchiffrer d'abord par sge-sim "
                f"flux decrypt, s'il est chiffré ({error})."
            ) from None
        return
    rank = -1
    try:
        members = ((info, read) for info, read in zip_members(content) if not info.is_dir())
        for rank, (member, read) in enumerate(members):
            if depth == 0 or rank == _MEMBRES_AU_PLUS:
                raise UsageError(f"{nom} n'est pas une archive de flux : trop de contenu.")
            if member.file_size > OCTETS_AU_PLUS:
                raise UsageError(f"{nom} : {member.filename} dépasse 512 Mio.")
            yield from read_documents(member.filename, read(), depth=depth - 1)
    except ValueError as error:
        raise UsageError(f"{nom} est une archive abîmée ({error}).") from None
    if rank < 0:
        raise UsageError(f"{nom} est une archive qui ne contient aucun fichier.")


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
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(read_schema(schema_of(tree)))
    errors = islice(validator.iter_errors(tree), _MOST_MISTAKES)
    return [f"{error.json_path} : {_in_french(error)}" for error in errors]


def _in_french(error: Any) -> str:
    value, wanted = _excerpt(error.instance), error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in wanted if name not in error.instance]
            return f"il manque {', '.join(missing)}"
        case "additionalProperties":
            extra = [name for name in error.instance if name not in error.schema["properties"]]
            return f"{', '.join(extra)} n'y a pas sa place"
        case "type":
            return f"{value} n'est pas du type {wanted}"
        case "enum":
            return f"{value} n'est pas une des valeurs {', '.join(map(json.dumps, wanted))}"
        case "pattern":
            return f"{value} n'a pas la forme {wanted}"
        case "minItems" | "maxItems":
            return f"{counted(len(error.instance), 'élément')}, hors de la limite de {wanted}"
        case _:
            return f"{value} ne convient pas ({error.validator})"


def _excerpt(value: Any) -> str:
    """Return how a value begins, as JSON; it may be of any size and depth."""
    pieces = json.JSONEncoder(ensure_ascii=False).iterencode(value)
    return "".join(islice(pieces, _EXCERPT))[:_EXCERPT]
