"""What was measured on a point over a period, as columns: to be drawn, or written as CSV."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import numpy as np

from sge_sim.errors import UsageError
from sge_sim.mesures import (
    PointMesure,
    courbe,
    energies_quotidiennes,
    index_quotidiens,
    puissances_maximales,
)
from sge_sim.mesures.calendrier import decalages, jour_de, minuits, numero_borne
from sge_sim.mesures.climat import ZONE_DU_LIEU, ZONES, climat
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.installations import find_lieu
from sge_sim.mesures.tableaux import Entiers, Masque

TypeSerie = Literal["courbe", "energie", "index", "pmax"]
MAX_DAYS: Final[Mapping[TypeSerie, int]] = {
    "courbe": 1100,
    "energie": 11_000,
    "index": 11_000,
    "pmax": 1100,
}
"""Days of a period that are read at once, by type."""
_DAY_MINUTES: Final = 1440


@dataclass(frozen=True)
class Series:
    """Columns of the same length, oldest first.

    `horodates`: epoch seconds (UTC), as the services stamp them; `decalages`: offset of legal time
    then, seconds; `valeurs`: by name, in `unite`; `valides`: False where it was lost; `pas`:
    minutes.
    """

    type: TypeSerie
    unite: str
    horodates: Entiers
    decalages: Entiers
    valeurs: Mapping[str, Entiers]
    valides: Masque
    pas: Entiers

    def stamps(self) -> list[str]:
        """Return the stamps in legal time, ISO 8601 with their offset."""
        legal = np.datetime_as_string((self.horodates + self.decalages).astype("datetime64[s]"))
        hours = (self.decalages // 3600).tolist()
        return [f"{stamp}+{hour:02d}:00" for stamp, hour in zip(legal.tolist(), hours, strict=True)]

    def columns(self) -> dict[str, list[str] | list[int] | list[int | None]]:
        """Return the columns under the names that they have in a file; a lost value is None."""
        kept = self.valides.tolist()
        return {
            "horodate": self.stamps(),
            **{
                name: [
                    value if valid else None
                    for value, valid in zip(values.tolist(), kept, strict=True)
                ]
                for name, values in self.valeurs.items()
            },
            "pas": self.pas.tolist(),
        }

    def as_csv(self) -> str:
        """Return the columns as CSV: semicolons, a lost value left empty."""
        columns = self.columns()
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        return text.getvalue()


def read_columns(point: PointMesure, type_: TypeSerie, debut: date, fin: date) -> Series:
    """Return what was measured on the legal days [debut, fin).

    Raises `UsageError` for a period that ends before it starts or is longer than `MAX_DAYS`.
    """
    if debut >= fin:
        raise UsageError(f"La période du {debut:%d/%m/%Y} au {fin:%d/%m/%Y} (exclu) est vide.")
    if (fin - debut).days > MAX_DAYS[type_]:
        raise UsageError(f"Une période va jusqu'à {MAX_DAYS[type_]} jours pour {type_}.")
    match type_:
        case "courbe":
            lue = courbe(point, debut, fin)
            named = {"valeur": lue.valeurs}
            return Series(type_, "W", lue.horodates, lue.decalages, named, lue.valides, lue.pas)
        case "energie":
            jours = energies_quotidiennes(point, debut, fin)
            named = {"valeur": jours.valeurs}
            stamps = jours.minuits, jours.decalages
            return Series(type_, "Wh", *stamps, named, jours.valides, _daily(jours.valeurs))
        case "pmax":
            maxima = puissances_maximales(point, debut, fin)
            named, unite = {"valeur": maxima.valeurs}, "VA" if point.petit else "W"
            stamps = maxima.horodates, maxima.decalages
            return Series(type_, unite, *stamps, named, maxima.valides, _daily(maxima.valeurs))
        case "index":
            releves = index_quotidiens(point, debut, fin)
            stamps = releves.horodates, releves.decalages
            named = {"total": releves.total} if point.petit else {}
            for prefix, registers in (("F", releves.fournisseur), ("D", releves.distributeur)):
                for rank, values in enumerate(registers, 1):
                    if values.any():
                        named[f"{prefix}{rank}"] = values
            return Series(type_, "Wh", *stamps, named, releves.valides, _daily(releves.total))


def temperatures_of(point: PointMesure, debut: date, fin: date) -> dict[str, Any]:
    """Return the mean temperature of the legal days [debut, fin) where a point is, C, and the zone
    of its weather."""
    zone = ZONE_DU_LIEU[find_lieu(point)]
    i0, i1 = numero_borne(debut), numero_borne(fin)
    return {
        "zone": ZONES[zone],
        "jours": [jour_de(rang).isoformat() for rang in range(i0, i1)],
        "degres": (climat().temperatures[zone, i0:i1] / 10).tolist(),
    }


def creuses_of(point: PointMesure, debut: date, fin: date) -> list[list[int]]:
    """Return the off-peak hours of the legal days [debut, fin): start and end, in epoch seconds.

    They are those of the season, by legal time: the hour that a day has twice is or isn't off-peak
    both times. None where the supplier's calendar has no classes.
    """
    premier, *_, dernier = minuits(debut, fin).tolist()
    minutes = np.arange(premier, dernier, 60)
    legales = (minutes + decalages(minutes)) // 60
    jours = np.zeros(((fin - debut).days, _DAY_MINUTES), np.bool_)
    for rang, jour in enumerate(jours):
        plages, closed = find_contact(point, debut + timedelta(rang))
        for de, a in plages if closed else ():
            jour[np.arange(de, a if a > de else a + _DAY_MINUTES) % _DAY_MINUTES] = True
    creuses = jours[legales // _DAY_MINUTES - legales[0] // _DAY_MINUTES, legales % _DAY_MINUTES]
    bords = np.flatnonzero(np.diff(creuses, prepend=False, append=False))
    found: list[list[int]] = (premier + bords.reshape(-1, 2) * 60).tolist()
    return found


def _daily(values: Entiers) -> Entiers:
    return np.full(len(values), _DAY_MINUTES, np.int64)
