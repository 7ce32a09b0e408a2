"""`/docs`: the API's pages, to read and to try; everything comes from here, nothing from elsewhere.

Swagger UI is that of the package fastapi-offline, which follows its releases.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState

# Its scripts and ours, none written in the page; its icons are in its style sheet.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css")


def router(state: AdminState) -> APIRouter:
    """Return the page and its files."""
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
