"""What a second judge looked at: the least of a day, its bursts, its copies, yearly maxima, the
hours of winter, plants of a zone, Sundays and public holidays, one year beside the other.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.vraisemblance.statistiques import (
    NAN,
    Donnees,
    Figures,
    Nombres,
    correlations,
    days,
    months,
    q,
)
from sge_sim.mesures.climat import LIEUX, ZONE_DU_LIEU
from sge_sim.mesures.tableaux import read_facts

FERIES: Final = ("1 mai", "8 mai", "ascension", "noël")
"""Public holidays, in the order of their figures."""
_PEU: Final = 300
"""kWh of a year under which a home isn't compared with itself."""


def figures_apart(data: Donnees) -> Figures:
    """Return the figures of small points, by the name that targets know: what is asked of homes is
    told of firms too."""
    if data["step"] != 30:
        return {}
    W = np.asarray(data["W"], float)
    ok = W.mean(1) > 0
    if "vente" in data:
        return _plants(data)
    Y, numeros = days(data | {"W": W[ok]})
    kva = np.asarray(data["kva"], float)
    return _days(Y, numeros, data) | _maxima(np.asarray(data["pmax"])[ok], kva[ok])


def _days(Y: Nombres, numeros: NDArray[np.int64], data: Donnees) -> Figures:
    vus = Y.reshape(-1, Y.shape[2])
    vus = vus[vus.mean(1) > 0]
    moyenne = vus.mean(1)
    bas = np.partition(vus, 2, axis=1)[:, :3].copy()
    bas.sort(axis=1)
    n = Y.shape[2]
    jour = vus[:, 9 * n // 24 : 16 * n // 24]
    hiver = np.isin(months(numeros), (12, 1, 2)) & ((numeros + 3) % 7 < 5)
    return {
        "day: least step, third-lowest, over its mean; share over twice the third": np.array(
            [
                np.median(bas[:, 0] / moyenne),
                np.median(bas[:, 2] / moyenne),
                np.median((vus > 2 * bas[:, 2:]).mean(1)),
            ]
        ),
        "day: sd over mean of 9-16h; 12:30 over its mean": np.array(
            [
                np.median(jour.std(1) / np.maximum(jour.mean(1), 1e-9)),
                np.median(vus[:, 25 * n // 48] / moyenne),
            ]
        ),
        "days of 3000 that copy another point's, r > .999, %": np.array([_copies(Y)]),
        "hour of the highest mean, winter weekdays": np.array(
            [Y[:, hiver].mean((0, 1)).argmax() * 24 / n]
        ),
        "hour lived twice: both half-hours within 2 W, %": np.array([_same_hours(data)]),
    }


def _copies(Y: Nombres, nombre: int = 3000) -> float:
    rng = np.random.default_rng(1)
    points, jours = rng.integers(len(Y), size=nombre), rng.integers(Y.shape[1], size=nombre)
    X = Y[points, jours]
    X = X - X.mean(1, keepdims=True)
    vus = np.linalg.norm(X, axis=1) > 0
    X, points = X[vus] / np.linalg.norm(X[vus], axis=1, keepdims=True), points[vus]
    return float(100 * np.mean(np.where(points[:, None] == points, -1, X @ X.T).max(1) > 0.999))


def _same_hours(data: Donnees) -> float:
    """Return the share of points whose second hour of October is the first one again, of those that
    don't stand still there."""
    legal = (data["t"] + data["offset"]) // 60
    (recul,) = np.flatnonzero(np.diff(legal) < 0)
    heures = np.asarray(data["W"], float)[:, recul - 1 : recul + 3]
    bougent = np.ptp(heures, axis=1) > 2
    pareils = (np.abs(heures[:, :2] - heures[:, 2:]) <= 2).all(1)
    return float(100 * np.mean(pareils[bougent])) if bougent.any() else NAN


def _maxima(pmax: NDArray[np.int64], kva: Nombres) -> Figures:
    """Return how many points have the yearly maximum, VA, of another one of their power, and how
    many exceed what a breaker lets pass: of 200 or so, since the more there are the more meet."""
    step = max(len(pmax) // 200, 1)
    pmax, kva = pmax[::step], kva[::step]
    paires = np.stack([pmax, kva.astype(np.int64)])
    _, rangs, comptes = np.unique(paires, axis=1, return_inverse=True, return_counts=True)
    r = pmax / kva / 1000
    return {
        "yearly maximum: shared to the VA %; over 1.10 subscribed %": np.array(
            [100 * np.mean(comptes[rangs.ravel()] > 1), 100 * np.mean(r > 1.1)]
        ),
        "yearly maximum over subscribed p5 p50 p95": q(r, 5, 50, 95),
    }


def _plants(data: Donnees) -> Figures:
    """Return figures of plants: what all give in the dark; of those that sell all, how alike those
    of a zone are, and their peaks."""
    seules, lieux = np.asarray(data["vente"], bool), np.asarray(data["lieu"])
    tout = np.asarray(data["W"], float)
    W, zones = tout[seules], np.array(ZONE_DU_LIEU)[lieux[seules]]
    R = correlations(np.diff(W, axis=1))
    a, b = np.triu_indices(len(W), 1)
    ici = zones[a] == zones[b]
    dark = sum(
        int((tout[lieux == lieu][:, _is_dark(lieu, data["t"], data["step"])] > 0).sum())
        for lieu in np.unique(lieux).tolist()
    )
    return {
        "plants of a zone: pairs over .999 in increments %": np.array(
            [100 * np.mean(R[a, b][ici] > 0.999)]
        ),
        "yearly peak of a plant over its power p5 p50 p95": q(
            W.max(1) / np.asarray(data["kva"], float)[seules] / 1000, 5, 50, 95
        ),
        "half-hours of the dark with production": np.array([dark]),
    }


def _is_dark(lieu: int, debuts: NDArray[np.int64], pas: int) -> NDArray[np.bool_]:
    """Tell which steps are wholly before sunrise or after sunset at a prefecture (NOAA's formulas,
    to some minutes)."""
    _, nord, est, _ = read_facts("lieux")["lieux"][LIEUX[lieu]]
    bords = np.concatenate([debuts, debuts[-1:] + 60 * pas])
    an = 2 * np.pi * (bords / 86400 - 10957.5) / 365.2422
    decalage = 229.18 * (
        0.000075 + 0.001868 * np.cos(an) - 0.032077 * np.sin(an)
        - 0.014615 * np.cos(2 * an) - 0.040849 * np.sin(2 * an)
    )  # fmt: skip
    incline = (
        0.006918 - 0.399912 * np.cos(an) + 0.070257 * np.sin(an) - 0.006758 * np.cos(2 * an)
        + 0.000907 * np.sin(2 * an) - 0.002697 * np.cos(3 * an) + 0.00148 * np.sin(3 * an)
    )  # fmt: skip
    heure = np.radians((bords % 86400 / 60 + decalage + 4 * est) / 4 - 180)
    phi = np.radians(nord)
    sinus = np.sin(phi) * np.sin(incline) + np.cos(phi) * np.cos(incline) * np.cos(heure)
    couche = sinus < np.sin(np.radians(-0.833))
    dark: NDArray[np.bool_] = couche[:-1] & couche[1:]
    return dark


def firms(numeros: NDArray[np.int64], sommes: Nombres, feries: dict[str, int]) -> Figures:
    """Return what is consumed on Sundays over weekdays, and on public holidays over the same
    weekday of the four weeks before and after: of the sum, each day, of points, each over its mean.

    `feries`: number of the day of each. A holiday of a weekend isn't told: those of the source
    were on weekdays.
    """
    jours = (numeros + 3) % 7
    ouvres = ~np.isin(numeros, list(feries.values()))
    found = [sommes[(jours == 6) & ouvres].mean() / sommes[(jours < 5) & ouvres].mean()]
    for ferie in FERIES:
        n = feries[ferie]
        pres = ouvres & (jours == (n + 3) % 7) & (np.abs(numeros - n) <= 28)
        found.append(sommes[numeros == n][0] / sommes[pres].mean() if (n + 3) % 7 < 5 else NAN)
    return {"Sunday over weekday; 1 May, 8 May, Ascension, Christmas": np.array(found)}


def years(kwh: Nombres, avant: Nombres) -> Figures:
    """Return how far homes are from themselves a year before, of those that were lived in."""
    vecus = (kwh > _PEU) & (avant > _PEU)
    return {
        "log ratio of a year's energy to the one before: sd": np.array(
            [np.log(kwh[vecus] / avant[vecus]).std()]
        )
    }
