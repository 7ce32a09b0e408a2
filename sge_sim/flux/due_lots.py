"""What is due to be published: periods of subscriptions, files of cases.

Read from the orders and from what was published already, never from when it is asked: what a
publication holds is decided by its own instant, so that making it late changes nothing of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.flux.lots import (
    Lot,
    LotAbonnement,
    LotDiffusion,
    LotFin,
    LotHistorique,
    LotInfraJ,
    LotM023,
)
from sge_sim.flux.periodes import FREQUENCES, FluxRecurrent, periode_diffusee, periode_of
from sge_sim.tables.commandes import (
    Abonnement,
    DemandeHistorique,
    DemandeInfraJ,
    ServiceSouscrit,
)
from sge_sim.tables.diffusions import Diffusion, PointDiffuse, diffused_until, diffusions
from sge_sim.tables.flux import abonnements, published_until, unpublished
from sge_sim.tables.m023 import first_demande_m023
from sge_sim.tables.transmissions import (
    Etendue,
    Transmission,
    etendue_after,
    etendues,
    first_unannounced_end,
    transmits,
    unannounced_ends,
)

_JOUR: Final = timedelta(1)


def next_lots(session: Session, until: datetime, *, publie_avant_arret: bool = False) -> list[Lot]:
    """Return the first publication due by `until` (aware), nothing when all were made; where it is
    a case's, with those of the other cases of the same instant, in their order.

    `publie_avant_arret`: the days before the stop of a service are sent after it too.
    """
    cases: list[Lot] = [*map(LotHistorique, unpublished(session, DemandeHistorique))]
    cases += map(LotInfraJ, unpublished(session, DemandeInfraJ))
    cases = [lot for lot in cases if lot.instant <= until]
    firsts = [*cases]
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
        for due in islice(_lots_of(diffusion, points, diffused.get(diffusion), until), 1):
            firsts.append(replace(due, publie_avant_arret=publie_avant_arret))
    first = min(firsts, key=_place, default=None)
    if first is None or first not in cases:
        return [] if first is None else [first]
    return sorted((case for case in cases if case.instant == first.instant), key=_place)


def _place(lot: Lot) -> tuple[datetime, int, str, str]:
    return lot.place


def _lots_of(
    diffusion: Diffusion, points: list[PointDiffuse], depuis: date | None, until: datetime
) -> Iterator[LotDiffusion]:
    """Yield the periods of a diffusion that are due by `until`, from the day of transaction to
    which it was published: the first data are stored on the day after an option began."""
    first = depuis or min(point.debut for point in points) + _JOUR
    end = max(point.fin for point in points)
    current = periode_diffusee(diffusion.periodicite, first)
    while current.publication <= until and current.debut <= end:
        covered = tuple(
            point
            for point in points
            if point.debut + _JOUR < current.fin and current.debut <= point.fin
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
