"""What happens to a point by itself, and what it does to its services.

SGE's orders don't cause these events: they come from other channels, and a tester brings them
about. Each is planned for an instant and happens when it is due.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sge_sim.clock import later, legal_date, start_of_day
from sge_sim.commandes import perimetre, vie
from sge_sim.domaine.nomenclatures import MotifFin, TypeEvenement
from sge_sim.domaine.plages import VISIBLES_DEPUIS
from sge_sim.errors import UsageError
from sge_sim.referentiel.reforme_hc import REPRISE, REPRISES_PENDANT, cible, instant_de, reussit
from sge_sim.tables.anciens_etats import change_columns
from sge_sim.tables.attentes import events_awaited
from sge_sim.tables.commandes import Evenement, ServiceSouscrit, unended_services
from sge_sim.tables.dataconnect import end_bare
from sge_sim.tables.ecritures import next_numero
from sge_sim.tables.points import Point


def plan_event(
    session: Session,
    point: Point,
    type_evenement: TypeEvenement,
    instant: datetime,
    delai: timedelta = timedelta(0),
    fournisseur_code: str | None = None,
) -> Evenement:
    """Plan something that happens to a point at `instant`.

    `delai` is what an opposition takes, `fournisseur_code` the supplier that takes over.
    """
    evenement = Evenement(
        point=point,
        type=type_evenement,
        instant=instant,
        delai_s=int(delai.total_seconds()),
        fournisseur_code=fournisseur_code,
        echeance=instant,
    )
    session.add(evenement)
    return evenement


def happen(session: Session, evenement: Evenement, instant: datetime) -> Iterator[ServiceSouscrit]:
    """Carry out an event; yields the services that it changes or creates.

    Nothing happens where, a GRD-F contract being concerned, the point doesn't admit it any more.
    """
    evenement.echeance = None
    try:
        followed = perimetre.begin(session, evenement, instant)
    except UsageError:
        return
    yield from _happen(session, evenement, instant)
    if followed is not None:
        perimetre.record(session, evenement.point, *followed, instant)


def _happen(session: Session, evenement: Evenement, instant: datetime) -> Iterator[ServiceSouscrit]:
    point = evenement.point
    session.flush()  # an opposition that another event has just brought is among them
    services = unended_services(session, point.prm)
    if evenement.type in ("resiliation", "changement_titulaire"):
        end_bare(session, point.prm, instant)
    match evenement.type:
        case "resiliation":
            _terminate(point, instant)
            yield from _end_all(session, services, "resiliation", instant)
        case "changement_titulaire":
            jour = legal_date(instant)
            ranges = _ranges_at(point, jour)
            change_columns(session, point, jour, date_mise_en_service=jour, **ranges)
            if ranges:
                give_up_programming(session, point)
            yield from _end_all(session, services, "changement_titulaire", instant)
        case "nouveau_fournisseur":
            outgoing = point.fournisseur_titulaire
            change_columns(
                session,
                point,
                legal_date(instant),
                fournisseur_titulaire=evenement.fournisseur_code,
            )
            # The actors that aren't the supplier keep their services, as the new one does (CM7).
            theirs = [
                service for service in services if service.acteur_code == outgoing is not None
            ]
            yield from _end_all(session, theirs, "nouveau_fournisseur", instant)
        case "opposition":
            yield from _oppose(session, point, services, instant, evenement.delai_s)
        case "levee_opposition":
            oppositions = [service for service in services if service.type == "OPPENR"]
            yield from _end_all(session, oppositions, "levee_opposition", instant)
        case "programmation_hc" | "reforme_hc":
            _program(session, evenement, instant)


def oppose(session: Session, point: Point, instant: datetime, delai: timedelta) -> ServiceSouscrit:
    """Record that the client opposes the recording of the curve: a service of its own (OPPENR).

    The opposition counts from its demand on (SGT4N5 says « active ou demandée »).
    """
    point.opposition_courbe = True
    service = ServiceSouscrit(
        service_souscrit_id=f"{next_numero(session, 'service_souscrit'):08d}",
        type="OPPENR",
        etat="DEMANDE",
        point=point,
        date_debut=legal_date(instant),
        ordered_at=instant,
        echeance=later(instant, delai),
    )
    session.add(service)
    return service


def record_opposition(session: Session, point: Point) -> None:
    """Record the opposition of a point whose client opposes the curve from the start.

    It counts from the commissioning of the point (assumed).
    """
    assert point.date_mise_en_service is not None
    instant = start_of_day(point.date_mise_en_service)
    vie.activate(oppose(session, point, instant, timedelta(0)), instant)


def _program(session: Session, evenement: Evenement, instant: datetime) -> None:
    """Give the meter its ranges to come; one that doesn't answer is tried again, then given up.

    Both seasons are programmed at once, and energies follow since midnight.
    """
    point, jour, prevu = evenement.point, legal_date(instant), legal_date(evenement.instant)
    answers = point.teleoperable and (
        evenement.type != "reforme_hc" or reussit(point.graine, prevu, jour)
    )
    if answers:
        change_columns(session, point, jour, **_ranges_to_come(point))
    elif jour + REPRISE <= prevu + REPRISES_PENDANT:
        evenement.echeance = instant_de(jour + REPRISE)


def _ranges_to_come(point: Point) -> dict[str, str | None]:
    haute, basse = point.futures_heures_creuses_libelle, point.futures_heures_creuses_saison_basse
    return {
        "heures_creuses_libelle": haute,
        "heures_creuses_saison_basse": None if basse == haute else basse,
    }


def _ranges_at(point: Point, jour: date) -> dict[str, str | None]:
    """Return what a commissioning makes of the ranges: since 6 October 2026 they are seasonal.

    A point whose ranges complied gets its target then.
    """
    basse = point.futures_heures_creuses_saison_basse
    if basse is None or jour < VISIBLES_DEPUIS:
        return {}
    if basse == point.futures_heures_creuses_libelle == point.heures_creuses_libelle:
        a_venir = cible(point.graine, point.code_insee)
        point.futures_heures_creuses_id = a_venir.haute.id
        point.futures_heures_creuses_libelle = a_venir.haute.libelle
        point.futures_heures_creuses_saison_basse = a_venir.basse.libelle
    return _ranges_to_come(point)


def give_up_programming(session: Session, point: Point) -> None:
    """Forget the change of off-peak hours that a commissioning, or another plan, came before."""
    for evenement in events_awaited(session, point.prm):
        if evenement.type in ("programmation_hc", "reforme_hc"):
            perimetre.give_up(session, evenement, evenement.instant)


def _terminate(point: Point, instant: datetime) -> None:
    point.etat_contractuel = "RESIL"
    point.etat_alimentation = "COUP"
    point.date_resiliation = legal_date(instant)
    point.contrat_soutirage = False
    point.contrat_injection = False


def _end_all(
    session: Session, services: list[ServiceSouscrit], motif: MotifFin, instant: datetime
) -> Iterator[ServiceSouscrit]:
    for service in services:
        vie.end(session, service, motif, instant)
        yield service


def _oppose(
    session: Session, point: Point, services: list[ServiceSouscrit], instant: datetime, delai_s: int
) -> Iterator[ServiceSouscrit]:
    """End every curve of the point, whoever ordered it, once the meter is reached (CO6).

    Access to the curve ends with its collection, as the service that collected it before (assumed).
    """
    if any(service.type == "OPPENR" for service in services):
        return
    delai = timedelta(seconds=delai_s)
    yield oppose(session, point, instant, delai)
    for service in services:
        if not vie.needs_curve(service):
            continue
        if service.etat == "DEMANDE" or not delai:
            vie.end(session, service, "opposition", instant)
        else:
            vie.plan_end(service, "opposition", later(instant, delai))
        yield service
