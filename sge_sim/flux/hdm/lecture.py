"""HDM as a tree: its blocks, by what they hold, with the lines of their rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_BLOCS: Final[Mapping[str, str]] = {
    "Courbe de charge": "courbes",
    "Index": "index",
    "Puissance maximale quotidienne": "maxima",
}
_CADRANS: Final = [*(f"EAS F{n}" for n in range(1, 11)), *(f"EAS D{n}" for n in range(1, 5))]
_TITRES: Final = {
    "courbes": ["Horodate", "Valeur"],
    "maxima": ["Horodate", "Valeur"],
    "index": ["Horodate", "Type de releve", *_CADRANS, "EAS T"],
}
_DISTRIBUTEUR: Final = 3 + 3 * 10
"""Where the distributor's calendar begins on a line of calendars."""


def tree_of(rows: Sequence[Sequence[str]]) -> tuple[dict[str, list[Any]], list[str]]:
    """Return the blocks of a file, and what is wrong with its layout, in French."""
    tree: dict[str, list[Any]] = {kind: [] for kind in (*_TITRES, "calendriers")}
    mistakes: list[str] = []
    kind, titres, lignes = "", list[str](), list[Any]()
    for n, row in enumerate(rows, start=1):
        if row[:1] in (["Identifiant PRM"], ["Periode"]):
            kind, titres = "calendriers" if row[0] == "Periode" else "bloc", list(row)
        elif kind == "bloc":
            lignes = []
            about: dict[str, Any] = {
                **dict(zip(titres, row, strict=False)),
                "lignes": lignes,
                "_ligne": n,
            }
            kind, complete = _BLOCS.get(about["Type de donnees"], ""), len(row) == len(titres)
            if not kind or not complete:
                return tree, [*mistakes, f"ligne {n} : ce bloc n'est pas celui d'un HDM"]
            tree[kind].append(about)
            titres = []
        elif kind == "calendriers":
            tree[kind].append(_calendars(n, row))
        elif not titres:
            titres = list(row)
            if titres != _TITRES[kind]:
                mistakes.append(f"ligne {n} : les titres ne sont pas {';'.join(_TITRES[kind])}")
        elif len(row) != len(titres):
            mistakes.append(f"ligne {n} : {len(row)} colonnes au lieu de {len(titres)}")
        else:
            registres = [
                {"cote": nom[4], "cadran": nom, "valeur": valeur, "_ligne": n}
                for nom, valeur in zip(titres[2:], row[2:], strict=True)
                if valeur
            ]
            ligne = dict(zip(titres, row, strict=True))
            lignes.append({**ligne, "registres": registres, "_ligne": n})
    return tree, mistakes


def _calendars(n: int, row: Sequence[str]) -> dict[str, Any]:
    debut, _, fin = row[0].removeprefix("Du ").partition(" au")
    cotes = []
    for cote, cells in (("F", row[1:_DISTRIBUTEUR]), ("D", row[_DISTRIBUTEUR:])):
        calendrier, libelle, *rest = (*cells, "", "")
        classes = [
            {"classe": code, "libelle": name, "cadran": cadran, "_ligne": n}
            for code, name, cadran in zip(rest[::3], rest[1::3], rest[2::3], strict=False)
            if code
        ]
        said = {"cote": cote, "calendrier": calendrier, "libelle": libelle}
        cotes.append({**said, "classes": classes, "_ligne": n})
    return {"debut": debut, "fin": fin.strip() or None, "cotes": cotes, "_ligne": n}
