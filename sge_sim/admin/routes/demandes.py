"""The page of a demand of M023."""

from typing import Annotated, Any, Final

from fastapi import Path, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import Admin, Routes
from sge_sim.api.flux import DemandeM023View, FichierView
from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content
from sge_sim.flux.ouverture import read_documents
from sge_sim.flux.r6x.documents import points_in_csv
from sge_sim.operations.demandes import demande_of
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.m023 import fichiers_m023

_POINTS: Final = 300
_Case = Annotated[str, Path(pattern="^[0-9A-Z-]{4,14}$")]


routes = Routes(tags=["demandes M023"])


@routes.get("/demandes/{affaire_id}", include_in_schema=False)
def show_demand(state: Admin, request: Request, affaire_id: _Case) -> Response:
    with state.database.sessions() as session:
        demande = demande_of(session, affaire_id)
        rows = fichiers_m023(session, affaire_id)
        rapport, refus = None, ""
        if rows and demande.sirens is None:  # a company has no report
            try:
                rapport = _report(
                    rows[-1], clear_content(session, state.settings.data_dir, rows[-1])
                )
            except FileNotFoundError:
                refus = "Le compte rendu n'est plus dans le dossier du simulateur."
            except UsageError as error:
                refus = str(error)
        return pages.render(
            request,
            "demande.html",
            demande=DemandeM023View.of(demande),
            fichiers=[FichierView.of(row) for row in rows],
            rapport=rapport,
            refus=refus,
            montres=_POINTS,
            points_en_csv=points_in_csv(demande.flux, demande.prms),
        )


def _report(row: FichierFlux, content: bytes) -> Any:
    """Return the report of a demand, which is its last file."""
    ((_, tree),) = read_documents(row.nom, content)
    return tree
