"""An exchange made again, its messages, and a call that makes it: `/api/journal/{numéro}/…`."""

from typing import Literal

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body, RowNumber
from sge_sim.api.premier_appel import moyens_for
from sge_sim.api.views import ExchangeView
from sge_sim.errors import UsageError
from sge_sim.journal import Echange


class DemandeRejouee(Body):
    """What is sent again."""

    demande: str | None = Field(
        None, description="Message envoyé à la place de la demande ; elle-même si null"
    )


def play_again(state: AdminState, echange: Echange, demande: bytes | None) -> int | None:
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


def router(state: AdminState) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/api/journal/{echange_id}", tags=["journal"])

    def get(echange_id: int) -> Echange:
        found = state.journal.find_echange(echange_id)
        if found is None:
            raise HTTPException(404, f"Aucun échange ne porte le numéro {echange_id}.")
        return found

    @routes.post("/rejouer", status_code=201, summary="Refaire un appel SOAP")
    def replay(echange_id: RowNumber, asked: DemandeRejouee) -> ExchangeView:
        demande = None if asked.demande is None else asked.demande.encode("utf-8", "replace")
        made = play_again(state, get(echange_id), demande)
        if made is None:
            raise UsageError("L'appel a été refait, et le journal ne l'a pas encore.")
        return ExchangeView.of(get(made))

    @routes.get(
        "/{message}.xml",
        summary="Un message d'un échange, entier",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def read_message(echange_id: RowNumber, message: Literal["requete", "reponse"]) -> Response:
        echange = get(echange_id)
        content = echange.request if message == "requete" else echange.response
        return Response(content or b"", media_type="application/octet-stream")

    @routes.get(
        "/copie",
        summary="De quoi refaire l'appel : une commande curl, ou un programme Python (zeep)",
        response_class=PlainTextResponse,
    )
    def read_copy(echange_id: RowNumber, forme: Literal["curl", "zeep"] = "curl") -> str:
        from sge_sim.homologation.rejeu import as_curl, as_zeep

        echange = get(echange_id)
        moyens = moyens_for(state.settings.data_dir, echange.certificate_fingerprint)
        write = as_curl if forme == "curl" else as_zeep
        try:
            return write(echange, moyens, state.b2b_url)
        except ValueError as error:
            raise UsageError(f"La demande {echange_id} n'est pas lisible : {error}.") from None

    return routes
