"""Make the populations of seeds, judge them, and write the page.

`python -m bench.vraisemblance` draws ten seeds, judges nine populations of each in five years on
two processors, and writes `docs/vraisemblance.md` with its plots; seeds and years that are given
are judged instead. Figures stay in `build/vraisemblance`.
"""

import json
import secrets
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from dateutil.easter import easter

from bench.usage import parser_of
from bench.vraisemblance.apart import FERIES, figures_apart, firms, years
from bench.vraisemblance.etiquettes import judge_labelled
from bench.vraisemblance.images import lines
from bench.vraisemblance.juge import Ligne, distances, judge
from bench.vraisemblance.page import Cellules, page, verdict
from bench.vraisemblance.populations import POPULATIONS, arrays_of, points_of
from bench.vraisemblance.statistiques import (
    FOISONNEMENTS,
    Donnees,
    Figures,
    Nombres,
    days,
    figures,
    foisonnement,
    pentes,
    temperatures,
)
from sge_sim.mesures import PointMesure
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.evenements import find_periodes

ANNEES: Final = tuple(range(2023, 2028))
GRAINES: Final = 10
"""Seeds that are drawn."""
_PROCESSEURS: Final = 2
_HEURES: Final = 8.766
"""kWh of a year of a mean W."""
_ROOT: Final = Path(__file__).parents[2]
_BUILD: Final = _ROOT / "build" / "vraisemblance"
_PAGE: Final = _ROOT / "docs" / "vraisemblance.md"
_FIRMES: Final = ("c4", "c2")
_ENSEMBLE: Final = "c4 et c2"
_DESSINEES: Final = ("foyers", "pro_c5", "p4")


class Lue(NamedTuple):
    """What is read of a population of a seed in a year. `ecarts`: how far homes are from the
    reference; `sommes`: of large points, each day, the energies of all, each over its mean; their
    `numeros`, since 1970."""

    population: str
    graine: int
    annee: int
    figures: Figures
    ecarts: dict[str, float]
    numeros: Any
    sommes: Any


def main(graines: list[int], annees: list[int]) -> bool:
    """Write all; tell whether enough lines hold in the worst cells."""
    _BUILD.mkdir(parents=True, exist_ok=True)
    print("graines", *graines, "années", *annees, flush=True)
    with ProcessPoolExecutor(_PROCESSEURS) as pool:
        # The dearest first.
        taches = [
            pool.submit(read_cells, nom, graine, annees, dessinee=graine == graines[0])
            for nom in sorted(POPULATIONS, key=lambda nom: nom not in _FIRMES)
            for graine in graines
        ]
        etiquetees = [
            pool.submit(judge_labelled, graine, annees[rang % len(annees)])
            for rang, graine in enumerate(graines)
        ]
        lues = [lue for tache in taches for lue in tache.result()]
        a_part = [tache.result() for tache in etiquetees]
    cellules: Cellules = {(lue.graine, lue.annee): {} for lue in lues}
    for lue in lues:
        cellules[lue.graine, lue.annee][lue.population] = judge(lue.population, lue.figures)
    for cle, lignes in _of_firms(lues):
        cellules[cle][_ENSEMBLE] = lignes
    ecarts = {(lue.graine, lue.annee): lue.ecarts for lue in lues if lue.ecarts}
    _keep(lues)
    _PAGE.write_text(
        page(
            _how(graines, annees),
            cellules,
            a_part,
            ecarts,
            {(lue.population, lue.graine, lue.annee): lue.figures for lue in lues},
            [f"{nom}-{image}" for nom in _DESSINEES for image in _IMAGES],
        )
    )
    held, told = verdict(cellules, ecarts)
    print(*told, sep="\n")
    return held


def read_cells(nom: str, graine: int, annees: list[int], *, dessinee: bool) -> list[Lue]:
    """Return what is read of a population of a seed in each year."""
    points = points_of(nom, graine)
    lues, avant = [], None
    for annee in annees:
        data = arrays_of(points, annee)
        found = figures(data) | figures_apart(data)
        ecarts: dict[str, float] = {}
        numeros, sommes = None, None
        if nom in _FIRMES:
            Y, numeros = days(data)
            sommes = (Y.mean(2) / np.maximum(Y.mean((1, 2))[:, None], 1e-9)).sum(0)
        if nom == "foyers":
            ecarts = distances(data)
            kwh = data["W"].mean(1) * _HEURES
            if avant is None:
                avant = arrays_of(points, annee - 1)["W"].mean(1) * _HEURES
            found |= years(kwh, avant) | _arrivals(points, annees)
            avant = kwh
        if dessinee and annee == annees[0] and nom in _DESSINEES:
            _plots(nom, data)
        lues.append(Lue(nom, graine, annee, found, ecarts, numeros, sommes))
    return lues


def _arrivals(points: list[PointMesure], annees: list[int]) -> Figures:
    """Return the share of homes to which other occupants come in a year, over all the years."""
    arrivees = [
        debut <= p.debut < fin
        for annee in annees
        for debut, fin in [(numero(date(annee, 1, 1)), numero(date(annee + 1, 1, 1)))]
        for point in points
        for p in find_periodes(point)
        if p.cause == "occupants"
    ]
    part = 100 * sum(arrivees) / (len(points) * len(annees))
    return {"homes whose occupants change in a year %": np.array([part])}


def _of_firms(lues: list[Lue]) -> Iterator[tuple[tuple[int, int], list[Ligne]]]:
    """Yield the lines of large points together, by seed and year."""
    sommes: dict[tuple[int, int], list[Lue]] = {}
    for lue in lues:
        if lue.sommes is not None:
            sommes.setdefault((lue.graine, lue.annee), []).append(lue)
    for cle, parts in sommes.items():
        ensemble = np.sum([part.sommes for part in parts], axis=0)
        found = firms(parts[0].numeros, ensemble, _feries(cle[1]))
        yield cle, judge(_ENSEMBLE, found)


def _feries(annee: int) -> dict[str, int]:
    """Return the numbers, since 1970, of the public holidays that are judged."""
    jours = (
        date(annee, 5, 1), date(annee, 5, 8), easter(annee) + timedelta(39), date(annee, 12, 25),
    )  # fmt: skip
    debut = date(1970, 1, 1)
    return {nom: (jour - debut).days for nom, jour in zip(FERIES, jours, strict=True)}


def _keep(lues: Iterable[Lue]) -> None:
    """Write the figures, by population, seed and year."""
    kept = {
        f"{lue.population}-{lue.graine}-{lue.annee}": {
            nom: valeurs.tolist() for nom, valeurs in lue.figures.items()
        }
        for lue in lues
    }
    (_BUILD / "figures.json").write_text(json.dumps(kept))


def _how(graines: list[int], annees: list[int]) -> str:
    listed = " ".join(map(str, graines)), " ".join(map(str, annees))
    return f'`make vraisemblance GRAINE="{listed[0]}" ANNEES="{listed[1]}"`'


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
    parser.add_argument("graine", nargs="*", type=int)
    parser.add_argument("--annees", nargs="+", type=int, default=list(ANNEES))
    given = parser.parse_args()
    drawn = [secrets.randbelow(10**6) for _ in range(GRAINES)]
    sys.exit(not main(given.graine or drawn, given.annees))
