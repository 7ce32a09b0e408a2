"""What the administration shows of the files, the same in REST and in the command line's JSON."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from sge_sim.api.views import View, shown_instant
from sge_sim.domaine.francais import counted
from sge_sim.domaine.nomenclatures import (
    AlgorithmeFlux,
    CadreAcces,
    EtatAffaire,
    EtatFichier,
    FormatM023,
    Sens,
    TypeCanal,
)
from sge_sim.flux.declaration import describe_canal
from sge_sim.flux.registry import CodeConnu, CodeDemande
from sge_sim.tables.acteurs import find_contrat
from sge_sim.tables.defauts import DefautSeme
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.m023 import DemandeM023, fichiers_m023

if TYPE_CHECKING:
    from sge_sim.flux.livraison import Tally


class DefautSemeView(View):
    """A defect that a panne put into a file, and what was true."""

    numero: int
    fichier: str
    flux: CodeConnu
    panne: int = Field(description="Numéro de la panne prévue ; 0 : du profil fidele")
    classe: str = Field(description="Sorte de la panne")
    champ: str = Field(
        description="Ce qui fut changé : valeur, calendrier, unite, fin, ligne, fichier"
    )
    prm: str | None
    registre: str | None
    horodate: str | None = Field(description="Telle que le fichier l'écrit")
    vrai: str | None
    ecrit: str | None

    @classmethod
    def of(cls, defaut: DefautSeme) -> Self:
        """Return the view of a row."""
        return cls.from_row(
            defaut,
            numero=defaut.id,
            fichier=defaut.fichier.nom,
            flux=defaut.fichier.publication.flux,
        )


class FichierView(View):
    """A file; `publication` is the simulated instant, in legal time, the others the machine's."""

    numero: int
    nom: str
    flux: CodeConnu
    contrat_id: str
    abonnement: int | None
    sequence: int | None
    affaire_id: str | None
    debut: date | None
    fin: date | None = Field(description="Premier jour que le fichier ne couvre pas")
    publication: datetime
    points: list[str] = Field(description="Les premiers ; un fichier peut en tenir des milliers")
    nombre_points: int
    taille: int
    sha256: str
    etat: EtatFichier
    tentatives: int
    prochain_essai: datetime | None
    livre_at: datetime | None
    erreur: str | None
    panne: int | None = Field(description="Numéro de la panne prévue qui l'a touché")

    @classmethod
    def of(cls, fichier: FichierFlux) -> Self:
        """Return the view of a row."""
        publication = fichier.publication
        return cls.from_row(
            fichier,
            numero=fichier.id,
            flux=publication.flux,
            abonnement=publication.abonnement_numero,
            sequence=publication.sequence,
            affaire_id=publication.affaire_id or publication.m023_id,
            debut=publication.debut,
            fin=publication.fin,
            publication=shown_instant(publication.instant),
            points=fichier.premiers_prms.split(),
            nombre_points=fichier.nombre_prms,
            prochain_essai=fichier.prochain_essai,
            livre_at=fichier.livre_at,
        )


ETATS_DU_PORTAIL: Final[dict[EtatAffaire, str]] = {
    "transmise": "en cours, demande recevable",
    "realisee": "close, prestation réalisée",
    "non_realisee": "close, prestation non réalisée",
    "non_recevable": "close, non recevable",
}
"""What the portal says of a demand of M023 (GUI 0502)."""


class DemandeM023View(View):
    """A demand of M023; instants are simulated, in legal time."""

    affaire_id: str
    flux: CodeDemande
    format: FormatM023
    sens: Sens
    cadre: CadreAcces
    corrigees: bool
    debut: date | None
    fin: date | None = Field(description="Premier jour que la demande ne couvre pas")
    points: int
    acteur: str
    contrat_id: str
    login: str
    reference: str | None
    etat: str
    demandee: datetime
    attendue: datetime
    close: datetime | None

    @classmethod
    def of(cls, demande: DemandeM023) -> Self:
        """Return the view of a row."""
        return cls.from_row(
            demande,
            debut=demande.date_debut,
            fin=demande.date_fin,
            points=len(demande.prms.split()),
            acteur=demande.acteur_code,
            etat=ETATS_DU_PORTAIL[demande.etat],
            demandee=shown_instant(demande.opened_at),
            attendue=shown_instant(demande.due_at),
            close=shown_instant(demande.closed_at),
        )


class DemandeEntiereView(DemandeM023View):
    """A demand of M023 with its files, in their order."""

    fichiers: list[FichierView]

    @classmethod
    def with_files(cls, session: Session, demande: DemandeM023) -> Self:
        """Return the view of a row and of its files."""
        fichiers = [FichierView.of(each) for each in fichiers_m023(session, demande.affaire_id)]
        return cls(**dict(DemandeM023View.of(demande)), fichiers=fichiers)


class CanalView(BaseModel):
    """The channel of a contract, without its secrets."""

    contrat_id: str
    acteur: str
    type: TypeCanal
    url: str
    chiffrement: AlgorithmeFlux

    @classmethod
    def of(cls, session: Session, contrat_id: str, data_dir: Path) -> Self:
        """Return the view of the channel of a contract; raises `UsageError` as its description."""
        declared = describe_canal(session, contrat_id, data_dir)
        contrat = find_contrat(session, contrat_id)
        assert contrat is not None
        return cls(acteur=contrat.acteur_code, **asdict(declared))


class PublicationView(BaseModel):
    """What a round of publications and deliveries did."""

    publications: int
    livres: int
    echecs: int

    @classmethod
    def of(cls, made: int, tally: "Tally") -> Self:
        """Return the view of how many were published, and of what became of the deliveries."""
        return cls(publications=made, livres=tally.delivered, echecs=tally.failed)

    def __str__(self) -> str:
        made = counted(self.publications, "publication")
        good = counted(self.livres, "fichier livré", "fichiers livrés")
        return f"{made}, {good}, {counted(self.echecs, 'échec')}."
