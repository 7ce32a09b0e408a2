"""Looking out for the pannes that are about a call."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from sge_sim.domaine.pannes import Atteinte, Panne
from sge_sim.facts.memoire import Vue
from sge_sim.tables.pannes import counters_of, read_pannes


class Guet:
    """Looks out for what a plan is about, and counts it; one per process, shared by its threads.

    Where there is no plan nothing is read nor written: what the look of a call found is asked.
    """

    def __init__(self, data_dir: Path, engine: Engine | None = None) -> None:
        """`engine` is that of the database, which counts where machines share it."""
        self._counters = counters_of(data_dir, engine)

    def plans(
        self, vue: Vue, lieu: str, now: datetime, *, service: str | None, acteur: str | None
    ) -> tuple[Panne, ...]:
        """Return the plans that strike at `lieu`, are about this service and actor, and may strike
        at `now` (of the simulated clock)."""
        found = vue.ask(read_pannes)
        if not found:
            return ()
        return tuple(
            panne
            for panne in found
            if lieu in panne.declared.ou
            and panne.is_about(service=service, acteur=acteur)
            and panne.may_strike(now)
        )

    def strike(self, plans: Iterable[Panne]) -> Atteinte | None:
        """Count a call under each of `plans`, in order, until one strikes it."""
        for panne in plans:
            number = self._counters.count(panne.numero, panne.au, panne.strikes)
            if number is not None:
                return Atteinte(panne, number)
        return None

    def close(self) -> None:
        """Close the counts."""
        self._counters.close()
