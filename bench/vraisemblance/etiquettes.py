"""What half-hourly curves don't tell of homes and plants: judged by what each point is made of.

The lines of targets that have no figure (`Ligne.pourquoi`) ask which heating a home has, when its
water heater starts, what a plant would give without the dwelling behind its meter, or for many
winters. Here they are known, so that each line gets figures; the bounds are those of its source.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.vraisemblance.juge import Cible, Ligne, judge
from bench.vraisemblance.populations import arrays_of, draw_points
from bench.vraisemblance.statistiques import (
    Donnees,
    acf,
    days,
    months,
    pentes,
    rang_effectif,
)
from sge_sim.domaine.plages import Plages, durees_des
from sge_sim.mesures import PointMesure
from sge_sim.mesures.calendrier import calendrier, jours_civils
from sge_sim.mesures.chauffes import CHAUFFES
from sge_sim.mesures.climat import EAU, climat
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.formes import UNITE, Sorte, banque, gigues
from sge_sim.mesures.hasard import TIRAGES, UN, bruits
from sge_sim.mesures.installations import find_installation
from sge_sim.mesures.usages import Installation

HOMES: Final = 2000
_LE: Final = date(2025, 1, 1)
"""The day of installations: they change with the off-peak ranges alone."""
_HIVER: Final = (12, 1, 2)
_ETE: Final = (6, 7, 8)
_NUIT: Final = np.r_[0:16, 42:48]
_BOUNDS: Final = {
    # Some winters, neither none nor most.
    "foyers: jour à -5 C certains hivers": ((0.05, 0.6),),
    # Median W/C, median winter over summer.
    "foyers: convecteurs, appartement": ((40, 70), (2, 3)),
    # Minutes, least and most of nine tenths.
    "foyers: cycles des convecteurs": ((30, 60), (30, 60)),
    # Median W/C, least step over the mean of a day of heat, rank of a home's days.
    "foyers: pompe à chaleur": ((40, 90), (0.01, np.inf), (24, np.inf)),
    # Share of heat by night, ACF 30 min, load factor.
    "foyers: accumulation": ((0.95, 1), (0.7, np.inf), (0.06, 0.14)),
    # kW and hours, least and most, minutes after the contact closes, least and most, winter, homes.
    "foyers: chauffe-eau": (
        (1.2, 3), (1.2, 3), (1, 4), (1, 4), (0, 15), (0, 15), (1.15, 1.35), (0.35, 0.45),
    ),
    # Noon of working days, then of the others, over a full sale; January days without any.
    "p4: surplus : midi rogné": ((0.1, 0.95), (0.1, 0.95), (0.1, 0.9)),
}  # fmt: skip


@dataclass(frozen=True)
class _Foyer:
    """A home, its installation, and whether the contact of its off-peak ranges drives loads."""

    point: PointMesure
    installation: Installation
    plages: Plages
    asservi: bool


def judge_labelled(graine: int, annee: int, nombre: int = HOMES) -> list[Ligne]:
    """Return the lines that curves alone can't tell, with their figures: those of so many homes,
    as they are drawn, and a twentieth as many plants."""
    foyers = [_foyer(point) for point in draw_points("foyers", graine, nombre)]
    found = {
        "foyers: jour à -5 C certains hivers": [_cold_winters()],
        "foyers: convecteurs, appartement": _convectors(foyers, annee),
        "foyers: cycles des convecteurs": _cycles(),
        "foyers: pompe à chaleur": _heat_pumps(foyers, annee),
        "foyers: accumulation": _storage(foyers, annee),
        "foyers: chauffe-eau": _water_heaters(foyers),
        "p4: surplus : midi rogné": _surplus(graine, annee, nombre // 20),
    }
    return [
        replace(ligne, cibles=_cibles(ligne.nom, found[ligne.nom]))
        for population in ("foyers", "p4")
        for ligne in judge(population, {})
        if not ligne.cibles
    ]


def _cibles(nom: str, valeurs: list[float]) -> tuple[Cible, ...]:
    pairs = zip(valeurs, _BOUNDS[nom], strict=True)
    return tuple(Cible(valeur, *bornes) for valeur, bornes in pairs)


def _foyer(point: PointMesure) -> _Foyer:
    plages, asservi = find_contact(point, _LE)
    return _Foyer(point, find_installation(point, plages, asservi), plages, asservi)


def _curves(foyers: Iterable[_Foyer], annee: int) -> Donnees:
    return arrays_of([foyer.point for foyer in foyers], annee)


def _cold_winters() -> float:
    """Return the share of winters of the calendar that have a day of -5 C in the whole country."""
    mois, _ = jours_civils()
    temperature = calendrier().temperature / 10
    hivers = np.cumsum(np.diff(mois, prepend=mois[0]) * (mois == 7) != 0)
    froids = [temperature[hivers == rang].min() for rang in range(1, int(hivers.max()))]
    return float(np.mean(np.array(froids) <= -5))


def _rows(foyer: _Foyer, sorte: Sorte) -> NDArray[np.int64]:
    """Return the first row of each use of a kind."""
    debut, fin = _bounds(sorte)
    lignes = foyer.installation.lignes[:, 0]
    return lignes[(debut <= lignes) & (lignes < fin)]


def _bounds(sorte: Sorte) -> tuple[int, int]:
    groupes = banque(48).groupes
    suite = [groupe.debut for groupe in groupes.values()] + [len(banque(48).cumuls)]
    rang = list(groupes).index(sorte)
    return suite[rang], suite[rang + 1]


def _first_stored() -> int:
    """Return the first row of heat that is stored by night: the last habit."""
    debut, fin = _bounds(Sorte.CHAUFFAGE)
    return fin - (fin - debut) // CHAUFFES


def _stores(foyer: _Foyer) -> bool:
    return bool((_rows(foyer, Sorte.CHAUFFAGE) >= _first_stored()).any())


def _slope(data: Donnees) -> float:
    return float(np.median(pentes(data, *days(data))[0]))


def _convectors(foyers: list[_Foyer], annee: int) -> list[float]:
    """Flats: 6 kVA at most, since nothing says which dwellings are flats."""
    appartements = [
        foyer
        for foyer in foyers
        if foyer.point.puissances[0].valeur <= 6
        and len(_rows(foyer, Sorte.CHAUFFAGE))
        and not _stores(foyer)
    ]
    data = _curves(appartements, annee)
    Y, numeros = days(data)
    E, mois = Y.mean(2), months(numeros)
    rapport = E[:, np.isin(mois, _HIVER)].mean(1) / E[:, np.isin(mois, _ETE)].mean(1)
    return [_slope(data), float(np.median(rapport))]


def _cycles() -> list[float]:
    """Return the minutes from a start of a heater to the next one, in rows of five minutes: what
    half-hours are made of."""
    groupe = banque(288).groupes[Sorte.CHAUFFAGE]
    rows = np.diff(banque(288).cumuls[groupe.debut : groupe.debut + 8 * groupe.variantes], axis=1)
    puissances = np.abs(np.fft.rfft(rows - rows.mean(axis=1, keepdims=True), axis=1)) ** 2
    periodes = 1440 / np.arange(1, puissances.shape[1])
    courtes = (periodes >= 15) & (periodes <= 120)
    cycles = periodes[courtes][puissances[:, 1:][:, courtes].argmax(axis=1)]
    return [float(part) for part in np.percentile(cycles, (5, 95))]


def _heat_pumps(foyers: list[_Foyer], annee: int) -> list[float]:
    data = _curves([foyer for foyer in foyers if len(_rows(foyer, Sorte.POMPE))], annee)
    Y, _ = days(data)
    rangs = [rang_effectif(jours / np.maximum(jours.sum(1, keepdims=True), 1e-9)) for jours in Y]
    rows = np.diff(banque(48).cumuls[slice(*_bounds(Sorte.POMPE))], axis=1)
    return [
        _slope(data),
        float((rows.min(axis=1) / rows.mean(axis=1)).min()),
        float(np.median(rangs)),
    ]


def _storage(foyers: list[_Foyer], annee: int) -> list[float]:
    _, fin = _bounds(Sorte.CHAUFFAGE)
    rows = np.diff(banque(48).cumuls[_first_stored() : fin], axis=1)
    W = np.asarray(_curves(filter(_stores, foyers), annee)["W"], float)
    return [
        float((rows[:, _NUIT].sum(axis=1) / rows.sum(axis=1)).mean()),
        float(np.median(acf(W, 1))),
        float(np.median(W.mean(1) / W.max(1))),
    ]


def _water_heaters(foyers: list[_Foyer]) -> list[float]:
    chauffe_eau = [heater for foyer in foyers for heater in _heaters(foyer)]
    premiers = [heater for heater in chauffe_eau if heater.rang == 0]
    retards = [heater.retard for heater in chauffe_eau if heater.retard is not None]
    eau = climat().facteurs[EAU]
    mois, _ = jours_civils()
    return [
        *np.percentile([heater.watts / 1000 for heater in premiers], (10, 90)).tolist(),
        *np.percentile([heater.heures for heater in premiers], (5, 95)).tolist(),
        float(min(retards)),
        float(max(retards)),
        float(eau[np.isin(mois, _HIVER)].mean() / eau[np.isin(mois, _ETE)].mean()),
        len(premiers) / len(foyers),
    ]


class _ChauffeEau(NamedTuple):
    """A range in which a water heater runs: which, its median W and hours, and by how many minutes
    it starts after the contact of that range closes, None where no contact drives it."""

    rang: int
    watts: float
    heures: float
    retard: float | None


def _heaters(foyer: _Foyer) -> Iterator[_ChauffeEau]:
    installation = foyer.installation
    blocs = np.flatnonzero(installation.blocs[:, 0] & (installation.facteurs == EAU))
    for rang, bloc in enumerate(blocs):
        # What a day draws: the rows, and the energy that goes with each.
        gigue, bruit = installation.gigues[bloc, 0], installation.bruits[bloc, 0]
        lignes = installation.lignes[bloc, 0] + gigues(48)[0][gigue : gigue + TIRAGES]
        parts = bruits()[bruit : bruit + TIRAGES] / UN
        rows = np.diff(banque(48).cumuls[lignes[parts > 0]], axis=1) / UNITE
        most = rows.max(axis=1)
        energies = installation.energies[bloc, 0] * parts[parts > 0]
        watts = float(np.median(2 * energies * most))
        retard = None
        if foyer.asservi:
            on = rows[0] > 0
            (depart,) = np.flatnonzero(on & ~np.roll(on, 1))
            # What its first half-hour takes says at which minute of it the heater starts.
            allumee = float(np.median(2 * energies * rows[:, depart])) / watts
            contact = durees_des(foyer.plages)[rang][0]
            retard = (30 * (depart + 1 - allumee) - contact + 720) % 1440 - 720
        yield _ChauffeEau(rang, watts, float(np.median(1 / most / 2)), retard)


def _surplus(graine: int, annee: int, nombre: int) -> list[float]:
    points = [p for p in draw_points("p4", graine, nombre) if p.couple is not None]
    Y, numeros = days(arrays_of(points, annee))
    tout, _ = days(arrays_of([replace(point, couple=None) for point in points], annee))
    midi = slice(22, 30)
    ouvres = (numeros + 3) % 7 < 5
    return [
        *(float(Y[:, dont, midi].sum() / tout[:, dont, midi].sum()) for dont in (ouvres, ~ouvres)),
        float(np.mean(Y[:, months(numeros) == 1].sum(2) == 0)),
    ]
