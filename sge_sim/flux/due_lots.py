"""What is due to be published: periods of subscriptions, files of cases.

Read from the orders and from what was published already, never from when it is asked: what a
publication holds is decided by its own instant, so that making it late changes nothing of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, legal_date, start_of_day
from sge_sim.flux.flux import (
    Flux,
    ParAbonnement,
    ParAffaire,
    ParContrat,
    ParFin,
    ParServiceAcces,
)
from sge_sim.flux.lots import (
    Lot,
    LotAbonnement,
    LotAffaire,
    LotContrat,
    LotDiffusion,
    LotFin,
    LotM023,
)
from sge_sim.flux.periodes import FREQUENCES, Periode
from sge_sim.flux.registry import BY_CODE, flux_of
from sge_sim.tables.commandes import Abonnement, DemandeHistorique, DemandeInfraJ, ServiceSouscrit
from sge_sim.tables.contrats_publies import (
    contract_days,
    next_contract_day,
    receiving_contract,
)
from sge_sim.tables.diffusions import (
    Diffusion,
    FluxOfOptions,
    PointDiffuse,
    diffusions,
    read_diffused,
    read_diffused_until,
)
from sge_sim.tables.flux import (
    abonnements,
    read_first_waiting,
    read_published_until,
    read_unpublished,
    unpublished,
)
from sge_sim.tables.m023 import demandes_m023_due, read_next_m023
from sge_sim.tables.perimetre import contrats_grd_f
from sge_sim.tables.prepared import Driver, read_at_once
from sge_sim.tables.transmissions import (
    Etendue,
    Transmission,
    etendue_after,
    read_etendues,
    read_first_end,
    transmits,
    unannounced_ends,
)

_JOUR: Final = timedelta(1)
_PAR_ABONNEMENT: Final = flux_of(ParAbonnement)
_PAR_AFFAIRE: Final = flux_of(ParAffaire)
_PAR_FIN: Final = flux_of(ParFin)
_PAR_SERVICE_ACCES: Final = flux_of(ParServiceAcces)
_PAR_CONTRAT: Final = flux_of(ParContrat)
_OF_OPTIONS: Final[FluxOfOptions] = {
    (flux.cause.acces_type, flux.cause.petits): (flux.code, flux.cause.par_nature)
    for flux in _PAR_SERVICE_ACCES
}
_HEURES = {heure for flux in _PAR_ABONNEMENT for heure in flux.cause.calendrier.heures} | {
    heure for flux in _PAR_SERVICE_ACCES for heure in flux.cause.calendrier.heures
}
_HEURES |= {flux.cause.heure for flux in _PAR_CONTRAT}
"""At which recurrent files leave."""
_DEMANDES: Final[Mapping[str, type[DemandeHistorique | DemandeInfraJ]]] = {
    "historique": DemandeHistorique,
    "infra_j": DemandeInfraJ,
}
_ASKED: Final = (
    *((read_unpublished[_DEMANDES[flux.cause.demande]],) for flux in _PAR_AFFAIRE),
    *((read_published_until,), (read_first_waiting,), (read_next_m023,), (read_first_end,)),
    *((read_etendues,), (read_diffused_until,), (read_diffused,)),
)


@dataclass(frozen=True)
class Due:
    """What is due to happen next: the orders up to `stop`, or else the publications `lots`, or else
    nothing before one of the instants `awaited` of orders, demands and ends."""

    lots: Sequence[Lot]
    stop: datetime | None
    awaited: tuple[datetime, ...]


def read_due(
    session: Session,
    until: datetime,
    *,
    publie_avant_arret: bool = False,
    arret: datetime | None = None,
) -> Due:
    """Return what is due by `until` (aware): the first publication; where it is a subscription's, a
    case's or a demand's, those of the others of the same instant too, in their order.

    `publie_avant_arret`: the days before the stop of a service are sent after it too. No file of a
    subscription leaves from `arret` on.
    """
    session.connection()  # all is read from one state
    *waiting, published, (first, first_files), demanded, ended_at, known, diffused, rows = (
        read_at_once(Driver.under(session), _ASKED)
    )
    cases = [
        _case(flux, demande)
        for flux, any_waits in zip(_PAR_AFFAIRE, waiting, strict=True)
        if any_waits
        for demande in unpublished(session, _DEMANDES[flux.cause.demande])
    ]
    subscribed, diffusing = abonnements(session), diffusions(rows, _OF_OPTIONS)
    demandes = demandes_m023_due(session, demanded) if demanded and demanded <= until else ()
    ended = unannounced_ends(session) if ended_at is not None and ended_at < until else ()

    firsts: list[Lot] = [lot for lot in cases if lot.instant <= until]
    if ended:
        firsts += [_announcement(flux, ended) for flux in _PAR_FIN]
    for abonnement in subscribed:
        for recurrent in _flux_of(abonnement):
            etendue = known.get((abonnement.numero, recurrent.cause.petits))
            depuis = published.get((abonnement.numero, recurrent.code))
            if etendue is not None:
                lot = _first_lot(
                    session,
                    abonnement,
                    recurrent,
                    etendue,
                    depuis,
                    until if arret is None else min(until, arret),
                    publie_avant_arret=publie_avant_arret,
                )
                firsts += [] if lot is None else [lot]
    for demande in demandes:
        whose = (demande.contrat_id, demande.due_at, demande.affaire_id)
        firsts.append(LotM023(BY_CODE[demande.flux], *whose, demande))
    for diffusion, points in diffusing.items():
        for due in islice(_lots_of(diffusion, points, diffused.get(diffusion), until), 1):
            firsts.append(replace(due, publie_avant_arret=publie_avant_arret))
    firsts += _lots_of_contracts(session, min([until, *(lot.instant for lot in firsts)]))
    lots = sorted(firsts, key=attrgetter("place"))
    if lots and isinstance(lots[0], LotAbonnement | LotAffaire | LotM023 | LotContrat):
        kind, instant = type(lots[0]), lots[0].instant
        lots = [lot for lot in lots if type(lot) is kind and lot.instant == instant]
    else:
        lots = lots[:1]
    stop = _next_stop(first, first_files, lots[0].instant if lots else until)
    # An end is published once its instant is over; a case may have come since `until` was read.
    later = (lot.instant for lot in cases if lot.instant > until)
    awaited = (first, demanded, ended_at and ended_at + timedelta(microseconds=1), *later)
    return Due(lots, stop, tuple(instant for instant in awaited if instant is not None))


def _next_stop(
    first: datetime | None, first_files: datetime | None, limit: datetime
) -> datetime | None:
    """Return until when orders may advance, None when nothing of them is waiting by `limit`.

    `first` is what anything waits for, `first_files` what an order of files does. What starts may
    be due for publication before `limit`: an order of files at once, a service on the next day at
    the earliest.
    """
    if first is None or first > limit:
        return None
    next_day = start_of_day(legal_date(first) + timedelta(days=1))
    return min(limit, next_day, first_files or limit)


def next_departure(instant: datetime) -> datetime:
    """Return the first instant after `instant` (aware) at which a publication may leave.

    >>> next_departure(datetime(2024, 7, 3, 20, tzinfo=PARIS)).isoformat()
    '2024-07-04T03:00:00+02:00'
    """
    jour = legal_date(instant)
    return min(
        leaves
        for day in (jour, jour + _JOUR)
        for heure in _HEURES
        if (leaves := datetime.combine(day, heure, PARIS)) > instant
    )


def _case(flux: Flux[ParAffaire], demande: DemandeHistorique | DemandeInfraJ) -> LotAffaire:
    affaire = demande.affaire
    assert affaire.closed_at is not None, "a case that was carried out is closed"
    whose = (affaire.contrat_id, affaire.closed_at, affaire.affaire_id)
    return LotAffaire(flux, *whose, demande, prm=affaire.prm)


def _announcement(flux: Flux[ParFin], ended: Sequence[ServiceSouscrit]) -> LotFin:
    first = ended[0]
    assert first.ended_at is not None, "a service that has ended"
    assert first.contrat_id is not None, "one that has a beneficiary"
    whose = (first.contrat_id, first.ended_at, first.service_souscrit_id)
    return LotFin(flux, *whose, ended, prm=first.prm if len(ended) == 1 else None)


def _lots_of(
    diffusion: Diffusion, points: list[PointDiffuse], depuis: date | None, until: datetime
) -> Iterator[LotDiffusion]:
    """Yield the periods of a diffusion that are due by `until`, from the day of transaction to
    which it was published: the first data are stored on the day after an option began."""
    flux, frequence = BY_CODE[diffusion.flux], FREQUENCES[diffusion.periodicite]
    first = depuis or min(point.debut for point in points) + _JOUR
    end = max(point.fin for point in points)
    current = flux.cause.calendrier.periode(frequence, first)
    while current.publication <= until and current.debut <= end:
        covered = tuple(
            point
            for point in points
            if point.debut + _JOUR < current.fin and current.debut <= point.fin
        )
        if covered:
            yield LotDiffusion.of(flux, diffusion, current, covered)
        current = flux.cause.calendrier.periode(frequence, current.fin)


def _lots_of_contracts(session: Session, until: datetime) -> list[LotContrat]:
    """Return the days of GRD-F contracts that are due first, all of one instant: to look whether a
    day has something to tell costs, so not those that can't be among them."""
    found: list[LotContrat] = []
    maybe, nexts = [], dict[tuple[Any, ...], date | None]()
    for contrat in contrats_grd_f(session):
        if (receiver := receiving_contract(session, contrat)) is not None:
            days = contract_days(session, receiver)
            for flux in _PAR_CONTRAT:
                depuis = days.get(flux.code, contrat.debut)
                maybe.append((_leaves(flux, depuis), flux, contrat, receiver, depuis))
    for instant, flux, contrat, receiver, depuis in sorted(maybe, key=itemgetter(0)):
        if instant > until:
            break
        asked = contrat, flux.cause.quoi, flux.cause.segment, depuis
        if asked not in nexts:
            nexts[asked] = next_contract_day(session, *asked)
        jour = nexts[asked]
        if jour is not None and (leaves := _leaves(flux, jour)) <= until:
            periode = Periode(jour, jour + _JOUR, leaves)
            found.append(LotContrat(flux, receiver, leaves, contrat.contrat_id, contrat, periode))
            until = leaves
    return [lot for lot in found if lot.instant == until]


def _leaves(flux: Flux[ParContrat], jour: date) -> datetime:
    """Return when the file that tells of a day leaves."""
    return datetime.combine(jour + _JOUR, flux.cause.heure, PARIS)


def _flux_of(abonnement: Abonnement) -> list[Flux[ParAbonnement]]:
    """Return what a subscription may produce: of C5 and P4 points, of the others (GUI 0469)."""
    return [flux for flux in _PAR_ABONNEMENT if flux.cause.mesures_type == abonnement.mesures_type]


def _first_lot(
    session: Session,
    abonnement: Abonnement,
    flux: Flux[ParAbonnement],
    etendue: Etendue,
    depuis: date | None,
    until: datetime,
    *,
    publie_avant_arret: bool,
) -> LotAbonnement | None:
    """Return the first period of a subscription that is due, from the day it was published to."""
    frequence, calendrier = FREQUENCES[abonnement.periodicite], flux.cause.calendrier
    first = depuis or max(etendue.debut, flux.depuis or etendue.debut)
    periode = calendrier.periode(frequence, first)
    while periode.publication <= until and periode.debut < etendue.fin:
        transmission = Transmission(
            abonnement.numero,
            flux.cause.petits,
            periode.debut,
            periode.fin,
            periode.publication,
            publie_avant_arret=publie_avant_arret,
        )
        if transmits(session, transmission):
            numero, instant = f"{abonnement.numero:07d}", periode.publication
            whose = (abonnement.contrat_id, instant, numero)
            return LotAbonnement(flux, *whose, abonnement, periode, transmission)
        # Years may go by until the next service.
        rest = etendue_after(session, abonnement.numero, periode.fin, petits=flux.cause.petits)
        if rest is None:
            return None
        periode = calendrier.periode(frequence, max(periode.fin, rest.debut))
    return None
