"""What happened to a point, as the administration tells it."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT
from sge_sim.mesures.evenements import evenements
from sge_sim.referentiel.histoire import read_histoire
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts
from sge_sim.tables.points import Point

pytestmark = pytest.mark.assumed("what happens behind a meter is told nowhere")

LATE = date(2044, 12, 1)


def test_things_happen_to_the_population_and_not_to_named_points(session: Session) -> None:
    told = {}
    for nomme in (False, True):
        of = select(Point.prm).where(Point.pourquoi.is_not(None) == nomme).limit(300)
        told[nomme] = [
            {event["evenement"] for event in read_histoire(session, prm, LATE)}
            for prm in session.scalars(of)
        ]
    assert set().union(*told[True]) == {"mise_en_service"}
    assert {"mise_en_service", "occupants", "voiture"} <= set().union(*told[False])


def test_it_is_told_until_today_by_day(session: Session) -> None:
    for prm in session.scalars(select(Point.prm).where(Point.pourquoi.is_(None)).limit(40)):
        whole = read_histoire(session, prm, LATE)
        days = [event["jour"] for event in whole]
        assert days == sorted(days)
        middle = date(2033, 1, 1)
        assert read_histoire(session, prm, middle) == [
            event for event in whole if event["jour"] <= middle.isoformat()
        ]
        assert {event["evenement"] for event in whole} <= {
            *evenements()["libelles"],
            "mise_en_service",
        }


def test_what_was_given_or_brought_in_stays_as_it_is(session: Session) -> None:
    point = session.scalars(select(Point).where(Point.pourquoi.is_(None), Point.segment == "C5"))
    for each in point.fetchmany(20):
        facts, sens = read_mesures_facts(session, each.prm), SENS_OF_SEGMENT[each.segment]
        if (mesure := point_mesure(each, facts, sens)) is None:
            continue
        assert mesure.vivant
        with session.no_autoflush:
            each.apport_id = 1
            assert not point_mesure(each, facts, sens).vivant
            session.expire(each)
