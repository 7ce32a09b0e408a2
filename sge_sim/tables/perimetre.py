"""The contractual life of points: GRD-F contracts, affaires, events; nothing without a contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, Index, String, TypeDecorator, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from sge_sim.clock import PARIS, legal_date
from sge_sim.domaine.perimetre import (
    COLONNES,
    CORRECTION_CONTRAT,
    NATURES,
    SEGMENTS_SUIVIS,
    EtatJalon,
    Initiateur,
    Jalon,
    MotifRectif,
    NatureEvenement,
    PeriodeContractuelle,
    SituationContractuelle,
    SorteEvenement,
    initial_reference,
)
from sge_sim.tables.base import Base, Instant, RowId
from sge_sim.tables.points import POINT_SEEN, Point

_BLOCK: Final = 500
_LAST_SECOND: Final = time(23, 59, 59)
_TRIPHASE: Final = "230/400 V"


class _Situation(TypeDecorator[SituationContractuelle]):
    """A situation kept as JSON; its dates, whose names begin with `date_`, are ISO texts."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: SituationContractuelle | None, dialect: Any) -> Any:
        said = {} if value is None else asdict(value)
        return {name: str(cell) if isinstance(cell, date) else cell for name, cell in said.items()}

    def process_result_value(self, value: Any, dialect: Any) -> SituationContractuelle:
        dates = [name for name, cell in value.items() if name.startswith("date_") and cell]
        return SituationContractuelle(
            **value | {name: date.fromisoformat(value[name]) for name in dates}
        )


_DELAIS: Final[Mapping[EtatJalon, timedelta]] = {
    "DMTR": timedelta(0),
    **dict.fromkeys(("DMREC", "INPL"), timedelta(seconds=7)),
}
"""How long after a demand it is said so: observed of a supplier change from afar."""


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
    as `sge_sim.commandes.perimetre` reads them. It is closed, done or not, at `close_at`.
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

    ouverte_at: Mapped[datetime] = mapped_column(Instant, index=True)
    close_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    realisee: Mapped[bool | None]

    @property
    def jalons(self) -> list[Jalon]:
        """Its milestones, in order, the last of which may be to come; none of Enedis' own."""
        fin = datetime.combine(self.jour, _LAST_SECOND, PARIS)
        steps = [(self.ouverte_at + delai, etat) for etat, delai in _DELAIS.items()]
        if self.close_at is not None:
            steps.append((max(self.close_at, steps[-1][0]), "CPRE" if self.realisee else "CPNR"))
        # They leave with the event at the latest.
        return [
            Jalon(num, min(instant, fin), self.jour if num > 1 else legal_date(instant), etat)
            for num, (instant, etat) in enumerate(steps if self.prestation else (), 1)
        ]

    def close(self, instant: datetime, *, realisee: bool) -> None:
        """Close it."""
        self.close_at, self.realisee = instant, realisee


class EvenementContractuel(Base):
    """What happened to a point on the legal day `jour`, as one contract sees it.

    One event of each contract that is concerned: a supplier change is a CFNE of one, a CFNS of
    another, of one affaire. `avant` is the situation until that day, `apres` the one from it on;
    an event that opens has in `apres` the new reference, one that closes in both the old one.
    `affaire_numero` is None of a correction; `connu`, its day: later than `jour` where Enedis was
    late.
    """

    __tablename__ = "evenement_contractuel"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat_grd_f.contrat_id"))
    nature: Mapped[NatureEvenement] = mapped_column(String(5))
    jour: Mapped[date]
    connu: Mapped[date]
    instant: Mapped[datetime] = mapped_column(Instant)
    affaire_numero: Mapped[str | None] = mapped_column(
        ForeignKey("affaire_contractuelle.numero", ondelete="CASCADE")
    )
    reference: Mapped[str] = mapped_column(String(9))
    sequence: Mapped[int]
    avant: Mapped[SituationContractuelle] = mapped_column(_Situation)
    apres: Mapped[SituationContractuelle] = mapped_column(_Situation)

    affaire: Mapped[AffaireContractuelle | None] = relationship()

    __table_args__ = (Index("ix_evenement_contractuel_connu", "contrat_id", "connu", "prm", "id"),)

    @property
    def sorte(self) -> SorteEvenement:
        """What is known of its nature."""
        return NATURES[self.nature]


class ReleveErrone(Base):
    """A cyclic reading, that of the legal day `jour`, which R15 tells with `ecart` kWh too many in
    the first class of each grid until it is corrected on the legal day `corrige`, for a motive of
    R15."""

    __tablename__ = "releve_errone"

    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), primary_key=True)
    jour: Mapped[date] = mapped_column(primary_key=True)
    corrige: Mapped[date] = mapped_column(index=True)
    ecart: Mapped[int]
    motif: Mapped[MotifRectif] = mapped_column(String(9))


def contrats_grd_f(session: Session) -> Sequence[ContratGrdF]:
    """Return the GRD-F contracts that are followed, by number."""
    return session.scalars(select(ContratGrdF).order_by(ContratGrdF.contrat_id)).all()


def contrat_of(session: Session, acteur_code: str | None, jour: date) -> ContratGrdF | None:
    """Return the GRD-F contract of a supplier, if one is followed on that legal day."""
    if acteur_code is None:
        return None
    wanted = (ContratGrdF.acteur_code == acteur_code, ContratGrdF.debut <= jour)
    return session.scalars(select(ContratGrdF).where(*wanted)).first()


def affaires_moved(
    session: Session, contrat_id: str, debut: datetime, fin: datetime, *, recues: bool = False
) -> list[tuple[AffaireContractuelle, list[Jalon]]]:
    """Return the affaires of a contract that have a milestone in [debut, fin), by number, each with
    all its milestones before `fin`: those that it began (X12), or `recues` (X13)."""
    affaire = AffaireContractuelle
    column = affaire.contrat_receveur if recues else affaire.contrat_id
    opened = affaire.ouverte_at.between(debut - max(_DELAIS.values()), fin)
    wanted = (column == contrat_id, opened | affaire.close_at.between(debut - timedelta(1), fin))
    rows = session.scalars(select(affaire).where(*wanted).order_by(affaire.numero))
    before = ((row, [each for each in row.jalons if each.instant < fin]) for row in rows)
    return [(row, jalons) for row, jalons in before if jalons and jalons[-1].instant >= debut]


def affaires_of_point(session: Session, prm: str) -> Sequence[AffaireContractuelle]:
    """Return the affaires of a point, by number."""
    query = select(AffaireContractuelle).where(AffaireContractuelle.prm == prm)
    return session.scalars(query.order_by(AffaireContractuelle.numero)).all()


def contractual_situation(point: Point) -> SituationContractuelle:
    """Return the situation of a point to which nothing contractual has happened yet."""
    start = point.date_mise_en_service or date.min
    meter = next((each for each in point.compteurs if each.date_depose is None), None)
    said: dict[str, Any] = {name: getattr(point, column) for name, column in COLONNES.items()}
    said |= {"niveau": point.niveau_ouverture_services or 0, "sequence": 1}
    said |= dict.fromkeys(("date_mise_en_service", "date_sequence"), start)
    said |= {name: getattr(meter, name, None) for name in ("matricule", "numero_serie")}
    said["mode"] = "TRI" if point.tension_livraison == _TRIPHASE else "MONO"
    return SituationContractuelle(reference=initial_reference(point.prm), **said)


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


def ecarts_of(session: Session, prms: Sequence[str], connu: date) -> dict[str, dict[date, int]]:
    """Return how wrong readings of points are still known on a legal day, by PRM and their day."""
    found: dict[str, dict[date, int]] = {}
    wanted = ReleveErrone.prm.in_(prms), ReleveErrone.corrige > connu
    for each in session.scalars(select(ReleveErrone).where(*wanted)):
        found.setdefault(each.prm, {})[each.jour] = each.ecart
    return found


def revisions_of(session: Session, contrat_id: str, jour: date) -> dict[str, tuple[date, str]]:
    """Return the points of which something before a legal day is told otherwise on it, by PRM: from
    which day on, and the motive."""
    late = select(EvenementContractuel).where(EvenementContractuel.jour < jour)
    late = late.where(
        EvenementContractuel.contrat_id == contrat_id, EvenementContractuel.connu == jour
    )
    wrong = select(ReleveErrone).where(ReleveErrone.corrige == jour)
    found = {each.prm: (each.jour, CORRECTION_CONTRAT) for each in session.scalars(late)}
    return found | {each.prm: (each.jour, each.motif) for each in session.scalars(wrong)}


def periodes_of(
    point: Point, events: Sequence[EvenementContractuel], contrat: ContratGrdF
) -> list[PeriodeContractuelle]:
    """Return the situations of a point under a contract, by day, of its events in that contract.

    The first begins with its situation, even before the contract is followed; none while another
    supplier has the point. What several events of a day come to is one situation.
    """
    if not events:
        situation = contractual_situation(point)
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
        held = [each for each in self.periodes if each.debut <= jour < (each.fin or date.max)]
        return held[0].situation if held else None


def lives_of_contract(session: Session, contrat: ContratGrdF) -> Iterator[VieContractuelle]:
    """Yield the life of every point that is or was in a contract, by PRM, read by blocks."""
    known = select(EvenementContractuel.prm)
    known = known.where(EvenementContractuel.contrat_id == contrat.contrat_id)
    held = select(Point).where(
        *(POINT_SEEN, Point.segment.in_(SEGMENTS_SUIVIS)),
        (Point.fournisseur_titulaire == contrat.acteur_code) | Point.prm.in_(known),
    )
    after = ""
    while True:
        some = held.where(Point.prm > after).order_by(Point.prm).limit(_BLOCK)
        points = session.scalars(some.options(selectinload(Point.compteurs))).all()
        lives = life_of(session, [point.prm for point in points], contrat.contrat_id)
        for point in points:
            events = lives.get(point.prm, [])
            yield VieContractuelle(point, events, periodes_of(point, events, contrat))
        if len(points) < _BLOCK:
            return
        after = points[-1].prm
