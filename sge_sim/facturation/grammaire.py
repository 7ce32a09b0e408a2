"""The grammars of the supplier's files, by which documents are read, written and checked.

A grammar is a file of `grammaires/`: an element a line, those that it holds below it, further in by
two spaces. After the name comes how often: `?` at most once, `*` any number, `+` at least once,
`{1,2}`; then what its text is, or `&Name`: the block that was given under that name. `<>` is a
choice among the elements below it, `@name` an attribute. A line that ends with versions in square
brackets stands in these alone; the first one names the root and all versions, the latest last.
Elements of a line are parted by a semicolon; after a colon come those that the last one holds. A
line `NAME = …` ahead of the root says what its name stands for below.

Texts: `S` any, `S!` not empty, `s20` at most so many characters, `s1-20`, `=14` exactly so many,
`(a|b)` one of these, `/…/` a pattern; `b` a truth, `d` a day, `dt` an instant, `ym` a month;
`i` an integer, `i20` of so many digits, `i+` above zero, `i≤15` at most; `n` a decimal, `n18.2` of
so many digits, two of them after the point. Source: the schemas as `docs/factures.md` names them.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from sge_sim.machine.once import computed_once

ArbreDocument = dict[str, Any]
"""A document: by name of element a value (`Decimal`, `int`, `bool`, `date`, `datetime` or `str`), a
tree, or a list where it may come again."""
DOCUMENTS: Final = (
    *("C15", "R15", "F15_FA", "F15_FL", "X12"),
    *("C12", "R17", "F12_FA", "F12_FL", "F12_FR"),
)
"""The files of `grammaires/`."""
_MOST_MISTAKES: Final = 20
_PLACE: Final = "il n'a pas sa place ici"
_LINE: Final = re.compile(
    r"(?P<retrait> *)(?P<nom><>|@?\w+)(?: (?P<fois>[?*+]|\{\d+,\d+\}))?(?: (?P<genre>\S.*?))??"
    r"(?P<versions>(?: \[[\d.]+\])*)"
)
_FOIS: Final = {None: "1,1", "?": "0,1", "*": "0,0", "+": "1,0"}
_NUMBER: Final = re.compile(r"(?P<sorte>[in])(\+?)(\d*)(?:\.(\d+))?(?:≤(\d+))?")
_LENGTHS: Final = re.compile(r"(?:s(?:(\d+)-)?|=)(\d+)")
_DAY, _ZONE = r"\d{4}-\d\d-\d\d", r"(?:Z|[+-]\d\d:\d\d)?"
_TIME: Final = r"T\d\d:\d\d:\d\d(?:\.\d{1,12})?"
_SHAPES: Final = {
    "i": (r"[+-]?\d{1,40}", "n'est pas un entier"),
    "n": (r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})", "n'est pas un nombre"),
    "b": (r"0|1|true|false", "n'est ni 0 ni 1"),
    "d": (_DAY + _ZONE, "n'est pas une date"),
    "dt": (_DAY + _TIME + _ZONE, "n'est pas une date avec son heure"),
    "ym": (r"\d{4}-(?:0[1-9]|1[0-2])", "n'est pas un mois"),
    "S!": (r"(?s).+", "est vide"),
}


@dataclass(frozen=True, eq=False)
class Noeud:
    """An element of a grammar: how often it comes (`most` 0: any number), what its text is, or what
    it holds. A choice has no name, and what it chooses among inside."""

    nom: str
    least: int
    most: int
    genre: str
    inner: "tuple[Noeud, ...]"

    @cached_property
    def within(self) -> "dict[str, tuple[Noeud, bool]]":
        """What may stand in it, by name, attributes first, and whether it may come again."""
        choices = [(n, each) for each in self.inner for n in ((each,) if each.nom else each.inner)]
        choices.sort(key=lambda choice: choice[0].nom[0] != "@")
        return {n.nom: (n, each.most != 1) for n, each in choices}

    @cached_property
    def model(self) -> re.Pattern[str]:
        """The names of the elements in it, in their order, each with a semicolon."""
        parts = []
        for each in self.inner:
            names = "|".join(n.nom for n in ((each,) if each.nom else each.inner))
            if not each.nom.startswith("@"):
                parts.append(f"(?:(?:{names});){{{each.least},{each.most or ''}}}")
        return re.compile("".join(parts))


@computed_once()
def grammaires(document: str) -> Mapping[str, Noeud]:
    """Return the grammars of one of `DOCUMENTS` by version, the latest first."""
    text = files(__package__).joinpath("grammaires", f"{document}.txt").read_text("utf-8")
    while found := re.match(r"(\w+) = (.*)\n", text):
        text = text[found.end() :].replace(found[1], found[2])
    lines = [found for line in _apart(text) if (found := _LINE.fullmatch(line))]
    versions = re.findall(r"[\d.]+", lines[0]["versions"])
    return {each: next(_parse(lines, 0, each, {})) for each in reversed(versions)}


def _apart(text: str) -> Iterator[str]:
    """Yield the elements of a grammar, those that are held two spaces further in."""
    for line in text.splitlines():
        inner = line.lstrip(" ")
        for depth, several in enumerate(inner.split(" : ")):
            retrait = " " * (len(line) - len(inner) + 2 * depth)
            yield from (f"{retrait}{each}" for each in several.split("; "))


def _parse(
    lines: list[re.Match[str]], start: int, version: str, blocks: dict[str, tuple[Noeud, ...]]
) -> Iterator[Noeud]:
    """Yield the elements that stand from a line on, as far in as it."""
    retrait = len(lines[start]["retrait"])
    for at, line in enumerate(lines[start:], start):
        if len(line["retrait"]) < retrait:
            return
        here = not line["versions"] or f"[{version}]" in line["versions"]
        if len(line["retrait"]) > retrait or not here:
            continue
        nom, genre, inner = line["nom"], line["genre"] or "", tuple[Noeud, ...]()
        least, most = map(int, _FOIS.get(line["fois"], (line["fois"] or "")[1:-1]).split(","))
        if genre.startswith("&"):
            genre, inner = "", blocks[genre[1:]]
        elif at + 1 < len(lines) and len(lines[at + 1]["retrait"]) > retrait:
            inner = blocks[nom] = tuple(_parse(lines, at + 1, version, blocks))
        yield Noeud(nom.removeprefix("<>"), least, most, genre, inner)


def read_by_grammar(root: Any) -> tuple[str, str, ArbreDocument, list[str]]:
    """Return which of `DOCUMENTS` an element of lxml is the root of, its version, its tree, and
    what is wrong there: by the version of which the least is, the latest of these.

    Raises `ValueError` for the root of another document.
    """
    for document in DOCUMENTS:
        by_version = grammaires(document)
        if root.tag == next(iter(by_version.values())).nom:
            read = []
            for version, noeud in by_version.items():
                reader = _LecteurDeForme()
                read.append((version, reader.inside(noeud, root, root.tag), reader.fautes))
            return document, *min(read, key=lambda found: len(found[2]))
    raise ValueError(f"<{root.tag}> n'est la racine d'aucun document connu")


def write_block(document: str, version: str, nom: str, tree: Mapping[str, Any]) -> bytes:
    """Return one of the blocks of a document, right below its root or one further in, of what a
    version has of it; nothing is checked."""
    root = grammaires(document)[version]
    noeud = next(each.within[nom][0] for each in (root, *root.inner) if nom in each.within)
    lines: list[str] = []
    _write(noeud, tree, "", lines)
    return "".join(lines).encode()


def write_around(
    document: str, version: str, head: Mapping[str, Any], blocks: Iterable[bytes]
) -> Iterator[bytes]:
    """Yield the document that begins with `head` and goes on with blocks that are written: where
    `head` has an empty element of theirs, else at its end."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>\n"]
    _write(grammaires(document)[version], head, "", lines)
    root, remaining = "".join(lines).encode(), iter(blocks)
    named = re.match(rb"<\w+", first := next(remaining, b""))
    before, place, after = root.partition(b"%s/>" % named[0] if named else b"<>")
    if not place:
        before, place, after = root.rpartition(b"</")
    yield before + first
    yield from remaining
    yield after if place.endswith(b">") else place + after


def _write(noeud: Noeud, value: Any, retrait: str, out: list[str]) -> None:
    """Add the lines of an element, as lxml writes it, at a fifth of the cost."""
    attributes, elements = _given(noeud, tuple(value))
    named = [f" {nom[1:]}={quoteattr(str(value[nom]))}" for nom in attributes]
    out.append(f"{retrait}<{noeud.nom}{''.join(named)}{'' if elements else '/'}>\n")
    for nom, each in elements:
        inner = value[nom]
        for said in inner if isinstance(inner, list) else (inner,):
            if each.inner:
                _write(each, said, f"{retrait}  ", out)
                continue
            text = said if isinstance(said, str) else _TEXTS.get(type(said), str)(said)
            if "&" in text or "<" in text or ">" in text:
                text = escape(text)
            out.append(f"{retrait}  <{nom}>{text}</{nom}>\n")
    if elements:
        out.append(f"{retrait}</{noeud.nom}>\n")


@computed_once(1024)
def _given(noeud: Noeud, names: tuple[str, ...]) -> tuple[list[str], list[tuple[str, Noeud]]]:
    """Return the attributes of an element among these names, and the elements in it, in order."""
    within = [(nom, each) for nom, (each, _) in noeud.within.items() if nom in names]
    attributes = [nom for nom, _ in within if nom[0] == "@"]
    return attributes, within[len(attributes) :]


_TEXTS: Final[Mapping[type, Callable[[Any], str]]] = {
    **{bool: lambda truth: str(int(truth)), Decimal: "{:f}".format, datetime: datetime.isoformat}
}


@dataclass
class _LecteurDeForme:
    """Reads elements of lxml; what doesn't stand in its place is noted and left out."""

    fautes: list[str] = field(default_factory=list)

    def wrong(self, element: Any, chemin: str, quoi: str) -> None:
        if len(self.fautes) < _MOST_MISTAKES:
            ligne = f"ligne {element.sourceline}, " if element.sourceline else ""
            self.fautes.append(f"{ligne}{chemin} : {quoi}")

    def inside(self, block: Noeud, element: Any, chemin: str) -> ArbreDocument:
        tree, children = ArbreDocument(), [each for each in element if isinstance(each.tag, str)]
        tags = [each.tag for each in children]
        if not block.model.fullmatch("".join(f"{tag};" for tag in tags)):
            missing = [each.nom for each in block.inner if each.least and each.nom not in tags]
            places = [(each, each.tag, _PLACE) for each in children if each.tag not in block.within]
            places += [(element, nom, "il manque") for nom in missing if nom]
            for where, nom, quoi in places or [(element, "…", "éléments en trop, ou sans ordre")]:
                self.wrong(where, f"{chemin}/{nom}", quoi)
        if text := "".join([element.text or "", *(each.tail or "" for each in element)]).strip():
            self.wrong(element, chemin, f"« {text[:40]} » n'a pas sa place ici")
        for nom, (noeud, _) in block.within.items():
            if nom.startswith("@"):
                text = element.get(nom[1:])
                if text is not None:
                    tree[nom] = self._value(noeud.genre, element, text, f"{chemin}/{nom}")
                elif noeud.least:
                    self.wrong(element, f"{chemin}/{nom}", "il manque")
        for child in (each for each in children if each.tag in block.within):
            noeud, again = block.within[child.tag]
            here = f"{chemin}/{noeud.nom}"
            if noeud.inner:
                value: Any = self.inside(noeud, child, here)
            else:
                value = self._value(noeud.genre, child, child.text or "", here)
                if len(child):
                    self.wrong(child, f"{here}/{child[0].tag}", _PLACE)
            if again:
                tree.setdefault(noeud.nom, []).append(value)
            else:
                tree[noeud.nom] = value
        return tree

    def _value(self, genre: str, element: Any, text: str, chemin: str) -> Any:
        """Return what a text says, the text itself where it isn't of its type."""
        try:
            return value_of(genre, text)
        except ValueError as error:
            self.wrong(element, chemin, f"« {text[:40]} » {error}")
            return text


def value_of(genre: str, text: str) -> Any:
    """Return what a text of a type says; raises `ValueError` with what it isn't, in French."""
    number, lengths = _NUMBER.fullmatch(genre), _LENGTHS.fullmatch(genre)
    shape, wrong = _SHAPES.get(number["sorte"] if number else genre, ("", ""))
    if genre.startswith("("):
        values = genre[1:-1].split("|")
        shape = "|".join(map(re.escape, values))
        wrong = f"n'est pas l'une des valeurs {', '.join(values)}"
    elif genre.startswith("/"):
        shape, wrong = genre[1:-1], f"n'a pas la forme {genre[1:-1]}"
    elif lengths:
        least = lengths[2] if genre.startswith("=") else lengths[1] or "0"
        shape, wrong = f"(?s).{{{least},{lengths[2]}}}", f"n'a pas {least} à {lengths[2]} signes"
    if number or genre in ("b", "d", "dt", "ym"):
        text = text.strip()
    if shape and not re.fullmatch(shape, text):
        raise ValueError(wrong)
    if number:
        return _bounded(number, text)
    if genre == "b":
        return text in ("1", "true")
    try:
        if genre == "dt":
            return datetime.fromisoformat(text)
        return date.fromisoformat(text[:10]) if genre == "d" else text
    except ValueError:
        raise ValueError("n'est d'aucun calendrier") from None


def _bounded(genre: re.Match[str], text: str) -> Decimal | int:
    sorte, positive, digits, decimals, most = genre.groups()
    value, (whole, _, parts) = Decimal(text), text.lstrip("+-").partition(".")
    whole, parts = whole.lstrip("0"), parts.rstrip("0")  # as schemas count digits
    if digits and len(whole) + len(parts) > int(digits):
        raise ValueError(f"a plus de {digits} chiffres")
    if decimals and len(parts) > int(decimals):
        raise ValueError(f"a plus de {decimals} décimales")
    if (most and value > int(most)) or (positive and value <= 0):
        raise ValueError(f"dépasse {most}" if most else "n'est pas au-dessus de zéro")
    return int(value) if sorte == "i" else value
