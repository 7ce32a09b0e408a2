"""What actors asked for: `/demandes` of M023, `/services` souscrits that orders opened, and
`/api/autorisations`: what actors declared that a customer authorises, and its audit."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Annotated, Any, Final, get_args

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, RowNumber, attachment, following
from sge_sim.admin.routes.listes import (
    PAR_PAGES,
    AskedPage,
    AvantNom,
    EtatServiceTyped,
    FluxM023Typed,
    Limite,
    page_of,
)
from sge_sim.api.autorisations import view_autorisations
from sge_sim.api.flux import DemandeM023View, FichierView
from sge_sim.api.points import ServiceSouscritView
from sge_sim.api.typed_filters import chosen
from sge_sim.domaine.nomenclatures import EtatService
from sge_sim.errors import UnknownError, UsageError
from sge_sim.flux.declaration import clear_content
from sge_sim.flux.r6x.documents import read_documents
from sge_sim.flux.r6x.tableau import POINTS_EN_CSV, portal_archive
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.flux import FichierFlux, find_fichier
from sge_sim.tables.lists import find_services_souscrits
from sge_sim.tables.m023 import DemandeM023, demandes_m023, fichiers_m023, find_demande_m023

_SHOWN: Final = 100
_POINTS: Final = 300
_PIECE: Final = 1 << 16
_Case = Annotated[str, Path(pattern="^[0-9A-Z]{4,8}$")]


def demande_routes(state: AdminState) -> APIRouter:
    """Return the pages of the demands, and their REST routes."""
    routes = APIRouter(tags=["demandes M023"])
    data_dir = state.settings.data_dir

    @routes.get(
        "/api/demandes",
        summary="Les demandes M023, de la plus récente à la plus ancienne",
        description=PAR_PAGES,
        response_model=list[DemandeM023View],
    )
    def read_demands(
        request: Request,
        flux: FluxM023Typed | None = None,
        acteur: str | None = None,
        limit: Limite = 100,
        avant: AvantNom = None,
    ) -> Response:
        with state.database.sessions() as session:
            found = demandes_m023(session, limit + 1, flux=flux, acteur_code=acteur, before=avant)
            view = DemandeM023View.of
            return page_of(request, found, limit, view, avant=lambda each: each.affaire_id)

    @routes.get("/api/demandes/{affaire_id}", summary="Une demande M023")
    def read_demand(affaire_id: str) -> DemandeM023View:
        with state.database.sessions() as session:
            return DemandeM023View.of(_get(session, affaire_id))

    @routes.get(
        "/api/demandes/{affaire_id}/fichiers",
        summary="Ses fichiers, dans leur ordre : le compte rendu est le dernier",
        description=PAR_PAGES,
        response_model=list[FichierView],
    )
    def read_files(affaire_id: str, page: AskedPage) -> Response:
        with state.database.sessions() as session:
            _get(session, affaire_id)
            views = [FichierView.of(each) for each in fichiers_m023(session, affaire_id)]
        return page.of(views, lambda each: each.nom)

    @routes.get(
        "/api/flux/{nom}/csv",
        summary="Un fichier d'une demande M023, dans le CSV du portail",
        response_class=StreamingResponse,
    )
    def read_csv(nom: str) -> Response:
        with state.database.sessions() as session:
            return _download(session, find_fichier(session, nom), nom)

    @routes.get("/demandes", include_in_schema=False)
    def show_demands(request: Request, avant: AvantNom = None) -> Response:
        with state.database.sessions() as session:
            rows = demandes_m023(session, _SHOWN + 1, before=avant)
            found = [DemandeM023View.of(demande) for demande in rows]
        return pages.render(
            state,
            request,
            "demandes.html",
            demandes=found[:_SHOWN],
            suite=following(request, avant=found[_SHOWN - 1].affaire_id)
            if len(found) > _SHOWN
            else None,
        )

    @routes.get("/demandes/{affaire_id}", include_in_schema=False)
    def show_demand(request: Request, affaire_id: _Case) -> Response:
        with state.database.sessions() as session:
            demande = _get(session, affaire_id)
            rows = fichiers_m023(session, affaire_id)
            rapport, refus = None, ""
            if rows:
                try:
                    rapport = _report(rows[-1], clear_content(session, data_dir, rows[-1]))
                except FileNotFoundError:
                    refus = "Le compte rendu n'est plus dans le dossier du simulateur."
                except UsageError as error:
                    refus = str(error)
            return pages.render(
                state,
                request,
                "demande.html",
                demande=DemandeM023View.of(demande),
                fichiers=[(row.id, FichierView.of(row)) for row in rows],
                rapport=rapport,
                refus=refus,
                montres=_POINTS,
                points_en_csv=_points_in_csv(demande),
            )

    @routes.get("/demandes/fichiers/{numero}/csv", include_in_schema=False)
    def download(numero: RowNumber) -> Response:
        with state.database.sessions() as session:
            return _download(session, session.get(FichierFlux, numero), numero)

    def _download(session: Session, row: FichierFlux | None, asked: object) -> Response:
        m023_id = None if row is None else row.publication.m023_id
        demande = None if m023_id is None else find_demande_m023(session, m023_id)
        if row is None or demande is None:
            raise HTTPException(404, f"Aucun fichier de M023 n'est {asked}.")
        most = _points_in_csv(demande)
        if most is not None:
            raise UsageError(
                f"Le portail ne donne pas de {demande.flux} en CSV au-delà de {most} points : "
                "prendre le JSON, ou demander moins de points."
            )
        try:
            content = clear_content(session, data_dir, row)
        except FileNotFoundError:
            raise UsageError("Le fichier n'est plus dans le dossier du simulateur.") from None
        return StreamingResponse(
            _pieces(portal_archive(BytesIO(content))),
            media_type="application/zip",
            headers=attachment(row.nom),
        )

    return routes


def _get(session: Session, affaire_id: str) -> DemandeM023:
    demande = find_demande_m023(session, affaire_id)
    if demande is None:
        raise UnknownError(f"Aucune demande M023 ne porte le numéro {affaire_id}.", affaire_id)
    return demande


def _points_in_csv(demande: DemandeM023) -> int | None:
    """Return how many points a demand in CSV may name, where this one names more."""
    most = POINTS_EN_CSV[demande.flux]
    return most if len(demande.prms.split()) > most else None


def _report(row: FichierFlux, content: bytes) -> Any:
    """Return the report of a demand, which is its last file."""
    ((_, tree),) = read_documents(row.nom, content)
    return tree


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


_ETATS: Final = get_args(EtatService)


def service_routes(state: AdminState) -> APIRouter:
    """Return the routes of the subscribed services."""
    routes = APIRouter(tags=["services souscrits"])

    @routes.get(
        "/api/services",
        summary="Les services souscrits, du dernier commandé au premier",
        description=PAR_PAGES,
        response_model=list[ServiceSouscritView],
    )
    def read_services(
        request: Request,
        etat: EtatServiceTyped | None = None,
        prm: str | None = None,
        acteur: str | None = None,
        limit: Limite = 100,
        avant: AvantNom = None,
    ) -> Response:
        with state.database.sessions() as session:
            found = find_services_souscrits(
                session, etat=etat, prm=prm, acteur_code=acteur, before=avant, limit=limit + 1
            )
            view = ServiceSouscritView.of
            return page_of(request, found, limit, view, avant=lambda each: each.service_souscrit_id)

    @routes.get("/services", include_in_schema=False)
    def show_services(
        request: Request,
        etat: str = "",
        prm: str = "",
        acteur: str = "",
        avant: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        state_typed = chosen(etat, _ETATS)
        with state.database.sessions() as session:
            found = find_services_souscrits(
                session,
                etat=state_typed,
                prm=prm.strip() or None,
                acteur_code=acteur or None,
                before=avant or None,
                limit=_SHOWN + 1,
            )
            services = [ServiceSouscritView.of(service) for service in found[:_SHOWN]]
            acteurs = [row.code for row in all_acteurs(session)]
        return pages.render(
            state,
            request,
            "services.html",
            services=services,
            suite=following(request, avant=services[-1].id) if len(found) > _SHOWN else None,
            etats=_ETATS,
            acteurs=acteurs,
            filtres={"etat": state_typed, "prm": prm, "acteur": acteur},
        )

    return routes


def autorisation_routes(state: AdminState) -> APIRouter:
    """Return the route of the authorisations."""
    routes = APIRouter(prefix="/api/autorisations", tags=["acteurs"])

    @routes.get(
        "",
        summary="Les autorisations déclarées, de la plus ancienne, et ce qu'un audit en dirait",
        description="Les déclarations des commandes, et celles des consultations tant que le "
        f"journal les garde. {PAR_PAGES}",
        response_model=list[dict[str, Any]],
    )
    def read_autorisations(
        page: AskedPage, acteur: str | None = None, prm: str | None = None
    ) -> Response:
        found = view_autorisations(state.database, state.journal, acteur)
        kept = [each for each in found if prm in (None, each["prm"])]
        return page.of(kept, lambda each: f"{each['id']}/{each['echange']}")

    return routes
