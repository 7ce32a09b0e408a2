"""`/passages`: the homologation's cases run against this simulator."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.followers import Followed, changed
from sge_sim.admin.routes import Admin, AdminState, Routes
from sge_sim.homologation.reports.executions import decomptes, filtres, worst_first

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Passage


routes = Routes(prefix="/passages", include_in_schema=False)


@routes.get("/{nom}")
def show_passage(state: Admin, request: Request, nom: str) -> Response:
    from sge_sim.homologation.campaign.passages import FILES

    last = state.passages.last
    passage = last if last is not None and last.nom == nom else None
    garde = next((kept for kept in state.passages.kept() if kept.nom == nom), None)
    if passage is None and garde is None:
        raise HTTPException(404, f"Aucune campagne ne s'appelle {nom}.")
    executions = passage.executions if passage else garde.rapport.executions if garde else ()
    if passage is None or passage.fini:
        executions = worst_first(executions)
    return pages.render(
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
def follow_passage(state: Admin, nom: str) -> Response:
    passage = state.passages.last
    if passage is None or passage.nom != nom:
        raise HTTPException(404, f"La campagne {nom} n'est plus en cours.")
    return Followed(_stream(state, passage), state.followers["passages"])


async def _stream(state: AdminState, passage: "Passage") -> AsyncIterator[str]:
    """Yield each case as a row, all of them from the first one on, then the end."""

    def look() -> tuple[bool, int, bool]:
        return passage.fini, len(passage.executions), state.feed.stopping

    sent, seen = 0, None
    while not state.feed.stopping:
        seen = await changed(look, seen)
        for execution in passage.executions[sent : seen[1]]:
            sent += 1
            row = pages.render_part("_campaign.html", "passe", execution)
            yield f"id: {sent}\ndata: {' '.join(row.split())}\n\n"
        if seen[0]:
            yield f"event: fin\ndata: {' '.join(passage.erreur.split())}\n\n"
            return
        yield ": \n\n"


@routes.get("/{nom}/rapport")
def show_report(state: Admin, nom: str) -> Response:
    path = state.passages.file(nom, "rapport.html")
    return Response(path.read_bytes(), media_type="text/html", headers=pages.REPORT_HEADERS)
