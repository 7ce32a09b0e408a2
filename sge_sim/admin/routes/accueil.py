"""`/`: the first page, and `/touches`: what pages and keys there are."""

from fastapi import APIRouter, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.accueil import look_around
from sge_sim.admin.routes import AdminState


def router(state: AdminState) -> APIRouter:
    """Return the first page and the page of keys."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def show_first_page(request: Request) -> Response:
        return pages.render(state, request, "accueil.html", accueil=look_around(state))

    @routes.get("/touches")
    def show_keys(request: Request) -> Response:
        return pages.render(state, request, "touches.html")

    return routes
