"""Pannes as they are shown, the same in REST, the page and the commands."""

from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sge_sim.api.views import View
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import TARGETS, Panne
from sge_sim.domaine.sortes import SorteDePanne, SortePanne, Surete
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.episodes import Episode
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
    application: str | None
    consentement: int | None
    contrat: str | None
    debut: datetime | None
    fin: datetime | None
    annonce: datetime | None
    mesure: str | None
    sens: Sens | None
    code: str | None
    statut: int | None
    nombre: int | None
    cle: str | None
    appels: int = Field(description="Appels (ou fichiers) comptés jusqu'ici")
    touches: int = Field(description="Ceux que la panne a touchés")
    epuisee: bool = Field(description="Elle n'en touchera plus")
    vise: str = Field(description="Ce qu'elle vise, en une ligne")
    fenetre: str = Field(description="De quand à quand, en heure légale du simulateur")

    @classmethod
    def of(cls, panne: Panne, appels: int, touches: int, now: datetime) -> Self:
        """Return the view of a plan and of its counts at `now` (of the simulated clock)."""
        return cls.from_row(
            panne,
            libelle=panne.declared.libelle,
            appels=appels,
            touches=touches,
            vise=" ".join(str(getattr(panne, name)) for name in TARGETS if getattr(panne, name)),
            fenetre=_window(panne),
            epuisee=appels >= panne.au or panne.is_over(now),
        )


def _window(panne: Panne) -> str:
    written = (
        f"{word} {instant.astimezone(PARIS):%d/%m/%Y %H:%M}"
        for word, instant in (("du", panne.debut), ("au", panne.fin))
        if instant is not None
    )
    return " ".join(written)


class SorteView(View):
    """A sort of pannes, and what it takes."""

    sorte: SortePanne
    libelle: str
    famille: str
    troubles: list[str] = Field(description="Les ennuis vécus qu'elle rejoue")
    source: str
    surete: Surete = Field(description="De la réponse : relevée, en partie, ou supposée")
    parametres: list[str] = Field(description="Ceux qu'elle prend en plus de ceux de toutes")
    statuts: list[int] = Field(description="Ceux de sa réponse, l'ordinaire d'abord")
    nombre: str | None = Field(description="Ce que son nombre compte, et ses bornes")
    voit: str = Field(description="Ce que le client voit")

    @classmethod
    def of_sorte(cls, sorte: SorteDePanne) -> Self:
        """Return the view of a sort."""
        counted = sorte.nombre and "{unite} ({defaut} ; de {min} à {max})".format(**sorte.nombre)
        takes = [*sorte.admet, *(["nombre"] if sorte.nombre else [])]
        shown = {"nombre": counted or None, "voit": sorte.seen, "parametres": takes}
        return cls.from_row(sorte, sorte=sorte.nom, **shown)


class EpisodeView(View):
    """A named episode: what happened, and the pannes that play it."""

    nom: str
    titre: str
    periode: str
    source: str
    recit: str
    pannes: list[str] = Field(description="Les sortes, dans leur ordre")

    @classmethod
    def of_episode(cls, episode: Episode) -> Self:
        """Return the view of an episode."""
        return cls.from_row(episode, pannes=[str(row.get("sorte")) for row in episode.pannes])


def view_pannes(session: Session, data_dir: Path) -> list[PanneView]:
    """Return the plans with their counts, in the order in which they were made."""
    bind, now = session.get_bind(), instant_within(session)
    counters = counters_of(data_dir, bind if isinstance(bind, Engine) else None)
    try:
        return [
            PanneView.of(panne, *counters.read(panne.numero), now)
            for panne in pannes_within(session)
        ]
    finally:
        counters.close()
