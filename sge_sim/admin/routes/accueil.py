"""`/`: the first page, and `/aide`: what pages and keys there are."""

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.accueil import look_around
from sge_sim.admin.routes import AdminState


def router(state: AdminState) -> APIRouter:
    """Return the first page and the page of help."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def show_first_page(request: Request) -> Response:
        return pages.render(state, request, "accueil.html", accueil=look_around(state))

    @routes.get("/aide")
    def show_help(request: Request) -> Response:
        return pages.render(state, request, "aide.html")

    return routes
