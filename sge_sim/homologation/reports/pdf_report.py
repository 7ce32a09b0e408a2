"""The report as a tagged PDF to be sent: at most four A4 pages, and an annex if it is asked for.

The fonts are those that every reader of PDF has, in the letters of Western Europe (cp1252).
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak, SimpleDocTemplate, Spacer

from sge_sim import __version__
from sge_sim.domaine.francais import counted, shortened, unbroken
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.couverture import couverture, mots, said_at
from sge_sim.homologation.reports.etats import Couleur, Statut
from sge_sim.homologation.reports.executions import (
    CauseDeCas,
    cause_of,
    causes_of,
    counted_as,
    counts_in_words,
    rerun_title,
    what_is_left,
    worst_first,
)
from sge_sim.homologation.reports.non_juge import TITRE, NonJuge, checks_of, excused_runs, non_juges
from sge_sim.homologation.reports.pdf_tags import (
    Element,
    TaggedCanvas,
    TaggedParagraph,
    TaggedTable,
)
from sge_sim.homologation.reports.rapport import Execution, Rapport, by_package

PAGES_MOST: Final = 4
_SIZE: Final = 9.5
_SMALLEST: Final = 9
_COLOURS: Final = {each: HexColor(each.clair) for each in Couleur}
_LINE: Final = HexColor("#dcdee2")
_KEYS_SHOWN: Final = 12
_CAUSES_SHOWN: Final = (60, 45, 30, 20, 12, 6, 3, 1, 0)
"""How many causes are shown: the first of these numbers that hold on the pages."""
_ALL_LISTED: Final = 30
"""Where so many causes may be shown, every case is listed too."""
_REASONS_SHOWN: Final = 24
_REMARKS_SHOWN: Final = 6
_PHRASE_SHOWN: Final = 360
_MESSAGE_LINES: Final = 400
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_LETTERS: Final = str.maketrans({"→": ">", "≥": ">=", "≤": "<=", "−": "-", "\u202f": "\xa0"})

_TEXT: Final = ParagraphStyle("texte", fontName="Helvetica", fontSize=_SIZE, leading=12.5)
_STRONG: Final = ParagraphStyle("compte", parent=_TEXT, fontName="Helvetica-Bold")
_CELL: Final = ParagraphStyle("cellule", parent=_TEXT, fontSize=_SMALLEST, leading=11.5)
_TITLE: Final = ParagraphStyle("titre", parent=_STRONG, fontSize=16, leading=21)
_HEAD: Final = ParagraphStyle(
    *("rubrique", _STRONG), fontSize=12, leading=16, spaceBefore=9, spaceAfter=3, keepWithNext=1
)
_NAMES: Final = ParagraphStyle("colonne", parent=_CELL, fontName="Helvetica-Bold")
_ADVICE: Final = ParagraphStyle("conseil", parent=_CELL, textColor=_COLOURS[Couleur.NEUTRE])
_COLOURED: Final = {
    each: ParagraphStyle(each, parent=_NAMES, textColor=_COLOURS[each]) for each in Couleur
}
_CODE: Final = ParagraphStyle("code", parent=_CELL, fontName="Courier", wordWrap="CJK")
_TAGS: Final = {_TITLE.name: "H1", _HEAD.name: "H2", _CODE.name: "Code"}


def render_pdf(rapport: Rapport, annexe: bool = False) -> bytes:
    """Return the document. Where all the causes don't hold on its pages, the gravest do and the
    others are counted; `annexe` adds each run with its messages after them."""
    causes, reasons = causes_of(rapport.executions), non_juges(rapport)

    def story(most: int) -> list[Any]:
        work = _work(rapport, causes[:most], len(causes[most:]), listed=most >= _ALL_LISTED)
        kept = reasons[: most and _REASONS_SHOWN]
        return [*_cover(rapport), *work, *_unjudged(rapport, kept, len(reasons) - len(kept))]

    for most in _CAUSES_SHOWN:
        pdf, pages = _built(rapport, story(most))
        if pages <= PAGES_MOST:
            break
    return _built(rapport, [*story(most), PageBreak(), *_annex(rapport)])[0] if annexe else pdf


def _built(rapport: Rapport, story: list[Any]) -> tuple[bytes, int]:
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=16 * mm,
        bottomMargin=18 * mm,
        title=f"Homologation {rapport.release}",
        author="sge-sim",
        lang="fr-FR",
        invariant=True,
    )
    footer = f"{document.title}, {said_at(rapport.fin)}, sge-sim {__version__}"

    def foot(canvas: Any, _: object) -> None:
        with canvas.tagged():
            canvas.setFont("Helvetica", _SMALLEST)
            canvas.setFillColor(_COLOURS[Couleur.NEUTRE])
            canvas.drawString(18 * mm, 10 * mm, footer)
            canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"Page {document.page}")

    root = Element("Document", [each.element for each in story if hasattr(each, "element")])
    canvas = partial(TaggedCanvas, root)
    document.build(story, onFirstPage=foot, onLaterPages=foot, canvasmaker=canvas)
    return buffer.getvalue(), document.page


def _cover(rapport: Rapport) -> Iterator[Any]:
    """Yield what the first page holds: whose campaign it is, and the verdicts."""
    yield _p(f"Homologation {rapport.release}", _TITLE)
    yield _p(f"{counts_in_words(rapport.executions)}.", _STRONG)
    yield Spacer(1, 8)
    yield _table((40, 129), [], couverture(rapport))
    yield Spacer(1, 8)
    for remarque in rapport.remarques[:_REMARKS_SHOWN]:
        yield _p(remarque)
    if rapport.simulateur:
        yield _p(
            "La cible est un simulateur : ce rapport prépare l'homologation, il ne la remplace pas."
        )
    if checks := checks_of(rapport.executions):
        yield _p(f"Contrat et guides : {checks}.")
    yield _p("Verdicts", _HEAD)
    yield _verdicts(rapport)


def _work(
    rapport: Rapport, causes: Sequence[CauseDeCas], hidden: int, *, listed: bool
) -> Iterator[Any]:
    """Yield what is left to do, the cases by how they ended, and what the words mean."""
    if causes or hidden:
        yield _p(what_is_left(rapport.executions), _HEAD)
        if rapport.commande:
            yield _p(f"{rerun_title(rapport)} :")
            yield _p(rapport.commande, _CODE)
        yield Spacer(1, 4)
    if causes:
        rows = [
            (
                _p(each.statut.value, _COLOURED[each.statut.couleur]),
                _keys(each.cles),
                [_p(each.phrase, _CELL), _p(each.que_faire, _ADVICE)],
            )
            for each in causes
        ]
        yield _table((22, 36, 111), ("État", "Cas", "Cause, et que faire"), rows)
    if hidden:
        more = counted(hidden, "autre cause", "autres causes")
        yield _p(f"Et {more}, dans l'annexe et dans rapport.html.")
    if rapport.a_verifier:
        keys = ", ".join(each.cle for each in rapport.a_verifier)
        yield Spacer(1, 4)
        yield _p(f"À vérifier, sans conséquence sur le verdict : {keys}.")
    if listed:
        yield _p("Tous les cas", _HEAD)
        for package, executions in by_package(rapport.executions).items():
            yield _p(f"{package} : {_cases(executions)}.", _CELL, most=None)
    yield _p("Les mots de ce rapport", _HEAD)
    words = " ; ".join(f"{word} : {meaning}" for word, meaning in mots(rapport))
    yield _p(f"{words}.", _CELL, most=None)


def _unjudged(rapport: Rapport, reasons: Sequence[NonJuge], hidden: int) -> Iterator[Any]:
    """Yield the page on what wasn't judged."""
    yield PageBreak()
    yield _p(TITRE, _HEAD)
    rows = [(each.quoi, each.pourquoi, _keys(each.cles) or "-") for each in reasons]
    heads = ("Quoi", "Pourquoi", "Cas")
    yield _table((50, 72, 47), heads, rows) if rows else _p("Rien : tout a été jugé.")
    if hidden:
        yield _p(f"Et {counted(hidden, 'autre raison', 'autres raisons')}, dans rapport.html.")
    for ended, keys in excused_runs(rapport.executions).items():
        yield _p(f"{ended.capitalize()} : {keys}.")


def _keys(cles: Sequence[str]) -> str:
    """Return the first keys, and how many follow."""
    more = len(cles) - _KEYS_SHOWN
    keys = ", ".join(cles[:_KEYS_SHOWN])
    return f"{keys} et {counted(more, 'autre')}" if more > 0 else keys


def _verdicts(rapport: Rapport) -> TaggedTable:
    rows, runs = [], by_package(rapport.executions)
    for verdict in rapport.verdicts:
        own, decision = runs.get(verdict.package, []), verdict.decision
        ended = _p(decision.value, _COLOURED[decision.couleur])
        counts = [_p(counts_in_words(own), _CELL), _p(checks_of(own), _ADVICE)]
        rows.append((verdict.package, ended, counts, verdict.raison))
    return _table((27, 29, 41, 72), ("Package", "Verdict", "Cas", "Raison"), rows)


def _cases(executions: Sequence[Execution]) -> str:
    """Return the keys of a package by how they ended, in a line."""
    ended = ((statut, [x.cle for x in executions if x.statut is statut]) for statut in Statut)
    parts = (f"{counted_as(each, len(keys))} ({', '.join(keys)})" for each, keys in ended if keys)
    return " ; ".join(parts)


def _annex(rapport: Rapport) -> Iterator[Any]:
    yield _p("Annexe : les cas et leurs messages", _TITLE)
    for each in worst_first(rapport.executions):
        yield _p(f"{each.cle}, {each.statut.value} : {each.titre}", _HEAD)
        when = "" if each.instant is None else f" Le {said_at(each.instant)}."
        yield _p(f"{each.service} v{each.version}, attendu : {each.attendu}.{when}")
        if cause_of(each):
            yield _p(cause_of(each), most=None)
        for name, message in (("Demande", each.requete), ("Réponse", each.reponse)):
            lines = indented(message).splitlines() if message else []
            if lines:
                yield _p(f"{name} :")
                yield from (_p(line, _CODE) for line in lines[:_MESSAGE_LINES])
            if len(lines) > _MESSAGE_LINES:
                more = counted(len(lines) - _MESSAGE_LINES, "ligne")
                yield _p(f"… {more} de plus, dans preuves.zip.")


def _table(widths: Sequence[float], heads: Sequence[str], rows: Iterable[Any]) -> TaggedTable:
    """Return a table whose cells are texts, paragraphs or lists of these, under `heads`, which each
    page repeats. Without any, the first column names the rows."""
    lines = [[_p(each, _NAMES) for each in heads]] if heads else []
    for row in rows:
        cells = [_p(each, _CELL) if isinstance(each, str) else each for each in row]
        lines.append(cells if heads else [_p(row[0], _NAMES), *cells[1:]])
    table = TaggedTable(lines, [each * mm for each in widths], repeatRows=1 if heads else 0)
    table.hAlign = "LEFT"
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    table.tag_cells("Column" if heads else "Row")
    return table


def _p(text: str, style: ParagraphStyle = _TEXT, most: int | None = _PHRASE_SHOWN) -> Any:
    """Return a paragraph; a letter that the fonts don't have becomes a question mark."""
    if most is not None and style is not _CODE:
        text = shortened(text, most)
    spaced = unbroken(_CONTROL.sub(" ", text)).translate(_LETTERS)
    known = spaced.encode("cp1252", "replace").decode("cp1252")
    if style is _CODE:
        known = known.replace(" ", "\xa0")
    paragraph = TaggedParagraph(escape(known), style)
    paragraph.element = Element(_TAGS.get(style.name, "P"))
    return paragraph
