"""Hides in a report what is personal of an actor's own points: PRM, names, addresses, SIRET.

Whoever knows the points (`Personal`) tells which of the words of a report are such; they are hidden
wherever they stand in it, in the messages as in what was found, as text, in XML, JSON or a URL.
"""

import html
import json
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

from sge_sim.homologation.reports.rapport import Rapport, parse_rapport, to_json

Personal = Callable[[Collection[str]], Collection[str]]
"""Returns what is personal of the own points that words name."""

_NUMBER: Final = re.compile(r"(?<!\d)\d{14}(?!\d)")
_VALUE: Final = re.compile(r'>([^<>]{3,200})<|"([^"<>]{3,200})"|=([^&"\s<>]{3,200})')
_SHORTEST: Final = 3
_SHOWN: Final = 3
_MASK: Final = "•"


def without_personal(rapport: Rapport, personal: Personal) -> Rapport:
    """Return the report with what is personal of own points hidden."""
    tree = json.loads(to_json(rapport))
    words = {word for text in _texts(tree) for word in _words(text)}
    hidden = {word for word in personal(sorted(words)) if len(word) >= _SHORTEST}
    if not hidden:
        return rapport
    masks = {form: _mask(word) for word in hidden for form in _forms(word)}
    found = re.compile(
        "|".join(
            rf"(?<!\w){re.escape(form)}(?!\w)" for form in sorted(masks, key=len, reverse=True)
        )
    )
    return parse_rapport(
        json.dumps(_changed(tree, lambda text: found.sub(lambda match: masks[match[0]], text)))
    )


def _mask(word: str) -> str:
    """Return what stands for a word: the end of a number tells points of a report apart."""
    if word.isdigit():
        return _MASK * (len(word) - _SHOWN) + word[-_SHOWN:]
    return _MASK * _SHOWN


def _forms(word: str) -> set[str]:
    """Return how a word is written in what a report holds."""
    return {
        word,
        html.escape(word),
        html.escape(word, quote=False),
        json.dumps(word)[1:-1],
        json.dumps(word, ensure_ascii=False)[1:-1],
        quote(word),
        quote_plus(word),
    }


def _words(text: str) -> Iterator[str]:
    """Yield what may name a point in a text."""
    yield from _NUMBER.findall(text)
    for found in _VALUE.finditer(text):
        word = next(group for group in found.groups() if group is not None).strip()
        yield html.unescape(word)


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts(value)


def _changed(tree: Any, change: Callable[[str], str]) -> Any:
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, dict):
        return {name: _changed(value, change) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_changed(value, change) for value in tree]
    return tree
