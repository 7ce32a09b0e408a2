"""`/metrics`: what Prometheus reads."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from sge_sim.admin.metrics import Metrics
from sge_sim.admin.routes import AdminState


def router(state: AdminState) -> APIRouter:
    """Return the route."""
    routes = APIRouter(tags=["santé"])
    metrics = Metrics(state.journal, state.database)

    @routes.get(
        "/metrics", summary="Les comptes, pour Prometheus", response_class=PlainTextResponse
    )
    def read_metrics() -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return routes
