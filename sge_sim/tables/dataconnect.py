"""Data Connect: its applications, the consents given to them, the tokens that were revoked.

What a consent opens are access services, which stand with the others (`sge_sim.tables.acces`):
SGE's own search and consultation see them, and what ends them ends the consent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    func,
    select,
)
from sqlalchemy.orm import (
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from sge_sim.domaine.nomenclatures import (
    EtatService,
    ModeApplication,
    MotifFin,
    Sens,
    TypeServiceAcces,
)
from sge_sim.tables.acteurs import Acteur
from sge_sim.tables.base import Base, Facts, Instant, RowId, columns_read, matching
from sge_sim.tables.commandes import UNENDED, ServiceSouscrit
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Prepared, Query

PRODUCTION: Final = "production"
BAC_A_SABLE: Final = "bac_a_sable"
GenerationDataConnect = Literal["2026", "v5"]

APIS: Final[Mapping[str, GenerationDataConnect]] = MappingProxyType(
    {
        "subscribed_services": "2026",
        "mesure_synchrone_auto": "2026",
        "situation_contrat_auto": "2026",
        "synth_contrat_auto": "2026",
        "donnees_generales_auto": "2026",
        "comptage_auto": "2026",
        "alimentation_auto": "2026",
        "metering_data_dc": "v5",
        "metering_data_clc": "v5",
        "metering_data_dcmp": "v5",
        "metering_data_dp": "v5",
        "metering_data_plc": "v5",
        "customers_i": "v5",
        "customers_cd": "v5",
        "customers_upc": "v5",
        "customers_upa": "v5",
    }
)
"""The APIs that an application may subscribe to, and the generation of each."""


def version_of_api(api: str) -> str:
    """Return the version that stands in the path of an API, companies' too: `1`, `2` or `5`."""
    if APIS.get(api) == "v5":
        return "5"
    return "2" if api.startswith(("mesure_synchrone", "infra_j")) else "1"


class ApplicationColumns:
    """A client of Data Connect, that belongs to an actor (its entity).

    In mode `bac_a_sable` every consent counts as given. `redirect_uri` is the registered one,
    `apis` those of `APIS` that it subscribed to. The secret is kept as it is: its owner may read it
    again.
    """

    __slots__ = ()

    client_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    nom: Mapped[str] = mapped_column(String(38))
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), index=True)
    mode: Mapped[ModeApplication] = mapped_column(String(11))
    redirect_uri: Mapped[str] = mapped_column(Text)
    apis: Mapped[list[str]] = mapped_column(JSON)


class Application(ApplicationColumns, Base):
    """An application; one of each mode is `par_defaut`."""

    __tablename__ = "application"

    par_defaut: Mapped[bool] = mapped_column(default=False, sort_order=1)

    acteur: Mapped[Acteur] = relationship()


class Partage(Base):
    """The sharing of a holder's data with an application: the number that its consents share.

    `autorisation_id` is the same after a revocation (measured in production, October 2026).
    `titulaire` is the key of a customer (`titulaire_de`).
    """

    __tablename__ = "partage"

    autorisation_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client_id: Mapped[str] = mapped_column(ForeignKey("application.client_id", ondelete="CASCADE"))
    titulaire: Mapped[str]

    application: Mapped[Application] = relationship()

    __table_args__ = (UniqueConstraint("client_id", "titulaire"),)


class ConsentementDonne(Base):
    """The consent of a holder for one point, from `debut` to `fin` (excluded).

    It has ended before once all the services that it opened have; but for those that an order has
    extended since, which are the order's (assumed).
    """

    __tablename__ = "consentement"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    autorisation_id: Mapped[int] = mapped_column(
        ForeignKey("partage.autorisation_id", ondelete="CASCADE"), index=True
    )
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    debut: Mapped[datetime] = mapped_column(Instant)
    fin: Mapped[datetime] = mapped_column(Instant)

    partage: Mapped[Partage] = relationship()
    point: Mapped[Point] = relationship()
    services: Mapped[list[ServiceSouscrit]] = relationship(
        primaryjoin="ConsentementDonne.id == foreign(ServiceSouscrit.consentement_id)",
        order_by=ServiceSouscrit.service_souscrit_id,
    )

    @property
    def fini_le(self) -> datetime | None:
        """When the last of its services ended; None while one runs."""
        ends = [service.ended_at for service in self.services]
        return max((end for end in ends if end is not None), default=None) if all(ends) else None

    @property
    def motif_fin(self) -> MotifFin | None:
        """Why it has ended."""
        return self.services[-1].motif_fin if self.services and self.fini_le else None


@dataclass(frozen=True, slots=True)
class ApplicationFacts(ApplicationColumns, Facts):
    """An application and its `entite`, the name of its actor; every consent counts as given to one
    that is `en_bac_a_sable`.
    """

    entite: str
    en_bac_a_sable: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "en_bac_a_sable", self.mode == "bac_a_sable")


@dataclass(frozen=True, slots=True)
class ConsentementFacts:
    """A consent as it was read; see `ConsentementDonne`."""

    id: int
    autorisation_id: int
    client_id: str
    titulaire: str
    prm: str
    debut: datetime
    fin: datetime
    court: bool
    motif_fin: MotifFin | None


@dataclass(frozen=True, slots=True)
class ServiceConsentiFacts:
    """An access service that a consent opened: its number, kind and days [debut, fin)."""

    service_souscrit_id: str
    prm: str
    type: TypeServiceAcces
    sens: Sens
    etat: EtatService
    debut: date
    fin: date
    autorisation_id: int


_A, _P, _C = Application.__table__.c, Partage.__table__.c, ConsentementDonne.__table__.c
APPLICATION_OF_DATA_CONNECT: Final = Prepared(
    select(*columns_read(Application, ApplicationFacts), Acteur.nom)
    .join(Acteur, Acteur.code == _A.acteur_code)
    .where(_A.client_id == bindparam("client_id"))
)
_S = ServiceSouscrit.__table__.c
_RUNNING = func.min(case((_S.ended_at.is_(None), 0), else_=1)) == 0
_CONSENTEMENT = (
    select(
        _C.id,
        _C.autorisation_id,
        _P.client_id,
        _P.titulaire,
        _C.prm,
        _C.debut,
        _C.fin,
        _RUNNING,
        func.max(_S.motif_fin),
    )
    .join(Partage, _P.autorisation_id == _C.autorisation_id)
    .outerjoin(ServiceSouscrit, _S.consentement_id == _C.id)
    .group_by(_C.id, _P.client_id, _P.titulaire)
    .order_by(_C.id)
)
_OF_POINT = Prepared(
    _CONSENTEMENT.where(_P.client_id == bindparam("client_id"), _C.prm == bindparam("prm"))
)
_SERVICES_OF_CLIENT = Prepared(
    select(
        _S.service_souscrit_id,
        _S.prm,
        _S.acces_type,
        _S.sens,
        _S.etat,
        _S.date_debut,
        _S.date_fin,
        _C.autorisation_id,
    )
    .join(ConsentementDonne, _C.id == _S.consentement_id)
    .join(Partage, _P.autorisation_id == _C.autorisation_id)
    .where(_P.client_id == bindparam("client_id"))
    .order_by(_S.service_souscrit_id)
)
_PARTAGE = Prepared(
    select(_P.autorisation_id).where(
        _P.client_id == bindparam("client_id"), _P.titulaire == bindparam("titulaire")
    )
)
_NOM_ACTEUR = Prepared(select(Acteur.nom).where(Acteur.code == bindparam("code")))


read_application: Final = Query(
    (APPLICATION_OF_DATA_CONNECT,),
    ("client_id",),
    lambda rows: ApplicationFacts(*rows[0]) if rows else None,
)
"""The application of that identifier."""
read_consentements: Final = Query(
    (_OF_POINT,),
    ("client_id", "prm"),
    lambda rows: tuple(ConsentementFacts(*row) for row in rows),
)
"""Every consent given to an application for a point, the oldest first."""
read_services_of: Final = Query(
    (_SERVICES_OF_CLIENT,),
    ("client_id",),
    lambda rows: tuple(ServiceConsentiFacts(*row) for row in rows),
)
"""The access services that the consents given to an application opened."""
read_nom_acteur: Final = Query(
    (_NOM_ACTEUR,), ("code",), lambda rows: str(rows[0][0]) if rows else None
)
"""The name of an actor."""


read_autorisation_id: Final[Query[int | None]] = Query(
    (_PARTAGE,), ("client_id", "titulaire"), lambda rows: rows[0][0] if rows else None
)
"""The number under which a holder shares data with an application, if it ever did."""


def applications(session: Session) -> Sequence[Application]:
    """Return every application, the default ones first."""
    return session.scalars(
        select(Application).order_by(Application.par_defaut.desc(), Application.client_id)
    ).all()


def default_application(session: Session, mode: ModeApplication) -> Application | None:
    """Return the application of a mode that a newcomer plays."""
    return session.scalar(
        select(Application).where(Application.mode == mode, Application.par_defaut).limit(1)
    )


def consentements(session: Session, prm: str | None = None) -> Sequence[ConsentementDonne]:
    """Return the consents, oldest first: all of them, or those of a point."""
    query = select(ConsentementDonne).where(*matching((ConsentementDonne.prm, prm)))
    query = query.options(
        joinedload(ConsentementDonne.partage).joinedload(Partage.application),
        joinedload(ConsentementDonne.point),
        selectinload(ConsentementDonne.services),
    )
    return session.scalars(query.order_by(ConsentementDonne.id)).all()


def end_bare(
    session: Session, prm: str, instant: datetime, autorisation_id: int | None = None
) -> None:
    """End the consents for a point, of one share if given, whose services are all orders' now."""
    share = matching((_C.autorisation_id, autorisation_id))
    of_point = select(ConsentementDonne).where(_C.prm == prm, _C.fin > instant, *share)
    for each in session.scalars(of_point.where(~ConsentementDonne.services.any())):
        each.fin = instant


def running_services(
    session: Session, client_id: str, prms: Sequence[str], now: datetime
) -> Sequence[ServiceSouscrit]:
    """Return the services that run of the consents given to an application for any of these points
    that hold at `now`. What has ended isn't read, however much of it there is.
    """
    return session.scalars(
        select(ServiceSouscrit)
        .join(ConsentementDonne, _C.id == _S.consentement_id)
        .join(Partage)
        .where(
            ServiceSouscrit.prm.in_(prms),
            UNENDED,
            Partage.client_id == client_id,
            ConsentementDonne.debut <= now,
            ConsentementDonne.fin > now,
        )
        .order_by(ServiceSouscrit.service_souscrit_id)
    ).all()


class RevokedToken(Base):
    """A token that was revoked before its end, `fin`."""

    __tablename__ = "revoked_token"

    jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    fin: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_revoked_token_fin", "fin"),)


_REVOKED = Prepared(select(RevokedToken.jti).where(RevokedToken.jti == bindparam("jti")))


read_revoked: Final = Query((_REVOKED,), ("jti",), bool)
"""Whether a token was revoked."""


def revoke_token(session: Session, jti: str, fin: datetime, now: datetime) -> None:
    """Revoke a token; those that have ended since are forgotten."""
    session.execute(delete(RevokedToken).where(RevokedToken.fin < now))
    session.merge(RevokedToken(jti=jti, fin=fin))
