"""Pannes: what is planned to go wrong with calls and files, and how far each plan is."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.domaine.pannes import (
    APPELS_MAX,
    DISPERSION_MAX,
    DUREES,
    GRAINE_MAX,
    LIBELLES_PANNES,
    SECONDES_MAX,
    SORTES_FICHIER,
    SORTES_SOAP,
    SortePanne,
    last_call,
)
from sge_sim.domaine.prm import prm_typed
from sge_sim.errors import FieldError, UnknownError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation
from sge_sim.operations.parameters import AnyActeur

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import pannes as views
    from sge_sim.api import typed_filters
    from sge_sim.flux import registry
    from sge_sim.tables import acteurs, dataconnect
    from sge_sim.tables import pannes as tables
else:
    views = late("sge_sim.api.pannes")
    typed_filters = late("sge_sim.api.typed_filters")
    registry = late("sge_sim.flux.registry")
    acteurs = late("sge_sim.tables.acteurs")
    dataconnect = late("sge_sim.tables.dataconnect")
    tables = late("sge_sim.tables.pannes")


@operation("Les pannes prévues et leurs comptes", "GET /pannes", "pannes list", key="numero")
def list_pannes(state: State) -> "list[views.PanneView]":
    """Return the plans with their counts, in the order in which they were made."""
    with state.database.sessions() as session:
        return views.view_pannes(session, state.data_dir)


@operation("Prévoir une panne", "POST /pannes", "pannes add SORTE", status=201)
def plan(
    state: State,
    *,
    sorte: Annotated[
        SortePanne,
        Says("Ce qui arrive à l'appel ou au fichier", "sgt506", libelles=LIBELLES_PANNES),
    ],
    service: Annotated[
        str | None, Says("Service, ou flux d'un fichier ; tous sans lui", completes="services")
    ] = None,
    acteur: AnyActeur = None,
    prm: Annotated[
        str | None, Says("Numéro du point ; tous sans lui", reads=prm_typed, completes="prms")
    ] = None,
    du: Annotated[
        int, Says("Premier appel (ou fichier) touché, à partir de 1", ge=1, le=APPELS_MAX)
    ] = 1,
    au: Annotated[
        int | None, Says("Dernier ; sans lui, le premier ou cent appels tirés", ge=1, le=APPELS_MAX)
    ] = None,
    probabilite: Annotated[
        float | None, Says("Part des appels touchés ; tous sans elle", gt=0, le=1)
    ] = None,
    graine: Annotated[int, Says("La même touche les mêmes appels", ge=0, le=GRAINE_MAX)] = 0,
    secondes: Annotated[
        float | None, Says("Durée d'une panne qui dure, ou sa médiane", gt=0, le=SECONDES_MAX)
    ] = None,
    dispersion: Annotated[
        float, Says("Sigma log-normal d'une latence ; 0 : fixe", ge=0, le=DISPERSION_MAX)
    ] = 0.0,
) -> "views.PanneView":
    """Plan a panne; raises `UsageError` for one that means nothing, or is about nobody.

    The calls (or files) that it is about are counted from 1.
    """
    if service is not None:
        known = registry.CODES if sorte in SORTES_FICHIER else typed_filters.service_names()
        service = typed_filters.known_spelling(service, known)
        if service not in known:
            sentence = f"« {service} » est inconnu : choisir parmi {', '.join(known)}."
            raise FieldError(sentence, "service", service)
        if service in dataconnect.APIS and sorte in SORTES_SOAP:
            sentence = f"« {sorte} » n'arrive qu'en SOAP : {service} est une API REST."
            raise FieldError(sentence, "service", service)
    with state.database.transaction() as session:
        if acteur is not None:
            acteurs.get_acteur(session, acteur)
        panne = tables.add_panne(
            session,
            sorte=sorte,
            service=service,
            acteur=acteur,
            prm=prm,
            du=du,
            au=last_call(au, du, probabilite),
            probabilite=probabilite,
            graine=graine,
            secondes=DUREES.get(sorte) if secondes is None else secondes,
            dispersion=dispersion,
        )
        return views.PanneView.of(panne, 0, 0)


@operation("Retirer une panne prévue", "DELETE /pannes/{numero}", "pannes remove NUMERO")
def remove(
    session: "Session",
    *,
    numero: Annotated[int, Says("Numéro de la panne", example=1, ge=1, le=LARGEST_NUMBER)],
) -> None:
    """Forget a plan; raises `UnknownError` where there is none."""
    if not tables.remove_panne(session, numero):
        sentence = f"Aucune panne prévue ne porte le numéro {numero}."
        raise UnknownError(sentence, numero)


@operation(
    "Retirer toutes les pannes prévues",
    "DELETE /pannes",
    "pannes remove --tous",
    without="la page les retire une à une",
    has_page=False,
    was=("pannes remove --all",),
)
def remove_all(session: "Session") -> None:
    """Forget every plan."""
    tables.remove_pannes(session)
