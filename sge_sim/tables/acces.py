"""Access services: they let an actor consult measures on its say alone (cadreAcces SERVICE_ACCES).

One covers one type of measures in one direction (GUI 0498), and may publish them (GUI 0531).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.clock import legal_date, start_of_day
from sge_sim.domaine.nomenclatures import Sens, TypeAcces, TypeServiceAcces
from sge_sim.tables.acteur_facts import ContratFacts
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.base import Base, RowId
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.ecritures import SerieNumeros, next_numeros
from sge_sim.tables.prepared import Driver, Prepared


class OptionColumns:
    """A recurrent publication of an access service: what its flux carries, how often.

    `corrigees` is None where the measures have no such nature (all but the curve). Published on
    the legal days [date_debut, date_fin): the end is set once the option, or its service, ended.
    """

    __slots__ = ()

    corrigees: Mapped[bool | None]
    periodicite: Mapped[str] = mapped_column(String(15))
    date_debut: Mapped[date] = mapped_column(Date)
    date_fin: Mapped[date | None] = mapped_column(Date)


class OptionPublication(OptionColumns, Base):
    """A publication, and the service of which it is one."""

    __tablename__ = "option_publication"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    service_souscrit_id: Mapped[str] = mapped_column(
        ForeignKey("service_souscrit.service_souscrit_id", ondelete="CASCADE"), index=True
    )


_CLOSE_OPTIONS = Prepared(
    update(OptionPublication)
    .where(
        OptionPublication.service_souscrit_id == bindparam("service"),
        OptionPublication.date_fin.is_(None),
    )
    .values(date_fin=bindparam("until", type_=Date))
)


def acces_services(
    session: Session,
    prm: str,
    granted: Collection[tuple[TypeServiceAcces, Sens]],
    contrats: Sequence[Contrat] | Sequence[ContratFacts],
    instant: datetime,
    fin: date | None,
    consentement_id: int | None = None,
) -> list[ServiceSouscrit]:
    """Return access services of the actors of contracts, from `instant` (aware) to the day `fin`,
    excluded; the caller writes them.

    `consentement_id` is the consent of Data Connect that opens them, if one does.
    """
    opened = [(contrat, type, sens) for contrat in contrats for type, sens in granted]
    series: list[SerieNumeros] = ["service_souscrit"] * len(opened)
    debut, echeance = legal_date(instant), None if fin is None else start_of_day(fin)
    return [
        ServiceSouscrit(
            service_souscrit_id=f"{numero:08d}",
            type="ACCES",
            etat="ACTIF",
            prm=prm,
            acteur_code=contrat.acteur_code,
            contrat_id=contrat.contrat_id,
            acces_type=type,
            sens=sens,
            date_debut=debut,
            date_fin=fin,
            ordered_at=instant,
            activated_at=instant,
            echeance=echeance,
            consentement_id=consentement_id,
        )
        for numero, (contrat, type, sens) in zip(
            next_numeros(session, *series), opened, strict=True
        )
    ]


def remove_acces(session: Session, prm: str, types: Collection[TypeAcces]) -> None:
    """Remove the access services of these types of a point, ended ones too; not a consent's."""
    session.execute(
        delete(ServiceSouscrit).where(
            ServiceSouscrit.prm == prm,
            ServiceSouscrit.acces_type.in_(types),
            ServiceSouscrit.consentement_id.is_(None),
        )
    )


def options_of_point(session: Session, prm: str) -> Mapping[str, Sequence[OptionPublication]]:
    """Return the publications of the services of a point by service, the first ordered first."""
    query = (
        select(OptionPublication)
        .join(ServiceSouscrit)
        .where(ServiceSouscrit.prm == prm)
        .order_by(OptionPublication.id)
    )
    options: dict[str, list[OptionPublication]] = {}
    for option in session.scalars(query):
        options.setdefault(option.service_souscrit_id, []).append(option)
    return options


def close_options(session: Session, service_souscrit_id: str, fin: date) -> None:
    """End at `fin` (excluded) the publications of a service that go on."""
    driver = Driver.of(session.connection())
    _CLOSE_OPTIONS.rows(driver, service=service_souscrit_id, until=fin)


def close_option(
    session: Session,
    service_souscrit_id: str,
    periodicite: str,
    corrigees: bool | None,
    fin: date,
) -> None:
    """End at `fin` (excluded) the publication of that frequency and nature."""
    nature = OptionPublication.corrigees
    session.execute(
        update(OptionPublication)
        .where(
            OptionPublication.service_souscrit_id == service_souscrit_id,
            OptionPublication.date_fin.is_(None),
            OptionPublication.periodicite == periodicite,
            nature.is_(None) if corrigees is None else nature == corrigees,
        )
        .values(date_fin=fin)
    )


def get_services(session: Session, numeros: Sequence[str]) -> list[ServiceSouscrit]:
    """Return the services of those numbers, which exist, in their order."""
    return [session.get_one(ServiceSouscrit, numero) for numero in numeros]
