"""Rows that the measures of a point depend on."""

from datetime import UTC, date, datetime

from state_kit import AddPoint

from sge_sim.facts.database import Database
from sge_sim.tables.mesures import (
    CalendrierDate,
    Collecte,
    MesuresFacts,
    add_trou,
    close_collecte,
    read_mesures_facts,
    read_mesures_facts_of,
    remove_trous,
    replace_collectes,
)

JOUR = date(2025, 3, 1)


def test_what_a_point_depends_on_is_read_as_values(database: Database, add_point: AddPoint) -> None:
    prm = add_point(
        compteurs=(
            {"date_pose": date(2025, 1, 7), "tic_activable": False},
            {"date_pose": date(2009, 10, 6), "date_depose": date(2025, 1, 7)},
            {"matricule": "jamais posé"},
        )
    )
    other = add_point()
    gap = (datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC))
    with database.transaction() as session:
        session.add(Collecte(prm=prm, debut=JOUR, service_souscrit_id="64697749"))
        session.add(Collecte(prm=other, debut=JOUR))
        add_trou(session, prm, *gap)
        for cote, code in (("fournisseur", "FC000165"), ("distributeur", "DI000001")):
            session.add(CalendrierDate(prm=prm, cote=cote, depuis=JOUR, calendrier=code))
    with database.sessions() as session:
        assert read_mesures_facts(session, prm) == MesuresFacts(
            collectes=((JOUR, None),),
            trous=(gap,),
            calendriers=(("fournisseur", JOUR, "FC000165"), ("distributeur", JOUR, "DI000001")),
            compteurs=(
                (date(2009, 10, 6), date(2025, 1, 7), False),
                (date(2025, 1, 7), None, True),
            ),
        )
        assert read_mesures_facts(session, other) == MesuresFacts(collectes=((JOUR, None),))
        assert read_mesures_facts_of(session, [other, "unknown", prm]) == {
            other: read_mesures_facts(session, other),
            "unknown": MesuresFacts(),
            prm: read_mesures_facts(session, prm),
        }


def test_a_collection_ends_for_the_service_that_asked_for_it(
    database: Database, add_point: AddPoint
) -> None:
    prm = add_point()
    with database.transaction() as session:
        session.add(Collecte(prm=prm, debut=JOUR, service_souscrit_id="1"))
        session.add(Collecte(prm=prm, debut=date(2025, 4, 1), service_souscrit_id="2"))
    with database.transaction() as session:
        close_collecte(session, "1", date(2025, 5, 1))
    with database.sessions() as session:
        assert read_mesures_facts(session, prm).collectes == (
            (JOUR, date(2025, 5, 1)),
            (date(2025, 4, 1), None),
        )
    with database.transaction() as session:
        replace_collectes(session, prm, (JOUR, date(2025, 3, 9)))
    with database.sessions() as session:
        assert read_mesures_facts(session, prm).collectes == ((JOUR, date(2025, 3, 9)),)


def test_what_was_lost_may_be_found_again(database: Database, add_point: AddPoint) -> None:
    prm = add_point()
    with database.transaction() as session:
        add_trou(session, prm, datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC))
    with database.transaction() as session:
        remove_trous(session, prm)
    with database.sessions() as session:
        assert read_mesures_facts(session, prm).trous == ()
