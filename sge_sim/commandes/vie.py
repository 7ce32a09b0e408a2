"""The life of a subscribed service: DEMANDE, ACTIF, TERMINE.

A transition also closes the case of the order, and starts or stops the collection of the curve:
each service that needs the curve holds a period of its own, so it is collected until the last one
ends (V26.2).
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sge_sim.clock import later, legal_date, start_of_day
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.domaine.nomenclatures import EtatAffaire, MotifFin
from sge_sim.tables.acces import close_options
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import Collecte, close_collecte
from sge_sim.tables.point_facts import PointFacts, ServiceFacts
from sge_sim.tables.points import Point

RETRY_EVERY = timedelta(days=1)
GIVE_UP_AFTER = timedelta(days=19)
"""A tele-operation that keeps failing is given up at J+19 (homologation slides V26.2)."""


def needs_curve(service: ServiceSouscrit) -> bool:
    """Tell whether a service has the curve collected: access to the curve does, too (GUI 0531)."""
    return service.mesures_type == "CDC" or service.acces_type == "COURBE"


def activate(service: ServiceSouscrit, instant: datetime) -> list[Collecte]:
    """Start a service that was asked for; its end by date becomes due.

    Returns the collection that it begins, if it does, which the caller writes. An opposition counts
    from the day on which the meter stops to record (assumed).
    """
    service.etat = "ACTIF"
    service.activated_at = instant
    _close(service, "realisee", instant)
    debut, collectes = legal_date(instant), []
    if service.type == "OPPENR":
        service.date_debut = debut
    elif needs_curve(service):
        numero = service.service_souscrit_id
        collectes = [Collecte(prm=service.prm, debut=debut, service_souscrit_id=numero)]
    end_planned = None if service.date_fin is None else start_of_day(service.date_fin)
    service.echeance = end_planned and max(instant, end_planned)
    return collectes


def put_off(service: ServiceSouscrit, instant: datetime) -> bool:
    """Put the activation off to the next day, unless it has been tried for too long.

    Counted from the order, or from the first day of a service that was ordered ahead (assumed).
    """
    first = max(service.ordered_at, start_of_day(service.date_debut))
    if instant >= later(first, GIVE_UP_AFTER):
        return False
    service.echeance = later(instant, RETRY_EVERY)
    return True


def plan_end(service: ServiceSouscrit, motif: MotifFin, instant: datetime) -> None:
    """Decide that a running service ends at `instant`, unless it ends before by itself."""
    if service.echeance is None or service.echeance > instant:
        service.motif_fin = motif
        service.echeance = instant


def stop(service: ServiceSouscrit, instant: datetime, delai: Delai) -> None:
    """Stop a running service on demand.

    At once on a large point and for index; a C5 or P4 has to be reached first, which takes
    `delai`, where its meter is to stop or resume the recording of the curve (assumed).
    """
    motif: MotifFin = "levee_opposition" if service.type == "OPPENR" else "arret"
    plan_end(
        service, motif, delai.after(instant) if reaches_meter(service, service.point) else instant
    )


def reaches_meter(service: ServiceSouscrit | ServiceFacts, point: Point | PointFacts) -> bool:
    """Tell whether a meter is to stop or resume the recording of the curve as a service ends.

    That of a C5 or P4 is; an access service stops at once (assumed).
    """
    recording = service.mesures_type == "CDC" or service.type == "OPPENR"
    return recording and point.petit


def end(
    session: Session,
    service: ServiceSouscrit,
    motif: MotifFin,
    instant: datetime,
    etat_affaire: EtatAffaire = "non_recevable",
) -> None:
    """End a service; if it hadn't started, its case closes as `etat_affaire`."""
    service.etat = "TERMINE"
    service.ended_at = instant
    service.date_fin = legal_date(instant)
    service.motif_fin = motif
    service.echeance = None
    _close(service, etat_affaire, instant)
    if service.type == "OPPENR":
        service.point.opposition_courbe = False
    elif needs_curve(service):
        close_collecte(session, service.service_souscrit_id, service.date_fin)
    if service.type == "ACCES":
        close_options(session, service.service_souscrit_id, service.date_fin)


def _close(service: ServiceSouscrit, etat: EtatAffaire, instant: datetime) -> None:
    affaire = service.affaire
    if affaire is not None and affaire.etat == "transmise":
        affaire.etat = etat
        affaire.closed_at = instant
