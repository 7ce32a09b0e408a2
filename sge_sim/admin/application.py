"""The administration's application: its REST routes, described by `/openapi.json`."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sge_sim import __version__
from sge_sim.admin import declared, pages
from sge_sim.admin.arrivals import read_whole
from sge_sim.admin.problems import (
    check_parameters,
    describe_problems,
    errors_of,
    problem,
    sentence_about,
)
from sge_sim.admin.routes import (
    AdminState,
    accueil,
    apports,
    campaigns,
    clock,
    demandes,
    flux,
    health,
    journal,
    own_clients,
    passages,
    points,
    recherche,
    references,
)
from sge_sim.datahub.droits import SERVICE
from sge_sim.domaine.nomenclatures import in_french
from sge_sim.errors import BusyError, FieldError, UnknownError, UsageError
from sge_sim.facts.outage import DATABASE_UNREACHABLE, unreachable_sentence
from sge_sim.facts.stored_clock import ClockSetSinceError
from sge_sim.homologation.reports.etats import STYLE
from sge_sim.operations.reading import FormError
from sge_sim.refus import Refus

_log = logging.getLogger(__name__)

# On this machine the API has no authentication: a web page that the user happens to visit must not
# reach it under a name of its own (DNS rebinding).
_PORT = re.compile(r":[0-9]{0,5}$")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})

_MAX_BODY = 2**20

# A file that isn't there is another matter.
_DATABASE_UNREACHABLE = tuple(error for error in DATABASE_UNREACHABLE if error is not OSError)

_STATUSES = {404: "Rien n'est servi à cette adresse.", 405: "Cette adresse ne prend pas cet appel."}
_TITRES: Final = {404: "Introuvable", 503: "Indisponible"}
_PHRASES = {HTTPStatus(status).phrase for status in _STATUSES}


ROUTERS: Final[tuple[APIRouter, ...]] = (
    clock.rest_routes,
    apports.routes,
    own_clients.routes,
    accueil.routes,
    recherche.routes,
    journal.page_routes,
    journal.echange_routes,
    points.routes,
    clock.page_routes,
    campaigns.routes,
    passages.routes,
    flux.routes,
    demandes.routes,
    health.health_routes,
    health.page_routes,
    declared.rest_routes(),
    declared.page_routes(),
    health.metric_routes,
    references.documentation_routes,
    references.help_routes,
)
"""Those of the administration; the first route of an address answers."""


def _admitted(server_names: Sequence[str]) -> frozenset[str]:
    """Return the names under which the administration is called, as a Host header has them."""
    written = (f"[{name}]" if ":" in name else name.lower() for name in server_names)
    return _LOCAL | frozenset(written)


def _refused(
    request: Request,
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return a refusal: a page for a browser that looks at pages, a problem for anything else."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith("/api/"):
        titre = _TITRES.get(status, "Refusé")
        page = pages.render(request, "refus.html", status, detail=detail, titre=titre)
        page.headers.update(headers or {})
        return page
    return problem(status, detail, headers or {}, **more)


def _methods(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """Return the methods that an address takes; Starlette gives those of its first route alone."""
    found = [
        route
        for route in routes
        if isinstance(route, Route) and route.matches(dict(request.scope))[0] is not Match.NONE
    ]
    # Of `/api/flux/publish` and `/api/flux/{nom}`, the first is meant.
    variables = min((route.path.count("{") for route in found), default=0)
    meant = (route.methods or () for route in found if route.path.count("{") == variables)
    return sorted({method for methods in meant for method in methods})


class _CutShort:
    """Ends an answer that has begun when the database goes: who reads it sees that it isn't whole,
    and the log has a line of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except RuntimeError as error:  # Starlette's: no handler can answer any more
            cause = error.__cause__
            if not isinstance(cause, _DATABASE_UNREACHABLE):
                raise
            _log.error("%s : interrompu, %s.", scope["path"], unreachable_sentence(cause))


def build_admin(state: AdminState) -> FastAPI:
    """Return the ASGI application of the administration."""
    app = FastAPI(
        title="sge-sim",
        version=__version__,
        description="Administration du simulateur SGE, réservée à cette machine.",
        docs_url=None,  # would load scripts from elsewhere: see `routes.documentation`
        redoc_url=None,
        dependencies=[Depends(check_parameters)],
    )

    app.state.admin = state
    admitted = _admitted(state.settings.server_name)

    @app.middleware("http")
    async def only_local_and_small(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        host = request.headers.get("host", "").lower()
        if _PORT.sub("", host) not in admitted:
            phrase = f"« {host} » n'est pas cette machine ; --server-name admet d'autres noms."
            return problem(403, phrase)
        # A page from elsewhere can't read the answer of what it posts here, but it can post.
        origin = request.headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host:
            return problem(403, f"Demande d'une page de « {origin} ».")
        content_type = request.headers.get("content-type", "")
        if apports.takes_file(request.method, request.url.path, content_type):
            return await call_next(request)
        if "transfer-encoding" in request.headers:
            return problem(411, "La taille de la demande est à annoncer.")
        # uvicorn has answered 400 to a length that isn't a number.
        if int(request.headers.get("content-length", 0)) > _MAX_BODY:
            return problem(413, f"Une demande tient en {_MAX_BODY} octets.")
        try:
            await read_whole(request)
        except StarletteHTTPException as error:
            return await refuse_path(request, error)
        return await call_next(request)

    app.add_middleware(_CutShort)

    @app.exception_handler(UsageError)
    async def refuse(request: Request, error: UsageError) -> Response:
        return _refused(request, 400, str(error))

    @app.exception_handler(FieldError)
    @app.exception_handler(FormError)
    @app.exception_handler(RequestValidationError)
    async def refuse_form(request: Request, error: Exception) -> Response:
        erreurs = errors_of(error)
        described = [erreur.model_dump() for erreur in erreurs]
        return _refused(request, 422, sentence_about(erreurs), erreurs=described)

    @app.exception_handler(UnknownError)
    async def refuse_unknown(request: Request, error: UnknownError) -> Response:
        named = (str(value).casefold() for value in request.path_params.values())
        status = 404 if error.name.casefold() in named else 400
        return _refused(request, status, str(error))

    @app.exception_handler(BusyError)
    @app.exception_handler(ClockSetSinceError)
    async def refuse_conflict(request: Request, error: UsageError) -> Response:
        return _refused(request, 409, str(error))

    @app.exception_handler(Refus)
    async def refuse_by_rule(_request: Request, refus: Refus) -> Response:
        broken = refus.rule.of(SERVICE)
        return problem(
            403,
            str(refus),
            code=broken.code,
            regle=broken.name,
            source=broken.source,
            provenance=in_french(broken.provenance),
            remede=broken.remede,
        )

    async def wait_for_database(request: Request, error: Exception) -> Response:
        phrase = (
            f"Le simulateur ne peut pas répondre pour l'instant : {unreachable_sentence(error)}."
        )
        _log.error("%s : %s", request.url.path, phrase)
        return _refused(request, 503, phrase, {"Retry-After": "5"})

    for unreachable in _DATABASE_UNREACHABLE:
        app.add_exception_handler(unreachable, wait_for_database)

    @app.exception_handler(StarletteHTTPException)
    async def refuse_path(request: Request, error: StarletteHTTPException) -> Response:
        detail = _STATUSES.get(error.status_code) if error.detail in _PHRASES else error.detail
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods(app.routes, request))
        return _refused(request, error.status_code, detail or error.detail, headers)

    @app.get("/favicon.ico", include_in_schema=False)
    def show_icon() -> Response:
        return FileResponse(pages.ADMIN / "static" / "favicon.ico")

    @app.get("/static/etats.css", include_in_schema=False)
    def show_etats() -> Response:
        return Response(STYLE, media_type="text/css")

    for router in ROUTERS:
        app.router.routes += router.routes  # an inclusion matches each twice at every call
    app.mount("/static", StaticFiles(directory=pages.ADMIN / "static"))
    describe_problems(app, lambda: declared.rest_routes(described=True).routes)
    return app
