"""A recorded message in a page: indented, coloured, its long series folded, what is wrong marked.

What a client wrote is escaped, whatever it is, and what is shown of it is bounded: the file to
download gives it whole.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from markupsafe import Markup, escape

from sge_sim.admin.message_outline import Element, Left, Remark, Text, read_outline
from sge_sim.domaine.francais import counted, grouped

MAX_SHOWN: Final = 100_000
"""Characters that are shown of what isn't XML."""
_SERIES: Final = 6
"""Brothers of one name from which on a series is folded; so many are shown before."""
_SHOWN_FIRST: Final = 2
_INDENTED: Final = 24
"""Levels beyond which the margin doesn't grow."""


def show_message(body: bytes | None, suspects: Sequence[Collection[str]] = ()) -> Markup:
    """Return a message as HTML: coloured XML where it is sound and has no DTD, text otherwise.

    `suspects` are sets of local names: the elements of the first set of which there are any are
    marked, and are shown wherever they stand.
    """
    if not body:
        return Markup("(vide)")
    try:
        outline = read_outline(body, frozenset().union(*suspects))
    except ValueError:
        return _text(body)
    found = (outline.present.intersection(names) for names in suspects)
    guilty = next((names for names in found if names), frozenset())
    lines = _XmlPage(guilty, outline.root).lines(outline.root, 0)
    shown = Markup("").join(lines)
    return shown if outline.whole else shown + _cut(f"{grouped(len(body))} octets")


def _text(body: bytes) -> Markup:
    text = body[: 4 * MAX_SHOWN].decode("utf-8", "replace")
    if len(text) <= MAX_SHOWN:
        return escape(text)
    return escape(text[:MAX_SHOWN]) + "\n" + _cut(f"{grouped(len(body))} octets")


def _cut(whole: str) -> Markup:
    return escape(f"… (coupé : {whole} en tout, dans le fichier à télécharger)")


_Item = Element | Text | Remark | Left


class _XmlPage:
    """Writes the elements of a message, those named in `guilty` marked.

    What stands in others is wrong rather than these: they are marked where there is nothing else.
    """

    def __init__(self, guilty: Collection[str], root: Element) -> None:
        self._guilty = guilty
        self._innermost = any(
            _is_innermost(each) and each.local_name in guilty for each in _elements(root)
        )
        self._holders: set[int] = set()
        self._find_holders(root)

    def lines(self, item: _Item, depth: int) -> Iterator[Markup]:
        margin = "  " * min(depth, _INDENTED)
        match item:
            case Element():
                yield from self._element(item, depth, margin)
            case Text():
                yield Markup("{}<em>{}</em>\n").format(margin, _shown(item).strip())
            case Remark(text):
                yield Markup("{}<i>{}</i>\n").format(margin, text)
            case Left(_, count):
                yield Markup("{}… et {}, dans le fichier à télécharger\n").format(
                    margin, _others(count)
                )

    def _element(self, element: Element, depth: int, margin: str) -> Iterator[Markup]:
        opening = Markup("&lt;<b>{}</b>{}").format(element.name, _attributes(element))
        closing = Markup("&lt;/<b>{}</b>&gt;").format(element.name)
        match element.children:
            case []:
                whole = opening + Markup("/&gt;")
            case [Text() as text]:
                whole = opening + Markup("&gt;<em>{}</em>").format(_shown(text)) + closing
            case _:
                marked = self._marked(element, opening + Markup("&gt;"))
                yield Markup("{}{}\n").format(margin, marked)
                yield from self._children(element.children, depth + 1)
                yield Markup("{}{}\n").format(margin, closing)
                return
        yield Markup("{}{}\n").format(margin, self._marked(element, whole))

    def _children(self, children: Sequence[_Item], depth: int) -> Iterator[Markup]:
        for name, group in groupby(children, key=_series_of):
            series = list(group)
            shown = series
            if name is not None and _count(series) > _SERIES:
                shown = series[:_SHOWN_FIRST]
            for child in shown:
                yield from self.lines(child, depth)
            folded = series[len(shown) :]
            if folded:
                yield Markup("<details{}><summary>{} « {} » de plus</summary>").format(
                    " open" if any(id(each) in self._holders for each in folded) else "",
                    grouped(_count(folded)),
                    name,
                )
                for child in folded:
                    yield from self.lines(child, depth)
                yield Markup("</details>")

    def _marked(self, element: Element, line: Markup) -> Markup:
        if not self._is_guilty(element):
            return line
        return Markup('<mark>{}</mark> <span class="alerte">← en cause</span>').format(line)

    def _is_guilty(self, element: Element) -> bool:
        return element.local_name in self._guilty and (
            not self._innermost or _is_innermost(element)
        )

    def _find_holders(self, element: Element) -> bool:
        """Keep which elements are marked, or one in them; tell whether this one is of them."""
        holds = self._is_guilty(element)
        for child in element.children:
            if isinstance(child, Element) and self._find_holders(child):
                holds = True
        if holds:
            self._holders.add(id(element))
        return holds


def _elements(root: Element) -> Iterator[Element]:
    """Yield an element and all those in it."""
    pending = [root]
    while pending:
        element = pending.pop()
        yield element
        pending += (child for child in element.children if isinstance(child, Element))


def _is_innermost(element: Element) -> bool:
    return all(isinstance(child, Text) for child in element.children)


def _series_of(item: _Item) -> str | None:
    return item.name if isinstance(item, Element | Left) else None


def _count(items: Sequence[_Item]) -> int:
    return sum(item.count if isinstance(item, Left) else 1 for item in items)


def _shown(text: Text) -> str:
    more = f"… (coupé, caractères de plus : {grouped(text.more)})" if text.more else ""
    return text.text + more


def _attributes(element: Element) -> Markup:
    written = Markup("").join(
        Markup(' <i>{}</i>="<q>{}</q>"').format(name, value) for name, value in element.attributes
    )
    if element.more_attributes:
        written += f" … et {counted(element.more_attributes, 'autre attribut', 'autres attributs')}"
    return written


def _others(count: int) -> str:
    return f"{grouped(count)} {'autres' if count > 1 else 'autre'}"
