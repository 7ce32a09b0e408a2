"""Points and services souscrits, as lists of the REST interface and of the pages show them.

`sge_sim.referentiel.points` gives all that is known of a point.
"""

from datetime import date, datetime
from typing import Self

from sge_sim.api.views import View, shown_instant
from sge_sim.domaine.libelles import MOTIFS_FIN, en_mots, libelle_de
from sge_sim.domaine.nomenclatures import EtatContractuel, EtatService, MotifFin, Segment, Sens
from sge_sim.tables.commandes import ServiceSouscrit
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
        return cls.from_row(
            point, client=point.nom_client_final, fournisseur=point.fournisseur_titulaire
        )


class ServiceSouscritView(View):
    """A subscribed service, in codes; `fin` is excluded, instants are simulated, in legal time."""

    id: str
    type: str
    libelle: str
    mesures_type: str | None
    sens: Sens | None
    pas: str | None
    periodicite: str | None
    etat: EtatService
    prm: str
    acteur: str | None
    contrat: str | None
    affaire: str | None
    debut: date
    fin: date | None
    motif_fin: MotifFin | None
    demande_le: datetime
    echeance: datetime | None

    @classmethod
    def of(cls, service: ServiceSouscrit) -> Self:
        """Return the view of a row."""
        return cls.from_row(
            service,
            id=service.service_souscrit_id,
            libelle=libelle_de("serviceSouscritType", service.type),
            acteur=service.acteur_code,
            contrat=service.contrat_id,
            affaire=service.affaire_id,
            debut=service.date_debut,
            fin=service.date_fin,
            demande_le=shown_instant(service.ordered_at),
        )

    @property
    def objet(self) -> str:
        """What is measured and how often, in words."""
        details = (self.mesures_type, self.sens, self.pas, self.periodicite)
        return ", ".join(en_mots(each) for each in details if each)

    @property
    def etat_en_mots(self) -> str:
        """Its state in words."""
        return en_mots(self.etat)

    @property
    def fini(self) -> str:
        """Why it ended, in words; nothing for one that goes on."""
        return "" if self.motif_fin is None else MOTIFS_FIN[self.motif_fin]
