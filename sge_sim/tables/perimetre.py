"""The contractual life of points: GRD-F contracts of suppliers, affaires, events.

Nothing is written here where no supplier has such a contract.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, TypeDecorator, select, union
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from sge_sim.domaine.perimetre import (
    NATURES,
    EtatAffaire,
    Initiateur,
    NatureEvenement,
    PeriodeContractuelle,
    SituationContractuelle,
    SorteEvenement,
    initial_reference,
)
from sge_sim.tables.base import Base, Instant, RowId
from sge_sim.tables.points import POINT_SEEN, Point

_BLOCK: Final = 500
_TRIPHASE: Final = "230/400 V"


class _Situation(TypeDecorator[SituationContractuelle]):
    """A situation kept as JSON; its dates, whose names begin with `date_`, are ISO texts."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: SituationContractuelle | None, dialect: Any) -> Any:
        if value is None:
            return None
        said = asdict(value).items()
        return {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in said}

    def process_result_value(self, value: Any, dialect: Any) -> SituationContractuelle | None:
        if value is None:
            return None
        days = {
            name: date.fromisoformat(cell) for name, cell in value.items() if _is_day(name, cell)
        }
        return SituationContractuelle(**value | days)


def _is_day(name: str, cell: Any) -> bool:
    return name.startswith("date_") and cell is not None


class ContratGrdF(Base):
    """A supplier's GRD-F contract, followed from the legal day `debut` on.

    `eic` is the supplier's EIC and `eic_responsable` that of who is responsible for its balance.
    """

    __tablename__ = "contrat_grd_f"

    contrat_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"), unique=True)
    eic: Mapped[str] = mapped_column(String(16))
    eic_responsable: Mapped[str] = mapped_column(String(16))
    debut: Mapped[date]


class AffaireContractuelle(Base):
    """What leads to events of a point on the legal day `jour`; `numero` has eight digits.

    `prestation`: its code in the catalogue of services (F130), none of Enedis' own. `contrat_id`:
    the contract that asked, `contrat_receveur`: the one that loses the point; each is None where
    that supplier has no GRD-F contract. `valeurs`: columns of the point and what they become,
    as `sge_sim.commandes.perimetre` reads them.
    """

    __tablename__ = "affaire_contractuelle"

    numero: Mapped[str] = mapped_column(String(8), primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    nature: Mapped[NatureEvenement] = mapped_column(String(5))
    prestation: Mapped[str | None] = mapped_column(String(10))
    initiateur: Mapped[Initiateur] = mapped_column(String(11))
    contrat_id: Mapped[str | None] = mapped_column(ForeignKey("contrat_grd_f.contrat_id"))
    contrat_receveur: Mapped[str | None] = mapped_column(ForeignKey("contrat_grd_f.contrat_id"))
    reference_demandeur: Mapped[str | None]
    jour: Mapped[date]
    valeurs: Mapped[dict[str, Any]] = mapped_column(JSON)

    jalons: Mapped[list["JalonContractuel"]] = relationship(order_by="JalonContractuel.num")


class JalonContractuel(Base):
    """A milestone of an affaire, at its instant; `effet` is the legal day that it speaks of."""

    __tablename__ = "jalon_contractuel"

    numero: Mapped[str] = mapped_column(
        ForeignKey("affaire_contractuelle.numero", ondelete="CASCADE"), primary_key=True
    )
    num: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instant: Mapped[datetime] = mapped_column(Instant, index=True)
    effet: Mapped[date]
    etat: Mapped[EtatAffaire] = mapped_column(String(5))


class EvenementContractuel(Base):
    """What happened to a point on the legal day `jour`, as one contract sees it.

    One event of each contract that is concerned: a supplier change is a CFNE of one, a CFNS of
    another, of one affaire. `avant` is the situation until that day, `apres` the one from it on;
    an event that opens has in `apres` the new reference, one that closes in both the old one.
    `affaire_numero` is None of a correction.
    """

    __tablename__ = "evenement_contractuel"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat_grd_f.contrat_id"))
    nature: Mapped[NatureEvenement] = mapped_column(String(5))
    jour: Mapped[date]
    instant: Mapped[datetime] = mapped_column(Instant)
    affaire_numero: Mapped[str | None] = mapped_column(
        ForeignKey("affaire_contractuelle.numero", ondelete="CASCADE")
    )
    reference: Mapped[str] = mapped_column(String(9))
    sequence: Mapped[int]
    avant: Mapped[SituationContractuelle] = mapped_column(_Situation)
    apres: Mapped[SituationContractuelle] = mapped_column(_Situation)

    affaire: Mapped[AffaireContractuelle | None] = relationship()

    __table_args__ = (Index("ix_evenement_contractuel_jour", "contrat_id", "jour", "prm", "id"),)

    @property
    def sorte(self) -> SorteEvenement:
        """What is known of its nature."""
        return NATURES[self.nature]


def contrats_grd_f(session: Session) -> Sequence[ContratGrdF]:
    """Return the GRD-F contracts that are followed, by number."""
    return session.scalars(select(ContratGrdF).order_by(ContratGrdF.contrat_id)).all()


def contrat_of(session: Session, acteur_code: str | None, jour: date) -> ContratGrdF | None:
    """Return the GRD-F contract of a supplier, if one is followed on that legal day."""
    if acteur_code is None:
        return None
    wanted = (ContratGrdF.acteur_code == acteur_code, ContratGrdF.debut <= jour)
    return session.scalars(select(ContratGrdF).where(*wanted)).first()


def evenements_of_days(
    session: Session, contrat_id: str, debut: date, fin: date
) -> Iterator[EvenementContractuel]:
    """Yield the events of a contract over the legal days [debut, fin), by day, PRM, then order."""
    query = (
        select(EvenementContractuel)
        .where(EvenementContractuel.contrat_id == contrat_id)
        .where(EvenementContractuel.jour >= debut, EvenementContractuel.jour < fin)
        .order_by(EvenementContractuel.jour, EvenementContractuel.prm, EvenementContractuel.id)
        .options(joinedload(EvenementContractuel.affaire))
    )
    yield from session.scalars(query.execution_options(yield_per=_BLOCK))


def affaires_moved(
    session: Session, contrat_id: str, debut: datetime, fin: datetime, *, recues: bool = False
) -> Sequence[tuple[AffaireContractuelle, list[JalonContractuel]]]:
    """Return the affaires of a contract that have a milestone in [debut, fin), by number, each with
    all its milestones before `fin`: those that it began (X12), or `recues` (X13)."""
    column = AffaireContractuelle.contrat_receveur if recues else AffaireContractuelle.contrat_id
    moved = select(JalonContractuel.numero).where(
        JalonContractuel.instant >= debut, JalonContractuel.instant < fin
    )
    query = (
        select(AffaireContractuelle, JalonContractuel)
        .join(JalonContractuel)
        .where(column == contrat_id, JalonContractuel.instant < fin)
        .where(AffaireContractuelle.numero.in_(moved), AffaireContractuelle.prestation.is_not(None))
        .order_by(AffaireContractuelle.numero, JalonContractuel.num)
    )
    rows = session.execute(query).tuples()
    return [
        (affaire, [jalon for _, jalon in some])
        for affaire, some in groupby(rows, key=lambda row: row[0])
    ]


def situation_of(point: Point) -> SituationContractuelle:
    """Return the situation of a point to which nothing contractual has happened yet."""
    start = point.date_mise_en_service or date.min
    meter = next((each for each in point.compteurs if each.date_depose is None), None)
    return SituationContractuelle(
        reference=initial_reference(point.prm),
        sequence=1,
        date_mise_en_service=start,
        date_sequence=start,
        etat=point.etat_contractuel,
        alimentation=point.etat_alimentation,
        fournisseur=point.fournisseur_titulaire,
        titulaire=point.nom_client_final,
        categorie=point.categorie_client_final,
        siret=point.siret,
        fta=point.fta,
        puissance=point.puissance_souscrite,
        calendrier=point.calendrier_fournisseur,
        heures_creuses=point.heures_creuses_libelle,
        heures_creuses_basse=point.heures_creuses_saison_basse,
        niveau=point.niveau_ouverture_services or 0,
        compteur=point.type_comptage,
        matricule=meter and meter.matricule,
        numero_serie=meter and meter.numero_serie,
        mode="TRI" if point.tension_livraison == _TRIPHASE else "MONO",
        plage_releve=point.plage_releve,
        date_resiliation=point.date_resiliation,
        date_modification_fta=point.date_modification_fta,
        date_augmentation=point.date_augmentation_puissance,
        date_diminution=point.date_diminution_puissance,
    )


def life_of(
    session: Session, prms: Iterable[str], contrat_id: str | None = None
) -> dict[str, list[EvenementContractuel]]:
    """Return the events of points, in their order: of every contract, or of the one given."""
    query = select(EvenementContractuel).where(EvenementContractuel.prm.in_([*prms]))
    if contrat_id is not None:
        query = query.where(EvenementContractuel.contrat_id == contrat_id)
    query = query.order_by(
        EvenementContractuel.prm, EvenementContractuel.jour, EvenementContractuel.id
    ).options(joinedload(EvenementContractuel.affaire))
    found: dict[str, list[EvenementContractuel]] = {}
    for each in session.scalars(query):
        found.setdefault(each.prm, []).append(each)
    return found


def periodes_of(
    point: Point, events: Sequence[EvenementContractuel], contrat: ContratGrdF
) -> list[PeriodeContractuelle]:
    """Return the situations of a point under a contract, by day, of its events in that contract.

    The first begins with its situation, even before the contract is followed; none while another
    supplier has the point. What several events of a day come to is one situation.
    """
    if not events:
        situation = situation_of(point)
        if situation.fournisseur != contrat.acteur_code or situation.resiliee:
            return []
        return [PeriodeContractuelle(situation.date_mise_en_service, None, situation)]
    found: list[PeriodeContractuelle] = []
    if not events[0].sorte.ouvre:
        first = events[0].avant
        found.append(PeriodeContractuelle(first.date_sequence, None, first))
    for each in events:
        if found and found[-1].fin is None:
            last = found.pop()
            if last.debut < each.jour:
                found.append(replace(last, fin=each.jour))
        if not each.sorte.ferme:
            found.append(PeriodeContractuelle(each.jour, None, each.apres))
    return found


@dataclass(frozen=True)
class VieContractuelle:
    """A point, its events in a contract and its situations there."""

    point: Point
    evenements: list[EvenementContractuel]
    periodes: list[PeriodeContractuelle]

    def au(self, jour: date) -> SituationContractuelle | None:
        """Return its situation on a legal day, at its end; None while it isn't in the contract."""
        for each in self.periodes:
            if each.debut <= jour and (each.fin is None or jour < each.fin):
                return each.situation
        return None


def lives_of_contract(session: Session, contrat: ContratGrdF) -> Iterator[VieContractuelle]:
    """Yield the life of every C5 point that is or was in a contract, by PRM, read by blocks."""
    held = select(Point.prm).where(
        Point.fournisseur_titulaire == contrat.acteur_code, Point.segment == "C5", POINT_SEEN
    )
    known = select(EvenementContractuel.prm).where(
        EvenementContractuel.contrat_id == contrat.contrat_id
    )
    after = ""
    while True:
        both = union(
            held.where(Point.prm > after), known.where(EvenementContractuel.prm > after)
        ).subquery()
        prms = session.scalars(select(both.c.prm).order_by(both.c.prm).limit(_BLOCK)).all()
        if not prms:
            return
        lives = life_of(session, prms, contrat.contrat_id)
        for point in session.scalars(
            select(Point).where(Point.prm.in_(prms)).order_by(Point.prm)
        ).all():
            events = lives.get(point.prm, [])
            yield VieContractuelle(point, events, periodes_of(point, events, contrat))
        after = prms[-1]
