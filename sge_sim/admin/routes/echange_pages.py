"""`/echanges/<id>`: an exchange, what decided it, and what can be done with it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.en_cause import suspects_of
from sge_sim.admin.routes import AdminState, RowNumber
from sge_sim.admin.routes.forms import Form, read_form
from sge_sim.admin.xml_page import show_message
from sge_sim.api.views import ExchangeView
from sge_sim.errors import UsageError
from sge_sim.homologation.rejeu.moyens import Moyens, moyens_for
from sge_sim.journal import Echange
from sge_sim.tables.campaigns import observations_of

_PARTS: Final = ("requete", "reponse")
_EDITED: Final = 50_000
"""Bytes of a request up to which it may be changed before it is sent again."""
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
            modifiable=_editable(echange),
            rejeux=state.journal.find_replays(echange_id),
            comparaison=_comparison(echange),
        )

    def _comparison(echange: Echange) -> dict[str, object] | None:
        """Return what a replay and its original differ by; None for what is no replay."""
        from sge_sim.homologation.rejeu.difference import difference

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
    def play_again(echange_id: RowNumber, form: Annotated[Form, Depends(read_form)]) -> Response:
        from sge_sim.homologation.rejeu.envoi import send_again

        echange = get(echange_id)
        before = state.journal.find_replays(echange_id, 1)
        moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
        marque = state.marques.make("rejeu", echange_id)
        send_again(echange, moyens, state.b2b_url, marque, _as_typed(form, echange))
        found = state.journal.find_replays(echange_id, 1)
        return RedirectResponse(f"/echanges/{found[0] if found != before else echange_id}", 303)

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
