"""`/api/journal`: the exchanges."""

from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response

from sge_sim.admin.routes import AdminState, RowNumber, json_list, link_to
from sge_sim.api.typed_filters import code_typed, service_typed
from sge_sim.api.views import ExchangeView, ExchangeWithBodies
from sge_sim.domaine.nomenclatures import Origine
from sge_sim.errors import UsageError
from sge_sim.journal import RechercheJournal

_MESSAGE: Final = 900_000
"""Bytes that a message takes at most in an answer."""


def router(state: AdminState) -> APIRouter:
    """Return the routes of the journal."""
    routes = APIRouter(prefix="/api/journal", tags=["journal"])

    @routes.get(
        "",
        summary="Les échanges, du plus récent au plus ancien",
        description="Une page tient en 1,5 Mo : elle peut en donner moins que `limit`. L'en-tête "
        "`Link` donne l'adresse de la suivante tant qu'il y en a une.",
        response_model=list[ExchangeView],
    )
    def read_journal(
        request: Request,
        code: Annotated[str | None, Query(description="Code retour, par exemple SGT4F7")] = None,
        prm: str | None = None,
        service: str | None = None,
        origine: Annotated[Origine | None, Query(description="Qui a appelé")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: Annotated[
            int | None,
            Query(
                ge=0, le=2**63 - 1, description="Suite d'une lecture, du plus ancien au plus récent"
            ),
        ] = None,
        avant: Annotated[
            int | None,
            Query(ge=1, le=2**63 - 1, description="Page suivante : les échanges d'avant ce numéro"),
        ] = None,
    ) -> Response:
        recherche = RechercheJournal(
            code=code_typed(code), prm=prm, service=service_typed(service), origine=origine
        )
        if after is not None and avant is not None:
            raise UsageError("Donner after ou avant, pas les deux.")
        found = state.journal.find_echanges(recherche, limit=limit, after_id=after, before_id=avant)
        content, count = json_list(map(ExchangeView.of, found))
        response = Response(content, media_type="application/json")
        if count < len(found) or count == limit:
            way = "avant" if after is None else "after"
            response.headers["Link"] = link_to(request, **{way: found[count - 1].id})
        return response

    @routes.get(
        "/{echange_id}",
        summary="Un échange, avec ses deux messages",
        description="Un message long est coupé, ce que dit `coupe` : "
        "`/echanges/{numéro}/requete.xml` et `reponse.xml` le donnent entier.",
    )
    def read_exchange(echange_id: RowNumber) -> ExchangeWithBodies:
        echange = state.journal.find_echange(echange_id)
        if echange is None:
            raise HTTPException(404, f"Aucun échange ne porte le numéro {echange_id}.")
        return ExchangeWithBodies.within(echange, _MESSAGE)

    return routes
