"""The exchanges: `/api/journal`, the list of the journal, the page of an exchange.

An exchange is also made again there, and written as a call to copy.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal

import anyio
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from pydantic import Field

from sge_sim.admin import pages
from sge_sim.admin.filtres_journal import (
    JOURNAL,
    KINDS,
    STRUCK,
    Filtres,
    read_filtres,
)
from sge_sim.admin.followers import Followed, changed
from sge_sim.admin.routes import AdminState, RowNumber, attachment
from sge_sim.admin.routes.forms import Form, TypedForm
from sge_sim.admin.routes.listes import Apres, Avant
from sge_sim.admin.xml_page import show_message, suspects_of
from sge_sim.api.premier_appel import Moyens, moyens_for
from sge_sim.api.typed_filters import service_names
from sge_sim.api.views import ExchangeView, ExchangeWithBodies, Sent
from sge_sim.domaine.nomenclatures import ORIGINES
from sge_sim.errors import UsageError
from sge_sim.journal import Echange
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.campaigns import observations_of


class DemandeRejouee(Sent):
    """What is sent again."""

    demande: str | None = Field(
        None, description="Message envoyé à la place de la demande ; elle-même si null"
    )


def _replay(state: AdminState, echange: Echange, demande: bytes | None) -> int | None:
    """Send an exchange again; return the number of the one that it made, if it was recorded.

    `demande` is sent instead of its request where it is given. Raises `UsageError` for one that
    is no SOAP call, and where nobody answers.
    """
    from sge_sim.homologation.rejeu import send_again

    before = state.journal.find_replays(echange.id, 1)
    moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
    marque = state.marques.make("rejeu", echange.id)
    send_again(echange, moyens, state.b2b_url, marque, demande)
    found = state.journal.find_replays(echange.id, 1)
    return found[0] if found != before else None


def _get(state: AdminState, echange_id: int) -> Echange:
    found = state.journal.find_echange(echange_id)
    if found is None:
        raise HTTPException(404, f"Aucun échange ne porte le numéro {echange_id}.")
    return found


def replay_routes(state: AdminState) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/journal/{echange_id}", tags=["journal"])

    @routes.post("/rejouer", status_code=201, summary="Refaire un appel SOAP")
    def replay(echange_id: RowNumber, asked: DemandeRejouee) -> ExchangeView:
        demande = None if asked.demande is None else asked.demande.encode("utf-8", "replace")
        made = _replay(state, _get(state, echange_id), demande)
        if made is None:
            raise UsageError("L'appel a été refait, et le journal ne l'a pas encore.")
        return ExchangeView.of(_get(state, made))

    @routes.get(
        "/{message}.xml",
        summary="Un message d'un échange, entier",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def read_message(echange_id: RowNumber, message: Literal["requete", "reponse"]) -> Response:
        echange = _get(state, echange_id)
        content = echange.request if message == "requete" else echange.response
        return Response(content or b"", media_type="application/octet-stream")

    @routes.get(
        "/copie",
        summary="De quoi refaire l'appel : une commande curl, ou un programme Python (zeep)",
        response_class=PlainTextResponse,
    )
    def read_copy(echange_id: RowNumber, forme: Literal["curl", "zeep"] = "curl") -> str:
        from sge_sim.homologation.rejeu import as_curl, as_zeep

        echange = _get(state, echange_id)
        moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
        write = as_curl if forme == "curl" else as_zeep
        try:
            return write(echange, moyens, state.b2b_url)
        except ValueError as error:
            raise UsageError(f"La demande {echange_id} n'est pas lisible : {error}.") from None

    return routes


_MESSAGE: Final = 900_000
"""Bytes that a message takes at most in an answer."""


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the journal."""
    routes = APIRouter(prefix="/api/journal", tags=["journal"])

    @routes.get(
        "/{echange_id}",
        summary="Un échange, avec ses deux messages",
        description="Un message long est coupé, ce que dit `coupe` : "
        "`/echanges/{numéro}/requete.xml` et `reponse.xml` le donnent entier.",
    )
    def read_exchange(echange_id: RowNumber) -> ExchangeWithBodies:
        return ExchangeWithBodies.within(_get(state, echange_id), _MESSAGE)

    return routes


_SHOWN: Final = 50


def page_routes(state: AdminState) -> APIRouter:
    """Return the page of the journal and what keeps it live."""
    routes = APIRouter(include_in_schema=False)
    followers: set[Followed] = set()
    services = service_names()

    def find(filtres: Filtres, **page: int | None) -> list[Echange]:
        return state.journal.find_echanges(filtres.recherche(), **page)  # type: ignore[arg-type]

    @routes.get(JOURNAL)
    def show_journal(
        request: Request,
        filtres: Annotated[Filtres, Depends(read_filtres)],
        avant: Avant = None,
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
            echanges=[ExchangeView.of(exchange) for exchange in shown],
            suite=filtres.address(avant=shown[-1].id) if len(found) > _SHOWN else None,
            debut=filtres.address() if avant else None,
            direct=None if avant or refus else filtres.address("/journal/direct", apres=newest),
            filtres=filtres,
            refus=refus,
            kinds=KINDS,
            origines=ORIGINES,
            acteurs=acteurs,
            services=services,
            regles=state.journal.find_rules(),
            toutes=STRUCK,
        )

    @routes.get("/journal/direct")
    async def follow(
        filtres: Annotated[Filtres, Depends(read_filtres)], apres: Apres = None
    ) -> Response:
        return Followed(stream(filtres, apres or 0), followers)

    async def stream(filtres: Filtres, last: int) -> AsyncIterator[str]:
        """Yield the rows of the new exchanges as events, and a remark from time to time."""
        yield ": bonjour\n\n"
        seen = None
        while not state.feed.stopping:
            with state.feed.listened_to():
                seen = await changed(lambda: (state.feed.newest, state.feed.stopping), seen)
            newest = await anyio.to_thread.run_sync(state.journal.newest_id)
            if newest < last:
                yield "event: remplace\ndata: \n\n"
                return
            news = await anyio.to_thread.run_sync(news_after, filtres, last)
            for exchange in news:
                yield f"id: {exchange.id}\ndata: {row(exchange)}\n\n"
            last = newest
            yield ": \n\n"

    def news_after(filtres: Filtres, last: int) -> list[Echange]:
        return find(filtres, limit=_SHOWN, after_id=last)

    def row(echange: Echange) -> str:
        shown = pages.render_part("_journal.html", "ligne", ExchangeView.of(echange))
        return " ".join(shown.split())

    return routes


_PARTS: Final = ("requete", "reponse")
_EDITED: Final = 50_000
"""Bytes of a request up to which it may be changed before it is sent again."""
_COPIED: Final = 20_000
"""Bytes of a request up to which a copy repeats it; a request of SGE takes half of that."""


def echange_routes(state: AdminState) -> APIRouter:
    """Return the page of an exchange and its actions."""
    routes = APIRouter(prefix="/echanges/{echange_id}", include_in_schema=False)

    @routes.get("")
    def show_exchange(request: Request, echange_id: RowNumber) -> Response:
        echange = _get(state, echange_id)
        moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
        before = state.journal.find_echanges(limit=1, before_id=echange_id)
        after = state.journal.find_echanges(limit=1, after_id=echange_id)
        with state.database.sessions() as session:
            observations = observations_of(session, echange_id)
        return pages.render(
            state,
            request,
            "echange.html",
            echange=ExchangeView.of(echange),
            requete=show_message(echange.request, suspects_of(echange)),
            reponse=show_message(echange.response),
            copies=_copies(echange, moyens),
            moyens=moyens,
            precedent=before[0].id if before else None,
            suivant=after[0].id if after else None,
            observations=observations,
            modifiable=_editable(echange),
            rejeux=state.journal.find_replays(echange_id),
            comparaison=_comparison(echange),
        )

    def _comparison(echange: Echange) -> dict[str, object] | None:
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

    def _copies(echange: Echange, moyens: Moyens) -> list[tuple[str, str]]:
        """Return the exchange as text to be copied; nothing where it is no call.

        A long request is sent by curl from the file that the page gives.
        """
        from sge_sim.homologation.rejeu import as_curl, as_zeep

        try:
            if len(echange.request or b"") > _COPIED:
                return [
                    ("curl", as_curl(echange, moyens, state.b2b_url, _name(echange, "requete")))
                ]
            curl = as_curl(echange, moyens, state.b2b_url)
        except UsageError:
            return []
        try:
            return [("curl", curl), ("zeep", as_zeep(echange, moyens, state.b2b_url))]
        except (UsageError, ValueError):
            return [("curl", curl)]

    @routes.get("/{part}.xml")
    def download(echange_id: RowNumber, part: str) -> Response:
        if part not in _PARTS:
            raise HTTPException(404, "Rien n'est servi à cette adresse.")
        echange = _get(state, echange_id)
        return Response(
            (echange.request if part == "requete" else echange.response) or b"",
            media_type="application/octet-stream",
            headers=attachment(_name(echange, part)),
        )

    @routes.post("/rejouer")
    def play_again(echange_id: RowNumber, form: TypedForm) -> Response:
        echange = _get(state, echange_id)
        made = _replay(state, echange, _as_typed(form, echange))
        return RedirectResponse(f"/echanges/{made or echange_id}", 303)

    return routes


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


def _as_typed(form: Form, echange: Echange) -> bytes | None:
    """Return the request that was changed in the page; None where it is to be sent as it was.

    A browser ends each line as HTTP does: those of the request are kept as they were.
    """
    typed = form.get("demande")
    if b"\r\n" not in (echange.request or b""):
        typed = typed.replace("\r\n", "\n")
    return typed.encode() or None
