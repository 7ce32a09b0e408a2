"""What is read beside the state: `/aide`, `/docs`, `/codes`, `/api/regles`, `/api/catalogue`.

The pages of `docs/` come as `make site` packed them; Swagger UI is that of the package
fastapi-offline, which follows its releases: nothing comes from elsewhere.
"""

import mimetypes
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Final
from zipfile import ZipFile

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, following
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.errors import UnknownError
from sge_sim.refus import Rule

if TYPE_CHECKING:
    from sge_sim.api.declarations import CodeView

SITE: Final = pages.ADMIN / "aide.zip"
_HELP_HEADERS: Final = {**pages.HEADERS, "Cache-Control": "no-cache"}


def help_routes(_state: AdminState) -> APIRouter:
    """Return the pages of the help and their files."""
    routes = APIRouter(prefix="/aide", include_in_schema=False)

    @routes.get("")
    def go_home() -> Response:
        return RedirectResponse("/aide/")

    @routes.get("/{name:path}")
    def read_page(name: str, v: str = "", q: str = "", highlight: str = "") -> Response:
        # A file by its version, a search by its words, a page by those to mark: scripts read them.
        if not SITE.exists():
            raise HTTPException(404, "L'aide n'est pas construite ici : make site le fait.")
        name = f"{name}index.html" if name == "" or name.endswith("/") else name
        with ZipFile(SITE) as site:
            try:
                content = site.read(name)
            except KeyError:
                raise HTTPException(404, f"L'aide n'a pas de page {name}.") from None
        return Response(content, media_type=mimetypes.guess_type(name)[0], headers=_HELP_HEADERS)

    return routes


# Its scripts and ours, none written in the page; its icons are in its style sheet.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css")


def documentation_routes(state: AdminState) -> APIRouter:
    """Return the page of Swagger UI and its files."""
    routes = APIRouter(prefix="/docs", include_in_schema=False)

    @routes.get("")
    def show_documentation(request: Request) -> Response:
        page = pages.render(state, request, "docs.html")
        page.headers["Content-Security-Policy"] = _POLICY
        return page

    @routes.get("/{name}")
    def read_file(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404, f"Aucun fichier ne s'appelle {name}.")
        return FileResponse(_assets() / name)

    return routes


def _assets() -> Path:
    """Return the folder of Swagger UI; the package itself isn't loaded."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


_SHOWN: Final = 40
_UNFOLDED: Final = 10
"""Codes up to which their rules are shown at once."""
_Words = Annotated[str, Query(max_length=100, description="Mots d'un code ou d'une règle")]


def code_routes(state: AdminState) -> APIRouter:
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
    def read_codes(page: AskedPage, q: _Words = "") -> Response:
        return page.of(_found(q), lambda each: each.code)

    @routes.get("/api/codes/{code}", summary="Un code retour")
    def read_code(code: str) -> dict[str, Any]:
        typed = code.strip().upper()
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
    def read_rules(page: AskedPage, q: _Words = "", code: str | None = None) -> Response:
        from sge_sim.api.declarations import search_rules

        return page.of(search_rules(q, code), lambda each: each.name)

    return routes


def _found(words: str) -> "list[CodeView]":
    # The services are loaded by whoever looks at their rules.
    from sge_sim.api.declarations import view_codes

    return view_codes(words)


def catalogue_routes(state: AdminState) -> APIRouter:
    """Return the routes of what the platform was, release after release."""
    routes = APIRouter(tags=["catalogue"])

    @routes.get("/generations", include_in_schema=False)
    def show_generations(request: Request) -> Response:
        return pages.render(
            state,
            request,
            "generations.html",
            services=_generations().view_existences(),
            appels=_generations().view_calls(state.journal),
        )

    @routes.get("/api/catalogue", summary="Les versions de SGE du catalogue, de la plus ancienne")
    def read_releases() -> dict[str, list[str]]:
        return {"versions": _views().view_releases()}

    @routes.get(
        "/api/catalogue/{release}",
        summary="Les exécutions d'une version",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_release(release: str, page: AskedPage) -> Response:
        return page.of(_views().view_runs(release), lambda each: each["cle"])

    @routes.get(
        "/api/catalogue/{release}/cas/{cas}",
        summary="Les exécutions d'un cas (ADP-R1), ou l'une d'elles (ADP-R1@C5)",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_case(release: str, cas: str, page: AskedPage) -> Response:
        return page.of(_views().view_runs(release, cas), lambda each: each["cle"])

    @routes.get(
        "/api/catalogue/{avant}/vers/{apres}", summary="Ce qui change d'une version à l'autre"
    )
    def read_difference(avant: str, apres: str) -> dict[str, Any]:
        found: dict[str, Any] = _views().view_difference(avant, apres)
        return found

    @routes.get(
        "/api/generations",
        summary="Depuis quand et jusqu'à quand la plateforme sert chaque service",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_generations(page: AskedPage) -> Response:
        return page.of(_generations().view_existences(), lambda each: each["service"])

    @routes.get(
        "/api/generations/appels",
        summary="Les services qui s'arrêtent, d'après ce que chaque acteur en a appelé",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_calls(page: AskedPage) -> Response:
        found = _generations().view_calls(state.journal)
        return page.of(found, lambda each: f"{each['acteur_code']}/{each['service']}")

    return routes


def _views() -> ModuleType:
    """Return what reads the catalogue, loaded for whoever looks at it."""
    from sge_sim.homologation.catalogue import french_text

    return french_text


def _generations() -> ModuleType:
    """Return what reads the services, loaded for whoever looks at them."""
    from sge_sim.api import declarations

    return declarations
