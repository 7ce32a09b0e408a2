"""HDM as a tree: its blocks, by what they hold, with the lines of their rows."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from sge_sim.flux.ouverture import table_of

_CADRANS: Final = [*(f"EAS F{n}" for n in range(1, 11)), *(f"EAS D{n}" for n in range(1, 5))]
_BLOCS: Final[Mapping[str, tuple[str, list[str]]]] = {
    "Courbe de charge": ("courbes", ["Horodate", "Valeur"]),
    "Index": ("index", ["Horodate", "Type de releve", *_CADRANS, "EAS T"]),
    "Puissance maximale quotidienne": ("maxima", ["Horodate", "Valeur"]),
}
_DISTRIBUTEUR: Final = 3 + 3 * 10
"""Where the distributor's calendar begins on a line of calendars."""


def tree_of(rows: Sequence[Sequence[str]]) -> tuple[dict[str, list[Any]], list[str]]:
    """Return the blocks of a file, and what is wrong with its layout, in French."""
    tree: dict[str, list[Any]] = {"courbes": [], "index": [], "maxima": [], "calendriers": []}
    mistakes: list[str] = []
    prm: str | None = None
    starts = [n for n, row in enumerate(rows) if row[:1] in (["Identifiant PRM"], ["Periode"])]
    for start, end in pairwise([*starts, len(rows)]):
        titres, *lines = rows[start:end]
        if titres[0] == "Periode":
            tree["calendriers"] += [
                {"prm": prm, **_calendars(n, row)} for n, row in enumerate(lines, start + 2)
            ]
            continue
        about = dict(zip(titres, lines[0], strict=False)) if lines else {}
        prm = about.get("Identifiant PRM")
        kind, columns = _BLOCS.get(about.get("Type de donnees", ""), ("", []))
        if not kind or len(lines[0]) != len(titres):
            mistakes.append(f"ligne {start + 2} : ce bloc n'est pas celui d'un HDM")
        elif lines[1:2] != [columns]:
            mistakes.append(f"ligne {start + 3} : les titres ne sont pas {';'.join(columns)}")
        else:
            lignes, wrong = table_of(columns, lines[2:], start + 4)
            mistakes += wrong
            for ligne in lignes if kind == "index" else ():
                ligne["registres"] = [
                    {"cote": nom[4], "cadran": nom, "valeur": ligne[nom], "_ligne": ligne["_ligne"]}
                    for nom in columns[2:]
                    if ligne.get(nom)
                ]
            tree[kind].append({**about, "lignes": lignes, "_ligne": start + 2})
    return tree, mistakes


def _calendars(n: int, row: Sequence[str]) -> dict[str, Any]:
    debut, _, fin = row[0].removeprefix("Du ").partition(" au")
    cotes = [_side(n, "F", row[1:_DISTRIBUTEUR]), _side(n, "D", row[_DISTRIBUTEUR:])]
    return {"debut": debut, "fin": fin.strip() or None, "cotes": cotes, "_ligne": n}


def _side(n: int, cote: str, cells: Sequence[str]) -> dict[str, Any]:
    calendrier, libelle, *rest = (*cells, "", "")
    classes = [
        {"classe": code, "libelle": name, "cadran": cadran, "_ligne": n}
        for code, name, cadran in zip(rest[::3], rest[1::3], rest[2::3], strict=False)
        if code
    ]
    said = {"cote": cote, "calendrier": calendrier, "libelle": libelle}
    return {**said, "classes": classes, "_ligne": n}
