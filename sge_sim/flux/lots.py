"""What is due to be published: periods of subscriptions, files of cases.

Read from the orders and from what was published already, never from when it is asked: what a
publication holds is decided by its own instant, so that making it late changes nothing of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import MotifFin
from sge_sim.flux.periodes import FREQUENCES, FluxRecurrent, Periode, periode_of
from sge_sim.flux.r6x.recurrent import LotDiffusion, lots_of
from sge_sim.store.commandes import (
    Abonnement,
    DemandeHistorique,
    DemandeInfraJ,
    ServiceSouscrit,
)
from sge_sim.store.diffusions import diffused_until, diffusions
from sge_sim.store.flux import (
    abonnements,
    published_until,
    services_of_subscription,
    unpublished_historiques,
    unpublished_infra_j,
)
from sge_sim.store.m023 import DemandeM023, first_demande_m023

_ENDS_OF_A_TERM: Final = frozenset[MotifFin]({"echeance", "prolongation"})


@dataclass(frozen=True)
class LotAbonnement:
    """A period of a subscription, with the services that it covers."""

    abonnement: Abonnement
    flux: FluxRecurrent
    periode: Periode
    services: tuple[ServiceSouscrit, ...]

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
        return self.instant, 3, self.demande.affaire_id, ""


Lot = LotAbonnement | LotAffaire | LotM023 | LotDiffusion


def next_lot(session: Session, until: datetime) -> Lot | None:
    """Return the first publication due by `until` (aware), None when all were made."""
    cases: list[Lot] = [LotAffaire(one) for one in unpublished_historiques(session)]
    cases += [LotAffaire(one) for one in unpublished_infra_j(session)]
    firsts = [lot for lot in cases if lot.instant <= until]
    published = published_until(session)
    for abonnement in abonnements(session):
        for petits, flux in _flux_of(abonnement):
            depuis = published.get((abonnement.numero, flux))
            firsts += islice(_lots(session, abonnement, flux, petits, depuis, until), 1)
    demande = first_demande_m023(session, until)
    if demande is not None:
        firsts.append(LotM023(demande))
    diffused = diffused_until(session)
    for diffusion, points in diffusions(session).items():
        firsts += islice(lots_of(diffusion, points, diffused.get(diffusion), until), 1)
    return min(firsts, key=lambda lot: lot.place, default=None)


def cover(service: ServiceSouscrit) -> tuple[date, date]:
    """Return the legal days [debut, fin) that a service transmits.

    It begins with the day on which it was activated: measures of earlier days aren't collected.
    """
    activated_at = service.activated_at
    assert activated_at is not None, "a service that transmits was activated"
    activated = legal_date(activated_at)
    return max(service.date_debut, activated), service.date_fin or date.max


def _flux_of(abonnement: Abonnement) -> Iterator[tuple[bool, FluxRecurrent]]:
    """Yield what a subscription may produce: of C5 and P4 points, of the others (GUI 0469)."""
    curves = abonnement.mesures_type == "CDC"
    yield True, "R50" if curves else "R151"
    yield False, "R4x" if curves else "R171"


def _lots(
    session: Session,
    abonnement: Abonnement,
    flux: FluxRecurrent,
    petits: bool,
    depuis: date | None,
    until: datetime,
) -> Iterator[LotAbonnement]:
    """Yield the periods of a subscription that are due, from the day it was published to."""
    frequence = FREQUENCES[abonnement.periodicite]
    if depuis is not None and periode_of(flux, frequence, depuis).publication > until:
        return
    services = services_of_subscription(session, abonnement.numero, petits=petits, depuis=depuis)
    if not services:
        return
    periode = periode_of(flux, frequence, depuis or min(cover(one)[0] for one in services))
    end = max(cover(one)[1] for one in services)
    while periode.publication <= until and periode.debut < end:
        covered = _covered(services, periode)
        if covered:
            yield LotAbonnement(abonnement, flux, periode, covered)
        periode = periode_of(flux, frequence, periode.fin)


def _covered(services: Sequence[ServiceSouscrit], periode: Periode) -> tuple[ServiceSouscrit, ...]:
    return tuple(
        service
        for service in services
        if cover(service)[0] < periode.fin
        and periode.debut < cover(service)[1]
        and _is_transmitted(service, periode.publication)
    )


def _is_transmitted(service: ServiceSouscrit, instant: datetime) -> bool:
    """Tell whether a service still transmits at `instant`.

    The last days of one that reached its term are sent after it; one that was stopped, whoever
    stopped it, sends nothing more (assumed).
    """
    return (
        service.ended_at is None
        or instant <= service.ended_at
        or service.motif_fin in _ENDS_OF_A_TERM
    )
