"""`/api/campaigns`: observed campaigns of the homologation."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body, RowNumber
from sge_sim.homologation.catalogue.default_release import DEFAULT_RELEASE
from sge_sim.homologation.reports.rapport import Rapport


class NewCampaign(Body):
    """A campaign to open."""

    acteur: str | None = Field(None, description="Code de l'acteur ; le tiers par défaut sinon")
    release: str = DEFAULT_RELEASE


def router(state: AdminState) -> APIRouter:
    """Return the routes of the campaigns."""
    routes = APIRouter(prefix="/api/campaigns", tags=["campagnes"])

    @routes.get("", summary="Les campagnes, de la plus récente à la plus ancienne")
    def read_all() -> list[dict[str, Any]]:
        return [each.view() for each in state.campaigns.list()]

    @routes.post("", summary="Ouvrir une campagne", status_code=201)
    def start(campaign: NewCampaign) -> dict[str, Any]:
        return state.campaigns.start(campaign.release, campaign.acteur).view()

    @routes.get("/{campaign_id}", summary="Ce que les échanges de l'acteur ont coché")
    def read(campaign_id: RowNumber) -> dict[str, Any]:
        return state.campaigns.read(campaign_id).view()

    @routes.post("/{campaign_id}/stop", summary="Fermer une campagne")
    def stop(campaign_id: RowNumber) -> dict[str, Any]:
        return state.campaigns.stop(campaign_id).view()

    @routes.get("/{campaign_id}/report", summary="Le rapport, dans la forme de rapport.json")
    def report(campaign_id: RowNumber) -> Rapport:
        return state.campaigns.read(campaign_id).rapport()

    return routes
