"""A recorded message in a page: indented, coloured, its long series folded, what is wrong marked.

What a client wrote is escaped, whatever it is; entities aren't expanded and nothing is fetched.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from lxml import etree
from markupsafe import Markup, escape

from sge_sim.machine.safe_xml import parse_xml

MAX_SHOWN: Final = 200_000
"""Characters that are shown of what isn't XML; the file to download gives it whole."""
_SERIES: Final = 6
"""Brothers of one name from which on a series is folded; so many are shown before."""
_SHOWN_FIRST: Final = 2
_SHOWN_FOLDED: Final = 300


def show_message(body: bytes | None, guilty: Collection[str] = ()) -> Markup:
    """Return a message as HTML: coloured XML where it is sound and has no DTD, text otherwise.

    `guilty` are the local names of the elements that are marked.
    """
    if not body:
        return Markup("(vide)")
    root = _parsed(body)
    if root is not None:
        return Markup("").join(_Page(frozenset(guilty)).lines(root, 0))
    text = body.decode("utf-8", "replace")
    if len(text) > MAX_SHOWN:
        text = f"{text[:MAX_SHOWN]}\n… (coupé : {len(text)} caractères en tout)"
    return escape(text)


def local_names(body: bytes | None) -> set[str]:
    """Return the names of the elements of a message; none where it isn't sound XML."""
    root = None if not body else _parsed(body)
    return set() if root is None else {_name(one) for one in root.iter(etree.Element)}


def _parsed(body: bytes) -> etree._Element | None:
    try:
        return parse_xml(body, compact=True)
    except ValueError:
        return None


def _name(element: etree._Element) -> str:
    name: str = etree.QName(element).localname
    return name


@dataclass(frozen=True)
class _Page:
    guilty: frozenset[str]
    declared: dict[str | None, str] = field(default_factory=dict)

    def lines(self, element: etree._Element, depth: int) -> Iterator[Markup]:
        margin = "  " * depth
        if not isinstance(element.tag, str):
            yield Markup("{}<i>{}</i>\n").format(margin, etree.tostring(element, with_tail=False))
            return
        name = element.tag if element.prefix is None else f"{element.prefix}:{_name(element)}"
        name = _name(element) if element.prefix is None else name
        opening = Markup("&lt;<b>{}</b>{}").format(name, self._attributes(element))
        closing = Markup("&lt;/<b>{}</b>&gt;").format(name)
        text = (element.text or "").strip()
        if len(element) == 0:
            whole = (
                opening + Markup("&gt;<em>{}</em>").format(element.text or "") + closing
                if text
                else opening + Markup("/&gt;")
            )
            yield Markup("{}{}\n").format(margin, self._marked(element, whole))
            return
        yield Markup("{}{}\n").format(margin, self._marked(element, opening + Markup("&gt;")))
        if text:
            yield Markup("{}  <em>{}</em>\n").format(margin, text)
        yield from self._children(element, depth + 1)
        yield Markup("{}{}\n").format(margin, closing)

    def _children(self, element: etree._Element, depth: int) -> Iterator[Markup]:
        for tag, group in groupby(element, key=lambda child: child.tag):
            series = list(group)
            if len(series) <= _SERIES:
                shown, folded = series, []
            else:
                shown, folded = series[:_SHOWN_FIRST], series[_SHOWN_FIRST:]
            for child in shown:
                yield from self.lines(child, depth)
            if folded and isinstance(tag, str):
                yield Markup("<details><summary>{} « {} » de plus</summary>").format(
                    _grouped(len(folded)), _name(folded[0])
                )
                for child in folded[:_SHOWN_FOLDED]:
                    yield from self.lines(child, depth)
                beyond = len(folded) - _SHOWN_FOLDED
                if beyond > 0:
                    yield Markup("{}… et {} autres, dans le fichier à télécharger\n").format(
                        "  " * depth, _grouped(beyond)
                    )
                yield Markup("</details>")

    def _marked(self, element: etree._Element, line: Markup) -> Markup:
        if _name(element) not in self.guilty or len(element):
            return line
        return Markup('<mark>{}</mark> <span class="alerte">← en cause</span>').format(line)

    def _attributes(self, element: etree._Element) -> Markup:
        above = element.getparent()
        known = {} if above is None else above.nsmap
        declared = {
            "xmlns" if prefix is None else f"xmlns:{prefix}": uri
            for prefix, uri in element.nsmap.items()
            if known.get(prefix) != uri
        }
        own = {_attribute(element, name): value for name, value in element.attrib.items()}
        return Markup("").join(
            Markup(' <i>{}</i>="<q>{}</q>"').format(name, value)
            for name, value in {**declared, **own}.items()
        )


def _attribute(element: etree._Element, name: str) -> str:
    qualified = etree.QName(name)
    local: str = qualified.localname
    if qualified.namespace is None:
        return local
    prefixes = [p for p, uri in element.nsmap.items() if uri == qualified.namespace and p]
    return f"{prefixes[0] if prefixes else 'xml'}:{local}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
