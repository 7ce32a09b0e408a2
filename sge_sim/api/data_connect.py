"""Applications and consents of Data Connect as the administration and the commands show them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from sge_sim.clock import PARIS
from sge_sim.dataconnect.consentements import is_in_force
from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.tables.dataconnect import Application, ConsentementDonne


class ApplicationView(BaseModel):
    """An application, its secret included: who reaches this interface owns the simulator."""

    client_id: str
    client_secret: str
    nom: str
    acteur: str
    mode: ModeApplication
    redirect_uri: str
    apis: list[str]
    par_defaut: bool

    @classmethod
    def of(cls, application: Application) -> Self:
        """Return the view of a row."""
        return cls(
            client_id=application.client_id,
            client_secret=application.secret,
            nom=application.nom,
            acteur=application.acteur_code,
            mode=application.mode,
            redirect_uri=application.redirect_uri,
            apis=application.apis,
            par_defaut=application.par_defaut,
        )


class ConsentementView(BaseModel):
    """A consent; instants are in legal time."""

    id: int
    autorisation_id: int = Field(description="Le même pour une application et un titulaire")
    application: str
    client_id: str
    acteur: str
    client: str
    prm: str
    du: datetime
    au: datetime = Field(description="Exclu")
    en_vigueur: bool
    fini_le: datetime | None
    motif_fin: str | None

    @classmethod
    def of(cls, consentement: ConsentementDonne, now: datetime) -> Self:
        """Return the view of a row at `now` (simulated, aware)."""
        partage, ended = consentement.partage, consentement.fini_le
        motif = consentement.motif_fin
        if motif is None and now >= consentement.fin:
            motif = "echeance"
        return cls(
            id=consentement.id,
            autorisation_id=consentement.autorisation_id,
            application=partage.application.nom,
            client_id=partage.client_id,
            acteur=partage.application.acteur_code,
            client=consentement.point.nom_client_final or "",
            prm=consentement.prm,
            du=consentement.debut.astimezone(PARIS),
            au=consentement.fin.astimezone(PARIS),
            en_vigueur=is_in_force(consentement, now),
            fini_le=ended and ended.astimezone(PARIS),
            motif_fin=motif and MOTIFS_FIN[motif],
        )
