"""The page of what was judged: worst and median of each line over seeds and years."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np

from bench.vraisemblance.juge import ECARTS, PARTS, Cible, Ligne, shares
from bench.vraisemblance.populations import FOYERS, POINTS
from bench.vraisemblance.statistiques import Figures

Cellule = tuple[int, int]
"""A seed and a year."""
Cellules = dict[Cellule, dict[str, list[Ligne]]]
"""The lines of each population, by cell."""
Ecarts = Mapping[Cellule, Mapping[str, float]]

CELLULES_A: Final = 0.96
"""Share of the cells in which all lines of sureness a must hold."""
MANQUE: Final = 0.03
"""By how much of its bound one of them may be missed in the others."""
_RAISONS: Final = {
    "c4: plateau ouvré p90/p50": "the bounds are those of means of clusters; one place in three is "
    "a school, a kitchen, a workshop, a farm or a light that is off for a part of working hours",
    "c2: plateau ouvré p90/p50": "as for C4",
    "foyers: pompe à chaleur": "the days of such a home have the rank of other homes' days: what "
    "follows the weather through a day is smooth",
    "foyers: pas au-dessus de deux fois le talon du jour, 9-16 h, 12 h 30": "a base of 70 W and "
    "more in 4200 to 4900 kWh a year leaves no more to what stands out of it",
    "foyers: accumulation": "a quarter of the heat is taken by day, where what was stored is short",
}
"""Why lines can't hold."""

_TENDANCES: Final = (
    "x/mean p1 p10 p50 p90 p99 p99.9",
    "load factor p5 p50 p95",
    "night 0-6h / mean p10 p50 p90",
    "weekend/weekday p10 p50 p90",
    "peak/subscribed p5 p50 p95 max",
    "yearly maximum over subscribed p5 p50 p95",
    "CV of daily energy p10 p50 p90",
    "August/June p5 p50 p95",
    "winter/summer p5 p50 p95",
)
"""Figures whose tails and centres are told without a bound."""


def verdict(cellules: Cellules, ecarts: Ecarts) -> tuple[bool, list[str]]:
    """Tell whether enough lines hold in the worst cells, and what is wanted and found of each."""
    tenues, manque, quoi = _all_a(cellules)
    pires, medianes, sur = _by_sureness(cellules)
    loin = {nom: max(each[nom] for each in ecarts.values()) for nom in ECARTS}
    held = [
        tenues >= CELLULES_A * len(cellules) and manque <= MANQUE,
        *(pires[s] >= PARTS[s] * sur[s] for s in ("b", "c")),
        *(loin[nom] <= most for nom, most in ECARTS.items()),
    ]
    return all(held), [
        f"a: all lines hold in {tenues} cells of {len(cellules)}; the farthest is missed by "
        f"{manque:.1%} of its bound{quoi}",
        *(
            f"{s}: {pires[s]} of {sur[s]} hold in the worst cell of each population, "
            f"{medianes[s]:g} in the median one"
            for s in ("b", "c")
        ),
        *(f"{nom}: {loin[nom]:.3f} at most, {most} wanted" for nom, most in ECARTS.items()),
    ]


def _all_a(cellules: Cellules) -> tuple[int, float, str]:
    """Return in how many cells all lines of sureness a hold, by how much the farthest is missed,
    and which it is."""
    tenues, loin, quoi = 0, 0.0, ""
    for (graine, annee), populations in cellules.items():
        lignes = [
            ligne
            for each in populations.values()
            for ligne in each
            if ligne.surete == "a" and not ligne.apart
        ]
        tenues += all(ligne.held for ligne in lignes)
        for ligne in lignes:
            for cible in ligne.cibles:
                if cible.missed > loin:
                    loin, quoi = cible.missed, f" ({ligne.nom}, {annee}, seed {graine})"
    return tenues, loin, quoi


def _by_sureness(
    cellules: Cellules,
) -> tuple[dict[str, int], dict[str, float], dict[str, int]]:
    """Return how many lines hold in the worst cell of each population, in the median one, and how
    many there are, by sureness."""
    pires, medianes, sur = (
        dict.fromkeys(PARTS, 0),
        dict.fromkeys(PARTS, 0.0),
        dict.fromkeys(PARTS, 0),
    )
    for comptes in _counts(cellules).values():
        for s, tenues in comptes.items():
            pires[s] += min(tenu for tenu, _ in tenues)
            medianes[s] += float(np.median([tenu for tenu, _ in tenues]))
            sur[s] += tenues[0][1]
    return pires, medianes, sur


def _counts(cellules: Cellules) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Return how many lines hold, and of how many, by population, sureness and cell."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for populations in cellules.values():
        for nom, lignes in populations.items():
            for s, compte in shares(lignes).items():
                found.setdefault(nom, {}).setdefault(s, []).append(compte)
    return found


def page(
    how: str,
    cellules: Cellules,
    etiquetees: list[list[Ligne]],
    ecarts: Ecarts,
    figures: Mapping[tuple[str, int, int], Figures],
    images: Iterable[str],
) -> str:
    """Return the page; `how`: the command that makes it again; `etiquetees`: by seed, the lines
    that curves alone don't tell; `figures`: by population, seed and year."""
    graines, annees = (sorted({cle[rang] for cle in cellules}) for rang in range(2))
    noms = list(dict.fromkeys(nom for each in cellules.values() for nom in each))
    lues = {nom: _lignes(cellules, nom) for nom in noms}
    parts = [
        "# How likely the curves are",
        "",
        f"Judged by `bench/vraisemblance`: nine populations of {POINTS} points, {FOYERS} of homes "
        "together and of plants, in each of "
        f"{', '.join(map(str, annees))}, seeds",
        f"{', '.join(map(str, graines))}: a cell is a seed and a year. `make vraisemblance` draws "
        "its seeds; this page is made again by",
        f"{how}.",
        "",
        "A line holds in a cell when all its figures are within their bounds. Sureness: a, many "
        "data agree;",
        "b, few, or of another country; c, derived or assumed. The points of a population are a "
        "balanced sample of twenty",
        "times as many: as they are by power, who lives there, heat, water, base, week-ends, size "
        "and hours; no curve is looked at.",
        "",
        *(f"- {told}" for told in verdict(cellules, ecarts)[1]),
        "",
        "Lines that hold in the worst cell of each population, in the median one, of how many "
        "(a line that nothing tells isn't counted):",
        "",
        "| population | a | b | c |",
        "|---|---|---|---|",
        *_rows_of_counts(cellules),
        "",
        "Homes against 384 Swiss homes over seven weeks of autumn (R package "
        "ResidentialEnergyConsumption 1.1.0,",
        "CC BY-SA 4.0; statistics alone):",
        "",
        "| | worst | median | at most |",
        "|---|---|---|---|",
        *(
            f"| {nom} | {max(lus):.3f} | {float(np.median(lus)):.3f} | {most} |"
            for nom, most in ECARTS.items()
            for lus in ([each[nom] for each in ecarts.values()],)
        ),
        "",
        "What can't hold with the rest:",
        "",
        *(f"- {nom}: {raison}." for nom, raison in _RAISONS.items()),
        "",
        *(f"![{image.split('-')[1]}](vraisemblance/{image}.svg)" for image in images),
    ]
    for nom in noms:
        ici = {ligne: lus for ligne, lus in lues[nom].items() if not lus[0].apart}
        if ici:
            parts += ["", f"## {nom}", "", *_HEAD]
            parts += [_row(ligne.removeprefix(f"{nom}: "), lus) for ligne, lus in ici.items()]
    parts += [
        "",
        "## What a second judge looked at",
        "",
        "Lines of their own, counted in none of the above, after the figures of three foreign "
        "populations, of a national curve, or of",
        "18 clusters of French sites; a holiday of a week-end isn't told.",
        "",
        *_HEAD,
        *(
            _row(ligne, lus)
            for each in lues.values()
            for ligne, lus in each.items()
            if lus[0].apart
        ),
        "",
        "## Tails and centres",
        "",
        "Without a bound: least, median and most over cells.",
        "",
        "| population | figure | least; median; most |",
        "|---|---|---|",
        *_tendances(figures),
        "",
        "## What curves alone don't tell",
        "",
        "By what each point is made of (`bench/vraisemblance/etiquettes.py`), a year of each seed; "
        "bounds are those of the source.",
        "",
        *_HEAD,
        *(_row(lus[0].nom, list(lus)) for lus in zip(*etiquetees, strict=True)),
    ]
    return "\n".join([*parts, ""])


def _rows_of_counts(cellules: Cellules) -> Iterator[str]:
    for nom, comptes in _counts(cellules).items():
        if any(sur for tenues in comptes.values() for _, sur in tenues):
            yield f"| {nom} | " + " | ".join(map(_count, comptes.values())) + " |"
    pires, medianes, sur = _by_sureness(cellules)
    yield "| all | " + " | ".join(f"{pires[s]}; {medianes[s]:g} of {sur[s]}" for s in PARTS) + " |"


def _count(tenues: list[tuple[int, int]]) -> str:
    if not tenues[0][1]:
        return ""
    held = [tenu for tenu, _ in tenues]
    return f"{min(held)}; {np.median(held):g} of {tenues[0][1]}"


def _lignes(cellules: Cellules, nom: str) -> dict[str, list[Ligne]]:
    """Return the lines of a population, by name, one a cell."""
    found: dict[str, list[Ligne]] = {}
    for populations in cellules.values():
        for ligne in populations.get(nom, ()):
            found.setdefault(ligne.nom, []).append(ligne)
    return found


_HEAD: Final = (
    "| line | sure | holds | worst (median) | bounds | source |",
    "|---|---|---|---|---|---|",
)


def _row(nom: str, lues: list[Ligne]) -> str:
    surete, source = lues[0].surete, lues[0].source
    if not lues[0].cibles:
        return f"| {nom} | {surete} | not from curves | {lues[0].pourquoi} | | {source} |"
    found, bounds = [], []
    # What a cell doesn't tell isn't judged there.
    lues = [
        ligne for ligne in lues if not any(np.isnan(cible.valeur) for cible in ligne.cibles)
    ] or lues[:1]
    for rang, cible in enumerate(lues[0].cibles):
        cibles: list[Cible] = [ligne.cibles[rang] for ligne in lues]
        worst = min(cibles, key=lambda each: each.margin).valeur
        found.append(f"{worst:.3g} ({np.median([each.valeur for each in cibles]):.3g})")
        bounds.append(f"{cible.bas:g} to {cible.haut:g}")
    held = sum(ligne.held for ligne in lues)
    told = "yes" if held == len(lues) else f"in {held} of {len(lues)}"
    return f"| {nom} | {surete} | {told} | {'; '.join(found)} | {'; '.join(bounds)} | {source} |"


def _tendances(figures: Mapping[tuple[str, int, int], Figures]) -> Iterator[str]:
    for nom in dict.fromkeys(cle[0] for cle in figures):
        for mesure in _TENDANCES:
            lus = [
                each[mesure] for cle, each in figures.items() if cle[0] == nom and mesure in each
            ]
            if lus:
                quoi = np.stack([np.nanmin(lus, 0), np.nanmedian(lus, 0), np.nanmax(lus, 0)])
                told = "; ".join(" ".join(f"{x:.3g}" for x in row) for row in quoi)
                yield f"| {nom} | {mesure} | {told} |"
