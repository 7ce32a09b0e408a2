"""What the administration shows of the files, the same in REST and in the command line's JSON."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, Field

from sge_sim.admin.views import View
from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import AlgorithmeFlux, EtatFichier, Flux, TypeCanal
from sge_sim.store.flux import FichierFlux


class FichierView(View):
    """A file; `publication` is the simulated instant, in legal time, the others the machine's."""

    nom: str
    flux: Flux
    contrat_id: str
    abonnement: int | None
    sequence: int | None
    affaire_id: str | None
    debut: date | None
    fin: date | None = Field(description="Premier jour que le fichier ne couvre pas")
    publication: datetime
    points: list[str]
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
        return cls(
            nom=fichier.nom,
            flux=publication.flux,
            contrat_id=fichier.contrat_id,
            abonnement=publication.abonnement_numero,
            sequence=publication.sequence,
            affaire_id=publication.affaire_id,
            debut=publication.debut,
            fin=publication.fin,
            publication=publication.instant.astimezone(PARIS),
            points=fichier.prms.split(),
            taille=fichier.taille,
            sha256=fichier.sha256,
            etat=fichier.etat,
            tentatives=fichier.tentatives,
            prochain_essai=fichier.prochain_essai,
            livre_at=fichier.livre_at,
            erreur=fichier.erreur,
            panne=fichier.panne,
        )


class CanalView(BaseModel):
    """The channel of a contract, without its secrets."""

    contrat_id: str
    type: TypeCanal
    url: str
    chiffrement: AlgorithmeFlux


class PublicationView(BaseModel):
    """What a round of publications and deliveries did."""

    publications: int
    livres: int
    echecs: int
