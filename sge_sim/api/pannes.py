"""Pannes as they are shown, the same in REST, the page and the commands."""

from pathlib import Path
from typing import Self

from pydantic import Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sge_sim.api.views import View
from sge_sim.domaine.pannes import LIBELLES_PANNES, Panne, SortePanne
from sge_sim.tables.pannes import counters_of, pannes_within


class PanneView(View):
    """A panne, and how far it is."""

    numero: int
    sorte: SortePanne
    libelle: str
    service: str | None
    acteur: str | None
    prm: str | None
    du: int
    au: int
    probabilite: float | None
    graine: int
    secondes: float | None
    dispersion: float
    appels: int = Field(description="Appels (ou fichiers) comptés jusqu'ici")
    touches: int = Field(description="Ceux que la panne a touchés")
    epuisee: bool = Field(description="Elle n'en touchera plus")

    @classmethod
    def of(cls, panne: Panne, appels: int, touches: int) -> Self:
        """Return the view of a plan and of its counts."""
        return cls.from_row(
            panne,
            libelle=LIBELLES_PANNES[panne.sorte],
            appels=appels,
            touches=touches,
            epuisee=appels >= panne.au,
        )


def view_pannes(session: Session, data_dir: Path) -> list[PanneView]:
    """Return the plans with their counts, in the order in which they were made."""
    bind = session.get_bind()
    counters = counters_of(data_dir, bind if isinstance(bind, Engine) else None)
    try:
        return [
            PanneView.of(panne, *counters.read(panne.numero)) for panne in pannes_within(session)
        ]
    finally:
        counters.close()
