"""`/passages` and `/api/passages`: the homologation's cases run against this simulator."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from pydantic import Field

from sge_sim.admin import pages
from sge_sim.admin.followers import Followed, changed
from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.routes.forms import TypedForm
from sge_sim.admin.routes.listes import PAR_PAGES, AskedPage
from sge_sim.api.premier_appel import moyens_for
from sge_sim.api.views import View
from sge_sim.door.certificats import login_and_contrat
from sge_sim.errors import UnknownError, UsageError
from sge_sim.homologation.reports.executions import decomptes, filtres, worst_first
from sge_sim.tables.acteurs import default_acteur

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Garde, Passage
    from sge_sim.homologation.client.sge_client import Cible
    from sge_sim.homologation.reports.rapport import Execution


def page_routes(state: AdminState) -> APIRouter:
    """Return the pages of the campaigns that this administration runs."""
    routes = APIRouter(prefix="/passages", include_in_schema=False)
    followers: set[Followed] = set()

    @routes.post("")
    def start(request: Request, form: TypedForm) -> Response:
        passage = state.passages.start(
            own_cible(state),
            form.get("release"),
            form.get("package"),
            form.get("cas"),
        )
        return RedirectResponse(f"/passages/{passage.nom}", 303)

    @routes.get("/{nom}")
    def show(request: Request, nom: str) -> Response:
        from sge_sim.homologation.campaign.passages import FILES

        last = state.passages.last
        passage = last if last is not None and last.nom == nom else None
        garde = next((kept for kept in state.passages.kept() if kept.nom == nom), None)
        if passage is None and garde is None:
            raise HTTPException(404, f"Aucune campagne ne s'appelle {nom}.")
        executions = passage.executions if passage else garde.rapport.executions if garde else ()
        if passage is None or passage.fini:
            executions = worst_first(executions)
        return pages.render(
            state,
            request,
            "passage.html",
            nom=nom,
            passage=passage,
            garde=garde,
            executions=executions,
            decomptes=decomptes(executions),
            filtres=filtres(executions),
            total=len(executions) if passage is None else passage.total,
            fichiers=FILES,
        )

    @routes.get("/{nom}/direct")
    def follow(nom: str) -> Response:
        passage = state.passages.last
        if passage is None or passage.nom != nom:
            raise HTTPException(404, f"La campagne {nom} n'est plus en cours.")
        return Followed(stream(passage), followers)

    async def stream(passage: "Passage") -> AsyncIterator[str]:
        """Yield each case as a row, all of them from the first one on, then the end."""

        def look() -> tuple[bool, int, bool]:
            return passage.fini, len(passage.executions), state.feed.stopping

        sent, seen = 0, None
        while not state.feed.stopping:
            seen = await changed(look, seen)
            for execution in passage.executions[sent : seen[1]]:
                sent += 1
                row = pages.render_part("_campaign.html", "passe", execution)
                yield f"id: {sent}\ndata: {' '.join(row.split())}\n\n"
            if seen[0]:
                yield f"event: fin\ndata: {' '.join(passage.erreur.split())}\n\n"
                return
            yield ": \n\n"

    @routes.get("/{nom}/rapport")
    def show_report(nom: str) -> Response:
        path = _file(nom, "rapport.html")
        return Response(path.read_bytes(), media_type="text/html", headers=pages.REPORT_HEADERS)

    @routes.get("/{nom}/fichiers/{fichier}")
    def download(nom: str, fichier: str) -> Response:
        path = _file(nom, fichier)
        return FileResponse(path, filename=f"{nom}-{fichier}", headers=pages.REPORT_HEADERS)

    def _file(nom: str, fichier: str) -> Path:
        try:
            return state.passages.file(nom, fichier)
        except UsageError as error:
            raise HTTPException(404, str(error)) from None

    return routes


def own_cible(state: AdminState) -> "Cible":
    """Return this simulator as its default tiers calls it."""
    from sge_sim.homologation.client.sge_client import Cible

    moyens = moyens_for(state.settings.data_dir, None)
    with state.database.sessions() as session:
        login, contrat_id = login_and_contrat(default_acteur(session, "tiers"))
    return Cible(
        url=state.b2b_url,
        certificat=moyens.certificat,
        cle=moyens.cle,
        login=login,
        contrat_id=contrat_id,
        ca=moyens.autorite,
        admin_url=state.admin_url,
    )


class NewPassage(Body):
    """What is to be run."""

    release: str = Field(description="Version de SGE, par exemple sge-26.1")
    package: str | None = Field(None, description="Package ; tous si null")
    cas: str | None = Field(None, description="Cas, par exemple ADP-R1 ; tous si null")


class PassageView(View):
    """A run of cases: the one that goes on, or one whose report was kept."""

    nom: str
    release: str
    fini: bool
    erreur: str = Field(description="Pourquoi il s'est arrêté avant sa fin")
    total: int = Field(description="Exécutions à faire")
    faites: int
    bonnes: int
    cas: dict[str, str] = Field(description="Ce qu'a donné chaque exécution faite")
    fichiers: list[str] = Field(description="Ceux du rapport, une fois fini")

    @classmethod
    def of_passage(cls, passage: "Passage") -> "PassageView":
        """Return the view of a run that goes on, or has ended without a report."""
        return cls(
            nom=passage.nom,
            release=passage.release,
            fini=passage.fini,
            erreur=passage.erreur,
            total=passage.total,
            fichiers=[],
            **_counted(tuple(passage.executions)),
        )

    @classmethod
    def of_garde(cls, garde: "Garde") -> "PassageView":
        """Return the view of a report that was kept."""
        from sge_sim.homologation.campaign.passages import FILES

        done = garde.rapport.executions
        return cls(
            nom=garde.nom,
            release=garde.rapport.release,
            fini=True,
            erreur="",
            total=len(done),
            fichiers=list(FILES),
            **_counted(done),
        )


def _counted(done: Sequence["Execution"]) -> dict[str, Any]:
    return {
        "faites": len(done),
        "bonnes": sum(each.statut.bon for each in done),
        "cas": {each.cle: each.statut for each in done},
    }


def rest_routes(state: AdminState) -> APIRouter:
    """Return the REST routes of the runs."""
    routes = APIRouter(prefix="/api/passages", tags=["campagnes"])

    def known() -> list[PassageView]:
        kept = [PassageView.of_garde(each) for each in state.passages.kept()]
        last = state.passages.last
        if last is not None and last.nom not in {each.nom for each in kept}:
            kept.insert(0, PassageView.of_passage(last))
        return kept

    @routes.get(
        "",
        summary="Les passages, du plus récent au plus ancien",
        description=f"Celui qui est en cours, et les rapports gardés. {PAR_PAGES}",
        response_model=list[PassageView],
    )
    def read_passages(page: AskedPage) -> Response:
        return page.of(known(), lambda each: each.nom)

    @routes.post("", status_code=201, summary="Passer un cas, un package ou toute une version")
    def start(asked: NewPassage) -> PassageView:
        return PassageView.of_passage(
            state.passages.start(
                own_cible(state), asked.release, asked.package or "", asked.cas or ""
            )
        )

    @routes.get("/{nom}", summary="Un passage, et où il en est")
    def read_passage(nom: str) -> PassageView:
        found = next((each for each in known() if each.nom == nom), None)
        if found is None:
            raise UnknownError(f"Aucun passage ne s'appelle {nom}.", nom)
        return found

    @routes.get(
        "/{nom}/fichiers/{fichier}",
        summary="Un fichier de son rapport",
        response_class=FileResponse,
    )
    def read_file(nom: str, fichier: str) -> Response:
        return FileResponse(state.passages.file(nom, fichier), filename=f"{nom}-{fichier}")

    return routes
