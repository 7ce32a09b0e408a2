"""`/`: the journal, live."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

import anyio
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import KINDS, Filtres, read_filtres
from sge_sim.admin.routes import AdminState
from sge_sim.api.typed_filters import service_names
from sge_sim.api.views import ExchangeView
from sge_sim.domaine.nomenclatures import ORIGINES
from sge_sim.journal import Echange
from sge_sim.tables.acteurs import all_acteurs

_SHOWN: Final = 50
_FOLLOWERS: Final = 8
"""Pages that may follow the journal at once: each holds a thread while nothing happens."""
_PATIENCE_SECONDS: Final = 10.0
_MAX_ID: Final = 2**63 - 1

_Cursor = Annotated[int | None, Query(ge=0, le=_MAX_ID)]


def router(state: AdminState) -> APIRouter:
    """Return the page of the journal and what keeps it live."""
    routes = APIRouter(include_in_schema=False)
    followers: list[object] = []
    services = service_names()

    def find(filtres: Filtres, **page: int | None) -> list[Echange]:
        return state.journal.find_echanges(filtres.recherche(), **page)  # type: ignore[arg-type]

    @routes.get("/")
    def show_journal(
        request: Request,
        filtres: Annotated[Filtres, Depends(read_filtres)],
        avant: _Cursor = None,
    ) -> Response:
        newest = state.journal.newest_id()
        refus = filtres.refus
        found = [] if refus else find(filtres, limit=_SHOWN + 1, before_id=avant)
        with state.database.sessions() as session:
            acteurs = [each.code for each in all_acteurs(session)]
        shown = found[:_SHOWN]
        return pages.render(
            state,
            request,
            "journal.html",
            echanges=[ExchangeView.of(one) for one in shown],
            suite=filtres.address(avant=shown[-1].id) if len(found) > _SHOWN else None,
            debut=filtres.address() if avant else None,
            direct=None if avant or refus else filtres.address("/journal/direct", apres=newest),
            filtres=filtres,
            refus=refus,
            kinds=KINDS,
            origines=ORIGINES,
            acteurs=acteurs,
            services=services,
        )

    @routes.get("/journal/direct")
    async def follow(
        filtres: Annotated[Filtres, Depends(read_filtres)], apres: _Cursor = 0
    ) -> Response:
        if len(followers) >= _FOLLOWERS:
            return Response(status_code=503, headers={"Retry-After": "10"})
        return StreamingResponse(
            stream(filtres, apres or 0), media_type="text/event-stream", headers=pages.HEADERS
        )

    async def stream(filtres: Filtres, last: int) -> AsyncIterator[str]:
        """Yield the rows of the new exchanges as events, and a remark from time to time.

        A browser that is gone is noticed when something is written to it.
        """
        me = object()
        followers.append(me)
        try:
            yield ": bonjour\n\n"
            while not state.feed.stopping:
                await anyio.to_thread.run_sync(
                    state.feed.wait, last, _PATIENCE_SECONDS, abandon_on_cancel=True
                )
                newest = await anyio.to_thread.run_sync(state.journal.newest_id)
                if newest < last:
                    yield "event: remplace\ndata: \n\n"
                    return
                news = await anyio.to_thread.run_sync(news_after, filtres, last)
                for one in news:
                    yield f"id: {one.id}\ndata: {row(one)}\n\n"
                last = newest
                yield ": \n\n"
        finally:
            followers.remove(me)

    def news_after(filtres: Filtres, last: int) -> list[Echange]:
        return find(filtres, limit=_SHOWN, after_id=last)

    def row(echange: Echange) -> str:
        shown = pages.render_part("_journal.html", "ligne", ExchangeView.of(echange))
        return " ".join(shown.split())

    return routes
