"""`/fichiers`: the files that subscriptions and orders produced, and what is in them."""

from datetime import timedelta
from typing import Annotated, Final, get_args

from fastapi import APIRouter, HTTPException, Query, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.contenu import show_content
from sge_sim.admin.filtres_journal import read_day
from sge_sim.admin.routes import AdminState, RowNumber, following
from sge_sim.api.flux import FichierView
from sge_sim.api.typed_filters import known_spelling
from sge_sim.clock import start_of_day
from sge_sim.domaine.nomenclatures import KINDS_OF_FLUX, EtatFichier, FluxM023
from sge_sim.errors import UsageError
from sge_sim.flux.declaration import clear_content
from sge_sim.tables.flux import FichierFlux, find_fichiers, get_fichier

_SHOWN: Final = 100
_FLUX: Final = KINDS_OF_FLUX
_ETATS: Final = get_args(EtatFichier)
_Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


def router(state: AdminState) -> APIRouter:
    """Return the pages of the files."""
    routes = APIRouter(prefix="/fichiers", include_in_schema=False)
    data_dir = state.settings.data_dir

    @routes.get("")
    def show_files(
        request: Request,
        flux: str = "",
        etat: str = "",
        prm: str = "",
        contrat: str = "",
        du: str = "",
        au: str = "",
        avant: _Before = None,
    ) -> Response:
        first, last = (read_day(one) for one in (du, au))
        chosen = known_spelling(flux, _FLUX)
        state_typed = known_spelling(etat, _ETATS)
        with state.database.sessions() as session:
            found = find_fichiers(
                session,
                contrat_id=contrat.strip() or None,
                flux=next((one for one in _FLUX if one == chosen), None),
                prm=prm.strip() or None,
                etat=next((one for one in _ETATS if one == state_typed), None),
                debut=None if first is None else start_of_day(first),
                fin=None if last is None else start_of_day(last + timedelta(1)),
                before_id=avant,
                limit=_SHOWN + 1,
            )
            rows = [(one.id, FichierView.of(one)) for one in found[:_SHOWN]]
        filtres = {"flux": flux, "etat": etat, "prm": prm, "contrat": contrat, "du": du, "au": au}
        return pages.render(
            state,
            request,
            "fichiers.html",
            fichiers=rows,
            suite=following(request, avant=rows[-1][0]) if len(found) > _SHOWN else None,
            filtres=filtres,
            flux=_FLUX,
            etats=_ETATS,
        )

    @routes.get("/{numero}")
    def show_file(request: Request, numero: RowNumber) -> Response:

        fichier, content, refus = _read(numero)
        return pages.render(
            state,
            request,
            "fichier.html",
            numero=numero,
            fichier=fichier,
            demande=fichier.flux in get_args(FluxM023),
            membres=show_content(fichier.nom, content) if content is not None else (),
            refus=refus,
        )

    @routes.get("/{numero}/clair")
    def download(numero: RowNumber) -> Response:
        fichier, content, refus = _read(numero)
        if content is None:
            raise UsageError(refus)
        return Response(
            content,
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{fichier.nom}"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _read(numero: int) -> tuple[FichierView, bytes | None, str]:
        """Return a file and its bytes, deciphered; without them, why they can't be had."""

        with state.database.sessions() as session:
            row: FichierFlux | None = get_fichier(session, numero)
            if row is None:
                raise HTTPException(404, f"Aucun fichier ne porte le numéro {numero}.")
            view = FichierView.of(row)
            try:
                return view, clear_content(session, data_dir, row), ""
            except FileNotFoundError:
                return view, None, "Le fichier n'est plus dans le dossier du simulateur."
            except UsageError as error:
                return view, None, str(error)

    return routes
