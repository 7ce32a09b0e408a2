"""Hand-written YAML, read strictly, key by key: each mistake is named, with its file and its key.

The YAML accepted is a safe subset: no tags that build objects, no aliases, keys that are texts, no
key written twice, files of bounded size. All mistakes are reported at once, which pydantic doesn't
do for the catalogue: what a case must hold depends on what it takes over, and a mistake is reported
where it was written. It also takes ten times less memory, which counts in the processes of a
simulator.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

import yaml

from sge_sim.errors import UsageError, system_reason
from sge_sim.machine.files import read_user_file
from sge_sim.machine.texts import fit

MAX_BYTES: Final = 1_000_000


def parse_yaml(path: Path, *, as_nodes: bool = False) -> object:
    """Return what a file holds, or its nodes, which have its lines and its texts as they are.

    Raises `ValueError` with a French sentence, and the line.
    """
    try:
        raw = read_user_file(path, MAX_BYTES)
    except OSError as error:
        raise ValueError(f"le fichier est illisible ({system_reason(error)})") from None
    except UsageError as error:
        raise ValueError(str(error).removesuffix(".")) from None
    try:
        loader = yaml.CSafeLoader(raw.decode("utf-8"))
        node = loader.get_single_node()
        beyond = None if node is None else next(_not_admitted(node), None)
        if node is None or beyond is None:
            return node if as_nodes else node and fit(loader.construct_document(node))
    except yaml.MarkedYAMLError as error:
        line = f"ligne {error.problem_mark.line + 1} : " if error.problem_mark else ""
        raise ValueError(f"{line}le YAML est illisible ({error.problem})") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date that doesn't exist, bytes that aren't UTF-8, a text that isn't fit.
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


def read_mapping(file: Path) -> Mapping[str, object]:
    """Return the mapping that `file` holds. Raises `ValueError` with a French sentence if none."""
    data = parse_yaml(file)
    if not isinstance(data, Mapping):
        raise ValueError("le fichier doit contenir des clés et leurs valeurs")
    return data


@dataclass
class Fields:
    """One mapping of a file, read key by key.

    A wrong value is noted in `mistakes` (« where, clé « x » : what is wrong ») and read as a
    neutral one, so that one pass finds every mistake. `done` notes the keys that nobody read.
    """

    data: Mapping[str, object]
    where: str
    mistakes: list[str]
    _read: set[str] = field(default_factory=set)

    def wrong(self, key: str, what: str) -> None:
        """Note that the value of `key` is wrong."""
        self.mistakes.append(f"{self.where}, clé « {key} » : {what}.")

    def raw(self, key: str) -> object:
        """Return the value as YAML gave it, None if absent or null."""
        self._read.add(key)
        return self.data.get(key)

    def text(self, key: str, *, optional: bool = False, pattern: str = "", hint: str = "") -> str:
        """Return a text; it must match `pattern` (`hint` in the sentence) if one is given."""
        value = self.raw(key)
        if value is None:
            if not optional:
                self.wrong(key, "il manque une valeur")
            return ""
        if not isinstance(value, str):
            self.wrong(key, f"« {value} » doit être un texte ; l'écrire entre guillemets")
            return ""
        value = value.strip()
        if pattern and re.fullmatch(pattern, value) is None:
            self.wrong(key, f"« {value} » n'est pas {hint}")
        return value

    def choice(self, key: str, values: Sequence[str], default: str | None = None) -> str:
        """Return one of `values`, written in any case; `default` where the key is absent."""
        if default is not None and self.raw(key) is None:
            return default
        value = self.text(key)
        for known in values:
            if known.lower() == value.lower():
                return known
        if value:
            self.wrong(key, f"« {value} » n'est pas l'une des valeurs {', '.join(values)}")
        return value

    def choices(self, key: str, values: Sequence[str]) -> tuple[str, ...]:
        """Return a list of one or more of `values`."""
        chosen = self.texts(key)
        if not chosen:
            self.wrong(key, f"donner une liste de valeurs parmi {', '.join(values)}")
        for value in chosen:
            if value not in values:
                self.wrong(key, f"« {value} » n'est pas l'une des valeurs {', '.join(values)}")
        return chosen

    def flag(self, key: str) -> bool | None:
        """Return true or false, None if absent."""
        value = self.raw(key)
        if value is None or isinstance(value, bool):
            return value
        self.wrong(key, f"« {value} » doit être true ou false")
        return None

    def integer(self, key: str, default: int | None = None, least: int = 0) -> int | None:
        """Return an integer, at least `least`; `default` if absent."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(key, f"« {value} » doit être un entier, au moins {least}")
            return default
        return value

    def day(self, key: str) -> date:
        """Return an ISO date."""
        value = self.raw(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        start = "il manque" if value is None else f"« {value} » doit être"
        self.wrong(key, f"{start} une date telle que 2025-08-01, sans guillemets")
        return date(2000, 1, 1)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if absent."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(key, "une liste de textes est attendue")
            return ()
        return tuple(each.strip() for each in value)

    def mapping(self, key: str) -> Mapping[str, object]:
        """Return a mapping, empty if absent."""
        value = self.raw(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(key, "des clés et leurs valeurs sont attendues")
            return {}
        return value

    def children(self, key: str) -> list["Fields"]:
        """Return a list of mappings, each ready to be read, empty if absent."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self.wrong(key, "une liste d'éléments à clés est attendue")
            return []
        return [
            Fields(each, f"{self.where}, {key} n° {rank}", self.mistakes)
            for rank, each in enumerate(value, 1)
        ]

    def child(self, key: str) -> "Fields":
        """Return the mapping at `key`, ready to be read."""
        return Fields(self.mapping(key), f"{self.where}, {key}", self.mistakes)

    def done(self) -> None:
        """Note every key that was never read: a misspelt one would otherwise say nothing."""
        for key in self.data:
            if key not in self._read:
                known = ", ".join(sorted(self._read))
                self.wrong(str(key), f"elle est inconnue ici ; les clés admises sont {known}")
