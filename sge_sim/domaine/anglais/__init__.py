"""What is said in English to who asks for it by `SGE_SIM_LANG=en`.

French is the key: a table of sentences tells their English, and what it lacks stays as it is.
Codes, their labels and the words of the contracts are French in any language.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from sge_sim.machine.once import computed_once

VARIABLE: Final = "SGE_SIM_LANG"
_PLACE: Final = re.compile(r"\{(\w+)\}")
_TABLES: Final = ("phrases", "remedes", "points")


class _Form(NamedTuple):
    """A sentence with places for any text: what it surely holds, and its English."""

    literal: str
    pattern: re.Pattern[str]
    english: str

    def filled(self, parts: Mapping[str, str]) -> str:
        """Return its English with its parts looked up: they are shorter, so this ends."""
        return _PLACE.sub(lambda place: _english(parts[place[1]]), self.english)


def speaks_english() -> bool:
    """Tell whether this process is asked for English (`en`, `en_GB.UTF-8`)."""
    return os.environ.get(VARIABLE, "")[:2].lower() == "en"


def translated(said: str) -> str:
    """Return what is said, in English where it is asked for: each line that the table has.

    >>> translated("Premier appel :")
    'Premier appel :'
    """
    return "\n".join(map(_english, said.split("\n"))) if speaks_english() else said


def _english(line: str) -> str:
    said = line.strip()
    sentences, forms = _table()
    english = sentences.get(said) or _by_form(said, forms)
    return line if english is None else line.replace(said, english, 1)


def _by_form(said: str, forms: list[_Form]) -> str | None:
    for form in forms:
        if form.literal in said and (found := form.pattern.fullmatch(said)):
            return form.filled(found.groupdict())
    return None


@computed_once(1)
def _table() -> tuple[Mapping[str, str], list[_Form]]:
    """Return the sentences, and those with places, the most literal first."""
    from sge_sim.machine.yaml_files import parse_yaml

    read: dict[str, Any] = {}
    for name in _TABLES:
        table: Any = parse_yaml(Path(__file__).with_name(f"{name}.yaml"))
        read |= table
    sentences = {french: english for french, english in read.items() if not _PLACE.search(french)}
    forms = sorted(read.keys() - sentences.keys(), key=lambda each: (-_literals(each), each))
    return sentences, [_form(each, read[each]) for each in forms]


def _literals(french: str) -> int:
    return len(_PLACE.sub("", french))


def _form(french: str, english: str) -> _Form:
    parts = _PLACE.split(french)  # literal, name, literal, name…
    pattern = "".join(
        f"(?P<{part}>.+?)" if rank % 2 else re.escape(part) for rank, part in enumerate(parts)
    )
    return _Form(max(parts[::2], key=len), re.compile(pattern), english)
