"""Subscribed services: as the REST interface gives them, and in words, as the pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sge_sim.api.views import View
from sge_sim.clock import PARIS
from sge_sim.domaine.libelles import MOTIFS_FIN, en_mots, libelle_de
from sge_sim.domaine.nomenclatures import EtatService, MotifFin, Sens
from sge_sim.tables.commandes import ServiceSouscrit


class ServiceSouscritView(View):
    """A subscribed service; `fin` is excluded, instants are simulated time in legal time."""

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
        return cls(
            id=service.service_souscrit_id,
            type=service.type,
            libelle=libelle_de("serviceSouscritType", service.type),
            mesures_type=service.mesures_type,
            sens=service.sens,
            pas=service.pas,
            periodicite=service.periodicite,
            etat=service.etat,
            prm=service.prm,
            acteur=service.acteur_code,
            contrat=service.contrat_id,
            affaire=service.affaire_id,
            debut=service.date_debut,
            fin=service.date_fin,
            motif_fin=service.motif_fin,
            demande_le=service.ordered_at.astimezone(PARIS),
            echeance=service.echeance and service.echeance.astimezone(PARIS),
        )


@dataclass(frozen=True)
class ServiceView:
    """A subscribed service; `fin` is excluded, instants are simulated time in legal time."""

    id: str
    type: str
    objet: str
    etat: str
    prm: str
    acteur: str | None
    contrat: str | None
    affaire: str | None
    debut: date
    fin: date | None
    motif_fin: str | None
    demande_le: datetime
    echeance: datetime | None

    @classmethod
    def of(cls, service: ServiceSouscrit) -> Self:
        """Return the view of a row."""
        details = (service.mesures_type, service.sens, service.pas, service.periodicite)
        return cls(
            id=service.service_souscrit_id,
            type=libelle_de("serviceSouscritType", service.type),
            objet=", ".join(en_mots(each) for each in details if each),
            etat=en_mots(service.etat),
            prm=service.prm,
            acteur=service.acteur_code,
            contrat=service.contrat_id,
            affaire=service.affaire_id,
            debut=service.date_debut,
            fin=service.date_fin,
            motif_fin=service.motif_fin and MOTIFS_FIN[service.motif_fin],
            demande_le=service.ordered_at.astimezone(PARIS),
            echeance=service.echeance and service.echeance.astimezone(PARIS),
        )
