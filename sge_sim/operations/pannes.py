"""Pannes: what is planned to go wrong with calls and files, and how far each plan is."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.nomenclatures import KINDS_OF_FLUX
from sge_sim.domaine.pannes import (
    APPELS_MAX,
    DISPERSION_MAX,
    DUREES,
    GRAINE_MAX,
    SECONDES_MAX,
    SORTES_FICHIER,
    SORTES_SOAP,
    SortePanne,
    last_call,
)
from sge_sim.domaine.prm import prm_typed
from sge_sim.errors import FieldError, UnknownError
from sge_sim.operations import LARGEST_NUMBER, Parameters, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api.pannes import PanneView


@dataclass(frozen=True, kw_only=True)
class PlannedPanne(Parameters):
    """A panne to plan; the calls (or files) that it is about are counted from 1."""

    sorte: Annotated[
        SortePanne, Says("Ce qui arrive à l'appel ou au fichier", example="sgt506", positional=True)
    ]
    service: Annotated[
        str | None, Says("Service, ou flux d'un fichier ; tous sans lui", completes="services")
    ] = None
    acteur: Annotated[str | None, Says("Code de l'acteur ; tous sans lui", completes="acteurs")] = (
        None
    )
    prm: Annotated[
        str | None, Says("Numéro du point ; tous sans lui", reads=prm_typed, completes="prms")
    ] = None
    du: Annotated[
        int, Says("Premier appel (ou fichier) touché, à partir de 1", ge=1, le=APPELS_MAX)
    ] = 1
    au: Annotated[
        int | None,
        Says(
            "Dernier ; par défaut le premier, ou cent appels avec une probabilité",
            ge=1,
            le=APPELS_MAX,
        ),
    ] = None
    probabilite: Annotated[
        float | None,
        Says("Part des appels touchés, de 0 (exclu) à 1 ; tous sans elle", gt=0, le=1),
    ] = None
    graine: Annotated[int, Says("La même graine touche les mêmes appels", ge=0, le=GRAINE_MAX)] = 0
    secondes: Annotated[
        float | None, Says("Durée d'une panne qui dure, ou sa médiane", gt=0, le=SECONDES_MAX)
    ] = None
    dispersion: Annotated[
        float, Says("Sigma log-normal d'une latence ; 0 : fixe", ge=0, le=DISPERSION_MAX)
    ] = 0.0


@dataclass(frozen=True, kw_only=True)
class NumberedPanne(Parameters):
    """A panne that is planned."""

    numero: Annotated[int, Says("Numéro de la panne", example=1, ge=1, le=LARGEST_NUMBER)]


@operation(
    "Les pannes prévues et leurs comptes",
    rest="GET /api/pannes",
    page="GET /pannes",
    command="pannes list",
    key="numero",
)
def list_pannes(state: State, asked: Parameters) -> "list[PanneView]":
    """Return the plans with their counts, in the order in which they were made."""
    from sge_sim.api.pannes import view_pannes

    with state.database.sessions() as session:
        return view_pannes(session, state.data_dir)


@operation(
    "Prévoir une panne",
    rest="POST /api/pannes",
    page="POST /pannes",
    command="pannes add",
    status=201,
)
def plan(state: State, asked: PlannedPanne) -> "PanneView":
    """Plan a panne; raises `UsageError` for one that means nothing, or is about nobody."""
    from sge_sim.api.pannes import PanneView
    from sge_sim.api.typed_filters import known_spelling, service_names
    from sge_sim.tables.acteurs import get_acteur
    from sge_sim.tables.dataconnect import APIS
    from sge_sim.tables.pannes import add_panne

    described = asdict(asked)
    if asked.service is not None:
        known = KINDS_OF_FLUX if asked.sorte in SORTES_FICHIER else service_names()
        described["service"] = service = known_spelling(asked.service, known)
        if service not in known:
            sentence = f"« {service} » est inconnu : choisir parmi {', '.join(known)}."
            raise FieldError(sentence, "service", service)
        if service in APIS and asked.sorte in SORTES_SOAP:
            sentence = f"« {asked.sorte} » n'arrive qu'en SOAP : {service} est une API REST."
            raise FieldError(sentence, "service", service)
    described["au"] = last_call(asked.au, asked.du, asked.probabilite)
    if asked.secondes is None:
        described["secondes"] = DUREES.get(asked.sorte)
    with state.database.transaction() as session:
        if asked.acteur is not None:
            get_acteur(session, asked.acteur)
        return PanneView.of(add_panne(session, **described), 0, 0)


@operation(
    "Retirer une panne prévue",
    rest="DELETE /api/pannes/{numero}",
    page="POST /pannes/{numero}/retirer",
    command="pannes remove",
    status=204,
)
def remove(state: State, asked: NumberedPanne) -> None:
    """Forget a plan; raises `UnknownError` where there is none."""
    from sge_sim.tables.pannes import remove_panne

    with state.database.transaction() as session:
        if not remove_panne(session, asked.numero):
            sentence = f"Aucune panne prévue ne porte le numéro {asked.numero}."
            raise UnknownError(sentence, asked.numero)


@operation(
    "Retirer toutes les pannes prévues",
    rest="DELETE /api/pannes",
    command="pannes remove --all",
    without="la page les retire une à une",
    status=204,
)
def remove_all(state: State, asked: Parameters) -> None:
    """Forget every plan."""
    from sge_sim.tables.pannes import remove_pannes

    with state.database.transaction() as session:
        remove_pannes(session)
