"""What the help answers."""

from typing import Self

from sge_sim.aide.recherche import help_index
from sge_sim.api.views import View


class ExtraitView(View):
    """A page of the help that answers: where it is in the administration, and what it says."""

    page: str
    titre: str
    rubrique: str
    adresse: str
    ligne: str


class AideView(View):
    """The pages that answer, the best first; `sure` is false where nothing fits well."""

    sure: bool
    extraits: list[ExtraitView]

    @classmethod
    def of(cls, question: str) -> Self:
        """Return what the help answers."""
        reponse = help_index().answer(question)
        return cls(
            sure=reponse.sure,
            extraits=[
                ExtraitView(
                    page=each.section.page,
                    titre=each.section.titre,
                    rubrique=each.section.rubrique,
                    adresse=each.section.adresse,
                    ligne=each.ligne,
                )
                for each in reponse.extraits
            ],
        )
