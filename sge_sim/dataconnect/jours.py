"""The days that pannes take from what Data Connect gives: missing, late, null, without a curve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sge_sim.clock import start_of_day
from sge_sim.dataconnect.exchange import RestBackend, RestExchange
from sge_sim.dataconnect.pannes import Vise, find_plans
from sge_sim.dataconnect.readings import MeasureReader, Resource, ValeurLue
from sge_sim.domaine.nomenclatures import TypeAcces
from sge_sim.domaine.pannes import Panne
from sge_sim.tables.point_facts import Dossier

_JOUR: Final = timedelta(1)
_ARRIVEE: Final = timedelta(hours=8)
_MINUIT: Final = " 00:00:00"


def reader_of(
    backend: RestBackend,
    exchange: RestExchange,
    api: str,
    resource: Resource,
    dossier: Dossier,
    *,
    tous: bool = False,
) -> MeasureReader:
    """Return what reads the measures that a call asks for, as the pannes of its days leave them.

    `tous`: of large points too.
    """
    pertes = backend.settings.perd_des_mesures
    whole = MeasureReader(dossier, resource.sens, exchange.now, pertes, tous)
    if not exchange.pannes:
        return whole
    vise = Vise(api, dossier.point.prm, resource.mesure, resource.sens)
    plans = find_plans(exchange, "mesures", vise)
    return whole if not plans else _Touche(**vars(whole), plans=plans, of=(backend, exchange))


@dataclass(frozen=True, kw_only=True)
class _Touche(MeasureReader):
    """Reads a point whose days are struck by `plans`, which it counts and notes in the exchange."""

    plans: Sequence[Panne]
    of: tuple[RestBackend, RestExchange]

    def read(
        self, type_: TypeAcces, grandeur: str, debut: date, fin: date, pas: str = "P1D"
    ) -> dict[str, list[ValeurLue]]:
        found = super().read(type_, grandeur, debut, fin, pas)
        if pas != "P1D":
            return found
        backend, exchange = self.of
        for panne in self.plans:
            jours = {_day_of(lu) for valeurs in found.values() for lu in valeurs}
            touched = {jour for jour in jours if self._is_struck(panne, jour)}
            struck = backend.guet.strike((panne,)) if touched else None
            if struck is not None:
                exchange.notes.append(
                    f"{struck.line} Jours : {', '.join(map(str, sorted(touched)))}."
                )
                found = {name: [*_left(panne, valeurs, touched)] for name, valeurs in found.items()}
        return {name: valeurs for name, valeurs in found.items() if valeurs}

    def _is_struck(self, panne: Panne, jour: date) -> bool:
        prm, now, sorte = self.dossier.point.prm, self.now, panne.declared
        nombre, after = panne.nombre or 0, start_of_day(jour + _JOUR)
        if sorte.jusqu_a == "fraicheur":
            return panne.is_open(now) and jour > now.date() - nombre * _JOUR
        if not (panne.overlaps(start_of_day(jour), after) and panne.strikes_day(prm, jour)):
            return False
        if sorte.jusqu_a == "retard":
            late = 2 + int(panne.draw(f"{prm}/{jour}/retard") * (nombre - 1))
            return now < start_of_day(jour + (1 + late) * _JOUR) + _ARRIVEE
        if sorte.jusqu_a == "rattrapage" and panne.fin is not None:
            return now < panne.fin + nombre * _JOUR
        return True


def _day_of(lu: ValeurLue) -> date:
    """Return the legal day of a value: the step that ends at midnight is of the day before."""
    jour = date.fromisoformat(lu.text[:10])
    return jour - _JOUR if lu.text.endswith(_MINUIT) else jour


def _left(panne: Panne, valeurs: Iterable[ValeurLue], touched: set[date]) -> Iterable[ValeurLue]:
    """Yield what is left of values."""
    kept = dict.fromkeys(touched, panne.nombre or 0)
    for lu in valeurs:
        jour = _day_of(lu)
        if jour not in touched:
            yield lu
        elif panne.declared.jours == "nul":
            yield replace(lu, valeur=None)
        elif panne.declared.jours == "tronqué" and kept[jour] > 0:
            kept[jour] -= 1
            yield lu
