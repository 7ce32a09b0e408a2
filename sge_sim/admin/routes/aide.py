"""`/aide`: the pages of `docs/`, as `make site` packed them."""

import mimetypes
from typing import Final
from zipfile import ZipFile

from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState

SITE: Final = pages.ADMIN / "aide.zip"
_HEADERS: Final = {**pages.HEADERS, "Cache-Control": "no-cache"}


def router(_state: AdminState) -> APIRouter:
    """Return the pages and their files."""
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
        return Response(content, media_type=mimetypes.guess_type(name)[0], headers=_HEADERS)

    return routes
