"""Campaigns: an actor's own client that is observed, and the cases that sge-sim runs itself."""

from mimetypes import guess_type
from typing import TYPE_CHECKING, Annotated, Any, Final

from sge_sim.errors import UnknownError
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Download, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.homologation.campaign import client_observe, views
    from sge_sim.homologation.reports import html_report, suivi_xlsx
else:
    client_observe = late("sge_sim.homologation.campaign.client_observe")
    views = late("sge_sim.homologation.campaign.views")
    html_report = late("sge_sim.homologation.reports.html_report")
    suivi_xlsx = late("sge_sim.homologation.reports.suivi_xlsx")

BATCHES: Final = 2
"""Hundreds of calls that an answer or a page looks at: the next one goes on. Reports read all."""
_OBSERVATIONS: Final = 200
"""Observations that an answer holds, of all the campaigns that are in it."""
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CampaignId = Annotated[int, Says("Numéro de la campagne", 1, ge=1, le=LARGEST_NUMBER)]
_STATUS: Final = "campaign status et campaign stop la trouvent par son acteur"
_WRITTEN: Final = "campaign report les écrit tous dans un dossier"


@operation(
    "Les campagnes, de la plus récente à la plus ancienne",
    "GET /campaigns",
    "campaign list",
    key="id",
)
def list_campaigns(state: State) -> list[dict[str, Any]]:
    """Return the observed campaigns, with the last observations to who asks by the network."""
    found = state.campaigns.list(None if state.simulator is None else BATCHES)
    most = None if state.simulator is None else max(1, _OBSERVATIONS // max(1, len(found)))
    return [each.view(most) for each in found]


@operation(
    "Ouvrir une campagne : les appels suivants du client de l'acteur sont observés ; ceux de "
    "sge-sim (passages, rejeux, doctor) n'y comptent pas",
    "POST /campaigns",
    "campaign start",
    status=201,
    done="Campagne {fait[id]} ouverte : {fait[release]}, acteur {fait[acteur]}.",
    then="/campaigns/{fait[id]}",
)
def start(
    state: State,
    *,
    acteur: Annotated[
        str | None,
        Says(
            "Code de l'acteur ; sans lui, celui du certificat ou du login, ou le tiers par défaut",
            completes="acteurs",
        ),
    ] = None,
    release: Annotated[
        str | None, Says("Version de SGE ; celle en vigueur au jour simulé sans elle", "sge-26.1")
    ] = None,
    certificat: Annotated[
        str | None,
        Says(
            "Certificat du client observé, parmi plusieurs : son empreinte SHA-256, ou son fichier "
            "dans une commande",
            old="cert",
            longest=64,
        ),
    ] = None,
    login: Annotated[
        str | None, Says("Login que portent les demandes observées", longest=200)
    ] = None,
    user_agent: Annotated[
        str | None, Says("Début du User-Agent du client observé", longest=200)
    ] = None,
) -> dict[str, Any]:
    """Open a campaign; return it."""
    client = client_observe.ClientObserve(
        (certificat or "").lower() or None, (login or "").lower() or None, user_agent or None
    )
    return state.campaigns.start(release, acteur, client).view()


@operation(
    "Ce que les échanges de l'acteur ont coché",
    "GET /campaigns/{campaign_id}",
    without=_STATUS,
    place="GET /campaigns/{campaign_id}",
)
def show(state: State, *, campaign_id: CampaignId) -> dict[str, Any]:
    """Return a campaign, with its last observations."""
    return state.campaigns.read(campaign_id, BATCHES).view(_OBSERVATIONS)


@operation(
    "Fermer une campagne",
    "POST /campaigns/{campaign_id}/stop",
    without=_STATUS,
    done="Campagne {campaign_id} fermée.",
    place="POST /campaigns/{campaign_id}/fermer",
    back="/campaigns/{campaign_id}",
)
def stop(state: State, *, campaign_id: CampaignId) -> dict[str, Any]:
    """Close a campaign; return it."""
    return state.campaigns.stop(campaign_id).view(_OBSERVATIONS)


@operation(
    "Le rapport d'une campagne, dans la forme de rapport.json",
    "GET /campaigns/{campaign_id}/report",
    without=_WRITTEN,
    place="GET /campaigns/{campaign_id}",
)
def show_rapport(state: State, *, campaign_id: CampaignId) -> "views.Rapport":
    """Return the report of a campaign, as if it ended now where it is open."""
    return state.campaigns.read(campaign_id).rapport()


@operation(
    "Le rapport d'une campagne, en HTML",
    "GET /campaigns/{campaign_id}/rapport.html",
    without=_WRITTEN,
    place="GET /campaigns/{campaign_id}",
    also="/campaigns/{campaign_id}/rapport.html",
)
def take_rapport(state: State, *, campaign_id: CampaignId) -> Download:
    """Return the page of the report."""
    rapport = show_rapport(state, campaign_id=campaign_id)
    page = html_report.render_html(rapport, state.campaigns.before(rapport))
    return Download(page, media_type="text/html; charset=utf-8", rapport=True)


@operation(
    "Le classeur de suivi d'une campagne",
    "GET /campaigns/{campaign_id}/suivi.xlsx",
    without=_WRITTEN,
    place="GET /campaigns/{campaign_id}",
    also="/campaigns/{campaign_id}/suivi.xlsx",
)
def take_suivi(state: State, *, campaign_id: CampaignId) -> Download:
    """Return the tracking workbook."""
    rapport = show_rapport(state, campaign_id=campaign_id)
    return Download(suivi_xlsx.render_xlsx(rapport), f"suivi-{campaign_id}.xlsx", _XLSX)


Nom = Annotated[str, Says("Nom du passage", "20250801-100000")]
_PASSAGES: Final = "campaign passages donne ceux dont le rapport est gardé"


@operation(
    "Les passages, du plus récent au plus ancien : celui qui est en cours, et les rapports gardés",
    "GET /passages",
    without=_PASSAGES,
    key="nom",
    place="GET /campaigns",
)
def list_passages(state: State) -> "list[views.PassageView]":
    """Return the runs of cases."""
    return views.view_passages(state.simulator.passages)


@operation(
    "Passer un cas, un package ou toute une version",
    "POST /passages",
    without="homologate le fait, ici ou ailleurs",
    status=201,
    back="/campaigns",
    then="/passages/{fait.nom}",
)
def run(
    state: State,
    *,
    release: Annotated[str, Says("Version de SGE", "sge-26.1")],
    package: Annotated[str | None, Says("Package ; tous sans lui")] = None,
    cas: Annotated[str | None, Says("Cas ; tous sans lui", "ADP-R1", completes="cases")] = None,
) -> "views.PassageView":
    """Run cases against this simulator, one after the other; return at once."""
    simulator = state.simulator
    started = simulator.passages.start(simulator.cible, release, package or "", cas or "")
    return views.PassageView.of_passage(started)


@operation(
    "Un passage, et où il en est",
    "GET /passages/{nom}",
    without=_PASSAGES,
    place="GET /passages/{nom}",
)
def show_passage(state: State, *, nom: Nom) -> "views.PassageView":
    """Return a run of cases."""
    found = next((each for each in list_passages(state) if each.nom == nom), None)
    if found is None:
        raise UnknownError(f"Aucun passage ne s'appelle {nom}.", nom)
    return found


@operation(
    "Un fichier du rapport d'un passage",
    "GET /passages/{nom}/fichiers/{fichier}",
    without=_PASSAGES,
    place="GET /passages/{nom}",
    also="/passages/{nom}/fichiers/{fichier}",
)
def take_file(
    state: State, *, nom: Nom, fichier: Annotated[str, Says("Nom du fichier", "rapport.json")]
) -> Download:
    """Return a file of the report of a run."""
    path = state.simulator.passages.file(nom, fichier)
    kind = guess_type(fichier)[0] or "application/octet-stream"
    return Download(path.read_bytes(), f"{nom}-{fichier}", kind, rapport=True)
