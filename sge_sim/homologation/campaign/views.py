"""The runs of cases, and reports, as the administration shows them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from sge_sim.api.views import View
from sge_sim.homologation.reports.rapport import Execution
from sge_sim.homologation.reports.rapport import Rapport as Rapport

if TYPE_CHECKING:
    from sge_sim.homologation.campaign.passages import Garde, Passage, Passages


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


def view_passages(passages: "Passages") -> list[PassageView]:
    """Return the run that goes on, and those whose report is kept, the newest first."""
    kept = [PassageView.of_garde(each) for each in passages.kept()]
    last = passages.last
    if last is not None and last.nom not in {each.nom for each in kept}:
        kept.insert(0, PassageView.of_passage(last))
    return kept
