"""The runs of cases, and reports, as the administration shows them."""

from typing import TYPE_CHECKING

from pydantic import Field

from sge_sim.api.views import View
from sge_sim.homologation.reports.rapport import Rapport as Rapport

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Passage, Passages


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
        """Return the view of a run, whether it goes on or its report was kept."""
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
            fichiers=list(passage.fichiers),
        )


def view_passages(passages: "Passages") -> list[PassageView]:
    """Return the run that goes on, and those whose report is kept, the newest first."""
    kept = [PassageView.of_passage(each.passage) for each in passages.kept()]
    last = passages.last
    if last is not None and last.nom not in {each.nom for each in kept}:
        kept.insert(0, PassageView.of_passage(last))
    return kept
