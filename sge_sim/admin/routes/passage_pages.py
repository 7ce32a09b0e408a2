"""`/passages`: the homologation's cases run against this simulator, ticked as they end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import anyio
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.api.premier_appel import moyens_for
from sge_sim.door.certificats import login_and_contrat
from sge_sim.errors import UsageError
from sge_sim.homologation.reports.executions import decomptes, filtres, worst_first
from sge_sim.tables.acteurs import default_acteur

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Passage
    from sge_sim.homologation.client.sge_client import Cible

_PATIENCE_SECONDS: Final = 5.0
_REPORT_HEADERS: Final = pages.HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
}


def router(state: AdminState) -> APIRouter:
    """Return the pages of the campaigns that this administration runs."""
    routes = APIRouter(prefix="/passages", include_in_schema=False)

    @routes.post("")
    def start(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
        passage = state.passages.start(
            own_cible(state),
            form.get("release"),
            form.get("package"),
            form.get("cas"),
        )
        return RedirectResponse(f"/passages/{passage.nom}", 303)

    @routes.get("/{nom}")
    def show(request: Request, nom: str) -> Response:
        from sge_sim.homologation.campaign.passages import FILES

        last = state.passages.last
        passage = last if last is not None and last.nom == nom else None
        garde = next((one for one in state.passages.kept() if one.nom == nom), None)
        if passage is None and garde is None:
            raise HTTPException(404, f"Aucune campagne ne s'appelle {nom}.")
        executions = passage.executions if passage else garde.rapport.executions if garde else ()
        if passage is None or passage.fini:
            executions = worst_first(executions)
        return pages.render(
            state,
            request,
            "passage.html",
            nom=nom,
            passage=passage,
            garde=garde,
            executions=executions,
            decomptes=decomptes(executions),
            filtres=filtres(executions),
            total=len(executions) if passage is None else passage.total,
            fichiers=FILES,
        )

    @routes.get("/{nom}/direct")
    def follow(nom: str) -> Response:
        passage = state.passages.last
        if passage is None or passage.nom != nom:
            raise HTTPException(404, f"La campagne {nom} n'est plus en cours.")
        return StreamingResponse(
            stream(passage), media_type="text/event-stream", headers=pages.HEADERS
        )

    async def stream(passage: "Passage") -> AsyncIterator[str]:
        """Yield each case as a row, all of them from the first one on, then the end."""
        told = 0
        while not state.feed.stopping:
            await anyio.to_thread.run_sync(
                passage.wait, told, _PATIENCE_SECONDS, abandon_on_cancel=True
            )
            for execution in passage.executions[told:]:
                told += 1
                row = pages.render_part("_campaign.html", "passe", execution)
                yield f"id: {told}\ndata: {' '.join(row.split())}\n\n"
            if passage.fini:
                yield f"event: fin\ndata: {' '.join(passage.erreur.split())}\n\n"
                return
            yield ": \n\n"

    @routes.get("/{nom}/rapport")
    def show_report(nom: str) -> Response:
        path = _file(nom, "rapport.html")
        return Response(path.read_bytes(), media_type="text/html", headers=_REPORT_HEADERS)

    @routes.get("/{nom}/fichiers/{fichier}")
    def download(nom: str, fichier: str) -> Response:
        path = _file(nom, fichier)
        return FileResponse(path, filename=f"{nom}-{fichier}", headers=_REPORT_HEADERS)

    def _file(nom: str, fichier: str) -> Path:
        try:
            return state.passages.file(nom, fichier)
        except UsageError as error:
            raise HTTPException(404, str(error)) from None

    return routes


def own_cible(state: AdminState) -> "Cible":
    """Return this simulator as its default tiers calls it."""
    from sge_sim.homologation.client.sge_client import Cible

    moyens = moyens_for(state.settings.data_dir, None)
    with state.database.sessions() as session:
        login, contrat_id = login_and_contrat(default_acteur(session, "tiers"))
    return Cible(
        url=state.b2b_url,
        certificat=moyens.certificat,
        cle=moyens.cle,
        login=login,
        contrat_id=contrat_id,
        ca=moyens.autorite,
        admin_url=state.admin_url,
    )
