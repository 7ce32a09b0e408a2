"""The accounts of companies that hold contracts, and the points that they hold.

An account of the portal of companies speaks for one SIREN, and others where it is so set. It is an
actor too: its applications are this actor's, the channels of its files those of its contracts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlalchemy import JSON, ForeignKey, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, TypeServiceAcces
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.base import Base
from sge_sim.tables.flux import Canal
from sge_sim.tables.points import POINT_SEEN, Point
from sge_sim.tables.prepared import Prepared, Query

_MESURES: Final = "commanderPublicationPonctuelle"
TITRES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "usage_point_id_perimeter": "usage_point_id_perimeter/v1/usage_point_id",
        "mesure_synchrone": "mesures/v2",
        "customer_adress": "address/v1",
        "customer_connection": "connection/v1",
        "customer_contract": "contract/v1",
        "customer_contract_summary": "contract_summary/v1",
        "mesure_asynchrone": f"publication_mesures/v1/{_MESURES}",
        "mesure_asynchrone_autorisee": f"mesure_asynchrone_autorisee/v1/{_MESURES}",
        "customer_address_asyn": "customer_address_asyn/v1/address",
        "customer_address_asyn_auto": "customer_address_asyn_auto/v1/address",
        "customer_connection_asyn": "customer_connection_asyn/v1/connection",
        "customer_connection_asyn_auto": "customer_connection_asyn_auto/v1/connection",
        "customer_contract_asyn": "customer_contract_asyn/v1/contracts",
        "customer_contract_asyn_auto": "customer_contract_asyn_auto/v1/contracts",
        "asyn_customer_contract_summary": "customer_contract_summary_asyn/v1/contract_summary",
        "cust_contract_sum_asyn_auto": "cust_contract_sum_asyn_auto/v1/contract_summary",
        "infra_j": "daily_metering_data_request/v2/?",
    }
)
"""The titles of the interfaces of companies beside those of Data Connect, and where each begins
(official descriptions); `adress` is their spelling. Those of authorised companies have « auto »."""
_CONTEXTES: Final = {
    "address": "donnees_generales_auto",
    "connection": "alimentation_auto",
    "contracts": "situation_contrat_auto",
    "contract_summary": "synth_contrat_auto",
}
DE_CONTRAT: Final[Mapping[str, str]] = MappingProxyType(
    {
        titre: api
        for titre, path in TITRES.items()
        if (api := _CONTEXTES.get(path.rpartition("/")[2]))
    }
)
"""The interfaces that order contract data, and the one of Data Connect that says the same."""
SERVICES_OUVERTS: Final[tuple[TypeServiceAcces, ...]] = ("COURBE", "ENERGIE", "INDEX", "PMAX")
"""What the measure services of an account may be."""


class CompteEntreprise(Base):
    """The account of a company on its portal, by its SIREN, the code of its actor.

    `autres_sirens` are those that it speaks for besides; `services` the types of measures whose
    services are open on its points.
    """

    __tablename__ = "compte_entreprise"

    siren: Mapped[str] = mapped_column(ForeignKey("acteur.code"), primary_key=True)
    autres_sirens: Mapped[list[str]] = mapped_column(JSON)
    services: Mapped[list[TypeServiceAcces]] = mapped_column(JSON)

    acteur: Mapped[Acteur] = relationship()

    @property
    def nom(self) -> str:
        """The name of the company."""
        return self.acteur.nom

    @property
    def sirens(self) -> tuple[str, ...]:
        """All the SIREN that it speaks for, its own first."""
        return self.siren, *self.autres_sirens


@dataclass(frozen=True, slots=True)
class CompteFacts:
    """An account as it was read; see `CompteEntreprise`."""

    siren: str
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


_C = CompteEntreprise.__table__.c
_COMPTE = Prepared(
    select(_C.siren, _C.autres_sirens, _C.services).where(_C.siren == bindparam("siren"))
)
_CANAUX = Prepared(
    select(Canal.contrat_id)
    .join(Contrat, Contrat.contrat_id == Canal.contrat_id)
    .where(Contrat.acteur_code == bindparam("siren"))
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


read_compte: Final[Query[CompteFacts | None]] = Query(
    (_COMPTE,),
    ("siren",),
    lambda rows: (
        CompteFacts(rows[0][0], frozenset((rows[0][0], *rows[0][1])), frozenset(rows[0][2]))
        if rows
        else None
    ),
)
"""The account of an actor; None for one that has none."""
read_canaux: Final[Query[frozenset[str]]] = Query(
    (_CANAUX,), ("siren",), lambda rows: frozenset(canal for (canal,) in rows)
)
"""The channels of an account: the contracts of its actor for which one is declared."""
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
