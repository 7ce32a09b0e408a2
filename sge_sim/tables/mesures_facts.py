"""The facts that the measures of a point depend on beyond its own, and its former facts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sge_sim.domaine.nomenclatures import CoteCalendrier

_DATES: Final = "date_"
_MISE_EN_SERVICE: Final = "date_mise_en_service"


class AncienneValeur(NamedTuple):
    """The value of a column of a point until a legal day, excluded."""

    jusqu_a: date
    nom: str
    valeur: Any


@dataclass(frozen=True, slots=True)
class MesuresFacts:
    """What the measures of a point depend on beyond its facts: periods, gaps, calendars, meters.

    `calendriers`: (side, from, code), oldest first; `compteurs`: (installed, removed, whether it
    tells its TIC flags, as every Linky does), oldest first; `oppositions`: days [from, end) on
    which the client opposes the recording of the curve; `anciennes`: what the columns of the point
    said before, oldest first; `donnees`: the days that were given of its measures, ascending
    (`sge_sim.tables.mesures`); `rectifications`: days that were put right, ascending, their
    energy in Wh, when; `ponctuels`: when a large meter was read because somebody asked, ascending.
    """

    collectes: tuple[tuple[date, date | None], ...] = ()
    trous: tuple[tuple[datetime, datetime], ...] = ()
    calendriers: tuple[tuple[CoteCalendrier, date, str], ...] = ()
    compteurs: tuple[tuple[date, date | None, bool], ...] = ()
    oppositions: tuple[tuple[date, date | None], ...] = ()
    anciennes: tuple[AncienneValeur, ...] = ()
    donnees: tuple[tuple[date, str | None, str | None], ...] = ()
    rectifications: tuple[tuple[date, int, datetime], ...] = ()
    ponctuels: tuple[datetime, ...] = ()

    @property
    def arrivees(self) -> tuple[date, ...]:
        """The days on which another holder came since the point was made, oldest first."""
        return tuple(
            ancienne.jusqu_a for ancienne in self.anciennes if ancienne.nom == _MISE_EN_SERVICE
        )

    def histoire(
        self, point: object, *noms: str
    ) -> tuple[tuple[date | None, tuple[Any, ...]], ...]:
        """Return what columns of a point said, oldest first: (since which day, their values).

        The first holds since ever: its day is None.
        """
        valeurs = {nom: getattr(point, nom) for nom in noms}
        etats: list[tuple[date | None, tuple[Any, ...]]] = []
        depuis: date | None = None
        for jusqu_a, nom, valeur in reversed(self.anciennes):
            if nom not in valeurs:
                continue
            if jusqu_a != depuis:
                etats.append((jusqu_a, tuple(valeurs.values())))
                depuis = jusqu_a
            valeurs[nom] = valeur
        etats.append((None, tuple(valeurs.values())))
        return tuple(reversed(etats))


def read_anciens(rows: Iterable[tuple[date, str]]) -> tuple[AncienneValeur, ...]:
    """Return former values from rows (`jusqu_a`, `valeurs`), the oldest first."""
    return tuple(
        sorted(
            (
                AncienneValeur(jusqu_a, name, _read(name, value))
                for jusqu_a, valeurs in rows
                for name, value in json.loads(valeurs).items()
            ),
            key=lambda ancienne: (ancienne.jusqu_a, ancienne.nom),
        )
    )


def _read(name: str, value: Any) -> Any:
    dated = name.startswith(_DATES) and value is not None
    return date.fromisoformat(value) if dated else value
