"""`/api/codes`, `/api/regles`, `/codes`: the return codes, the rules that send them, and where
each rule comes from."""

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.api.typed_filters import code_typed
from sge_sim.errors import UnknownError
from sge_sim.refus import Rule

if TYPE_CHECKING:
    from sge_sim.api.declarations import CodeView

_SHOWN: Final = 40
_UNFOLDED: Final = 10
"""Codes up to which their rules are shown at once."""
_Words = Annotated[str, Query(max_length=100, description="Mots d'un code ou d'une règle")]


def router(state: AdminState) -> APIRouter:
    """Return the routes of the codes and of the rules."""
    routes = APIRouter(tags=["codes"])

    @routes.get("/codes", include_in_schema=False)
    def show_codes(
        request: Request,
        q: Annotated[str, Query(max_length=100)] = "",
        apres: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        found = _found(q)
        left = [code for code in found if code.code > apres]
        shown = left[:_SHOWN]
        return pages.render(
            state,
            request,
            "codes.html",
            codes=shown,
            total=len(found),
            suite=following(request, apres=shown[-1].code) if len(left) > _SHOWN else None,
            deplies=len(found) <= _UNFOLDED,
            q=q,
        )

    @routes.get(
        "/api/codes",
        summary="Les codes retour et les règles qui les renvoient",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_codes(morceau: UnMorceau, q: _Words = "") -> Response:
        return morceau.of(_found(q), lambda each: each.code)

    @routes.get("/api/codes/{code}", summary="Un code retour")
    def read_code(code: str) -> dict[str, Any]:
        typed = code_typed(code)
        found = next((each for each in _found("") if each.code == typed), None)
        if found is None:
            raise UnknownError(f"« {code} » n'est pas un code retour : /api/codes.", code)
        return found.model_dump()

    @routes.get(
        "/api/regles",
        summary="Les règles d'après lesquelles un appel est refusé",
        description=PAR_PAGES,
        response_model=list[Rule],
    )
    def read_rules(morceau: UnMorceau, q: _Words = "", code: str | None = None) -> Response:
        from sge_sim.api.declarations import search_rules

        return morceau.of(search_rules(q, code), lambda each: each.name)

    return routes


def _found(words: str) -> "list[CodeView]":
    # The services are loaded by whoever looks at their rules.
    from sge_sim.api.declarations import view_codes

    return view_codes(words)
