"""Whether the figures of populations are those of real ones: targets, and the curves of 384 homes.

The targets stand in `cibles.json`, each with what is known to set it and how sure that is: a, many
data agree; b, few, or of another country; c, derived or assumed. `reference_foyers.json` holds
statistics of the Swiss homes of the R package ResidentialEnergyConsumption 1.1.0 (CC BY-SA 4.0)
over seven weeks of autumn: figures, no curve.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.vraisemblance.statistiques import Donnees, Figures, acf, days

_HERE: Final = Path(__file__).parent
PARTS: Final = {"a": 1.0, "b": 0.93, "c": 0.77}
"""The share of lines of each sureness that must hold, in the worst cell of each population."""
ECARTS: Final = {"KS": 0.15, "W1": 0.15, "ACF": 0.06}
"""Largest distances from the reference."""


@dataclass(frozen=True)
class Cible:
    """A figure of a line of targets: `valeur` within [bas, haut]; NaN where nothing told it."""

    valeur: float
    bas: float
    haut: float

    @property
    def held(self) -> bool:
        """Whether it is within."""
        return bool(self.bas <= self.valeur <= self.haut)

    @property
    def missed(self) -> float:
        """By which part of its bound it is missed, 0 where it is within."""
        bound = self.bas if self.valeur < self.bas else self.haut
        if np.isnan(self.valeur):
            return np.inf
        return 0.0 if self.held else abs(self.valeur - bound) / max(abs(bound), 1e-9)

    @property
    def margin(self) -> float:
        """How far it is from its nearest bound, negative beyond it."""
        return (
            -np.inf
            if np.isnan(self.valeur)
            else min(self.valeur - self.bas, self.haut - self.valeur)
        )


@dataclass(frozen=True)
class Ligne:
    """A line of targets of a population, its sureness, what sets it and its figures: none where
    curves alone can't tell it (`pourquoi`). `apart`: of those that a second judge looked at."""

    nom: str
    surete: str
    source: str
    cibles: tuple[Cible, ...]
    pourquoi: str | None
    apart: bool = False

    @property
    def held(self) -> bool:
        """Whether all its figures are within."""
        return all(cible.held for cible in self.cibles)


def judge(population: str, figures: Figures) -> list[Ligne]:
    """Return the lines of a population."""
    par_nom: dict[str, list[dict[str, Any]]] = {}
    for cible in json.loads((_HERE / "cibles.json").read_text()):
        if cible["population"] == population:
            par_nom.setdefault(cible["ligne"], []).append(cible)
    return [
        Ligne(
            nom,
            cibles[0]["surete"],
            cibles[0]["source"] or "",
            tuple(_cible(cible, figures) for cible in cibles if cible["rang"] is not None),
            cibles[0].get("pourquoi"),
            bool(cibles[0].get("apart")),
        )
        for nom, cibles in par_nom.items()
    ]


def _cible(cible: dict[str, Any], figures: Figures) -> Cible:
    lues = figures.get(cible["mesure"])
    rang = cible["rang"]
    valeur = float(lues[rang]) if lues is not None and rang < len(lues) else float("nan")
    bas, haut = cible["bas"], cible["haut"]
    return Cible(valeur, -np.inf if bas is None else bas, np.inf if haut is None else haut)


def shares(lignes: Iterable[Ligne]) -> dict[str, tuple[int, int]]:
    """Return how many lines hold, and of how many, by sureness, of those that can be told and
    aren't counted apart."""
    comptes = {surete: [0, 0] for surete in PARTS}
    for ligne in lignes:
        if ligne.cibles and not ligne.apart:
            comptes[ligne.surete][0] += ligne.held
            comptes[ligne.surete][1] += 1
    return {surete: (tenues, toutes) for surete, (tenues, toutes) in comptes.items()}


def distances(data: Donnees) -> dict[str, float]:
    """Return how far homes are from the reference over the same weeks of their year: KS and W1 of
    power over its mean, mean departure of the autocorrelation up to two days."""
    reference = json.loads((_HERE / "reference_foyers.json").read_text())
    Y, numeros = days(data)
    premier = next(
        rang
        for rang, numero in enumerate(numeros.tolist())
        if date.fromordinal(719_163 + numero).isocalendar()[1:] == (reference["iso week"], 1)
    )
    Y = Y[:, premier : premier + reference["days"]]
    Y = Y[Y.sum((1, 2)) > 0]
    quantiles = np.array(reference["x"]["quantiles"])
    niveaux = np.array(reference["x"]["levels"])
    v = np.sort((Y / Y.mean((1, 2), keepdims=True)).ravel())
    # Of equal quantiles, the last level.
    u, dernier = np.unique(quantiles[::-1], return_index=True)
    g = np.concatenate([u, v])
    p = np.linspace(0.0005, 0.9995, 2000)
    W = Y.reshape(len(Y), -1)
    return {
        "KS": float(
            np.abs(
                np.interp(g, u, niveaux[::-1][dernier], left=0)
                - np.searchsorted(v, g, "right") / len(v)
            ).max()
        ),
        "W1": float(np.abs(np.interp(p, niveaux, quantiles) - np.quantile(v, p)).mean()),
        "ACF": float(
            np.mean([abs(np.nanmedian(acf(W, k)) - reference["acf"][str(k)]) for k in range(1, 96)])
        ),
    }
