"""Observed campaigns: `/api/campaigns`, and their pages."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from sge_sim.admin import pages
from sge_sim.admin.routes import AdminState, Body, RowNumber, attachment
from sge_sim.admin.routes.forms import TypedForm
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.admin.routes.passages import own_cible
from sge_sim.admin.xml_page import show_message
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.client_observe import ClientObserve
from sge_sim.homologation.reports.executions import decomptes, filtres, worst_first
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.rapport import Rapport
from sge_sim.tables.acteurs import all_acteurs, default_acteur, registered_certificats

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.observed import CampaignState

_BATCHES: Final = 2
"""Hundreds of calls that an answer or a page looks at: the next one goes on. Reports read all."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        """Return which client is observed; what is left empty is no criterion."""
        certificat, login = (self.certificat or "").lower(), (self.login or "").lower()
        return ClientObserve(certificat or None, login or None, self.user_agent or None)


def rest_routes(state: AdminState) -> APIRouter:
    """Return the routes of the campaigns."""
    routes = APIRouter(prefix="/api/campaigns", tags=["campagnes"])

    @routes.get(
        "",
        summary="Les campagnes, de la plus récente à la plus ancienne",
        description=PAR_PAGES,
        response_model=list[dict[str, Any]],
    )
    def read_all(page: AskedPage) -> Response:
        found = state.campaigns.list(_BATCHES)
        views = [each.view(max(1, _OBSERVATIONS // len(found))) for each in found]
        return page.of(views, lambda each: each["id"])

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


_SHOWN: Final = 20
_FOLLOWED: Final = {"genre": "soap", "origine": "client"}
"""The filters of the journal under which a page follows the calls of a campaign."""


def report_routes(state: AdminState) -> APIRouter:
    """Return the routes of the reports, which the pages give too."""
    routes = APIRouter(tags=["campagnes"])

    @routes.get("/campaigns/{campaign_id}/rapport.html", include_in_schema=False)
    @routes.get(
        "/api/campaigns/{campaign_id}/rapport.html",
        summary="Le rapport en HTML",
        response_class=HTMLResponse,
    )
    def read_page(campaign_id: RowNumber) -> Response:
        rapport = state.campaigns.read(campaign_id).rapport()
        page = render_html(rapport, state.campaigns.before(rapport))
        return Response(page, media_type="text/html; charset=utf-8", headers=pages.REPORT_HEADERS)

    @routes.get("/campaigns/{campaign_id}/suivi.xlsx", include_in_schema=False)
    @routes.get(
        "/api/campaigns/{campaign_id}/suivi.xlsx",
        summary="Le classeur de suivi",
        response_class=Response,
        responses={200: {"content": {_XLSX: {}}}},
    )
    def read_suivi(campaign_id: RowNumber) -> Response:
        from sge_sim.homologation.reports.suivi_xlsx import render_xlsx

        suivi = render_xlsx(state.campaigns.read(campaign_id).rapport())
        return Response(suivi, media_type=_XLSX, headers=attachment(f"suivi-{campaign_id}.xlsx"))

    return routes


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of the campaigns, and the reports that they give."""
    routes = APIRouter(prefix="/campaigns", include_in_schema=False)
    database = state.database

    @routes.get("")
    def show_campaigns(request: Request) -> Response:
        return _campaigns(request)

    def _campaigns(request: Request, refus: str = "") -> Response:
        from sge_sim.homologation.campaign.observed import release_in_force
        from sge_sim.homologation.catalogue.protocoles import SOAP
        from sge_sim.homologation.catalogue.release import list_releases

        with database.sessions() as session:
            acteurs = all_acteurs(session)
            codes = [acteur.code for acteur in acteurs]
            logins = [user.login for acteur in acteurs for user in acteur.utilisateurs]
            certificats = [
                (each.fingerprint, each.acteur_code, each.subject)
                for each in registered_certificats(session, state.settings.environment)
            ]
            default = default_acteur(session, "tiers").code
        return pages.render(
            state,
            request,
            "campaigns.html",
            campaigns=[_progress(each) for each in state.campaigns.list(1)],
            acteurs=codes,
            logins=logins,
            certificats=certificats,
            acteur_par_defaut=default,
            releases=list_releases(),
            release_par_defaut=release_in_force(state.clock),
            packages=SOAP.packages,
            en_cours=state.passages.last,
            gardes=state.passages.kept(),
            refus=refus,
        )

    @routes.post("")
    def open_campaign(request: Request, form: TypedForm) -> Response:
        asked = NewCampaign(
            acteur=form.get("acteur") or None,
            release=form.get("release") or None,
            certificat=form.get("certificat")[:64],
            login=form.get("login")[:200],
            user_agent=form.get("user_agent")[:200],
        )
        try:
            opened = state.campaigns.start(asked.release, asked.acteur, asked.client())
        except UsageError as error:
            return _campaigns(request, str(error))
        return RedirectResponse(f"/campaigns/{opened.id}", 303)

    @routes.get("/{campaign_id}")
    def show_campaign(request: Request, campaign_id: RowNumber) -> Response:
        from sge_sim.homologation.campaign.matching import nearest

        campaign = state.campaigns.read(campaign_id, _BATCHES)
        executions = campaign.executions
        return pages.render(
            state,
            request,
            "campaign.html",
            campaign=campaign,
            progress=_progress(campaign),
            verdicts=campaign.rapport().verdicts,
            executions=[
                (each, nearest(campaign.observations, each.cle)) for each in worst_first(executions)
            ],
            decomptes=decomptes(executions),
            filtres=filtres(executions),
            observations=campaign.observations[: -_SHOWN - 1 : -1],
            observed=len(campaign.observations),
            direct=f"/journal/direct?{urlencode(_FOLLOWED | {'acteur': campaign.acteur})}"
            f"&apres={state.journal.newest_id()}",
        )

    @routes.get("/{campaign_id}/cas/{cle}")
    def show_case(request: Request, campaign_id: RowNumber, cle: str) -> Response:
        from sge_sim.homologation.campaign.matching import expected_request, nearest
        from sge_sim.homologation.catalogue.release import load_release
        from sge_sim.homologation.client.sge_client import SgeClient

        campaign = state.campaigns.read(campaign_id, _BATCHES)
        release = load_release(campaign.release)
        execution = next((each for each in campaign.executions if each.cle == cle), None)
        if execution is None:
            raise HTTPException(404, f"{campaign.release} n'a pas de cas « {cle} ».")
        (case,) = (each for each in release.cas if each.cle == cle)
        observation = nearest(campaign.observations, cle)
        received = observation and state.journal.find_echange(observation.echange_id)
        client = SgeClient(own_cible(state))
        today = state.clock.now().date()
        return pages.render(
            state,
            request,
            "cas.html",
            campaign=campaign,
            cas=case,
            execution=execution,
            observation=observation,
            attendue=expected_request(client, release, case, today),
            recue=show_message(
                received.request if received else None,
                [{each.nom for each in observation.champs}] if observation else (),
            ),
        )

    @routes.post("/{campaign_id}/fermer")
    def close_campaign(campaign_id: RowNumber) -> Response:
        state.campaigns.stop(campaign_id)
        return RedirectResponse(f"/campaigns/{campaign_id}", 303)

    return routes


def _progress(campaign: "CampaignState") -> dict[str, object]:
    """Return a campaign in a line: how many of its cases are passed."""
    executions = campaign.executions
    return {
        "id": campaign.id,
        "acteur": campaign.acteur,
        "client": str(campaign.client),
        "release": campaign.release,
        "debut": campaign.debut,
        "fin": campaign.fin,
        "bons": sum(each.statut.bon for each in executions),
        "cas": len(executions),
    }
