"""What is due to be published: periods of subscriptions, files of cases.

Read from the orders and from what was published already, never from when it is asked: what a
publication holds is decided by its own instant, so that making it late changes nothing of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.flux.periodes import (
    FREQUENCES,
    FluxRecurrent,
    Periode,
    periode_diffusee,
    periode_of,
)
from sge_sim.store.annonces import first_unannounced_end, unannounced_ends
from sge_sim.store.commandes import (
    Abonnement,
    DemandeHistorique,
    DemandeInfraJ,
    ServiceSouscrit,
)
from sge_sim.store.diffusions import Diffusion, PointDiffuse, diffused_until, diffusions
from sge_sim.store.flux import (
    abonnements,
    published_until,
    unpublished_historiques,
    unpublished_infra_j,
)
from sge_sim.store.m023 import DemandeM023, first_demande_m023
from sge_sim.store.transmissions import (
    Etendue,
    Transmission,
    etendue_after,
    etendues,
    transmits,
)

_JOUR: Final = timedelta(1)


@dataclass(frozen=True)
class LotAbonnement:
    """A period of a subscription, in which it has services to transmit (`transmission`)."""

    abonnement: Abonnement
    flux: FluxRecurrent
    periode: Periode
    transmission: Transmission

    @property
    def instant(self) -> datetime:
        """When it is published."""
        return self.periode.publication

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 0, f"{self.abonnement.numero:07d}", self.flux


@dataclass(frozen=True)
class LotAffaire:
    """The file of a case, due at the instant at which the case was closed."""

    demande: DemandeHistorique | DemandeInfraJ

    @property
    def instant(self) -> datetime:
        """When it is published."""
        closed_at = self.demande.affaire.closed_at
        assert closed_at is not None, "a case that was carried out is closed"
        return closed_at

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 1, self.demande.affaire_id, ""


@dataclass(frozen=True)
class LotM023:
    """The files of a demand of M023."""

    demande: DemandeM023

    @property
    def instant(self) -> datetime:
        """When they are published."""
        return self.demande.due_at

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 4, self.demande.affaire_id, ""


@dataclass(frozen=True)
class LotFin:
    """The announcement of services of one contract that ended at one instant, due once it is over:
    under a frozen clock others may still end at it, and all are told together.

    They are in the order of their numbers.
    """

    contrat_id: str
    instant: datetime
    services: Sequence[ServiceSouscrit]

    @property
    def numeros(self) -> list[str]:
        """The numbers of the services."""
        return [one.service_souscrit_id for one in self.services]

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 2, self.numeros[0], ""


@dataclass(frozen=True)
class LotDiffusion:
    """A period of a diffusion, with the points that it may hold, of a former client too with
    `publie_avant_arret`."""

    diffusion: Diffusion
    periode: Periode
    points: tuple[PointDiffuse, ...]
    publie_avant_arret: bool = False

    @property
    def instant(self) -> datetime:
        """When it is published."""
        return self.periode.publication

    @property
    def place(self) -> tuple[datetime, int, str, str]:
        """Its place among those of the same instant."""
        return self.instant, 3, "/".join(self.diffusion.key), ""


Lot = LotAbonnement | LotAffaire | LotFin | LotM023 | LotDiffusion


def contrat_of(lot: Lot) -> str:
    """Return the contract whose files these are."""
    match lot:
        case LotAbonnement():
            return lot.abonnement.contrat_id
        case LotDiffusion():
            return lot.diffusion.contrat_id
        case LotM023():
            return lot.demande.contrat_id
        case LotFin():
            return lot.contrat_id
        case LotAffaire():
            return lot.demande.affaire.contrat_id


def next_lot(session: Session, until: datetime, *, publie_avant_arret: bool = False) -> Lot | None:
    """Return the first publication due by `until` (aware), None when all were made.

    `publie_avant_arret`: the days before the stop of a service are sent after it too.
    """
    cases: list[Lot] = [LotAffaire(one) for one in unpublished_historiques(session)]
    cases += [LotAffaire(one) for one in unpublished_infra_j(session)]
    firsts = [lot for lot in cases if lot.instant <= until]
    ended_at = first_unannounced_end(session)
    if ended_at is not None and ended_at < until:
        firsts.append(_announcement(unannounced_ends(session)))
    published, known = published_until(session), etendues(session)
    for abonnement in abonnements(session):
        for petits, flux in _flux_of(abonnement):
            etendue = known.get((abonnement.numero, petits))
            depuis = published.get((abonnement.numero, flux))
            if etendue is not None:
                lot = _first_lot(
                    session,
                    abonnement,
                    flux,
                    petits,
                    etendue,
                    depuis,
                    until,
                    publie_avant_arret=publie_avant_arret,
                )
                firsts += [] if lot is None else [lot]
    demande = first_demande_m023(session, until)
    if demande is not None:
        firsts.append(LotM023(demande))
    diffused = diffused_until(session)
    for diffusion, points in diffusions(session).items():
        for one in islice(_lots_of(diffusion, points, diffused.get(diffusion), until), 1):
            firsts.append(replace(one, publie_avant_arret=publie_avant_arret))
    return min(firsts, key=lambda lot: lot.place, default=None)


def _lots_of(
    diffusion: Diffusion, points: list[PointDiffuse], depuis: date | None, until: datetime
) -> Iterator[LotDiffusion]:
    """Yield the periods of a diffusion that are due by `until`, from the day of transaction to
    which it was published: the first data are stored on the day after an option began."""
    first = depuis or min(one.debut for one in points) + _JOUR
    end = max(one.fin for one in points)
    current = periode_diffusee(diffusion.periodicite, first)
    while current.publication <= until and current.debut <= end:
        covered = tuple(
            one for one in points if one.debut + _JOUR < current.fin and current.debut <= one.fin
        )
        if covered:
            yield LotDiffusion(diffusion, current, covered)
        current = periode_diffusee(diffusion.periodicite, current.fin)


def _announcement(ended: Sequence[ServiceSouscrit]) -> LotFin:
    first = ended[0]
    assert first.ended_at is not None, "a service that has ended"
    assert first.contrat_id is not None, "one that has a beneficiary"
    return LotFin(first.contrat_id, first.ended_at, ended)


def _flux_of(abonnement: Abonnement) -> Iterator[tuple[bool, FluxRecurrent]]:
    """Yield what a subscription may produce: of C5 and P4 points, of the others (GUI 0469)."""
    curves = abonnement.mesures_type == "CDC"
    yield True, "R50" if curves else "R151"
    yield False, "R4x" if curves else "R171"


def _first_lot(
    session: Session,
    abonnement: Abonnement,
    flux: FluxRecurrent,
    petits: bool,
    etendue: Etendue,
    depuis: date | None,
    until: datetime,
    *,
    publie_avant_arret: bool,
) -> LotAbonnement | None:
    """Return the first period of a subscription that is due, from the day it was published to."""
    frequence = FREQUENCES[abonnement.periodicite]
    periode = periode_of(flux, frequence, etendue.debut if depuis is None else depuis)
    while periode.publication <= until and periode.debut < etendue.fin:
        transmission = Transmission(
            abonnement.numero,
            petits,
            periode.debut,
            periode.fin,
            periode.publication,
            publie_avant_arret=publie_avant_arret,
        )
        if transmits(session, transmission):
            return LotAbonnement(abonnement, flux, periode, transmission)
        # Years may go by until the next service.
        rest = etendue_after(session, abonnement.numero, periode.fin, petits=petits)
        if rest is None:
            return None
        periode = periode_of(flux, frequence, max(periode.fin, rest.debut))
    return None
