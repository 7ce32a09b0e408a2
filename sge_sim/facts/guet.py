"""Looking out for the pannes that are about a call."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine

from sge_sim.domaine.pannes import Atteinte, Panne
from sge_sim.tables.pannes import counters_of


class Guet:
    """Counts what a plan is about; one per process, shared by its threads.

    Who finds no plan when it looks at the state asks nothing here: nothing is counted then.
    """

    def __init__(self, data_dir: Path, engine: Engine | None = None) -> None:
        """`engine` is that of the database, which counts where machines share it."""
        self._counters = counters_of(data_dir, engine)

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
