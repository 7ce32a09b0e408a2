"""Trees of plain values, and paths into them: the language of assertions and borrowed values.

An answer is what zeep's `serialize_object` makes of the content of the response element: nested
mappings and lists, `None` where an element is absent. A path names the children of the response
element, in the contract's spelling:

    grandeur/unite                    every `unite` of every `grandeur`
    points/point/@id                  an attribute
    serie[calendrier/@code=DI000001]  only the `serie` whose `calendrier/@code` is DI000001
    service[etatCode=ACTIF|DEMANDE]   ACTIF or DEMANDE, those in ACTIF first
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_NAME = r"@?[A-Za-z_][\w.-]*"
_PATH = rf"{_NAME}(?:/{_NAME})*"
_FILTER = re.compile(rf"\[({_PATH})=([^\[\]=]+)\]")
_STEP = re.compile(rf"({_NAME})((?:{_FILTER.pattern})*)")
_FULL = re.compile(rf"{_STEP.pattern}(?:/{_STEP.pattern})*")

AnswerTree = Mapping[str, object]


@dataclass(frozen=True)
class Filtre:
    """Keeps the items whose value at `chemin` is one of `parmi`, in the order of `parmi`."""

    chemin: "Chemin"
    parmi: tuple[str, ...]

    def keep(self, items: Iterable[object]) -> list[object]:
        """Return the matching items; among equals the order of the answer is kept."""
        ranked = [
            (self.parmi.index(value), item)
            for item in items
            for value in [self._value(item)]
            if value in self.parmi
        ]
        return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]

    def _value(self, item: object) -> str | None:
        values = self.chemin.values(item)
        return as_text(values[0]) if values else None


@dataclass(frozen=True)
class Chemin:
    """A path of the language above. Raises `ValueError` if `texte` isn't one."""

    texte: str

    def __post_init__(self) -> None:
        if _FULL.fullmatch(self.texte) is None:
            raise ValueError(self.texte)

    @property
    def noms(self) -> tuple[str, ...]:
        """The element and attribute names from the response element down, without the filters."""
        return tuple(nom for nom, _ in self._steps())

    def __str__(self) -> str:
        """Return what it leads to, in French: « id (etatCode : ACTIF ou DEMANDE) »."""
        steps = self._steps()
        wanted = " ; ".join(
            f"{filtre.chemin.texte} : {' ou '.join(filtre.parmi)}"
            for _, filtres in steps
            for filtre in filtres
        )
        return f"{steps[-1][0]} ({wanted})" if wanted else steps[-1][0]

    def values(self, structure: object) -> list[object]:
        """Return every value present at the path, in the order of the answer."""
        items: list[object] = [structure]
        for nom, filtres in self._steps():
            items = [child for item in items for child in _children(item, nom)]
            for filtre in filtres:
                items = filtre.keep(items)
        return items

    def _steps(self) -> list[tuple[str, list[Filtre]]]:
        return [
            (
                step[1],
                [
                    Filtre(Chemin(path), tuple(values.split("|")))
                    for path, values in _FILTER.findall(step[2])
                ],
            )
            for step in _STEP.finditer(self.texte)
        ]


def texts_at(chemins: Iterable[Chemin], structure: object) -> list[list[str]]:
    """Return the texts at each path of an answer, as the message spells them."""
    return [[as_text(value) for value in chemin.values(structure)] for chemin in chemins]


def as_text(value: object) -> str:
    """Return a simple value as the message spells it: `true`, `2025-04-01`, `12`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def carries_nothing(structure: object) -> bool:
    """Return whether an answer carries no value at all."""
    return all(value is None for _, value in leaves(structure))


def leaves(tree: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Yield the simple values of a tree, each with the name of the element that holds it."""
    if isinstance(tree, Mapping):
        for key, child in tree.items():
            yield from leaves(child, key)
    elif isinstance(tree, list | tuple):
        for child in tree:
            yield from leaves(child, name)
    else:
        yield name, tree


def mapped(tree: object, change: Callable[[Any], object]) -> Any:
    """Return a tree with each of its simple values as `change` makes it."""
    if isinstance(tree, Mapping):
        return {name: mapped(child, change) for name, child in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(mapped(child, change) for child in tree)
    return change(tree)


def _children(item: object, nom: str) -> list[object]:
    """Return the present children called `nom`; zeep spells attributes without the `@`."""
    if not isinstance(item, Mapping):
        return []
    child = item.get(nom, item.get(nom.removeprefix("@")))
    if isinstance(child, Sequence) and not isinstance(child, str):
        return [each for each in child if each is not None]
    return [] if child is None else [child]
