"""What is read beside the state: `/aide`, `/docs`.

The pages of `docs/` come as `make site` packed them; Swagger UI is that of the package
fastapi-offline, which follows its releases: nothing comes from elsewhere.
"""

import mimetypes
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from fastapi import HTTPException, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import Routes
from sge_sim.aide.sections import SITE

_HELP_HEADERS: Final = {**pages.HEADERS, "Cache-Control": "no-cache"}


help_routes = Routes(prefix="/aide", include_in_schema=False)


@help_routes.get("")
def go_home() -> Response:
    return RedirectResponse("/aide/")


@help_routes.get("/{name:path}")
def read_page(name: str, v: str = "") -> Response:
    # A file by its version: a browser keeps each.
    if not SITE.exists():
        raise HTTPException(404, "L'aide n'est pas construite ici : make site le fait.")
    name = f"{name}index.html" if name == "" or name.endswith("/") else name
    with ZipFile(SITE) as site:
        try:
            content = site.read(name)
        except KeyError:
            raise HTTPException(404, f"L'aide n'a pas de page {name}.") from None
    return Response(content, media_type=mimetypes.guess_type(name)[0], headers=_HELP_HEADERS)


# Its scripts and ours, none written in the page; its icons are in its style sheet.
_POLICY: Final = pages.HEADERS["Content-Security-Policy"].replace("img-src", "img-src data:")
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css")


documentation_routes = Routes(prefix="/docs", include_in_schema=False)


@documentation_routes.get("")
def show_documentation(request: Request) -> Response:
    page = pages.render(request, "docs.html")
    page.headers["Content-Security-Policy"] = _POLICY
    return page


@documentation_routes.get("/{name}")
def read_file(name: str) -> Response:
    if name not in _FILES:
        raise HTTPException(404, f"Aucun fichier ne s'appelle {name}.")
    return FileResponse(_assets() / name)


def _assets() -> Path:
    """Return the folder of Swagger UI; the package itself isn't loaded."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
