"""The administration's application: its REST routes, described by `/openapi.json`."""

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from sge_sim import __version__
from sge_sim.admin import pages
from sge_sim.admin.routes import (
    AdminState,
    acteur_pages,
    acteurs,
    campaign_pages,
    campaigns,
    certificats,
    clock,
    codes_pages,
    copies,
    data_connect,
    datahub,
    datahub_pages,
    echange_pages,
    fichier_pages,
    flux,
    health,
    horloge,
    journal,
    journal_pages,
    mesures,
    pannes,
    passage_pages,
    point_pages,
    points,
    reset,
    service_pages,
    spice,
)
from sge_sim.commandes.datahub.refus import RefusDatahub
from sge_sim.domaine.provenance import in_french
from sge_sim.errors import UsageError

# The API has no authentication: a web page that the user happens to visit must not reach it under
# a name of its own (DNS rebinding).
_LOCAL = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{0,5})?")

_MAX_BODY = 2**20

_MISTAKES = {"missing": "à donner", "extra_forbidden": "inconnu ici", "json_invalid": "pas du JSON"}
_STATUSES = {404: "Rien n'est servi à cette adresse.", 405: "Cette adresse ne prend pas cet appel."}
_PHRASES = {HTTPStatus(status).phrase for status in _STATUSES}

_SUBJECTS = (
    journal,
    clock,
    points,
    mesures,
    flux,
    copies,
    campaigns,
    reset,
    acteurs,
    certificats,
    journal_pages,
    echange_pages,
    point_pages,
    horloge,
    campaign_pages,
    passage_pages,
    acteur_pages,
    fichier_pages,
    service_pages,
    codes_pages,
    data_connect,
    datahub,
    datahub_pages,
    spice,
    health,
    pannes,
)


def _is_local(host: str) -> bool:
    """Tell whether a Host header, in lower case, names this machine, with a port or without."""
    return _LOCAL.fullmatch(host) is not None


def _told(state: AdminState, request: Request, status: int, detail: str) -> Response:
    """Return a refusal: a page for a browser that looks at pages, JSON for anything else."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not request.url.path.startswith("/api/"):
        return pages.render(state, request, "refus.html", status, detail=detail)
    return JSONResponse({"detail": detail}, status)


def build_admin(state: AdminState) -> FastAPI:
    """Return the ASGI application of the administration."""
    app = FastAPI(
        title="sge-sim",
        version=__version__,
        description="Administration du simulateur SGE, réservée à cette machine.",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
    )

    @app.middleware("http")
    async def only_local_and_small(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        host = request.headers.get("host", "").lower()
        if not _is_local(host):
            return JSONResponse({"detail": f"« {host} » n'est pas cette machine."}, 403)
        # A page from elsewhere can't read the answer of what it posts here, but it can post.
        origin = request.headers.get("origin")
        if origin is not None and origin.lower().partition("://")[2] != host:
            return JSONResponse({"detail": f"Demande d'une page de « {origin} »."}, 403)
        if "transfer-encoding" in request.headers:
            return JSONResponse({"detail": "La taille de la demande est à annoncer."}, 411)
        # uvicorn has answered 400 to a length that isn't a number.
        if int(request.headers.get("content-length", 0)) > _MAX_BODY:
            return JSONResponse({"detail": f"Une demande tient en {_MAX_BODY} octets."}, 413)
        return await call_next(request)

    @app.exception_handler(UsageError)
    async def refuse(request: Request, error: UsageError) -> Response:
        return _told(state, request, 400, str(error))

    @app.exception_handler(RefusDatahub)
    async def refuse_by_rule(_request: Request, refus: RefusDatahub) -> Response:
        broken = refus.rule
        told = {
            "detail": str(refus),
            "code": broken.code,
            "regle": broken.name,
            "source": broken.source,
            "provenance": in_french(broken.provenance),
            "remede": broken.remede,
        }
        return JSONResponse(told, 403)

    @app.exception_handler(RequestValidationError)
    async def refuse_demand(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(one) for one in first["loc"])
        kind = _MISTAKES.get(first["type"], "valeur refusée")
        detail = f"{place} : {kind}. /openapi.json dit ce qui est attendu."
        return JSONResponse({"detail": detail}, 422)

    @app.exception_handler(StarletteHTTPException)
    async def refuse_path(request: Request, error: StarletteHTTPException) -> Response:
        detail = _STATUSES.get(error.status_code) if error.detail in _PHRASES else error.detail
        answer = _told(state, request, error.status_code, detail or error.detail)
        answer.headers.update(error.headers or {})
        return answer

    @app.get("/api/settings", summary="Les réglages en vigueur", tags=["réglages"])
    def read_settings() -> dict[str, str]:
        return {name: value for name, value, _ in state.settings.described()}

    @app.get("/favicon.ico", include_in_schema=False)
    def show_icon() -> Response:
        return FileResponse(pages.ADMIN / "static" / "favicon.ico")

    for subject in _SUBJECTS:
        app.include_router(subject.router(state))
    app.mount("/static", StaticFiles(directory=pages.ADMIN / "static"))
    return app
