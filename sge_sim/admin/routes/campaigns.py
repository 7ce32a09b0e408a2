"""`/api/campaigns`: observed campaigns of the homologation."""

from typing import Any, Final

from fastapi import APIRouter
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body, RowNumber
from sge_sim.homologation.campaign.client_observe import ClientObserve
from sge_sim.homologation.reports.rapport import Rapport

_BATCHES: Final = 2
"""Hundreds of calls that a reading looks at; the next one goes on."""
_OBSERVATIONS: Final = 200
"""Observations that an answer holds, of all the campaigns that are in it."""


class NewCampaign(Body):
    """A campaign to open."""

    acteur: str | None = Field(None, description="Code de l'acteur ; le tiers par défaut sinon")
    release: str | None = Field(
        None, description="Version de SGE ; sinon celle en vigueur au jour simulé"
    )
    certificat: str | None = Field(
        None, max_length=64, description="Empreinte SHA-256 du certificat du client observé"
    )
    login: str | None = Field(None, max_length=200, description="Login que portent ses demandes")
    user_agent: str | None = Field(None, max_length=200, description="Début de son User-Agent")

    def client(self) -> ClientObserve:
        """Return which client is observed; what is left empty doesn't tell it."""
        certificat, login = (self.certificat or "").lower(), (self.login or "").lower()
        return ClientObserve(certificat or None, login or None, self.user_agent or None)


def router(state: AdminState) -> APIRouter:
    """Return the routes of the campaigns."""
    routes = APIRouter(prefix="/api/campaigns", tags=["campagnes"])

    @routes.get("", summary="Les campagnes, de la plus récente à la plus ancienne")
    def read_all() -> list[dict[str, Any]]:
        found = state.campaigns.list(_BATCHES)
        return [each.view(max(1, _OBSERVATIONS // len(found))) for each in found]

    @routes.post("", summary="Ouvrir une campagne", status_code=201)
    def start(campaign: NewCampaign) -> dict[str, Any]:
        return state.campaigns.start(campaign.release, campaign.acteur, campaign.client()).view()

    @routes.get("/{campaign_id}", summary="Ce que les échanges de l'acteur ont coché")
    def read(campaign_id: RowNumber) -> dict[str, Any]:
        return state.campaigns.read(campaign_id, _BATCHES).view(_OBSERVATIONS)

    @routes.post("/{campaign_id}/stop", summary="Fermer une campagne")
    def stop(campaign_id: RowNumber) -> dict[str, Any]:
        return state.campaigns.stop(campaign_id).view(_OBSERVATIONS)

    @routes.get("/{campaign_id}/report", summary="Le rapport, dans la forme de rapport.json")
    def report(campaign_id: RowNumber) -> Rapport:
        return state.campaigns.read(campaign_id).rapport()

    return routes
