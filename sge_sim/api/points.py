"""A point as a list shows it; `sge_sim.referentiel.points` tells all that is known of one."""

from typing import Self

from sge_sim.api.views import View
from sge_sim.domaine.nomenclatures import EtatContractuel, Segment
from sge_sim.tables.points import Point


class PointView(View):
    """A point; `pourquoi` it is in the data set, for those that are there for a reason."""

    prm: str
    segment: Segment
    etat_contractuel: EtatContractuel
    client: str | None
    code_postal: str
    commune: str
    fournisseur: str | None
    pourquoi: str | None

    @classmethod
    def of(cls, point: Point) -> Self:
        """Return the view of a row."""
        return cls(
            prm=point.prm,
            segment=point.segment,
            etat_contractuel=point.etat_contractuel,
            client=point.nom_client_final,
            code_postal=point.code_postal,
            commune=point.commune,
            fournisseur=point.fournisseur_titulaire,
            pourquoi=point.pourquoi,
        )
