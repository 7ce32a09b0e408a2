"""Hand-written YAML: read strictly, checked against types, each mistake told with its place.

The YAML accepted is a safe subset: no tags that build objects, no aliases, keys that are texts, no
key written twice, files of bounded size.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from sge_sim.errors import UsageError

T = TypeVar("T")

MAX_BYTES: Final = 1_000_000
_SHOWN: Final = 64


def parse_yaml(path: Path) -> object:
    """Return what a file holds. Raises `ValueError` with a French sentence, and the line."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"le fichier est illisible ({error.strerror})") from None
    if len(raw) > MAX_BYTES:
        raise ValueError(f"le fichier dépasse {MAX_BYTES} octets")
    try:
        loader = yaml.CSafeLoader(raw.decode("utf-8"))
        node = loader.get_single_node()
        beyond = None if node is None else next(_not_admitted(node), None)
        if node is None or beyond is None:
            return node and loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = f"ligne {error.problem_mark.line + 1} : " if error.problem_mark else ""
        raise ValueError(f"{line}le YAML est illisible ({error.problem})") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date that doesn't exist, or bytes that aren't UTF-8.
        raise ValueError(f"le YAML est illisible ({' '.join(str(error).split())})") from None
    raise ValueError(beyond)


def _not_admitted(root: yaml.Node) -> Iterator[str]:
    """Yield what is well formed but outside of the subset, with its line."""
    seen, open_nodes = set(), [root]
    while open_nodes:
        node = open_nodes.pop()
        if id(node) in seen:
            yield f"{_line(node)}les alias YAML ne sont pas admis"
            return
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            open_nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            keys = set()
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    yield f"{_line(key)}une clé doit être un texte"
                elif key.value in keys:
                    yield f"{_line(key)}la clé « {key.value} » est écrite deux fois"
                keys.add(key.value)
                open_nodes.append(value)


def _line(node: yaml.Node) -> str:
    return f"ligne {node.start_mark.line + 1} : "


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
