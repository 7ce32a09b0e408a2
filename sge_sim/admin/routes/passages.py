"""`/api/passages`: the homologation's cases run against this simulator."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import Field

from sge_sim.admin.routes import AdminState, Body
from sge_sim.admin.routes.listes import PAR_PAGES, UnMorceau
from sge_sim.admin.routes.passage_pages import own_cible
from sge_sim.api.views import View
from sge_sim.errors import UnknownError

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Garde, Passage


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
        done = tuple(passage.executions)
        return cls(
            nom=passage.nom,
            release=passage.release,
            fini=passage.fini,
            erreur=passage.erreur,
            total=passage.total,
            faites=len(done),
            bonnes=sum(each.statut.bon for each in done),
            cas={each.cle: each.statut for each in done},
            fichiers=[],
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
            faites=len(done),
            bonnes=sum(each.statut.bon for each in done),
            cas={each.cle: each.statut for each in done},
            fichiers=list(FILES),
        )


def router(state: AdminState) -> APIRouter:
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
    def read_passages(morceau: UnMorceau) -> Response:
        return morceau.of(known(), lambda each: each.nom)

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
