"""Make the populations of a seed, judge them, and write the page.

`python -m bench.vraisemblance 1 2 3` writes `build/vraisemblance/<population>-<year>-<seed>.npz`,
then `docs/vraisemblance.md` and its plots from all of these seeds.
"""

import sys
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np

from bench.usage import parser_of
from bench.vraisemblance.etiquettes import judge_labelled
from bench.vraisemblance.images import lines
from bench.vraisemblance.juge import ECARTS, PARTS, Ligne, distances, judge, shares
from bench.vraisemblance.populations import POPULATIONS, arrays_of, points_of
from bench.vraisemblance.statistiques import (
    FOISONNEMENTS,
    Donnees,
    Nombres,
    days,
    figures,
    foisonnement,
    pentes,
    temperatures,
)

ANNEES: Final = (2024, 2025)
_ROOT: Final = Path(__file__).parents[2]
_BUILD: Final = _ROOT / "build" / "vraisemblance"
_PAGE: Final = _ROOT / "docs" / "vraisemblance.md"

_RAISONS: Final = {
    "p4: kWh par kW": "three plants in four sell what a dwelling leaves: what is consumed behind "
    "the meter is not injected, and the bounds are those of full sale",
    "c4: plateau ouvré p90/p50": "the bounds are those of means of clusters; one place in three is "
    "a school, a kitchen, a workshop, a farm or a light that is off for a part of working hours",
    "c2: plateau ouvré p90/p50": "as for C4",
    "foyers: pompe à chaleur": "the days of such a home have the rank of other homes' days: what "
    "follows the weather through a day is smooth",
    "foyers: accumulation": "a quarter of the heat is taken by day, where what was stored is short",
}
"""Why lines can't hold."""

Tenues = dict[tuple[str, str], list[Ligne]]


def main(graines: list[int]) -> bool:
    """Write all; tell whether enough lines hold, the worst of seeds and years of each."""
    _BUILD.mkdir(parents=True, exist_ok=True)
    tenues: Tenues = {}
    ecarts: list[tuple[str, dict[str, float]]] = []
    premiere = (graines[0], ANNEES[0])
    for graine in graines:
        for nom in POPULATIONS:
            for annee in ANNEES:
                data = arrays_of(points_of(nom, graine), annee)
                np.savez_compressed(_BUILD / f"{nom}-{annee}-{graine}.npz", **data)
                for ligne in judge(nom, figures(data)):
                    tenues.setdefault((nom, ligne.nom), []).append(ligne)
                if nom == "foyers":
                    ecarts.append((f"{annee}, graine {graine}", distances(data)))
                if (graine, annee) == premiere and nom in ("foyers", "pro_c5", "p4"):
                    _plots(nom, data)
    lignes = [_worst(de) for de in tenues.values()]
    parts = shares(lignes)
    etiquetees = {("", ligne.nom): [ligne] for ligne in judge_labelled(*premiere)}
    _PAGE.write_text(_page(graines, tenues, etiquetees, parts, ecarts))
    loin = max(one[nom] / most for _, one in ecarts for nom, most in ECARTS.items())
    print(parts, f"écart de la référence : {loin:.2f} du plus grand admis")
    return loin <= 1 and all(tenu >= PARTS[s] * sur for s, (tenu, sur) in parts.items())


def _worst(lignes: list[Ligne]) -> Ligne:
    return next((ligne for ligne in lignes if not ligne.held), lignes[0])


def _page(
    graines: list[int],
    tenues: Tenues,
    etiquetees: Tenues,
    parts: dict[str, tuple[int, int]],
    ecarts: list[tuple[str, dict[str, float]]],
) -> str:
    lines_ = [
        "# How likely the curves are",
        "",
        f'Made by `make vraisemblance GRAINE="{" ".join(map(str, graines))}"`: nine populations of '
        f"200 points over {ANNEES[0]} and {ANNEES[1]}, seeds {', '.join(map(str, graines))}, "
        "judged by "
        "`bench/vraisemblance`. A line",
        "holds when all its figures are within their bounds in each of these years and seeds. "
        "Sureness: a, many data agree;",
        "b, few, or of another country; c, derived or assumed. The points of a population are a "
        "balanced sample of twenty",
        "times as many: as they are by power, who lives there, heat, water, base, week-ends, size "
        "and hours; no curve is looked at.",
        "",
        "| sureness | lines that hold | of | wanted |",
        "|---|---|---|---|",
        *(f"| {s} | {tenu} | {sur} | {PARTS[s]:.0%} |" for s, (tenu, sur) in parts.items()),
        "",
        "Homes against 384 Swiss homes over seven weeks of autumn (R package "
        "ResidentialEnergyConsumption 1.1.0,",
        "CC BY-SA 4.0; statistics alone): "
        + "; ".join(f"{nom} at most {most}" for nom, most in ECARTS.items())
        + ".",
        "",
        "| year, seed | " + " | ".join(ECARTS) + " |",
        "|---|" + "---|" * len(ECARTS),
        *(
            f"| {nom} | " + " | ".join(f"{v:.3f}" for v in one.values()) + " |"
            for nom, one in ecarts
        ),
        "",
    ]
    lines_ += ["What can't hold with the rest:", ""]
    lines_ += [f"- {nom}: {raison}." for nom, raison in _RAISONS.items()] + [""]
    for nom in ("foyers", "pro_c5", "p4"):
        lines_ += [f"![{image}](vraisemblance/{nom}-{image}.svg)" for image in _IMAGES]
    for population, lignes in groupby(tenues.items(), lambda ligne: ligne[0][0]):
        lines_ += ["", f"## {population}", "", *_HEAD]
        lines_ += [_row(nom.removeprefix(f"{population}: "), lues) for (_, nom), lues in lignes]
    lines_ += [
        "",
        "## What curves alone don't tell",
        "",
        "By what each point is made of (`bench/vraisemblance/etiquettes.py`); bounds are those of "
        "the source.",
        "",
        *_HEAD,
        *(_row(nom, lues) for (_, nom), lues in etiquetees.items()),
    ]
    return "\n".join([*lines_, ""])


_HEAD: Final = (
    "| line | sure | holds | figures, least to most | bounds | source |",
    "|---|---|---|---|---|---|",
)


def _row(nom: str, lues: list[Ligne]) -> str:
    surete, source = lues[0].surete, lues[0].source
    if not lues[0].cibles:
        return f"| {nom} | {surete} | not from curves | {lues[0].pourquoi} | | {source} |"
    found, bounds = [], []
    for rang, cible in enumerate(lues[0].cibles):
        valeurs = [ligne.cibles[rang].valeur for ligne in lues]
        found.append(f"{min(valeurs):.3g}-{max(valeurs):.3g}")
        bounds.append(f"{cible.bas:g} to {cible.haut:g}")
    held = sum(ligne.held for ligne in lues)
    told = "yes" if held == len(lues) else f"no ({held} of {len(lues)})"
    return f"| {nom} | {surete} | {told} | {'; '.join(found)} | {'; '.join(bounds)} | {source} |"


_IMAGES: Final = ("days", "coincidence", "weather", "duration")


def _plots(nom: str, data: Donnees) -> None:
    """Draw day shapes, coincidence, heat against temperature, load duration."""
    folder = _PAGE.parent / "vraisemblance"
    folder.mkdir(exist_ok=True)
    Y, numeros = days(data)
    W = np.asarray(data["W"], float)
    heures = np.arange(Y.shape[2]) * 24 / Y.shape[2]
    rng = np.random.default_rng(1)
    sorties = {
        "days": lines(
            f"{nom} : un jour de janvier de six points, W",
            heures,
            [(f"point {rang}", Y[rang, 16]) for rang in range(0, 180, 30)],
            unite=("h", "W"),
        ),
        "coincidence": lines(
            f"{nom} : foisonnement selon le nombre de points",
            np.array(FOISONNEMENTS, float),
            [("", np.array([foisonnement(W, n, rng) for n in FOISONNEMENTS]))],
            unite=("points", ""),
        ),
        "weather": lines(
            f"{nom} : énergie moyenne d'un jour selon la température, kWh",
            temperatures(data, numeros),
            [("", Y.mean((0, 2)) * 24 / 1000)],
            points=True,
            unite=("°C", "kWh"),
        ),
        "duration": lines(
            f"{nom} : monotones de puissance sur la moyenne du point",
            np.linspace(0, 100, 201),
            [(f"p{part}", np.percentile(_durations(W), part, axis=0)) for part in (10, 50, 90)],
            unite=("% du temps", ""),
        ),
    }
    for image, texte in sorties.items():
        (folder / f"{nom}-{image}.svg").write_text(texte)
    assert len(pentes(data, Y, numeros)[0]) == len(Y), "one slope a point"


def _durations(W: Nombres) -> Nombres:
    ok = W[W.mean(1) > 0]
    durees: Nombres = np.percentile(ok / ok.mean(1)[:, None], np.linspace(100, 0, 201), axis=1).T
    return durees


if __name__ == "__main__":
    parser = parser_of("bench.vraisemblance", __doc__)
    parser.add_argument("graine", nargs="*", type=int, default=[1])
    sys.exit(not main(parser.parse_args().graine))
