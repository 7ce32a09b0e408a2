"""Datahub: accounts, the contracts of services and who speaks for an entity there, tickets.

An entity is an actor (`sge_sim.tables.acteurs`). Its contract of service is the paper; the one that
SGE knows, `Contrat`, is made under the same number when it becomes active.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Date, ForeignKey, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sge_sim.domaine.nomenclatures import AlgorithmeFlux, RoleDatahub, ServiceDatahub, TypeCanal
from sge_sim.tables.acteurs import Acteur
from sge_sim.tables.base import Base, Instant, Payload, RowId, matching
from sge_sim.tables.dataconnect import Application

EtatContratDatahub = Literal["brouillon", "a_signer", "signe", "actif", "resilie"]


@dataclass(frozen=True, slots=True)
class AnnexeSi:
    """The channel that the SI annex asks for; see `sge_sim.tables.flux.Canal`."""

    type_canal: TypeCanal
    url: str | None = None
    algorithme: AlgorithmeFlux = "aucun"
    cle: str | None = None
    iv: str | None = None


@dataclass(frozen=True, slots=True)
class ProfilDatahub:
    """What a person declares beside the name (FAQ); None for what is left out."""

    adresse: str | None = None
    code_postal: str | None = None
    fonction: str | None = None
    telephone: str | None = None


class CompteDatahub(Base):
    """Somebody's account, by an e-mail in small letters; it belongs to one entity.

    `profil` is None until it is filled in.
    """

    __tablename__ = "compte_datahub"

    email: Mapped[str] = mapped_column(primary_key=True)
    nom: Mapped[str]
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    profil: Mapped[ProfilDatahub | None] = mapped_column(Payload(ProfilDatahub))

    acteur: Mapped[Acteur] = relationship()
    roles: Mapped[list["Interlocuteur"]] = relationship(viewonly=True)


class ContratDatahub(Base):
    """A contract of service on Datahub, from its draft to its end.

    `annexe` waits here until the contract is active; from then on the channel of SGE's contract
    (`Canal`) is the only truth. `envoye_at`, `signe_at`: simulated instants.
    """

    __tablename__ = "contrat_datahub"

    numero: Mapped[str] = mapped_column(String(15), primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    service: Mapped[ServiceDatahub] = mapped_column(String(5))
    etat: Mapped[EtatContratDatahub] = mapped_column(String(9))
    raison_sociale: Mapped[str]
    siret: Mapped[str | None] = mapped_column(String(14))
    annexe: Mapped[AnnexeSi | None] = mapped_column(Payload(AnnexeSi))
    envoye_at: Mapped[datetime | None] = mapped_column(Instant)
    signe_at: Mapped[datetime | None] = mapped_column(Instant)

    acteur: Mapped[Acteur] = relationship()
    interlocuteurs: Mapped[list["Interlocuteur"]] = relationship(
        order_by="(Interlocuteur.role, Interlocuteur.email)", cascade="all, delete-orphan"
    )


class Interlocuteur(Base):
    """The role of a person on a contract, which authorises him on it."""

    __tablename__ = "interlocuteur"

    numero: Mapped[str] = mapped_column(
        ForeignKey("contrat_datahub.numero", ondelete="CASCADE"), primary_key=True
    )
    email: Mapped[str] = mapped_column(
        ForeignKey("compte_datahub.email", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[RoleDatahub] = mapped_column(String(12), primary_key=True)


class ApplicationDatahub(Base):
    """The columns that Datahub adds to an application of Data Connect.

    One of the sandbox belongs to a person, `email`; one of production to the entity, without an
    `email`. `logo` is a PNG.
    """

    __tablename__ = "application_datahub"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("application.client_id", ondelete="CASCADE"), primary_key=True
    )
    service: Mapped[ServiceDatahub] = mapped_column(String(5))
    email: Mapped[str | None] = mapped_column(
        ForeignKey("compte_datahub.email", ondelete="CASCADE"), index=True
    )
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)

    application: Mapped[Application] = relationship()


class Habilitateur(Base):
    """A user of SGE who gives their rights to those of the same entity; one is `principal`."""

    __tablename__ = "habilitateur"

    login: Mapped[str] = mapped_column(
        ForeignKey("utilisateur.login", ondelete="CASCADE"), primary_key=True
    )
    principal: Mapped[bool]


class TicketSpice(Base):
    """A ticket that hands in a new production certificate, registered when it is closed.

    `echeance` is the last legal day to open it in time, None where there is no certificate to
    renew. Instants are the machine's, as the lives of certificates.
    """

    __tablename__ = "ticket_spice"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    pem: Mapped[str] = mapped_column(Text)
    echeance: Mapped[date | None] = mapped_column(Date)
    ouvert_at: Mapped[datetime] = mapped_column(Instant)
    clos_at: Mapped[datetime | None] = mapped_column(Instant)


def comptes_datahub(session: Session) -> Sequence[CompteDatahub]:
    """Return every account, by entity then e-mail."""
    query = select(CompteDatahub).order_by(CompteDatahub.acteur_code, CompteDatahub.email)
    return session.scalars(query).all()


def contrats_datahub(session: Session, acteur_code: str | None = None) -> Sequence[ContratDatahub]:
    """Return the contracts by number: all of them, or those of an entity."""
    query = select(ContratDatahub).where(*matching((ContratDatahub.acteur_code, acteur_code)))
    return session.scalars(query.order_by(ContratDatahub.numero)).all()


def tickets_spice(session: Session) -> Sequence[TicketSpice]:
    """Return every ticket, the oldest first."""
    return session.scalars(select(TicketSpice).order_by(TicketSpice.id)).all()
