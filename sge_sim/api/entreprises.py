"""The accounts of companies as the administration and the commands show them."""

from typing import Self

from pydantic import Field

from sge_sim.api.views import View
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.tables.entreprises import CompteEntreprise, PointTenu


class EntrepriseView(View):
    """An account."""

    siren: str
    nom: str
    autres_sirens: list[str]
    services: list[TypeServiceAcces] = Field(description="Types de mesures dont il a les services")

    @classmethod
    def of(cls, compte: CompteEntreprise) -> Self:
        """Return the view of a row."""
        return cls.from_row(compte)


class PointTenuView(View):
    """A point that an account holds."""

    prm: str
    siret: str
    commune: str
    segment: str

    @classmethod
    def of(cls, point: PointTenu) -> Self:
        """Return the view of a point."""
        return cls.from_row(point)
