"""Pannes as they are asked for and shown, the same in REST, the page and the commands."""

from pathlib import Path
from typing import Self

from pydantic import ConfigDict, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sge_sim.api.typed_filters import known_spelling, service_names
from sge_sim.api.views import Body, View
from sge_sim.domaine.nomenclatures import KINDS_OF_FLUX
from sge_sim.domaine.pannes import (
    DUREES,
    LIBELLES_PANNES,
    SORTES_FICHIER,
    SORTES_SOAP,
    Panne,
    SortePanne,
    last_call,
)
from sge_sim.errors import FieldError
from sge_sim.tables.acteurs import get_acteur
from sge_sim.tables.dataconnect import APIS
from sge_sim.tables.pannes import add_panne, counters_of, pannes_within


class PanneDemande(Body):
    """A panne to plan; the calls (or files) that it is about are counted from 1."""

    model_config = ConfigDict(strict=True)

    sorte: SortePanne = Field(description="Ce qui arrive à l'appel ou au fichier")
    service: str | None = Field(None, description="Service, ou flux d'un fichier ; tous si null")
    acteur: str | None = Field(None, description="Code de l'acteur ; tous si null")
    prm: str | None = Field(None, description="Numéro du point ; tous si null")
    du: int = Field(1, description="Premier appel (ou fichier) touché, à partir de 1")
    au: int | None = Field(
        None, description="Dernier ; par défaut le premier, ou cent appels avec une probabilité"
    )
    probabilite: float | None = Field(
        None, description="Part des appels touchés, de 0 (exclu) à 1 ; tous si null"
    )
    graine: int = Field(0, description="La même graine touche les mêmes appels")
    secondes: float | None = Field(None, description="Durée d'une panne qui dure, ou sa médiane")
    dispersion: float = Field(0.0, description="Sigma log-normal d'une latence ; 0 : fixe")


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
        return cls(
            numero=panne.numero,
            sorte=panne.sorte,
            libelle=LIBELLES_PANNES[panne.sorte],
            service=panne.service,
            acteur=panne.acteur,
            prm=panne.prm,
            du=panne.du,
            au=panne.au,
            probabilite=panne.probabilite,
            graine=panne.graine,
            secondes=panne.secondes,
            dispersion=panne.dispersion,
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


def plan_panne(session: Session, asked: PanneDemande) -> PanneView:
    """Plan a panne; raises `UsageError` for one that means nothing, or is about nobody."""
    service, seconds = asked.service, asked.secondes
    if service is not None:
        known = KINDS_OF_FLUX if asked.sorte in SORTES_FICHIER else service_names()
        service = known_spelling(service, known)
        if service not in known:
            sentence = f"« {service} » est inconnu : choisir parmi {', '.join(known)}."
            raise FieldError(sentence, "service", service)
        if service in APIS and asked.sorte in SORTES_SOAP:
            sentence = f"« {asked.sorte} » n'arrive qu'en SOAP : {service} est une API REST."
            raise FieldError(sentence, "service", service)
    if asked.acteur is not None:
        get_acteur(session, asked.acteur)
    panne = add_panne(
        session,
        sorte=asked.sorte,
        service=service,
        acteur=asked.acteur,
        prm=asked.prm,
        du=asked.du,
        au=last_call(asked.au, asked.du, asked.probabilite),
        probabilite=asked.probabilite,
        graine=asked.graine,
        secondes=DUREES.get(asked.sorte) if seconds is None else seconds,
        dispersion=asked.dispersion,
    )
    return PanneView.of(panne, 0, 0)
