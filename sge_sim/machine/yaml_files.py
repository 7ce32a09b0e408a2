"""Hand-written YAML, read strictly: each mistake is told with its place.

The YAML accepted is a safe subset: no tags that build objects, no aliases, keys that are texts, no
key written twice, files of bounded size.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file

MAX_BYTES: Final = 1_000_000


def parse_yaml(path: Path) -> object:
    """Return what a file holds. Raises `ValueError` with a French sentence, and the line."""
    try:
        raw = read_user_file(path, MAX_BYTES)
    except OSError as error:
        raise ValueError(f"le fichier est illisible ({error.strerror})") from None
    except UsageError as error:
        raise ValueError(str(error).removesuffix(".")) from None
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
