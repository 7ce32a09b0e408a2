"""The exchanges: `/api/journal`, the list of the journal, the page of an exchange.

An exchange is also made again there, and written as a call to copy.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import JOURNAL, KINDS, STRUCK, Filtres, bars_of, read_filtres
from sge_sim.admin.followers import Followed, changed
from sge_sim.admin.routes import Admin, AdminState, Routes, RowNumber
from sge_sim.admin.xml_page import show_message, suspects_of
from sge_sim.api.typed_filters import service_names
from sge_sim.api.views import ExchangeView
from sge_sim.domaine.echanges import without_words
from sge_sim.domaine.nomenclatures import ORIGINES
from sge_sim.errors import UsageError
from sge_sim.homologation.premier_appel import Moyens, moyens_for
from sge_sim.journal import Echange
from sge_sim.operations.journal import get_echange
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.campaigns import observations_of

_SHOWN: Final = 50


page_routes = Routes(include_in_schema=False)
Asked = Annotated[Filtres, Depends(read_filtres)]


def _find(state: AdminState, filtres: Filtres, **page: int | None) -> list[Echange]:
    return state.journal.find_echanges(filtres.recherche(), **page)  # type: ignore[arg-type]


@page_routes.get(JOURNAL)
def show_journal(state: Admin, request: Request, filtres: Asked) -> Response:
    avant = filtres.asked["avant"]
    newest = state.journal.newest_id()
    refus = filtres.refus
    found = [] if refus else _find(state, filtres, limit=_SHOWN + 1, before_id=avant)
    with state.database.sessions() as session:
        acteurs = [each.code for each in all_acteurs(session)]
    shown = found[:_SHOWN]
    bars = [] if refus else bars_of(state.journal.count_minutes(filtres.recherche()))
    return pages.render(
        request,
        "journal.html",
        echanges=[ExchangeView.of(exchange) for exchange in shown],
        suite=filtres.address(avant=shown[-1].id) if len(found) > _SHOWN else None,
        debut=filtres.address() if avant else None,
        direct=None if avant or refus else filtres.address("/journal/direct", apres=newest),
        filtres=filtres,
        barres=bars if len(bars) > 1 else (),
        refus=refus,
        kinds=KINDS,
        origines=ORIGINES,
        acteurs=acteurs,
        services=service_names(),
        regles=state.journal.find_rules(),
        toutes=STRUCK,
    )


@page_routes.get("/journal/direct")
async def follow_journal(state: Admin, filtres: Asked) -> Response:
    events = _stream(state, filtres, filtres.asked["apres"] or 0)
    return Followed(events, state.followers["journal"])


for page in (show_journal, follow_journal):
    vars(page)["reads_query"] = True


async def _stream(state: AdminState, filtres: Filtres, last: int) -> AsyncIterator[str]:
    """Yield the rows of the new exchanges as events, and a remark from time to time."""
    yield ": bonjour\n\n"
    seen = None
    while not state.feed.stopping:
        with state.feed.listened_to():
            seen = await changed(lambda: (state.feed.newest, state.feed.stopping), seen)
        newest = await anyio.to_thread.run_sync(state.journal.newest_id)
        if last and await anyio.to_thread.run_sync(state.journal.find_echange, last) is None:
            yield "event: remplace\ndata: \n\n"
            return
        find = partial(_find, state, filtres, limit=_SHOWN, after_id=last)
        for exchange in await anyio.to_thread.run_sync(find):
            shown = pages.render_part("_journal.html", "ligne", ExchangeView.of(exchange))
            yield f"id: {exchange.id}\ndata: {' '.join(shown.split())}\n\n"
        last = newest
        yield ": \n\n"


_EDITED: Final = 50_000
"""Bytes of a request up to which it may be changed before it is sent again."""
_COPIED: Final = 20_000
"""Bytes of a request up to which a copy repeats it; a request of SGE takes half of that."""


echange_routes = Routes(prefix="/echanges/{echange_id}", include_in_schema=False)


@echange_routes.get("")
def show_exchange(state: Admin, request: Request, echange_id: RowNumber) -> Response:
    echange = get_echange(state.state, echange_id)
    moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
    before = state.journal.find_echanges(limit=1, before_id=echange_id)
    after = state.journal.find_echanges(limit=1, after_id=echange_id)
    with state.database.sessions() as session:
        observations = observations_of(session, echange_id)
    return pages.render(
        request,
        "echange.html",
        echange=ExchangeView.of(echange),
        validateur=without_words(echange.detail)[1],
        requete=show_message(echange.request, suspects_of(echange)),
        reponse=show_message(echange.response),
        copies=_copies(state, echange, moyens),
        moyens=moyens,
        precedent=before[0].id if before else None,
        suivant=after[0].id if after else None,
        observations=observations,
        modifiable=_editable(echange),
        rejeux=state.journal.find_replays(echange_id),
        comparaison=_comparison(state, echange),
    )


def _comparison(state: AdminState, echange: Echange) -> dict[str, object] | None:
    """Return what a replay and its original differ by; None for what is no replay."""
    from sge_sim.homologation.rejeu import difference

    if echange.rejeu_de is None:
        return None
    original = state.journal.find_echange(echange.rejeu_de)
    if original is None:
        return {"original": None}
    return {
        "original": original.id,
        "demandes": difference(original.request or b"", echange.request or b""),
        "reponses": difference(original.response or b"", echange.response or b""),
    }


def _copies(state: AdminState, echange: Echange, moyens: Moyens) -> list[tuple[str, str]]:
    """Return the exchange as text to be copied; nothing where it is no call.

    A long request is sent by curl from the file that the page gives.
    """
    from sge_sim.homologation.rejeu import as_curl, as_zeep

    try:
        if len(echange.request or b"") > _COPIED:
            return [("curl", as_curl(echange, moyens, state.b2b_url, _name(echange, "requete")))]
        curl = as_curl(echange, moyens, state.b2b_url)
    except UsageError:
        return []
    try:
        return [("curl", curl), ("zeep", as_zeep(echange, moyens, state.b2b_url))]
    except (UsageError, ValueError):
        return [("curl", curl)]


def _name(echange: Echange, part: str) -> str:
    """Return the name of the file that gives a message."""
    return f"{echange.id}-{part}.xml"


def _editable(echange: Echange) -> str | None:
    """Return the request as a text that may be changed; None where it is no such text."""
    request = echange.request or b""
    if echange.kind != "soap" or not request or len(request) > _EDITED:
        return None
    try:
        return request.decode("utf-8")
    except UnicodeDecodeError:
        return None
