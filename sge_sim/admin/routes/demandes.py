"""The page of a demand of M023, and its files in the portal's CSV."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, RowNumber, attachment
from sge_sim.api.flux import DemandeM023View, FichierView
from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content
from sge_sim.flux.r6x.documents import read_documents
from sge_sim.flux.r6x.tableau import POINTS_EN_CSV, portal_archive
from sge_sim.operations.demandes import demande_of
from sge_sim.tables.flux import FichierFlux, find_fichier
from sge_sim.tables.m023 import DemandeM023, fichiers_m023, find_demande_m023

_POINTS: Final = 300
_PIECE: Final = 1 << 16
_Case = Annotated[str, Path(pattern="^[0-9A-Z]{4,8}$")]


def demande_routes(state: AdminState) -> APIRouter:
    """Return the page of a demand, and the routes of its files."""
    routes = APIRouter(tags=["demandes M023"])
    data_dir = state.settings.data_dir

    @routes.get(
        "/api/flux/{nom}/csv",
        summary="Un fichier d'une demande M023, dans le CSV du portail",
        response_class=StreamingResponse,
    )
    def read_csv(nom: str) -> Response:
        with state.database.sessions() as session:
            return _download(session, find_fichier(session, nom), nom)

    @routes.get("/demandes/{affaire_id}", include_in_schema=False)
    def show_demand(request: Request, affaire_id: _Case) -> Response:
        with state.database.sessions() as session:
            demande = demande_of(session, affaire_id)
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
                fichiers=[FichierView.of(row) for row in rows],
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
