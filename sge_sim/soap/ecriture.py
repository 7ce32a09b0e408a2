"""A message written otherwise: prefixes, white space, quotes, comments, CDATA.

What it says stays the same. Without a choice it is written as the simulator writes its own.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from sge_sim.soap.contract import ENVELOPE
from sge_sim.soap.declarations import local_name

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
NIL: Final = f"{{{_XSI}}}nil"
"""The attribute of an element that is present and empty."""
_COMMENT: Final = "<!-- une autre forme -->"
_BREAKS: Final = {"indente": ("\n", "  "), "tabulations": ("\r\n", "\t")}
_SCHEMES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "": lambda namespace, _: "soap" if namespace == ENVELOPE else "sge",
    "soapenv": lambda namespace, _: "soapenv" if namespace == ENVELOPE else "ns2",
    "S": lambda namespace, _: "S" if namespace == ENVELOPE else "q1",
    "defaut": lambda _, __: "",
    "local": lambda namespace, name: (
        "ns" if namespace != ENVELOPE else "soapenv" if name == "Envelope" else "S"
    ),
}
"""The prefix of the namespace and the name of an element, by choice."""
_ATTRIBUTE: Final = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", '"': "&quot;", "'": "&apos;"}

Scope = Mapping[str, str]


class Writer:
    """Writes messages; `chosen` is a value of each kind of writing that is wanted."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._separateur = chosen.get("separateur", "")
        self._commentaire = chosen.get("commentaire", "")
        self._cdata = "cdata" in chosen
        self._prefix_of = _SCHEMES[chosen.get("prefixe", "")]
        self._quote = "'" if self._separateur == "apostrophes" else '"'
        self._break, self._indent = _BREAKS.get(self._separateur, ("", ""))

    def write(self, root: etree._Element) -> bytes:
        """Return the bytes of an envelope."""
        parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        if self._commentaire == "avant":
            parts.append(f"{_COMMENT}\n")
        self._element(parts, root, {"": ""}, 0)
        return "".join(parts).encode()

    def _element(self, parts: list[str], element: etree._Element, scope: Scope, depth: int) -> None:
        namespace, name = etree.QName(element).namespace or "", local_name(element)
        prefix = self._prefix_of(namespace, name) if namespace else ""
        wanted = {prefix: namespace}
        attributes = [(key.replace(NIL, "xsi:nil"), text) for key, text in element.attrib.items()]
        if NIL in element.attrib:
            wanted["xsi"] = _XSI
        text = element.text or ""
        if name == "faultcode":  # a qualified name
            here = self._prefix_of(ENVELOPE, "Fault") or "soap"
            wanted[here], text = ENVELOPE, f"{here}:{text.rpartition(':')[2]}"
        declared = {key: uri for key, uri in wanted.items() if scope.get(key) != uri}
        quoted = [(f"xmlns:{key}" if key else "xmlns", uri) for key, uri in declared.items()]
        tag = f"{prefix}:{name}" if prefix else name
        start = "".join(f" {key}={self._quoted(value)}" for key, value in quoted + attributes)
        if not (text or len(element)):
            spread = self._separateur == "balises"
            parts.append(f"<{tag}{start}></{tag}>" if spread else f"<{tag}{start}/>")
            return
        parts.append(f"<{tag}{start}>")
        if len(element):
            inside = {**scope, **declared}
            if self._commentaire == "entre":
                parts.append(_COMMENT)
            for child in element:
                if self._break:
                    parts.append(self._break + self._indent * (depth + 1))
                self._element(parts, child, inside, depth + 1)
            if self._break:
                parts.append(self._break + self._indent * depth)
        else:
            parts.append(self._text(text))
        parts.append(f"</{tag}>")

    def _text(self, text: str) -> str:
        middle = len(text) // 2
        pieces = [text[:middle], text[middle:]] if self._commentaire == "dans" else [text]
        return _COMMENT.join(map(self._piece, pieces))

    def _piece(self, text: str) -> str:
        if self._cdata and text and not re.search("]]>|\r", text):
            return f"<![CDATA[{text}]]>"
        return escape(text, {"\r": "&#13;"})

    def _quoted(self, text: str) -> str:
        return f"{self._quote}{escape(text, _ATTRIBUTE)}{self._quote}"
