"""The consents of Data Connect, as they are given and end."""

from datetime import date, timedelta

import pytest
from lives import PRM, TIERS, Lives
from sqlalchemy.orm import Session
from state_kit import statements_of

from sge_sim.api.data_connect import ConsentementView
from sge_sim.clock import parse_instant
from sge_sim.commandes import vie
from sge_sim.dataconnect.applications import create_application
from sge_sim.dataconnect.consentements import TYPES, give_consentement, remove_consentement
from sge_sim.facts.database import Database
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.dataconnect import (
    Application,
    ConsentementDonne,
    consentements,
    read_consentements,
    running_services,
)
from sge_sim.tables.ecritures import read_last_instant
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver

NOW = parse_instant("2026-11-25T10:00")
FIN = date(2026, 12, 25)
AUTRE = "98600000000000"


def a_client(session: Session, nom: str = "Mienne") -> Application:
    """Return an application that is in production."""
    return create_application(
        session,
        nom=nom,
        acteur_code=TIERS,
        mode="production",
        redirect_uri="https://exemple.fr/retour",
    )


@pytest.mark.assumed("sharing again on the page of v1 ends what was shared before")
def test_of_consents_given_again_only_those_in_force_are_read(database: Database) -> None:
    with database.transaction() as session:
        mine, theirs = a_client(session), a_client(session, "Autre")
        point = session.get_one(Point, PRM)

        def give(application: Application) -> int:
            return give_consentement(session, application, "X", point, NOW, FIN).id

        def read(now=NOW, prms=(PRM, AUTRE)) -> list[int]:
            running = running_services(session, mine.client_id, prms, now)
            return [*dict.fromkeys(service.consentement_id for service in running)]

        give(theirs)
        for _ in range(3):
            given = give(mine)
            assert read() == [given]
            for service in running_services(session, mine.client_id, [PRM], NOW):
                vie.end(session, service, "prolongation", NOW)
            assert read() == []
        given = give(mine)
        assert read(NOW - timedelta(seconds=1)) == []
        assert read(prms=(AUTRE,)) == []
        assert read(parse_instant("2026-12-24T23:59:59")) == [given]
        assert read(parse_instant("2026-12-25T00:00")) == []


def test_a_consent_is_written_by_the_driver_itself(database: Database) -> None:
    """Whoever orders waits for the lock meanwhile: what one that is given again ends, too."""
    with database.transaction() as session:
        application = a_client(session)
        point = session.get_one(Point, PRM)
        for _ in range(2):
            ended = running_services(session, application.client_id, [PRM], NOW)
            with statements_of(database) as statements:
                for service in ended:
                    vie.end(session, service, "prolongation", NOW)
                given = give_consentement(session, application, "X", point, NOW, FIN)
            assert not statements
        assert [service.motif_fin for service in ended] == ["prolongation"] * len(TYPES)
        assert session.get_one(ConsentementDonne, given.id).fini_le is None


def test_consents_are_listed_by_as_few_statements_however_many_they_are(database: Database) -> None:
    asked = []
    for name in ("Mienne", "Autre"):
        with database.transaction() as session:
            point = session.get_one(Point, PRM)
            for _ in range(3):
                give_consentement(session, a_client(session, name), "X", point, NOW, FIN)
        with database.sessions() as session, statements_of(database) as statements:
            listed = [ConsentementView.of(each, NOW) for each in consentements(session)]
        asked.append(len(statements))
    assert len(listed) == 6
    assert asked[0] == asked[1]


@pytest.mark.assumed("nothing that comes later precedes a consent, or its end")
def test_a_consent_and_its_end_are_the_last_that_happened(database: Database) -> None:
    with database.transaction() as session:
        application = a_client(session)
        point = session.get_one(Point, PRM)
        given = give_consentement(session, application, "X", point, NOW, FIN)
        assert read_last_instant(Driver.under(session)) == NOW
        later = NOW + timedelta(days=1)
        remove_consentement(session, given.id, later)
        assert read_last_instant(Driver.under(session)) == later


@pytest.mark.assumed("an order that extends a service of a consent takes it over")
@pytest.mark.parametrize("end", ["removal", "date", "move-out"])
@pytest.mark.parametrize("extended", [1, len(TYPES)])
def test_a_service_that_an_order_extends_is_the_order_s(
    database: Database, end: str, extended: int
) -> None:
    """The consent keeps its days, be it without any service, and its end ends no such service."""
    lives = Lives(database)
    with database.transaction() as session:
        application = a_client(session)
        client_id, point = application.client_id, session.get_one(Point, PRM)
        given = give_consentement(session, application, "X", point, NOW, FIN)
        services = session.get_one(ConsentementDonne, given.id).services
        numbers = [service.service_souscrit_id for service in services]
    taken, left = numbers[:extended], numbers[extended:]
    for number in taken:
        lives.renew(number, None, NOW)
    look = database.memoire.look
    (seen,) = look().ask(read_consentements, client_id, PRM)
    assert (seen.court, seen.debut, seen.fin) == (True, given.debut, given.fin)
    later = given.fin if end == "date" else NOW + timedelta(days=1)
    if end == "move-out":
        lives.change(later, nouveau_titulaire=later.date())
    lives.until(later)
    if end == "removal":
        with database.transaction() as session:
            remove_consentement(session, given.id, later)
    (seen,) = look().ask(read_consentements, client_id, PRM)
    assert not (seen.court and seen.fin > later)
    for number, etat in [
        *((each, "ACTIF") for each in taken),
        *((each, "TERMINE") for each in left),
    ]:
        assert lives.etat(number) == ("TERMINE" if end == "move-out" else etat)
    with database.sessions() as session:
        for number in taken:
            service = session.get_one(ServiceSouscrit, number)
            assert service.consentement_id is None
            assert service.affaire is not None, "its end is told"
