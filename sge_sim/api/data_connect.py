"""Applications and consents of Data Connect as the administration and the commands show them."""

from datetime import datetime
from typing import Any, Self

from pydantic import Field

from sge_sim.api.views import View, shown_instant
from sge_sim.dataconnect.consentements import is_in_force
from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import ModeApplication
from sge_sim.tables.dataconnect import Application, ConsentementDonne


class ApplicationView(View):
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
    def of(cls, application: Application, **given: Any) -> Self:
        """Return the view of a row, with what else is given."""
        secret, acteur = application.secret, application.acteur_code
        return cls.from_row(application, client_secret=secret, acteur=acteur, **given)


class ConsentementView(View):
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
        partage = consentement.partage
        motif = consentement.motif_fin
        if motif is None and now >= consentement.fin:
            motif = "echeance"
        return cls.from_row(
            consentement,
            application=partage.application.nom,
            client_id=partage.client_id,
            acteur=partage.application.acteur_code,
            client=consentement.point.nom_client_final or "",
            du=shown_instant(consentement.debut),
            au=shown_instant(consentement.fin),
            en_vigueur=is_in_force(consentement, now),
            motif_fin=motif and MOTIFS_FIN[motif],
        )
