"""A recorded message in a page: indented, coloured, what is wrong marked, cut where it is long.

What a client wrote is escaped, whatever it is; the file to download gives it whole. Whatever was
recorded, it takes less than half a second and some megabytes, and no name outlives it: expat reads,
where libxml2 keeps every name that its thread has met. Entities aren't expanded and nothing is
fetched.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from markupsafe import Markup, escape

from sge_sim.domaine.francais import grouped, shortened
from sge_sim.journal import Echange
from sge_sim.machine.documents import parse_json

LOOKED_AT: Final = 2**20
"""Bytes of a message that are read: as many as a request may have, unless a setting says more."""
MAX_SHOWN: Final = 100_000
"""Characters that are shown of what isn't XML."""
_ROOM: Final = 200_000
"""Characters of HTML from which on no more elements are shown."""
_LONG: Final = 2_000
"""Characters that are shown of a name, of a text, or of the attributes of an element."""
_DEEPEST: Final = 256
_FOLDED: Final = 5
"""Levels of which an element folds."""
_OPEN: Final = Markup("<details open><summary>{}</summary>")
_CLOSING: Final = Markup("&lt;/<b>{}</b>&gt;")
_INNERMOST: Final = re.compile(r"[{\[][^][{}]*[}\]]")
_BREAK: Final = re.compile(r"\n *")
_JSON_NAME: Final = re.compile(r"(&#34;(?:(?!&#34;).)*&#34;: )")
_MARK: Final = Markup('<mark>{}</mark> <span class="alerte">← en cause</span>')


def show_message(
    body: bytes | None, suspects: Sequence[Collection[str]] = (), room: int = _ROOM
) -> Markup:
    """Return a message as HTML: XML that is sound and has no DTD, or JSON, by elements that fold;
    text otherwise. No more elements are shown than take `room` characters of HTML.

    `suspects` are sets of local names: the elements of the first set of which there are any are
    marked. What stands in others is wrong rather than these: they are where there is nothing else.
    """
    if not body:
        return Markup("(vide)")
    cut = escape(f"… (coupé : {grouped(len(body))} octets en tout, dans le fichier à télécharger)")
    reader = _Reader(room)
    try:
        if body[:1] in (b"{", b"["):
            reader.read_json(body)
        else:
            reader.read(body)
    except (expat.ExpatError, ValueError, LookupError):  # the last for an encoding that isn't known
        reader.lines.clear()
    if not reader.lines:
        text = body[: 4 * MAX_SHOWN].decode("utf-8", "replace")
        most = min(room, MAX_SHOWN)
        return escape(text) if len(text) <= most else escape(text[:most]) + "\n" + cut
    guilty = next(filter(None, map(reader.names.intersection, suspects)), set[str]())
    innermost = any(line.innermost for line in reader.lines if line.name in guilty)
    for line in reader.lines:
        if line.name in guilty and (line.innermost or not innermost):
            line.html = _MARK.format(line.html)
    shown = _folded(reader.lines)
    return shown if len(body) <= LOOKED_AT and reader.room > 0 else shown + cut


def _folded(lines: "Sequence[_Line]") -> Markup:
    """Return the lines; what is in an element near the root folds under the line that opens it."""
    parts: list[Markup] = []
    open_at: list[int] = []
    for rank, line in enumerate(lines):
        text = "  " * line.depth + line.html + "\n"
        holds = rank + 1 < len(lines) and lines[rank + 1].depth > line.depth
        if holds and line.depth < _FOLDED:
            text = _OPEN.format(text)
            open_at.append(line.depth)
        elif open_at and line.depth <= open_at[-1]:
            open_at.pop()
            text += Markup("</details>")
        parts.append(text)
    return Markup("").join(parts) + Markup("</details>") * len(open_at)


@dataclass(slots=True)
class _Line:
    """A line of the page; `name` is the local one of the element that it opens, if it does.

    `innermost` tells that there is but text in this element, and that it ends in the same line.
    """

    depth: int
    html: Markup
    name: str = ""
    innermost: bool = False


class _Reader:
    """What expat calls as it goes through a message, for each of what may be 300 000 elements."""

    def __init__(self, room: int) -> None:
        self.lines: list[_Line] = []
        self.room = room
        self.names: set[str] = set()
        """Local ones of all elements, shown or not."""
        self._depth = 0
        self._opened: _Line | None = None
        """The line of an element in which there was nothing but text so far."""
        self._text = ""

    def read(self, body: bytes) -> None:
        parser = expat.ParserCreate()  # that `self` doesn't know: both are gone once they were used
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(body[:LOOKED_AT], len(body) <= LOOKED_AT)
        self._interrupt()

    def read_json(self, body: bytes) -> None:
        text = json.dumps(parse_json(body), ensure_ascii=False, indent=1)
        for line in _INNERMOST.sub(lambda each: _BREAK.sub(" ", each[0]), text).split("\n"):
            self._depth = min(len(line) - len(line.lstrip()), _DEEPEST)
            html = _JSON_NAME.sub(r"</q>\1<q>", str(escape(shortened(line.lstrip(), _LONG))))
            self._write(Markup("{}<q>{}</q>"), "", Markup(html))  # noqa: S704 - escaped above

    def _start(self, name: str, attributes: list[str]) -> None:
        self._interrupt()
        local = name.rpartition(":")[2]
        self.names.add(local)
        if self.room > 0:
            self._write(Markup("&lt;<b>{}</b>{}"), name, _attributes(attributes))
            self._opened = self.lines[-1]
            self._opened.name = local
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("les éléments s'emboîtent trop")

    def _end(self, name: str) -> None:
        line, self._opened = self._opened, None
        if line is None:
            self._interrupt()
            self._depth -= 1
            self._write(_CLOSING, name)
            return
        rest = Markup("/&gt;")
        if self._text:
            rest = Markup("&gt;<em>{}</em>").format(shortened(self._text, _LONG))
            rest += _CLOSING.format(shortened(name, _LONG))
            self._text = ""
        line.html += rest
        line.innermost = True
        self.room -= len(rest)
        self._depth -= 1

    def _add_text(self, text: str) -> None:
        if self._text or not text.isspace():
            self._text = (self._text + text)[: _LONG + 1]

    def _comment(self, text: str) -> None:
        self._interrupt()
        self._write(Markup("<i>&lt;!--{}--&gt;</i>"), text)

    def _instruction(self, target: str, text: str) -> None:
        self._interrupt()
        self._write(Markup("<i>&lt;?{}?&gt;</i>"), f"{target} {text}")

    def _refuse(self, *_: object) -> None:
        raise ValueError("une DTD n'a pas sa place ici")

    def _interrupt(self) -> None:
        """End the line of an element and the text so far, for what isn't text."""
        if self._opened is not None:
            self._opened.html += Markup("&gt;")
            self._opened = None
        if self._text:
            self._write(Markup("<em>{}</em>"), self._text.strip())
            self._text = ""

    def _write(self, pattern: Markup, text: str, more: str = "") -> None:
        if self.room > 0:
            html = pattern.format(shortened(text, _LONG), more)
            self.lines.append(_Line(self._depth, html))
            self.room -= len(html) + 2 * self._depth + len(_MARK)


def _attributes(given: list[str]) -> Markup:
    written = Markup()
    left = _LONG
    for name, value in zip(given[::2], given[1::2], strict=True):
        left -= len(name) + len(value)
        if left < 0:
            return written + " …"
        written += Markup(' <i>{}</i>="<q>{}</q>"').format(name, value)
    return written


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

    What the journal's words say that came is first, then the elements that they name, and count
    where the request has any; else those that its `remede` speaks of. None for a request that was
    accepted.
    """
    if (echange.rule is None and not echange.detail) or echange.code == "SGT200":
        return ()
    remede = "" if echange.rule is None else echange.rule.remede
    words = " ".join((remede, echange.detail or ""))
    about = (frozenset(elements) for pattern, elements in _ABOUT if re.search(pattern, words))
    came = words.partition(", reçu ")[2].partition("\n")[0]
    return (frozenset(_WORD.findall(came)), frozenset(_WORD.findall(words)), *about)
