"""What Datahub holds, as the administration shows it. Neither key nor password of a channel."""

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from sge_sim.api.data_connect import ApplicationView
from sge_sim.api.views import View, shown_instant
from sge_sim.datahub.spice import came_late
from sge_sim.domaine.nomenclatures import RoleDatahub, ServiceDatahub
from sge_sim.flux.canaux import masked
from sge_sim.flux.declaration import describe_canal
from sge_sim.tables.acteurs import find_contrat
from sge_sim.tables.datahub import (
    ApplicationDatahub,
    CompteDatahub,
    ContratDatahub,
    EtatContratDatahub,
    ProfilDatahub,
    TicketSpice,
)


class RoleView(View):
    """A role that somebody holds on a contract."""

    numero: str
    email: str
    role: RoleDatahub


class CompteView(View):
    """An account, its profile and its roles."""

    email: str
    nom: str
    acteur: str
    adresse: str | None
    code_postal: str | None
    fonction: str | None
    telephone: str | None
    roles: list[RoleView]

    @classmethod
    def of(cls, compte: CompteDatahub) -> Self:
        """Return the view of a row."""
        return cls.from_row(
            compte,
            acteur=compte.acteur_code,
            **asdict(compte.profil or ProfilDatahub()),
            roles=[RoleView.from_row(held) for held in compte.roles],
        )


class AnnexeView(View):
    """The channel of a contract: `en_vigueur` once SGE's files go there."""

    type_canal: str
    url: str | None
    algorithme: str
    en_vigueur: bool


class ContratDatahubView(View):
    """A contract of Datahub; instants are in legal time."""

    numero: str
    acteur: str
    service: ServiceDatahub
    etat: EtatContratDatahub
    raison_sociale: str
    siret: str | None
    envoye_le: datetime | None
    signe_le: datetime | None
    annexe: AnnexeView | None
    interlocuteurs: list[RoleView]

    @classmethod
    def of(cls, session: Session, contrat: ContratDatahub, data_dir: Path) -> Self:
        """Return the view of a row."""
        annexe = None
        if contrat.annexe is not None:
            kept = contrat.annexe
            annexe = AnnexeView.from_row(kept, url=masked(kept.url), en_vigueur=False)
        elif find_contrat(session, contrat.numero) is not None:
            canal = describe_canal(session, contrat.numero, data_dir)
            annexe = AnnexeView(
                type_canal=canal.type,
                url=canal.url,
                algorithme=canal.chiffrement,
                en_vigueur=contrat.etat == "actif",
            )
        return cls.from_row(
            contrat,
            acteur=contrat.acteur_code,
            envoye_le=shown_instant(contrat.envoye_at),
            signe_le=shown_instant(contrat.signe_at),
            annexe=annexe,
            interlocuteurs=[RoleView.from_row(row) for row in contrat.interlocuteurs],
        )


class ApplicationDatahubView(ApplicationView):
    """An application made on Datahub; `proprietaire`: whose it is, in the sandbox."""

    service: ServiceDatahub
    proprietaire: str | None
    logo: bool

    @classmethod
    def of_datahub(cls, declared: ApplicationDatahub) -> Self:
        """Return the view of a row."""
        return cls.of(
            declared.application,
            service=declared.service,
            proprietaire=declared.email,
            logo=declared.logo is not None,
        )


class HabilitateurView(View):
    """A user of SGE who gives rights to those of his entity."""

    login: str
    principal: bool


class DroitsView(View):
    """What a user of SGE may call; every service if null."""

    login: str
    services: list[str] | None
    actif: bool


class TicketView(View):
    """A ticket for a new production certificate; instants in legal time."""

    id: int
    acteur: str
    echeance: date | None = Field(description="15 jours ouvrés avant la fin du certificat")
    ouvert_le: datetime
    en_retard: bool
    clos_le: datetime | None

    @classmethod
    def of(cls, ticket: TicketSpice) -> Self:
        """Return the view of a row."""
        return cls.from_row(
            ticket,
            acteur=ticket.acteur_code,
            ouvert_le=shown_instant(ticket.ouvert_at),
            en_retard=came_late(ticket),
            clos_le=shown_instant(ticket.clos_at),
        )
