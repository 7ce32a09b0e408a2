"""The report as a PDF to be sent: at most four A4 pages, and an annex if it is asked for.

The fonts are those that every reader of PDF has, in the letters of Western Europe (cp1252).
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from sge_sim import __version__
from sge_sim.clock import PARIS
from sge_sim.domaine.francais import counted, unbroken
from sge_sim.homologation.client.messages import indented
from sge_sim.homologation.reports.etats import Couleur, Statut
from sge_sim.homologation.reports.executions import (
    CauseDeCas,
    cause_of,
    causes_of,
    counted_as,
    counts_in_words,
    rerun_title,
    said,
    what_is_left,
    worst_first,
)
from sge_sim.homologation.reports.rapport import Execution, Rapport, by_package

PAGES_MOST: Final = 4
_SIZE: Final = 9.5
_SMALLEST: Final = 9
_COLOURS: Final = {each: HexColor(each.clair) for each in Couleur}
_LINE: Final = HexColor("#dcdee2")
_KEYS_SHOWN: Final = 12
_CAUSES_SHOWN: Final = 60
_REMARKS_SHOWN: Final = 6
_PHRASE_SHOWN: Final = 360
_MESSAGE_LINES: Final = 400
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_LETTERS: Final = str.maketrans({"→": ">", "≥": ">=", "≤": "<=", "−": "-", "\u202f": "\xa0"})

_TEXT: Final = ParagraphStyle("texte", fontName="Helvetica", fontSize=_SIZE, leading=12.5)
_CELL: Final = ParagraphStyle("cellule", parent=_TEXT, fontSize=_SMALLEST, leading=11.5)
_TITLE: Final = ParagraphStyle("titre", parent=_TEXT, fontName="Helvetica-Bold", fontSize=16)
_TITLE.leading = 21
_HEAD: Final = ParagraphStyle("rubrique", parent=_TEXT, fontName="Helvetica-Bold", fontSize=12)
_HEAD.leading, _HEAD.spaceBefore, _HEAD.spaceAfter = 16, 9, 3
_STRONG: Final = ParagraphStyle("compte", parent=_TEXT, fontName="Helvetica-Bold")
_NAMES: Final = ParagraphStyle("colonne", parent=_CELL, fontName="Helvetica-Bold")
_ADVICE: Final = ParagraphStyle("conseil", parent=_CELL, textColor=_COLOURS[Couleur.NEUTRE])
_CODE: Final = ParagraphStyle("code", parent=_CELL, fontName="Courier", wordWrap="CJK")


def render_pdf(rapport: Rapport, annexe: bool = False) -> bytes:
    """Return the document. Where all the causes don't hold on its pages, the gravest do and the
    others are counted; `annexe` adds each run with its messages after them."""
    causes = causes_of(rapport.executions)
    shown, listed = min(len(causes), _CAUSES_SHOWN), True

    def story() -> list[Any]:
        return list(_story(rapport, causes[:shown], len(causes) - shown, listed=listed))

    while (shown or listed) and _built(rapport, story())[1] > PAGES_MOST:
        shown, listed = shown * 3 // 4, listed and shown > _CAUSES_SHOWN // 2
    annex = [PageBreak(), *_annex(rapport)] if annexe else []
    return _built(rapport, story() + annex)[0]


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
    foot = _foot(rapport)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue(), document.page


def _foot(rapport: Rapport) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Helvetica", _SMALLEST)
        canvas.setFillColor(_COLOURS[Couleur.NEUTRE])
        footer = f"Homologation {rapport.release}, {_instant(rapport.fin)}, sge-sim {__version__}"
        canvas.drawString(18 * mm, 10 * mm, footer)
        canvas.drawRightString(A4[0] - 18 * mm, 10 * mm, f"Page {document.page}")

    return draw


def _story(
    rapport: Rapport, causes: Sequence[CauseDeCas], hidden: int, *, listed: bool
) -> Iterator[Any]:
    yield _p(f"Homologation {rapport.release}", _TITLE)
    origines = ", ".join(rapport.origines)
    calls = f" Origine des appels : {origines}." if origines else ""
    partial = ", partielle" if rapport.partielle else ""
    client = f", {rapport.client}" if rapport.client else ""
    yield _p(f"{counts_in_words(rapport.executions)}.", _STRONG)
    yield _p(
        f"Campagne {rapport.origine}{partial} : {rapport.cible}, acteur {rapport.acteur}{client}. "
        f"Du {_instant(rapport.debut)} au {_instant(rapport.fin)}.{calls}"
    )
    for remarque in rapport.remarques[:_REMARKS_SHOWN]:
        yield _p(_shortened(remarque))
    if rapport.simulateur:
        yield _p(
            "La cible est un simulateur : ce rapport prépare l'homologation, il ne la remplace pas."
        )
    yield Spacer(1, 6)
    yield _verdicts(rapport)
    if causes or hidden:
        yield _p(what_is_left(rapport.executions), _HEAD)
        if rapport.commande:
            yield _p(f"{rerun_title(rapport)} :")
            yield _p(rapport.commande, _CODE)
        yield Spacer(1, 4)
        yield _causes(causes)
        if hidden:
            more = counted(hidden, "autre cause", "autres causes")
            yield _p(f"Et {more}, dans l'annexe et dans rapport.html.")
    if rapport.a_verifier:
        keys = ", ".join(each.cle for each in rapport.a_verifier)
        yield Spacer(1, 4)
        yield _p(_shortened(f"À vérifier, sans conséquence sur le verdict : {keys}."))
    if listed:
        yield _p("Tous les cas", _HEAD)
        for package, executions in by_package(rapport.executions).items():
            yield _p(f"{package} : {_cases(executions)}.", _CELL)


def _verdicts(rapport: Rapport) -> Table:
    rows, runs = [_heads("Package", "Verdict", "Cas", "Raison")], by_package(rapport.executions)
    for verdict in rapport.verdicts:
        rows.append(
            [
                _p(verdict.package, _CELL),
                _p(verdict.decision.value, _coloured(verdict.decision.couleur)),
                _p(counts_in_words(runs.get(verdict.package, [])), _CELL),
                _p(_shortened(verdict.raison), _CELL),
            ]
        )
    return _table(rows, (27, 29, 41, 72))


def _causes(causes: Sequence[CauseDeCas]) -> Table | Spacer:
    rows = [_heads("État", "Cas", "Cause, et que faire")]
    for cause in causes:
        keys = ", ".join(cause.cles[:_KEYS_SHOWN])
        more = len(cause.cles) - _KEYS_SHOWN
        rows.append(
            [
                _p(cause.statut.value, _coloured(cause.statut.couleur)),
                _p(f"{keys} et {counted(more, 'autre')}" if more > 0 else keys, _CELL),
                [_p(_shortened(cause.phrase), _CELL), _p(_shortened(cause.que_faire), _ADVICE)],
            ]
        )
    return _table(rows, (22, 36, 111)) if causes else Spacer(1, 0)


def _heads(*names: str) -> list[Any]:
    return [_p(each, _NAMES) for each in names]


def _cases(executions: Sequence[Execution]) -> str:
    """Return the keys of a package by how they ended, in a line."""
    found: dict[tuple[Statut, int], list[str]] = {}
    for each in executions:
        found.setdefault((each.statut, len(each.excuses)), []).append(each.cle)
    order = list(Statut)
    parts = []
    for statut, excused in sorted(found, key=lambda how: (order.index(how[0]), how[1])):
        keys = found[statut, excused]
        shared = said(statut, excused).removeprefix(statut.value)
        each_one = " chacun" if shared and len(keys) > 1 else ""
        parts.append(f"{counted_as(statut, len(keys))}{shared}{each_one} ({', '.join(keys)})")
    return " ; ".join(parts)


def _annex(rapport: Rapport) -> Iterator[Any]:
    yield _p("Annexe : les cas et leurs messages", _TITLE)
    for each in worst_first(rapport.executions):
        yield _p(f"{each.cle}, {each.statut.value} : {each.titre}", _HEAD)
        when = "" if each.instant is None else f" Le {_instant(each.instant)}."
        yield _p(f"{each.service} v{each.version}, attendu : {each.attendu}.{when}")
        if cause_of(each):
            yield _p(cause_of(each))
        for name, message in (("Demande", each.requete), ("Réponse", each.reponse)):
            lines = indented(message).splitlines() if message else []
            if lines:
                yield _p(f"{name} :")
                yield from (_p(line, _CODE) for line in lines[:_MESSAGE_LINES])
            if len(lines) > _MESSAGE_LINES:
                more = counted(len(lines) - _MESSAGE_LINES, "ligne")
                yield _p(f"… {more} de plus, dans preuves.zip.")


def _table(rows: list[list[Any]], widths: Sequence[float]) -> Table:
    table = Table(rows, [width * mm for width in widths], repeatRows=1, hAlign="LEFT")
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
    return table


def _p(text: str, style: ParagraphStyle = _TEXT) -> Paragraph:
    """Return a paragraph; a letter that the fonts don't have becomes a question mark."""
    spaced = unbroken(_CONTROL.sub(" ", text)).translate(_LETTERS)
    known = spaced.encode("cp1252", "replace").decode("cp1252")
    if style is _CODE:
        known = known.replace(" ", "\xa0")
    return Paragraph(escape(known), style)


def _coloured(couleur: Couleur) -> ParagraphStyle:
    return ParagraphStyle(
        couleur, parent=_CELL, fontName="Helvetica-Bold", textColor=_COLOURS[couleur]
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _PHRASE_SHOWN else f"{text[: _PHRASE_SHOWN - 1].rstrip()}…"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M}"
