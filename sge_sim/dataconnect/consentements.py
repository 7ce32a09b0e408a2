"""The consents of Data Connect: given on its page, taken back by the customer.

A consent opens access services on its point for the actor of the application: SGE's search lists
them, ConsultationMesuresDetaillees v3 lets that actor consult by SERVICE_ACCES, and whatever ends
them (a move-out, a termination) ends the consent.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes import vie
from sge_sim.domaine.nomenclatures import Sens, TypeServiceAcces
from sge_sim.errors import UsageError, require_found
from sge_sim.facts.lecture import read_acteur
from sge_sim.tables.acces import acces_services
from sge_sim.tables.acteur_facts import ActeurFacts, ContratFacts
from sge_sim.tables.clients import PointPartageable
from sge_sim.tables.dataconnect import (
    Application,
    ApplicationFacts,
    ConsentementDonne,
    ConsentementFacts,
    Partage,
    end_bare,
    read_autorisation_id,
)
from sge_sim.tables.ecritures import next_numero, reach, write_at, write_at_once
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver, read_at_once

TYPES: Final[tuple[TypeServiceAcces, ...]] = ("COURBE", "PMAX", "INDEX", "ENERGIE", "ITC")
"""The services that one consent opens in each direction (mocks of the guide, 2026)."""


def give_consentement(
    session: Session,
    application: Application | ApplicationFacts,
    titulaire: str,
    point: Point | PointPartageable,
    now: datetime,
    fin: date,
) -> ConsentementFacts:
    """Record that `titulaire` lets `application` read a point until the legal day `fin`, excluded.

    The number of the share is the same as before, if there was one. What the session has read it
    lets go of (`write_at_once`). Raises `UsageError` where the actor of the application has no
    contract with Enedis that runs.
    """
    acteur, autorisation_id = read_at_once(
        Driver.of(session.connection()),
        (
            (read_acteur, application.acteur_code),
            (read_autorisation_id, application.client_id, titulaire),
        ),
    )
    contrat = _running(acteur, legal_date(now))
    partage = []
    if autorisation_id is None:
        autorisation_id = next_numero(session, "autorisation")
        partage = [
            Partage(
                autorisation_id=autorisation_id,
                client_id=application.client_id,
                titulaire=titulaire,
            )
        ]
    given = ConsentementDonne(
        autorisation_id=autorisation_id, prm=point.prm, debut=now, fin=start_of_day(fin)
    )
    *_, ((numero,),) = write_at_once(session, (*partage, given))
    granted = [(type, sens) for sens in _sides(point) for type in TYPES]
    write_at(session, now, acces_services(session, point.prm, granted, [contrat], now, fin, numero))
    return ConsentementFacts(
        *(numero, autorisation_id, application.client_id, titulaire),
        *(point.prm, now, given.fin),
        court=True,
        motif_fin=None,
    )


def is_in_force(consentement: ConsentementDonne, now: datetime) -> bool:
    """Tell whether a consent holds at `now` (aware)."""
    return consentement.fini_le is None and consentement.debut <= now < consentement.fin


def remove_consentement(session: Session, consentement_id: int, now: datetime) -> ConsentementDonne:
    """Take a consent back, as its customer; raises `UsageError` for one that isn't in force."""
    consentement = require_found(
        session.get(ConsentementDonne, consentement_id),
        f"aucun consentement ne porte le numéro {consentement_id} : "
        "sge-sim consentements list les donne.",
        consentement_id,
    )
    if not is_in_force(consentement, now):
        raise UsageError(f"le consentement {consentement_id} n'est plus en vigueur.")
    for service in consentement.services:
        if service.etat != "TERMINE":
            vie.end(session, service, "retrait", now)
    end_bare(session, consentement.prm, now, consentement.autorisation_id)
    reach(session, now)
    return consentement


def _sides(point: Point | PointPartageable) -> tuple[Sens, ...]:
    """Return the directions that a consent opens: those of the contracts of the client."""
    asked: tuple[tuple[Sens, bool], ...] = (
        ("SOUTIRAGE", point.contrat_soutirage),
        ("INJECTION", point.contrat_injection),
    )
    return tuple(sens for sens, contracted in asked if contracted)


def _running(acteur: ActeurFacts, jour: date) -> ContratFacts:
    """Return the contract under which the services stand: the first that runs (assumed)."""
    for contrat in acteur.contrats:
        if contrat.is_active(jour):
            return contrat
    raise UsageError(f"l'acteur {acteur.code} n'a pas de contrat en cours : sge-sim acteurs list.")
