"""The files of the data set, checked against types by pydantic: each mistake with its place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from sge_sim.errors import UsageError
from sge_sim.machine.yaml_files import parse_yaml

T = TypeVar("T")

_SHOWN: Final = 64


def read_yaml_as(path: Path, shape: type[T]) -> T:
    """Read the YAML file at `path` as `shape`.

    Raises `UsageError` naming the file and the key when it isn't so.
    """
    try:
        content = parse_yaml(path)
    except ValueError as error:
        raise UsageError(f"{path} : {error}.") from error
    try:
        return TypeAdapter(shape).validate_python(content)
    except ValidationError as error:
        raise mistake(path, error) from error


def mistake(path: Path, error: ValidationError, *where: str) -> UsageError:
    """Return in one sentence the first thing that is wrong, and where."""
    first = error.errors()[0]
    place = ", ".join([str(path), *where, *(str(key)[:_SHOWN] for key in first["loc"])])
    return UsageError(f"{place} : {_in_french(first)}.")


def _in_french(error: Mapping[str, Any]) -> str:
    value = str(error["input"])[:_SHOWN]
    match error["type"]:
        case "missing":
            return "clé absente"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return "clé inconnue"
        case "literal_error":
            return f"« {value} » n'est pas une valeur admise ({error['ctx']['expected']})"
        case "string_type":
            return f"un texte est attendu et non {value} (l'écrire entre guillemets)"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"« {value} » ne convient pas"
