"""The pages of observed campaigns."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import HTTPException, Request, Response

from sge_sim.admin import pages
from sge_sim.admin.formulaires import Connus, Formulaire
from sge_sim.admin.pages import FlashMessage
from sge_sim.admin.routes import Admin, AdminState, Routes, RowNumber
from sge_sim.admin.xml_page import show_message
from sge_sim.homologation.reports.executions import decomptes, filtres, worst_first
from sge_sim.homologation.reports.rapport import by_package
from sge_sim.operations.campaigns import BATCHES, start
from sge_sim.tables.acteurs import all_acteurs, default_acteur, registered_certificats

if TYPE_CHECKING:
    from sge_sim.homologation.reports.rapport import Execution

_SHOWN: Final = 20
_FOLLOWED: Final = {"genre": "soap", "origine": "client"}
"""The filters of the journal under which a page follows the calls of a campaign."""


def list_page(
    request: Request, pressed: Formulaire | None = None, _seen: object = None
) -> Response:
    """Return the page of the campaigns, with the form that opens one, as it was sent if it was."""
    from sge_sim.homologation.campaign.observed import release_in_force
    from sge_sim.homologation.catalogue.protocoles import SOAP
    from sge_sim.homologation.catalogue.release import list_releases

    state: AdminState = request.app.state.admin
    with state.database.sessions() as session:
        logins = [each.login for acteur in all_acteurs(session) for each in acteur.utilisateurs]
        certificats = {
            each.fingerprint: f"{each.acteur_code} : {each.subject[:57]}, {each.fingerprint[:8]}…"
            for each in registered_certificats(session, state.settings.environment)
        }
        default = default_acteur(session, "tiers").code
    refused: dict[str, Any] = {"message": FlashMessage("refus", pressed.refus)} if pressed else {}
    return pages.render(
        request,
        "campaigns.html",
        campaigns=[(each, *_progress(each.executions)) for each in state.campaigns.list(1)],
        connus=Connus(state.state),
        formulaire=pressed or Formulaire(start),
        logins=logins,
        certificats=certificats,
        acteur_par_defaut=default,
        releases=list_releases(),
        release_par_defaut=release_in_force(state.clock),
        packages=SOAP.packages(),
        en_cours=state.passages.last,
        gardes=state.passages.kept(),
        **refused,
    )


routes = Routes(prefix="/campaigns", include_in_schema=False)


@routes.get("/{campaign_id}")
def show_campaign(state: Admin, request: Request, campaign_id: RowNumber) -> Response:
    from sge_sim.homologation.campaign.matching import nearest

    campaign = state.campaigns.read(campaign_id, BATCHES)
    executions = campaign.executions
    return pages.render(
        request,
        "campaign.html",
        campaign=campaign,
        progress=_progress(executions),
        verdicts=campaign.rapport().verdicts,
        executions=[
            (each, nearest(campaign.observations, each.cle)) for each in worst_first(executions)
        ],
        paquets=by_package(executions),
        decomptes=decomptes(executions),
        filtres=filtres(executions),
        observations=campaign.observations[: -_SHOWN - 1 : -1],
        observed=len(campaign.observations),
        direct=f"/journal/direct?{urlencode(_FOLLOWED | {'acteur': campaign.acteur})}"
        f"&apres={state.journal.newest_id()}",
    )


@routes.get("/{campaign_id}/cas/{cle}")
def show_case(state: Admin, request: Request, campaign_id: RowNumber, cle: str) -> Response:
    from sge_sim.homologation.campaign.case_request import expected_request
    from sge_sim.homologation.campaign.matching import nearest
    from sge_sim.homologation.catalogue.release import load_release

    campaign = state.campaigns.read(campaign_id, BATCHES)
    release = load_release(campaign.release)
    execution = next((each for each in campaign.executions if each.cle == cle), None)
    if execution is None:
        raise HTTPException(404, f"{campaign.release} n'a pas de cas « {cle} ».")
    (case,) = (each for each in release.cas if each.cle == cle)
    observation = nearest(campaign.observations, cle)
    received = observation and state.journal.find_echange(observation.echange_id)
    today = state.clock.now().date()
    return pages.render(
        request,
        "cas.html",
        campaign=campaign,
        cas=case,
        execution=execution,
        observation=observation,
        attendue=expected_request(release, case, today, state.cible.login, state.cible.contrat_id),
        recue=show_message(
            received.request if received else None,
            [{each.nom for each in observation.champs}] if observation else (),
        ),
    )


def _progress(executions: Sequence["Execution"]) -> tuple[int, int]:
    """Return how many cases are passed, and how many there are."""
    return sum(each.statut.bon for each in executions), len(executions)
