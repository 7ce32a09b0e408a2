"""What is measured on the curves of a population: numpy alone, nothing of the simulator.

`W` is power in watts, whatever the step; percentiles are over points. Days are the legal days of 24
hours. A figure of a year is comparable with that of a year alone.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Nombres = NDArray[np.float64]
Figures = dict[str, Nombres]
Donnees = dict[str, Any]

NAN: Final = float("nan")
FOISONNEMENTS: Final = (2, 5, 10, 20, 50, 100, 200)


def days(data: Donnees) -> tuple[Nombres, NDArray[np.int64]]:
    """Return the legal days of 24 hours, (points, days, steps a day), and their numbers since
    1970."""
    n = 1440 // data["step"]
    legal = data["t"] + data["offset"]
    numeros, rangs = legal // 86400, legal % 86400 // (60 * data["step"])
    entiers = [d for d, c in zip(*np.unique(numeros, return_counts=True), strict=True) if c == n]
    gardes = np.flatnonzero(np.isin(numeros, entiers))
    gardes = gardes[np.lexsort((rangs[gardes], numeros[gardes]))]
    W = np.asarray(data["W"], float)[:, gardes]
    return W.reshape(len(W), len(entiers), n), np.array(entiers, np.int64)


def q(x: Any, *parts: float) -> Nombres:
    """Return percentiles of what is finite."""
    x = np.asarray(x, float)
    finis = x[np.isfinite(x)]
    return np.percentile(finis, parts) if len(finis) else np.full(len(parts), NAN)


def rang_effectif(S: Nombres) -> float:
    """Return exp of the entropy of the eigenvalues of the covariance of rows."""
    centre = S - S.mean(0)
    valeurs = np.linalg.eigvalsh(centre.T @ centre)
    p = valeurs[valeurs > 1e-12 * valeurs[-1]] / valeurs.sum()
    return float(np.exp(-(p * np.log(p)).sum()))


def acf(W: Nombres, pas: int) -> Nombres:
    """Return the correlation of each point with itself so many steps later."""
    if pas >= W.shape[1] - 2:
        return np.full(len(W), NAN)
    a, b = (x - x.mean(1, keepdims=True) for x in (W[:, :-pas], W[:, pas:]))
    with np.errstate(all="ignore"):
        found: Nombres = (a * b).sum(1) / np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return found


def foisonnement(W: Nombres, n: int, rng: np.random.Generator, tirages: int = 30) -> float:
    """Return the mean of (peak of a sum of n points) over (sum of their peaks)."""
    if n > len(W):
        return NAN
    pointes = W.max(1)
    sets = [rng.choice(len(W), n, replace=False) for _ in range(tirages if n < len(W) else 1)]
    return float(np.mean([W[s].sum(0).max() / pointes[s].sum() for s in sets]))


def sosie(Y: Nombres, rng: np.random.Generator, n: int = 3000, parmi: int = 3000) -> float:
    """Return the median, over n days, of the best correlation of their ramps with those of so many
    days of other points."""
    P, D, _ = Y.shape
    if P < 3:
        return NAN
    R = np.diff(Y, axis=2)
    a, b = rng.integers(P, size=n), rng.integers(P, size=parmi)
    A, B = R[a, rng.integers(D, size=n)], R[b, rng.integers(D, size=parmi)]
    A, B = (x - x.mean(1, keepdims=True) for x in (A, B))
    A, B = (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9) for x in (A, B))
    return float(np.median(np.where(a[:, None] == b, -1, A @ B.T).max(1)))


def figures(data: Donnees) -> Figures:
    """Return the figures of a population, by the name that targets know."""
    tout = np.asarray(data["W"], float)
    ok = tout.mean(1) > 0
    data = data | {"W": tout[ok]}
    Y, numeros = days(data)
    kva = np.asarray(data["kva"], float)[ok]
    found = _sizes(data["W"], kva) | _moments(data["W"], int(data["step"]))
    found |= _shapes(Y, numeros) | _energies(data["W"], Y, numeros, kva)
    found |= _weather(data, Y, numeros)
    if "vente" in data:
        # What a plant gives, not what a dwelling leaves of it.
        seules = np.asarray(data["vente"], bool)[ok]
        found["kWh a year per subscribed kW p5 p50 p95"] = q(
            data["W"][seules].mean(1) * 8.766 / kva[seules], 5, 50, 95
        )
    if "vars" in data:
        found["tan phi p5 p50 p95"] = q(
            np.asarray(data["vars"], float)[ok].sum(1) / data["W"].sum(1), 5, 50, 95
        )
    return found


def _sizes(W: Nombres, kva: Nombres) -> Figures:
    moyenne, pointe = W.mean(1), W.max(1)
    annee = moyenne * 8.766
    mwh = annee / 1000
    k = np.linalg.lstsq(np.c_[mwh, np.sqrt(mwh)], pointe / 1000, rcond=None)[0]
    r = pointe / kva / 1000
    gini = np.abs(moyenne[:, None] - moyenne).mean() / 2 / moyenne.mean()
    return {
        "kWh a year p5 p50 p95 mean": np.array([*q(annee, 5, 50, 95), annee.mean()]),
        "size: Gini, share under 300 kWh %": np.array([gini, 100 * np.mean(annee < 300)]),
        "load factor p5 p50 p95": q(moyenne / pointe, 5, 50, 95),
        "x/mean p1 p10 p50 p90 p99 p99.9": q(W / moyenne[:, None], 1, 10, 50, 90, 99, 99.9),
        "base W (p5 of a point) p10 p50 p90": q(np.percentile(W, 5, axis=1), 10, 50, 90),
        "zero steps %": np.array([100 * np.mean(W == 0)]),
        "peak kW = k1 MWh + k2 sqrt(MWh): k1 k2; kW at 3 MWh": np.array([*k, k @ [3, 3**0.5]]),
        "peak/subscribed p5 p50 p95 max": np.array([*q(r, 5, 50, 95), r.max()]),
        "points with peak > 0.7, 0.9, 1 subscribed %": np.array(
            [100 * np.mean(r > x) for x in (0.7, 0.9, 1)]
        ),
        "kWh a year per subscribed kW p5 p50 p95": q(annee / kva, 5, 50, 95),
        **_zeros(100 * (W == 0).mean(1)),
    }


def _zeros(part: Nombres) -> Figures:
    peu, beaucoup = part[part < 55], part[part >= 55]
    return {
        "zero steps %: of points under 55 %, of the others; share of the others %": np.array(
            [
                peu.mean() if len(peu) else NAN,
                beaucoup.mean() if len(beaucoup) else NAN,
                100 * len(beaucoup) / len(part),
            ]
        )
    }


def _moments(W: Nombres, step: int) -> Figures:
    n, k = 1440 // step, max(30 // step, 1)
    rampes = np.abs(np.diff(W[:, ::k], axis=1)).mean(1) / W.mean(1)
    rng = np.random.default_rng(1)
    return {
        "ACF 30 min (or step), 1 day, 7 days: median": np.array(
            [np.nanmedian(acf(W, x)) for x in (k, n, 7 * n)]
        ),
        "ACF 1 day p5 p95": q(acf(W, n), 5, 95),
        "ramp: mean |dW|/mean": np.array([np.median(rampes)]),
        "coincidence N=2 5 10 20 50 100 200": np.array(
            [foisonnement(W, x, rng) for x in FOISONNEMENTS]
        ),
        "diversified peak kW a point (all)": np.array([W.mean(0).max() / 1000]),
    }


def _shapes(Y: Nombres, numeros: NDArray[np.int64]) -> Figures:
    P, D, n = Y.shape
    rng = np.random.default_rng(1)
    H = Y.reshape(P, D, min(n, 48), -1).mean(3)
    S = H / np.maximum(H.sum(2, keepdims=True), 1e-9)
    plat = S.reshape(P * D, -1)
    heures = np.bincount((Y.argmax(2) * 24 // n).ravel(), minlength=24) / (P * D)
    ouvres = (numeros + 3) % 7 < 5
    p90, p50 = np.percentile(
        Y[:, ouvres, 9 * n // 24 : 17 * n // 24].reshape(P, -1), (90, 50), axis=1
    )
    centre = Y.mean(1) @ (np.arange(n) + 0.5) / Y.mean(1).sum(1) * 24 / n
    return {
        "effective rank of day shapes: all, one point, points' means": np.array(
            [
                rang_effectif(plat[rng.choice(P * D, min(6000, P * D), False)]),
                np.median([rang_effectif(jours) for jours in S]),
                rang_effectif(S.mean(1)) if P > 2 else NAN,
            ]
        ),
        "twin: best ramp correlation with others' days": np.array([sosie(H, rng)]),
        "hours of daily peak: exp(entropy) of 24": np.array(
            [np.exp(-(heures[heures > 0] * np.log(heures[heures > 0])).sum())]
        ),
        "night 0-6h / mean p10 p50 p90": q(
            Y[:, :, : n // 4].mean((1, 2)) / Y.mean((1, 2)), 10, 50, 90
        ),
        "working hours (weekdays 9-17h) p90/p50: p5 p50 p95 of points": q(
            p90 / np.maximum(p50, 1e-9), 5, 50, 95
        ),
        "centre of the mean day, h: sd between points, median": np.array(
            [centre.std(), np.median(centre)]
        ),
    }


def _energies(W: Nombres, Y: Nombres, numeros: NDArray[np.int64], kva: Nombres) -> Figures:
    E = Y.mean(2) * 24 / 1000
    mois, repos = months(numeros), (numeros + 3) % 7 >= 5
    creux = 0.35 * np.median(E, 1, keepdims=True) > E

    def par_mois(f: Callable[[Nombres], float]) -> Nombres:
        return np.array(
            [f(E[:, mois == k]) if np.sum(mois == k) > 20 else NAN for k in range(1, 13)]
        )

    def rapport(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> Nombres:
        found: Nombres = E[:, a].mean(1) / np.maximum(E[:, b].mean(1), 1e-9)
        return found

    L = np.log(np.maximum(E, 1e-3))
    paires = np.triu_indices(len(E), 1)
    return {
        "weekend/weekday p10 p50 p90": q(rapport(repos, ~repos), 10, 50, 90),
        "CV of daily energy p10 p50 p90": q(E.std(1) / E.mean(1), 10, 50, 90),
        "days under 0.35 median %: mean; points without %": np.array(
            [100 * creux.mean(), 100 * np.mean(~creux.any(1))]
        ),
        "winter/summer p5 p50 p95": q(
            rapport(np.isin(mois, (12, 1, 2)), np.isin(mois, (6, 7, 8))), 5, 50, 95
        ),
        "August/June p5 p50 p95": q(rapport(mois == 8, mois == 6), 5, 50, 95),
        "highest day kWh per subscribed kW, January to December": par_mois(
            lambda e: float((e / kva[:, None]).max())
        ),
        "CV of a month's days, January to December: median": par_mois(
            lambda e: float(np.median(e.std(1) / np.maximum(e.mean(1), 1e-9)))
        ),
        "correlation of points' days; of their weekly changes": np.array(
            [np.nanmean(correlations(x)[paires]) for x in (E, L[:, 7:] - L[:, :-7])]
        ),
    }


def correlations(x: Nombres) -> Nombres:
    with np.errstate(all="ignore"):
        found: Nombres = np.asarray(np.corrcoef(x))
    return found


def months(numeros: NDArray[np.int64]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = (
        numeros.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12 + 1
    )
    return found


def pentes(data: Donnees, Y: Nombres, numeros: NDArray[np.int64]) -> tuple[Nombres, Nombres]:
    """Return the W for each degree under 15 of each point, and the share of its days that this
    explains."""
    froid = np.maximum(15 - temperatures(data, numeros), 0)
    froid = froid - froid.mean()
    E = Y.mean(2)
    F = E - E.mean(1, keepdims=True)
    pente = F @ froid / (froid @ froid)
    return pente, pente**2 * (froid @ froid) / np.maximum((F**2).sum(1), 1e-9)


def temperatures(data: Donnees, numeros: NDArray[np.int64]) -> Nombres:
    """Return the temperature of days, of those of the data: the days of 23 and 25 hours go."""
    tous = np.unique((data["t"] + data["offset"]) // 86400)
    found: Nombres = np.asarray(data["temp"], float)[np.isin(tous, numeros)]
    return found


def _weather(data: Donnees, Y: Nombres, numeros: NDArray[np.int64]) -> Figures:
    temp = temperatures(data, numeros)
    pente, r2 = pentes(data, Y, numeros)
    chauffes, E, mois = pente > 30, Y.mean(2), months(numeros)
    found: Figures = {
        "temperature C: sd from day to day, lag-1 correlation, coldest day": np.array(
            [np.diff(temp).std(), np.corrcoef(temp[1:], temp[:-1])[0, 1], temp.min()]
        ),
        "W per C under 15: mean p10 p50 p90 p95": np.array(
            [pente.mean(), *q(pente, 10, 50, 90, 95)]
        ),
        "points > 30 W/C %; their R2": np.array(
            [100 * np.mean(chauffes), np.median(r2[chauffes]) if chauffes.any() else NAN]
        ),
    }
    froids = np.isin(mois, (11, 12, 1, 2))
    froids = froids[7:] & froids[:-7] & (numeros[7:] - numeros[:-7] == 7)
    if chauffes.sum() > 2 and froids.sum() > 14:
        L = np.log(np.maximum(E[chauffes], 1e-3))
        found["correlation of weekly changes, November-February: points > 30 W/C"] = np.array(
            [
                np.nanmean(
                    correlations((L[:, 7:] - L[:, :-7])[:, froids])[np.triu_indices(len(L), 1)]
                )
            ]
        )
    hiver, ete = np.isin(mois, (12, 1, 2)), np.isin(mois, (6, 7, 8))
    rapport = E[:, hiver].mean(1) / np.maximum(E[:, ete].mean(1), 1e-9)
    W = data["W"]
    for nom, dont in (
        ("under 12", pente < 12),
        ("100 to 180", (pente >= 100) & (pente <= 180)),
    ):
        z = W[dont] / W[dont].mean(1)[:, None]
        found[f"points {nom} W/C: share %, winter/summer p50, x/mean p99.9"] = np.array(
            [100 * np.mean(dont), *q(rapport[dont], 50), *q(z, 99.9)]
        )
    return found
