"""The accounts of companies that hold contracts, their applications, the points that they hold.

An account of the portal of companies speaks for one SIREN, and others where it is so set; an
application of it is known to the gateway as one of Data Connect is, and is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import JSON, ForeignKey, String, bindparam, literal_column, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, TypeServiceAcces
from sge_sim.tables.base import Base
from sge_sim.tables.dataconnect import APPLICATION_OF_DATA_CONNECT, PRODUCTION, ApplicationFacts
from sge_sim.tables.points import POINT_SEEN, Point
from sge_sim.tables.prepared import Prepared, Query

TITRES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "usage_point_id_perimeter": "usage_point_id_perimeter/v1",
        "mesure_synchrone": "mesures/v2",
        "customer_adress": "address/v1",
        "customer_connection": "connection/v1",
        "customer_contract": "contract/v1",
        "customer_contract_summary": "contract_summary/v1",
    }
)
"""The titles of the interfaces of holders, and where each begins (official descriptions); `adress`
is their spelling."""
SERVICES_OUVERTS: Final[tuple[TypeServiceAcces, ...]] = ("COURBE", "ENERGIE", "INDEX", "PMAX")
"""What the measure services of an account may be."""


class CompteEntreprise(Base):
    """The account of a company on its portal, by its SIREN.

    `autres_sirens` are those that it speaks for besides; `services` the types of measures whose
    services are open on its points.
    """

    __tablename__ = "compte_entreprise"

    siren: Mapped[str] = mapped_column(String(9), primary_key=True)
    nom: Mapped[str]
    autres_sirens: Mapped[list[str]] = mapped_column(JSON)
    services: Mapped[list[TypeServiceAcces]] = mapped_column(JSON)

    applications: Mapped[list["ApplicationEntreprise"]] = relationship(
        order_by="ApplicationEntreprise.nom, ApplicationEntreprise.client_id",
        cascade="all, delete-orphan",
    )

    @property
    def sirens(self) -> tuple[str, ...]:
        """All the SIREN that it speaks for, its own first."""
        return self.siren, *self.autres_sirens


class ApplicationEntreprise(Base):
    """An application of a company: its credentials, and the `TITRES` that were added to it."""

    __tablename__ = "application_entreprise"

    client_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    nom: Mapped[str] = mapped_column(String(38))
    siren: Mapped[str] = mapped_column(
        ForeignKey("compte_entreprise.siren", ondelete="CASCADE"), index=True
    )
    titres: Mapped[list[str]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class CompteFacts:
    """The account of an application as it was read; see `CompteEntreprise`."""

    sirens: frozenset[str]
    services: frozenset[TypeServiceAcces]


@dataclass(frozen=True, slots=True)
class PointTenu:
    """A point that a company holds, with what its perimeter is narrowed by.

    `puissance` is the subscribed power, in the unit of the contract.
    """

    prm: str
    siret: str
    code_postal: str
    commune: str
    segment: str
    injecte: bool
    puissance: float | None

    @property
    def segments(self) -> tuple[str, ...]:
        """Its segments: a C5 that injects is a P4 too."""
        return ("C5", "P4") if self.segment == "C5" and self.injecte else (self.segment,)


_C, _A = CompteEntreprise.__table__.c, ApplicationEntreprise.__table__.c
_OF_CLIENT = _A.client_id == bindparam("client_id")
_APPLICATION = Prepared(
    select(
        *(_A.client_id, _A.secret, _A.nom, _A.siren),
        *(literal_column(f"'{PRODUCTION}'"), literal_column("''")),
        *(_A.titres, _C.nom),
    )
    .join(CompteEntreprise, _C.siren == _A.siren)
    .where(_OF_CLIENT)
)
_COMPTE = Prepared(
    select(_C.siren, _C.autres_sirens, _C.services)
    .join(ApplicationEntreprise, _C.siren == _A.siren)
    .where(_OF_CLIENT)
)
_TENUS = Prepared(
    select(
        Point.prm,
        Point.siret,
        Point.code_postal,
        Point.commune,
        Point.segment,
        Point.contrat_injection,
        Point.puissance_souscrite,
    )
    .where(
        POINT_SEEN,
        Point.siret.between(bindparam("premier"), bindparam("dernier")),
        or_(*(Point.etat_contractuel == etat for etat in sorted(ETATS_EN_SERVICE))),
    )
    .order_by(Point.prm)
)


read_calling_application: Final = Query(
    (APPLICATION_OF_DATA_CONNECT, _APPLICATION),
    ("client_id",),
    lambda *found: next((ApplicationFacts(*row) for rows in found for row in rows), None),
)
"""The application of that identifier, Data Connect's or a company's, whose actor is its SIREN."""
read_compte: Final[Query[CompteFacts | None]] = Query(
    (_COMPTE,),
    ("client_id",),
    lambda rows: (
        CompteFacts(frozenset((rows[0][0], *rows[0][1])), frozenset(rows[0][2])) if rows else None
    ),
)
"""The account to which an application belongs; None for one of Data Connect."""
_read_tenus: Final = Query(
    (_TENUS,), ("premier", "dernier"), lambda rows: tuple(PointTenu(*row) for row in rows)
)


def held_points(siren: str) -> tuple[Query[tuple[PointTenu, ...]], str, str]:
    """Return the question that reads the points that a SIREN holds today, by PRM: those in service
    whose SIRET begins with it."""
    return _read_tenus, f"{siren}00000", f"{siren}99999"


def comptes_entreprises(session: Session) -> Sequence[CompteEntreprise]:
    """Return every account, by SIREN."""
    return session.scalars(select(CompteEntreprise).order_by(CompteEntreprise.siren)).all()
