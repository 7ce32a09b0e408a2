"""The accounts of companies as the administration and the commands show them."""

from typing import Self

from pydantic import Field

from sge_sim.api.views import View
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.tables.entreprises import ApplicationEntreprise, CompteEntreprise, PointTenu


class ApplicationEntrepriseView(View):
    """An application, its secret included: who reaches this interface owns the simulator."""

    client_id: str
    client_secret: str
    nom: str
    titres: list[str]

    @classmethod
    def of(cls, application: ApplicationEntreprise) -> Self:
        """Return the view of a row."""
        return cls.from_row(application, client_secret=application.secret)


class EntrepriseView(View):
    """An account and its applications."""

    siren: str
    nom: str
    autres_sirens: list[str]
    services: list[TypeServiceAcces] = Field(description="Types de mesures dont il a les services")
    applications: list[ApplicationEntrepriseView]

    @classmethod
    def of(cls, compte: CompteEntreprise) -> Self:
        """Return the view of a row."""
        applications = [ApplicationEntrepriseView.of(each) for each in compte.applications]
        return cls.from_row(compte, applications=applications)


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
