"""HDM as a tree: its blocks, by what they hold, with the lines of their rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_BLOCS: Final[Mapping[str, str]] = {
    "Courbe de charge": "courbes",
    "Index": "index",
    "Puissance maximale quotidienne": "maxima",
}
_CADRANS: Final = [
    *(f"EAS F{n}" for n in range(1, 11)),
    *(f"EAS D{n}" for n in range(1, 5)),
    "EAS T",
]
_BLOC: Final = [
    "Identifiant PRM",
    "Type de donnees",
    "Date de debut",
    "Date de fin",
    "Grandeur physique",
    "Grandeur metier",
    "Etape metier",
    "Unite",
]
_TITRES: Final = {
    "courbes": ["Horodate", "Valeur"],
    "maxima": ["Horodate", "Valeur"],
    "index": ["Horodate", "Type de releve", *_CADRANS],
}


def tree_of(rows: Sequence[Sequence[str]]) -> tuple[dict[str, list[Any]], list[str]]:
    """Return the blocks of a file, and what is wrong with its layout, in French."""
    tree: dict[str, list[Any]] = {"courbes": [], "index": [], "calendriers": [], "maxima": []}
    mistakes: list[str] = []
    kind, titres, about, lignes = "", list[str](), dict[str, str](), list[Any]()
    for n, row in enumerate(rows, start=1):
        if row[:1] == _BLOC[:1]:
            kind, titres = "", list(row)
            if titres[:8] != _BLOC:
                mistakes.append(f"ligne {n} : les titres du bloc ne sont pas ceux d'un HDM")
        elif row[:1] == ["Periode"]:
            kind, titres = "calendriers", list(row)
        elif not kind:
            about = dict(zip(titres, row, strict=False))
            kind = _BLOCS.get(about.get("Type de donnees", ""), "?")
            if kind not in tree or len(row) != len(titres):
                return tree, [*mistakes, f"ligne {n} : ce bloc n'est pas celui d'un HDM"]
            lignes = []
            tree[kind].append({**about, "lignes": lignes, "_ligne": n})
            titres = []
        elif kind == "calendriers":
            tree[kind].append(_calendars(n, row, titres))
        elif not titres:
            titres = list(row)
            if titres != _TITRES[kind]:
                mistakes.append(f"ligne {n} : les titres ne sont pas {';'.join(_TITRES[kind])}")
        elif len(row) != len(titres):
            mistakes.append(f"ligne {n} : {len(row)} colonnes au lieu de {len(titres)}")
        else:
            lignes.append({**dict(zip(titres, row, strict=True)), "_ligne": n})
            if kind == "index":
                lignes[-1]["registres"] = [
                    {"cote": nom[4], "cadran": nom, "valeur": valeur, "_ligne": n}
                    for nom, valeur in zip(titres[2:], row[2:], strict=True)
                    if valeur
                ]
    return tree, mistakes


def _calendars(n: int, row: Sequence[str], titres: Sequence[str]) -> dict[str, Any]:
    debut, _, fin = row[0].removeprefix("Du ").partition(" au")
    cotes, debut_de_cote = [], 1
    for cote, nombre in (("F", 10), ("D", 4)):
        cells = row[debut_de_cote : debut_de_cote + 2 + 3 * nombre]
        debut_de_cote += 2 + 3 * nombre
        classes = [
            {"classe": code, "libelle": libelle, "cadran": cadran, "_ligne": n}
            for code, libelle, cadran in zip(cells[2::3], cells[3::3], cells[4::3], strict=False)
            if code
        ]
        cotes.append(
            {
                "cote": cote,
                "calendrier": cells[0] if cells else "",
                "libelle": cells[1] if len(cells) > 1 else "",
                "classes": classes,
                "_ligne": n,
            }
        )
    return {"debut": debut, "fin": fin.strip() or None, "cotes": cotes, "_ligne": n}
