"""A consultation of ConsultationMesures, as its rules look at it, and what it finds."""

from dataclasses import dataclass
from datetime import date

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.mesures import Consommations, PointMesure
from sge_sim.services.acces import Acces
from sge_sim.tables.point_facts import PointFacts


@dataclass(frozen=True)
class ConsultationMesures:
    """A consultation, as its rules look at it.

    `ecart` is what the platform being played answers instead.
    """

    point: PointFacts | None
    acces: Acces
    nouveau_client: bool
    autorisation: bool
    ecart: Ecart | None

    @property
    def titulaire(self) -> bool:
        """Whether the caller is the incumbent supplier of the point."""
        code = self.acces.demandeur.code
        return self.point is not None and self.point.fournisseur_titulaire == code


@dataclass(frozen=True)
class ResultatMesures:
    """What a consultation that the table admits finds: the point as it is measured, if it ever was,
    and its consumptions. `jour` is the legal date of the call."""

    mesure: PointMesure | None
    consommations: Consommations
    jour: date

    @property
    def nouvelle_chaine(self) -> bool:
        """Whether the point is a C5 of the new chain.

        The distributor's grid begins when the point moves to it (observed 2022); its first row
        only comes with the next reading.
        """
        if self.mesure is None or self.mesure.segment != "C5":
            return False
        return any(grille.depuis <= self.jour for grille in self.mesure.grille_distributeur)
