"""Tracking workbooks that the tests make, as actors get them."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

TITRES = (
    *("Webservice", "État du point", "Accord client / Pas d'accord", "Libellé", "Référence"),
    *("Cas non recevable", "Quantité demandée", "Version testée", "PRM testé", "Chaîne du test"),
    *("Date & heure du test", "Remarques"),
)


def row(reference: str, prm: object = "", chaine: str = "", **others: object) -> dict[str, object]:
    """Return a row by the titles of its columns."""
    return {"Référence": reference, "PRM testé": prm, "Chaîne du test": chaine, **others}


def workbook(
    path: Path,
    rows: Sequence[dict[str, object]],
    titres: Sequence[str] = TITRES,
    *,
    above: int = 0,
    change: Callable[[Worksheet], None] = lambda sheet: None,
) -> Path:
    """Write a workbook of one sheet into `path`; `above` lines come before the titles."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Suivi"
    for _ in range(above):
        sheet.append(["Homologation SGE : à remplir par l'acteur"])
    sheet.append(list(titres))
    for each in rows:
        sheet.append([each.get(title) for title in titres])
    change(sheet)
    content = io.BytesIO()
    book.save(content)
    path.write_bytes(content.getvalue())
    return path
