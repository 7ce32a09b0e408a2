"""What a page shows of a recorded message: a bounded part of its elements, read once.

Whatever was recorded, it takes less than half a second and some megabytes, and no name outlives it:
expat reads, where libxml2 keeps every name that its thread has met. Entities aren't expanded and
nothing is fetched.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from sge_sim.domaine.francais import shortened
from sge_sim.journal import Echange

LOOKED_AT: Final = 2**20
"""Bytes of a message that are read: as many as a request may have, unless a setting says more."""
FIRST: Final = 200
"""Elements that are shown whatever they are."""
_MOST: Final = 2000
_SERIES: Final = 302
"""Brothers of one name that are shown, of a series."""
_DEEPEST: Final = 256
_CHARACTERS: Final = 40_000
"""Those of names, attributes and texts, from which on no more elements are shown than the first."""
_LONG: Final = 2_000
_SHORT: Final = 100
"""Characters of a text, or of the attributes of an element: before `_CHARACTERS` and after."""
_SUSPECTS: Final = 3
"""Elements of a name looked for that are shown wherever they are, while their ancestors are few."""
_ANCESTORS: Final = 600


@dataclass(slots=True)
class Element:
    """An element by the name that it has in the message, its prefix included.

    `more_attributes` counts those that aren't kept.
    """

    name: str
    attributes: list[tuple[str, str]]
    more_attributes: int
    children: list["Element | Text | Remark | Left"] = field(default_factory=list)

    @property
    def local_name(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]


@dataclass(slots=True)
class Text:
    """Characters of an element; `more` counts those that aren't kept."""

    text: str
    more: int = 0


@dataclass(slots=True)
class Remark:
    """A comment or a processing instruction, as it is written, cut where it is long."""

    text: str


@dataclass(slots=True)
class Left:
    """So many brothers, one after the other, that aren't kept; `name` is theirs where it is one."""

    name: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A message: `present` are those of the names looked for that it has; `whole` tells that it was
    read to its end."""

    root: Element
    present: frozenset[str]
    whole: bool


def read_outline(body: bytes, looked_for: Collection[str] = ()) -> Outline:
    """Return what is shown of a message, elements of the local names `looked_for` first of all.

    Raises `ValueError` for what isn't XML, has a DTD, or is deeper than libxml2 takes it.
    """
    reader = _Reader(frozenset(looked_for))
    whole = len(body) <= LOOKED_AT
    try:
        _parser(reader).Parse(body if whole else body[:LOOKED_AT], whole)
    except expat.ExpatError as error:
        raise ValueError(f"ce n'est pas du XML ({error})") from None
    if reader.root is None:
        raise ValueError("aucun élément")
    return Outline(reader.root, frozenset(reader.present), whole)


@dataclass(slots=True)
class _Open:
    """An element that is shown, while it is read; `series` is the name of its last children."""

    shown: Element
    series: str = ""
    brothers: int = 0


_Passed = tuple[str, list[str]]
"""An element that isn't shown, while it is read: its name and its attributes."""


class _Reader:
    """What expat calls as it goes through a message, for each of what may be 300 000 elements."""

    def __init__(self, looked_for: frozenset[str]) -> None:
        self.root: Element | None = None
        self.present: dict[str, int] = {}
        """How many elements are shown of each name that is looked for."""
        self._looked_for = looked_for
        self._open: list[_Open | _Passed] = []
        self._elements = self._others = self._characters = 0
        self._ancestors = 0

    def start(self, name: str, attributes: list[str]) -> None:
        opened = self._open
        above = opened[-1] if opened else None
        if above is None or (type(above) is _Open and self._has_room(above, name)):
            opened.append(self._shown(name, attributes, above))
        else:
            opened.append((name, attributes))
            if len(opened) > _DEEPEST:
                raise ValueError("les éléments s'emboîtent trop")
        if self._looked_for:
            local = name.rpartition(":")[2]
            if local in self._looked_for:
                shown = self.present.setdefault(local, 0)
                if type(opened[-1]) is tuple and shown < _SUSPECTS:
                    self._show_suspect()
                if type(opened[-1]) is _Open:
                    self.present[local] = shown + 1

    def end(self, name: str) -> None:
        if type(self._open.pop()) is tuple:
            above = self._open[-1]
            if type(above) is _Open:
                _leave(above.shown.children, name)

    def text(self, text: str) -> None:
        above = self._open[-1]
        if type(above) is not _Open:
            return
        children = above.shown.children
        last = children[-1] if children else None
        if type(last) is Text:
            last.more += len(text)
        elif not text.isspace():
            if self._others < _MOST:
                shown = text[: self._longest()]
                self._others += 1
                self._characters += len(shown)
                children.append(Text(shown, len(text) - len(shown)))
            else:
                _leave(children, None)

    def comment(self, text: str) -> None:
        self._remark("<!--", text, "-->")

    def instruction(self, target: str, text: str) -> None:
        self._remark("<?", f"{target} {text}", "?>")

    def refuse(self, *_: object) -> None:
        raise ValueError("une DTD n'a pas sa place ici")

    def _has_room(self, above: _Open, name: str) -> bool:
        """Tell whether one more child of an element that is shown is shown too."""
        if above.series != name:
            above.series, above.brothers = name, 0
        above.brothers += 1
        if above.brothers > _SERIES:
            return False
        return self._elements < FIRST or (self._elements < _MOST and self._characters < _CHARACTERS)

    def _shown(self, name: str, given: list[str], above: _Open | _Passed | None) -> _Open:
        if len(self._open) >= _DEEPEST:
            raise ValueError("les éléments s'emboîtent trop")
        left = self._longest()
        attributes: list[tuple[str, str]] = []
        for attribute, value in zip(given[::2], given[1::2], strict=True):
            left -= len(attribute) + len(value)
            if left < 0:
                break
            attributes.append((attribute, value))
            self._characters += len(attribute) + len(value)
        shown = Element(shortened(name, _SHORT), attributes, len(given) // 2 - len(attributes))
        self._elements += 1
        self._characters += 2 * len(shown.name)
        if type(above) is _Open:
            above.shown.children.append(shown)
        else:
            self.root = shown
        return _Open(shown)

    def _show_suspect(self) -> None:
        """Show the element that was just opened, and those that it stands in."""
        missing = sum(1 for each in self._open if type(each) is tuple)
        if self._ancestors + missing <= _ANCESTORS:
            self._ancestors += missing
            above: _Open | None = None
            for depth, each in enumerate(self._open):
                if type(each) is tuple:
                    self._open[depth] = each = self._shown(*each, above)
                assert isinstance(each, _Open)
                above = each

    def _remark(self, before: str, text: str, after: str) -> None:
        above = self._open[-1] if self._open else None
        if type(above) is not _Open:
            return
        if self._others < _MOST:
            shown = before + shortened(text, self._longest()) + after
            self._others += 1
            self._characters += len(shown)
            above.shown.children.append(Remark(shown))
        else:
            _leave(above.shown.children, None)

    def _longest(self) -> int:
        return _LONG if self._characters < _CHARACTERS else _SHORT


def _leave(children: list[Element | Text | Remark | Left], name: str | None) -> None:
    """Count a child that isn't shown."""
    last = children[-1] if children else None
    if type(last) is Left:
        last.count += 1
        if last.name != name:
            last.name = None
    else:
        children.append(Left(name, 1))


def _parser(reader: _Reader) -> expat.XMLParserType:
    """Return a parser that `reader` doesn't know: both are gone once it is no longer used."""
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.CommentHandler = reader.comment
    parser.ProcessingInstructionHandler = reader.instruction
    parser.StartDoctypeDeclHandler = reader.refuse
    return parser


_WORD: Final = re.compile(r"\w+")
# What a `remede` says, and the elements that it is about where it names none.
_ABOUT: Final = (
    (r"\blogins?\b", ("loginUtilisateur", "initiateurLogin", "loginDemandeur")),
    (r"\bcontrats? (?:connu|de l'acteur|en cours|GRD)", ("contratId", "contratConcerne")),
    (r"code postal", ("codePostal",)),
    (r"INSEE", ("codeInseeCommune",)),
    (r"un nom d'au moins", ("nomClientFinalOuDenominationSociale",)),
    (r"\bPRM\b|\b[Uu]n (?:point|compteur)\b|le point", ("pointId",)),
)


def suspects_of(echange: Echange) -> Sequence[frozenset[str]]:
    """Return the names of the elements that a refusal is about, the surest set first.

    The elements that the journal's words name come first, and count where the request has any; else
    those that its `remede` speaks of. None for a request that was accepted.
    """
    if (echange.rule is None and not echange.detail) or echange.code == "SGT200":
        return ()
    remede = "" if echange.rule is None else echange.rule.remede
    words = " ".join((remede, echange.detail or ""))
    about = (frozenset(elements) for pattern, elements in _ABOUT if re.search(pattern, words))
    return (frozenset(_WORD.findall(words)), *about)
