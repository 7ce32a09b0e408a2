"""What the writers of the files of a GRD-F contract are given, what they yield, and what they tell
of former days once more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.facturation.arbres import version_of
from sge_sim.facturation.calcul import Facturation
from sge_sim.facturation.lecture import FINS
from sge_sim.facturation.lignes import BlocFacture
from sge_sim.flux.contrat_grd.releves import (
    JOUR,
    PointDuContrat,
    ReleveContractuel,
    read_points_of,
    read_registers,
)
from sge_sim.flux.lots import LotContrat
from sge_sim.tables.perimetre import EvenementContractuel, life_of, revisions_of


class JourDit(NamedTuple):
    """What blocks are made of: a day of a contract, the points that it concerns as they are known
    then, or its affaires."""

    session: Session
    lot: LotContrat
    asked: Sequence[Any]
    points: Sequence[PointDuContrat]
    facturation: Facturation

    @property
    def grammar(self) -> str:
        """The version of the grammar by which the files of the day are written."""
        return version_of(self.lot.flux.code, legal_date(self.lot.instant))[1]


class BlocDit(NamedTuple):
    """A block of a file, and what it invoices; `suite`: the part of the name of its file before the
    sequence that tells files apart (`0322`, `0322_C_M_1`); `raison`: why it isn't made."""

    suite: str
    prm: str
    tree: Any
    facture: BlocFacture | None = None
    raison: str = ""


DuPoint = tuple[PointDuContrat, Any]


def revised(
    journee: JourDit, make: Callable[[Iterable[PointDuContrat]], Mapping[str, DuPoint]]
) -> Iterator[tuple[str, DuPoint | None, DuPoint | None]]:
    """Yield what `make` made of points on former days where it isn't what it makes on the day of
    the files: the motive, the former, that which corrects it."""
    session, contrat, jour = journee.session, journee.lot.contrat, journee.lot.periode.debut
    found = revisions_of(session, contrat.contrat_id, jour)
    for prm in sorted(found.keys() & {*journee.asked}):
        depuis, motif = found[prm]
        ended = [each.jour for each in life_of(session, [prm]).get(prm, []) if each.sorte.ferme]
        seen = {jour - JOUR, *(day for day in ended if depuis <= day < jour)}
        lives = [p for day in seen for p in read_points_of(session, contrat, [prm], day, jour)]
        days = {each.jour for point in lives for each in point.releves}
        for day in sorted(day for day in days if day >= depuis):
            former, now = (
                make(read_points_of(session, contrat, [prm], day, connu))
                for connu in (jour - JOUR, jour)
            )
            for ident in sorted({*former, *now}):
                before, after = former.get(ident), now.get(ident)
                if (before and before[1]) != (after and after[1]):
                    yield motif, before, after


def readings_told(
    journee: JourDit, make: Callable[[PointDuContrat, ReleveContractuel], Any]
) -> Iterator[tuple[DuPoint, str, str | None]]:
    """Yield what `make` says of the readings that are told: those of former days that are told
    otherwise, annulled then corrected, with the motive, then those of the day."""

    def made(points: Iterable[PointDuContrat]) -> dict[str, DuPoint]:
        trees = {lu[1].id: (lu[0], make(*lu)) for lu in _readings_of(points)}
        return {ident: each for ident, each in trees.items() if each[1] is not None}

    for motif, former, now in revised(journee, made):
        if former is not None:
            yield former, "ANNULE", motif
        if now is not None:
            yield (now, "RECTIFICATIF", motif) if former else (now, "INITIAL", None)
    yield from ((each, "INITIAL", None) for each in made(journee.points).values())


def _readings_of(points: Iterable[PointDuContrat]) -> list[tuple[PointDuContrat, Any]]:
    """Return the readings of their day of points, that which ends first, and read what the meters
    showed."""
    lus = [(p, each) for p in points for each in p.releves if each.jour == p.jour]
    read_registers(
        (point.vecue, [point.jour, each.precedent.jour if each.precedent else point.jour])
        for point, each in lus
    )
    return sorted(lus, key=lambda lu: (lu[0].prm, lu[1].motif not in FINS))


def affaire_facts(lot: LotContrat, evenement: EvenementContractuel | None) -> dict[str, Any]:
    """Return which affaire an event is of: its number where the addressee or Enedis made it, the
    reference where the addressee did."""
    affaire = None if evenement is None else evenement.affaire
    mine = affaire is not None and affaire.contrat_id == lot.contrat.contrat_id
    if affaire is None or not (mine or affaire.initiateur == "enedis"):
        return {}
    return {"affaire": affaire, "reference": affaire.reference_demandeur if mine else None}
