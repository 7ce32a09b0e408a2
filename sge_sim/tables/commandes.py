"""Orders and what they leave: cases, subscribed services, demands of files, declarations.

A row of `ServiceSouscrit`, `Affaire` or `Evenement` whose `echeance` is set is waiting for that
instant; `sge_sim.commandes.echeances` makes it happen.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Final

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, validates

from sge_sim.domaine.nomenclatures import (
    EtatAffaire,
    EtatService,
    MesuresType,
    MotifFin,
    Sens,
    TypeEvenement,
    TypeService,
    TypeServiceAcces,
)
from sge_sim.tables.base import Base, Instant, RowId, matching, with_postgresql
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver, Prepared, Query, Rows

_CODE = String(15)
_PRM = String(14)


class Attente:
    """A row that may wait for an instant; nothing is due without one.

    Kept in UTC as soon as it is set: in the hour that comes twice, instants of legal time don't
    compare well.
    """

    echeance: Mapped[datetime | None] = mapped_column(Instant, index=True, sort_order=2)

    @validates("echeance")
    def _in_utc(self, _name: str, value: datetime | None) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Affaire(Attente, Base):
    """A case: the working out of one order, opened when it is accepted.

    `affaire_id` is what SGE calls it (`demandeId` in an infra-daily order). `closed_at` is empty
    while it is `transmise`. `echeance` is when an order of files is due to be worked out.
    """

    __tablename__ = "affaire"

    affaire_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"))
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"))
    login: Mapped[str]
    objet: Mapped[str] = mapped_column(_CODE)
    fiche: Mapped[str] = mapped_column(_CODE)
    option: Mapped[str | None] = mapped_column(_CODE)
    reference: Mapped[str | None]
    demande: Mapped[str] = mapped_column(Text)
    etat: Mapped[EtatAffaire] = mapped_column(String(13))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)


class Abonnement(Base):
    """The number under which a recurrent transmission groups the points of a contract.

    `Numero_Abonnement` of R50 and R151: seven digits, one per contract, kind of measures, direction
    and frequency (observed 2022; that grouping is assumed: no file of theirs tells the direction).
    """

    __tablename__ = "abonnement"

    numero: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"))
    mesures_type: Mapped[MesuresType] = mapped_column(String(3))
    sens: Mapped[Sens] = mapped_column(String(9))
    periodicite: Mapped[str] = mapped_column(_CODE)

    __table_args__ = (UniqueConstraint("contrat_id", "mesures_type", "sens", "periodicite"),)


class ServiceColumns:
    """A measure service of an actor on a point, or the opposition of its client (OPPENR).

    ACCES lets the actor consult measures of `acces_type` in one direction, and may publish them
    (`OptionPublication`); `mesures_type` belongs to the others, which collect and send.

    `date_debut` and `date_fin` are legal dates, the service not reaching into `date_fin`: asked
    for while it runs, what happened once it is TERMINE; an OPPENR starts when its meter has been
    reached. `activated_at` and `ended_at` are the instants of both. `motif_fin` is set as soon as
    an end is decided, so a service that is ACTIF and has one is being stopped.
    """

    __slots__ = ()

    service_souscrit_id: Mapped[str] = mapped_column(_CODE, primary_key=True)
    type: Mapped[TypeService] = mapped_column(String(8))
    etat: Mapped[EtatService] = mapped_column(String(7))
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    acteur_code: Mapped[str | None] = mapped_column(ForeignKey("acteur.code"))
    contrat_id: Mapped[str | None] = mapped_column(ForeignKey("contrat.contrat_id"))
    affaire_id: Mapped[str | None] = mapped_column(ForeignKey("affaire.affaire_id"))
    mesures_type: Mapped[MesuresType | None] = mapped_column(String(3))
    acces_type: Mapped[TypeServiceAcces | None] = mapped_column(String(7))
    sens: Mapped[Sens | None] = mapped_column(String(9))
    pas: Mapped[str | None] = mapped_column(_CODE)
    corrigees: Mapped[bool | None]
    periodicite: Mapped[str | None] = mapped_column(_CODE)
    abonnement_numero: Mapped[int | None] = mapped_column(ForeignKey("abonnement.numero"))
    date_debut: Mapped[date] = mapped_column(Date)
    date_fin: Mapped[date | None] = mapped_column(Date)
    motif_fin: Mapped[MotifFin | None] = mapped_column(String(20))
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    activated_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ServiceSouscrit(Attente, ServiceColumns, Base):
    """A subscribed service: the columns that it shares with its facts, and others.

    `echeance` is the next of its start and its end. `announced_at` is set once the beneficiary has
    been told of the end (NASS). One that a consent of Data Connect opened names it
    (`consentement_id`).
    """

    __tablename__ = "service_souscrit"

    announced_at: Mapped[datetime | None] = mapped_column(Instant, sort_order=1)
    consentement_id: Mapped[int | None] = mapped_column(BigInteger, index=True, sort_order=1)

    point: Mapped[Point] = relationship()
    affaire: Mapped[Affaire | None] = relationship()

    __table_args__ = (
        Index("ix_service_souscrit_transmis", "type", "ended_at"),
        Index("ix_service_souscrit_a_annoncer", "announced_at", "ended_at"),
        # However many have ended on a point, those that haven't are few.
        with_postgresql(
            Index(
                "ix_service_souscrit_en_cours",
                *("prm", "date_debut", "service_souscrit_id"),
                sqlite_where=text("etat != 'TERMINE'"),
            ),
            where=text("etat != 'TERMINE'"),
        ),
    )


class DemandeHistorique(Base):
    """What the file HDM of a case is to hold; the period is cut to what may be shown when it is
    written. `date_fin` is excluded (assumed)."""

    __tablename__ = "demande_historique"

    affaire_id: Mapped[str] = mapped_column(
        ForeignKey("affaire.affaire_id", ondelete="CASCADE"), primary_key=True
    )
    mesures_type: Mapped[MesuresType] = mapped_column(String(3))
    date_debut: Mapped[date] = mapped_column(Date)
    date_fin: Mapped[date] = mapped_column(Date)
    corrigees: Mapped[bool]

    affaire: Mapped[Affaire] = relationship()


class DemandeInfraJ(Base):
    """What the file IFJ of a case is to hold: directions, curves, index, tariff parameters."""

    __tablename__ = "demande_infra_j"

    affaire_id: Mapped[str] = mapped_column(
        ForeignKey("affaire.affaire_id", ondelete="CASCADE"), primary_key=True
    )
    injection: Mapped[bool]
    soutirage: Mapped[bool]
    cdc: Mapped[bool]
    idx: Mapped[bool]
    ptd: Mapped[bool]

    affaire: Mapped[Affaire] = relationship()


class AutorisationClient(Base):
    """The client's authorisation, as an actor declared it with an order that was accepted.

    SGE holds it against nothing (GUI 0469, 0481, 0453): it is kept to be audited. `nom` is the
    client as the actor wrote it. `date_debut` and `date_fin` bound what was ordered with it.
    """

    __tablename__ = "autorisation_client"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    affaire_id: Mapped[str] = mapped_column(ForeignKey("affaire.affaire_id", ondelete="CASCADE"))
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    personne_physique: Mapped[bool | None]
    nom: Mapped[str | None] = mapped_column(Text)
    portee: Mapped[str]
    soutirage: Mapped[bool]
    injection: Mapped[bool]
    declared_at: Mapped[datetime] = mapped_column(Instant)
    date_debut: Mapped[date] = mapped_column(Date)
    date_fin: Mapped[date | None] = mapped_column(Date)

    point: Mapped[Point] = relationship()


class Evenement(Attente, Base):
    """Something that happens to a point at an instant, decided outside of SGE's orders.

    `echeance` is emptied when it has happened. An opposition takes `delai_s` seconds of simulated
    time to reach the meter; `fournisseur_code` is who takes over, in a change of supplier;
    `affaire_contractuelle` numbers what leads to it, where a GRD-F contract is concerned.
    """

    __tablename__ = "evenement"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    type: Mapped[TypeEvenement] = mapped_column(String(20))
    instant: Mapped[datetime] = mapped_column(Instant)
    delai_s: Mapped[int] = mapped_column(default=0)
    fournisseur_code: Mapped[str | None] = mapped_column(String(20))
    affaire_contractuelle: Mapped[str | None] = mapped_column(String(8))

    point: Mapped[Point] = relationship()


_ABONNEMENT = Prepared(
    select(Abonnement.numero).where(
        *(
            Abonnement.__table__.c[name] == bindparam(name)
            for name in ("contrat_id", "mesures_type", "sens", "periodicite")
        )
    )
)
UNENDED: Final = ServiceSouscrit.etat != literal_column("'TERMINE'")
"""Selects the services that haven't ended, by the index that holds no others."""
CARACTERISTIQUES: Final = (
    *("type", "contrat_id", "mesures_type", "sens", "pas", "corrigees", "periodicite"),
)
"""What two services of a point share when one renews the other (GUI 0469 §5.3): any difference
makes another service, beside the first."""
_UNENDED = Prepared(
    select(
        ServiceSouscrit.service_souscrit_id,
        *(getattr(ServiceSouscrit, name) for name in CARACTERISTIQUES),
    )
    .where(ServiceSouscrit.prm == bindparam("prm"), UNENDED)
    .order_by(ServiceSouscrit.date_debut, ServiceSouscrit.service_souscrit_id)
)
_TELEOPERABLE = Prepared(select(Point.teleoperable).where(Point.prm == bindparam("prm")))


def services_of_point(session: Session, prm: str) -> Sequence[ServiceSouscrit]:
    """Return every service of a point, whoever ordered it, by start then number."""
    return session.scalars(
        select(ServiceSouscrit)
        .where(ServiceSouscrit.prm == prm)
        .order_by(ServiceSouscrit.date_debut, ServiceSouscrit.service_souscrit_id)
        .options(joinedload(ServiceSouscrit.affaire))
    ).all()


def infra_j_since(session: Session, prm: str, since: datetime) -> Sequence[DemandeInfraJ]:
    """Return the infra-daily orders of a point that were accepted after `since`."""
    return session.scalars(
        select(DemandeInfraJ).join(Affaire).where(Affaire.prm == prm, Affaire.opened_at > since)
    ).all()


def autorisations(session: Session, acteur_code: str | None = None) -> Sequence[AutorisationClient]:
    """Return the declarations, oldest first: all of them, or an actor's."""
    wanted = matching((AutorisationClient.acteur_code, acteur_code))
    query = select(AutorisationClient).where(*wanted).order_by(AutorisationClient.id)
    return session.scalars(query).all()


read_abonnement: Final[Query[int | None]] = Query(
    (_ABONNEMENT,),
    ("contrat_id", "mesures_type", "sens", "periodicite"),
    lambda rows: rows[0][0] if rows else None,
)
"""The subscription number of a recurrent transmission; none before its first order."""


def unended_services(session: Session, prm: str) -> list[ServiceSouscrit]:
    """Return the services of a point that haven't ended; those not written yet aren't among them.

    It is asked at each order, where there usually is none.
    """
    return _unended(session, _UNENDED.rows(Driver.of(session.connection()), prm=prm))


def services_alike(session: Session, service: ServiceSouscrit) -> list[ServiceSouscrit]:
    """Return as `unended_services` those that have the characteristics of a service, and it."""
    rows = _UNENDED.rows(Driver.of(session.connection()), prm=service.prm)
    shared = attrgetter(*CARACTERISTIQUES)(service)
    return _unended(session, [row for row in rows if row[1:] == shared])


def _unended(session: Session, rows: Rows) -> list[ServiceSouscrit]:
    services = [session.get_one(ServiceSouscrit, number) for number, *_ in rows]
    return [service for service in services if service.etat != "TERMINE"]


def is_teleoperable(session: Session, prm: str) -> bool:
    """Tell whether the meter of a point, as it was last written, can be operated from afar."""
    rows = _TELEOPERABLE.rows(Driver.of(session.connection()), prm=prm)
    return bool(rows and rows[0][0])
