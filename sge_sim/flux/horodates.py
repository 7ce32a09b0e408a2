"""Stamps as the files write them, from the epoch seconds of `mesures`."""

from collections.abc import Iterable
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from sge_sim.clock import PARIS
from sge_sim.machine.once import computed_once
from sge_sim.mesures import minuits
from sge_sim.mesures.calendrier import decalages as decalages_legaux
from sge_sim.mesures.tableaux import Entiers

_HIVER, _ETE = 3600, 7200
_SUFFIXES = {_HIVER: "+01:00", _ETE: "+02:00"}
_MINUTES_PAR_JOUR = 1440
_PEU = 60
"""Stamps from which it pays to write dates and times apart."""


def naifs(horodates: Entiers, decalages: Entiers) -> list[str]:
    """Return legal times without offset, `YYYY-MM-DDTHH:MM:SS`."""
    locales = (horodates + decalages).astype("datetime64[s]")
    textes: list[str] = locales.astype("U19").tolist()
    return textes


def avec_decalage(horodates: Entiers, decalages: Entiers) -> list[str]:
    """Return legal times with their offset, `YYYY-MM-DDTHH:MM:SS+01:00`."""
    locales = horodates + decalages
    if len(locales) > _PEU and not (locales % 60).any():
        jours, minutes = np.divmod(locales // 60, _MINUTES_PAR_JOUR)
        premier, dernier = jours.min(), jours.max() + 1
        dates = np.arange(premier, dernier).astype("datetime64[D]").astype("U10").astype(object)
        heures = _heures()[minutes + _MINUTES_PAR_JOUR * (decalages == _ETE)]
        textes: list[str] = (dates[jours - premier] + heures).tolist()
        return textes
    suffixes: Iterable[str] = map(_SUFFIXES.__getitem__, decalages.tolist())
    return [
        texte + suffixe
        for texte, suffixe in zip(naifs(horodates, decalages), suffixes, strict=True)
    ]


@computed_once(1)
def _heures() -> NDArray[np.object_]:
    """Return what follows the date at each minute of a day, in winter, then in summer."""
    textes = [
        f"T{minute // 60:02d}:{minute % 60:02d}:00{suffixe}"
        for suffixe in _SUFFIXES.values()
        for minute in range(_MINUTES_PAR_JOUR)
    ]
    return np.array(textes, dtype=object)


def legal(instant: datetime) -> str:
    """Return an aware instant in legal time, with its offset and whole seconds."""
    return instant.astimezone(PARIS).isoformat(timespec="seconds")


def bornes(debut: date, fin: date) -> tuple[str, str]:
    """Return the first and the last second of the legal days [debut, fin), with their offsets."""
    instants = minuits(debut, fin)[[0, -1]]
    instants[1] -= 1
    premiere, derniere = avec_decalage(instants, decalages_legaux(instants))
    return premiere, derniere
