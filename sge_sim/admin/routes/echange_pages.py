"""`/echanges/<id>`: an exchange, what decided it, and what can be done with it."""

from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.en_cause import suspects_of
from sge_sim.admin.routes import AdminState, RowNumber
from sge_sim.admin.xml_page import show_message
from sge_sim.api.views import ExchangeView
from sge_sim.errors import UsageError
from sge_sim.homologation.rejeu.moyens import Moyens, moyens_for
from sge_sim.journal import Echange, RechercheJournal
from sge_sim.tables.campagnes import observations_of

_PARTS: Final = ("requete", "reponse")
_COPIED: Final = 20_000
"""Bytes of a request up to which a copy repeats it; a request of SGE takes half of that."""


def router(state: AdminState) -> APIRouter:
    """Return the page of an exchange and its actions."""
    routes = APIRouter(prefix="/echanges/{echange_id}", include_in_schema=False)

    def get(echange_id: int) -> Echange:
        found = state.journal.find_echange(echange_id)
        if found is None:
            raise HTTPException(404, f"Aucun échange ne porte le numéro {echange_id}.")
        return found

    @routes.get("")
    def show_exchange(request: Request, echange_id: RowNumber) -> Response:
        echange = get(echange_id)
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
        )

    def _copies(echange: Echange, moyens: Moyens) -> list[tuple[str, str]]:
        """Return the exchange as text to be copied; nothing where it is no call.

        A long request is sent by curl from the file that the page gives.
        """
        from sge_sim.homologation.rejeu.copies import as_curl, as_zeep

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
        echange = get(echange_id)
        name = f'attachment; filename="{_name(echange, part)}"'
        return Response(
            (echange.request if part == "requete" else echange.response) or b"",
            media_type="application/octet-stream",
            headers={"Content-Disposition": name, "X-Content-Type-Options": "nosniff"},
        )

    @routes.post("/rejouer")
    def play_again(echange_id: RowNumber) -> Response:
        from sge_sim.homologation.rejeu.envoi import send_again

        echange = get(echange_id)
        newest = state.journal.newest_id()
        moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
        send_again(echange, moyens, state.b2b_url)
        calls = RechercheJournal(kinds=frozenset({"soap", "http"}), service=echange.service)
        found = state.journal.find_echanges(calls, limit=1, after_id=newest)
        return RedirectResponse(f"/echanges/{found[0].id if found else echange_id}", 303)

    return routes


def _name(echange: Echange, part: str) -> str:
    """Return the name of the file that gives a message."""
    return f"{echange.id}-{part}.xml"
