"""The reform of off-peak hours carried out on a whole population, from October 2026 to its end."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import accumulate
from typing import Any

import pytest
from made_states import prepared_database
from sqlalchemy import select

from sge_sim.clock import PARIS
from sge_sim.commandes.echeances import catch_up_orders
from sge_sim.domaine.plages import (
    decalage_de,
    minutes_de,
    nominales,
    officielle_de,
    parse_plages,
    touches,
)
from sge_sim.facts.database import Database
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.apports.contradictions import fautes_of
from sge_sim.referentiel.apports.lignes import ligne_of
from sge_sim.referentiel.reforme_hc import IssueReforme, sort_de
from sge_sim.tables.anciens_etats import AncienEtat
from sge_sim.tables.apports import points_after
from sge_sim.tables.commandes import Evenement
from sge_sim.tables.mesures_facts import read_anciens
from sge_sim.tables.points import Point

MOIS = [(2026, 12), *((2027, month) for month in range(1, 11))]
OPERE = (7.2, 7.2, 6.4, 7.0, 6.7, 6.8, 6.5, 9.8, 9.7, 9.2, 9.4)
CUMULE = (7.9, 15.8, 22.9, 30.8, 38.4, 46.3, 54.0, 65.6, 77.2, 88.4, 100.0)
"""Rows « A, remotely operated » and « A, cumulated » of the planning of 19/03/2026."""
LARGE = 30_000
"""Points of which more than ten thousand are to be reprogrammed."""
_DAY = frozenset(range(8 * 60, 20 * 60))


@pytest.fixture(scope="module", params=[1200, pytest.param(LARGE, marks=pytest.mark.large)])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, dict[str, dict[str, Any]]]]:
    """The population as it was installed, and its database once all has happened."""
    database = prepared_database(tmp_path_factory.mktemp("hc") / "sge-sim.db")
    install_dataset(database, size=request.param, seed=2021, reforme=True)
    with database.sessions() as session:
        before = {
            point.prm: {
                "plages": point.heures_creuses_libelle,
                "mise_en_service": point.date_mise_en_service,
                "nomme": point.pourquoi is not None,
            }
            for point in session.scalars(select(Point))
        }
    for month in ((2026, 10), *MOIS, (2027, 12)):
        catch_up_orders(database, datetime(*month, 28, tzinfo=PARIS), awaited=True)
    yield database, before
    database.dispose()


def points_of(database: Database) -> list[tuple[Point, list[Any]]]:
    """The points that the reform is about, with what changed of their ranges."""
    with database.sessions() as session:
        histories: dict[str, list[Any]] = {}
        for prm, jusqu_a, valeurs in session.execute(
            select(AncienEtat.prm, AncienEtat.jusqu_a, AncienEtat.valeurs)
        ):
            read = read_anciens([(jusqu_a, valeurs)])
            histories.setdefault(prm, []).extend(each for each in read if "heures" in each.nom)
        rows = [*session.scalars(select(Point))]
        session.expunge_all()
    return [(point, histories.get(point.prm, [])) for point in rows]


def test_every_point_ends_as_its_seed_says(lived: Any) -> None:
    database, before = lived
    ways: Counter[IssueReforme] = Counter()
    for point, history in points_of(database):
        old = before[point.prm]
        planned = (
            point.futures_heures_creuses_saison_basse is not None
            and old["plages"] is not None
            and touches(parse_plages(old["plages"]), "ancien")
        )
        if not planned:
            assert history == [], point.prm
            assert point.heures_creuses_libelle == old["plages"]
            continue
        sort = sort_de(point.graine, professionnel=point.categorie_client_final == "PRO")
        ways[sort.issue] += 1
        changed = {event.jusqu_a for event in history}
        if sort.issue is IssueReforme.ABANDON:
            assert changed == set()
            assert point.heures_creuses_libelle == old["plages"]
            continue
        assert changed == {sort.jour}, point.prm
        assert [event.valeur for event in history] == [old["plages"], None]
        arrived = point.date_mise_en_service
        assert arrived == (sort.jour if sort.issue is IssueReforme.MES else old["mise_en_service"])
        keeps_to_the_rules(point)
    assert {IssueReforme.PHC, IssueReforme.MES} <= {*ways}
    assert IssueReforme.MES_AVANT not in ways


def keeps_to_the_rules(point: Point) -> None:
    """With the shift removed: windows, two ranges, a day and a night; pairs of the list."""
    haute = parse_plages(point.heures_creuses_libelle or "")
    basse = parse_plages(point.heures_creuses_saison_basse or point.heures_creuses_libelle or "")
    assert decalage_de(haute) == decalage_de(basse)
    by_day = []
    for saison, plages in (("H", haute), ("B", basse)):
        assert officielle_de(plages) is not None
        assert not touches(plages, saison)
        minutes = minutes_de(nominales(plages))
        assert (len(plages), len(minutes)) == (2, 480)
        by_day.append(len(minutes & _DAY))
    assert 120 <= by_day[0] <= 150 <= by_day[1] <= 180
    found = officielle_de(haute)
    assert found is not None
    assert found.id == point.futures_heures_creuses_id


def test_the_catalogue_is_never_touched(lived: Any) -> None:
    database, before = lived
    for point, history in points_of(database):
        if before[point.prm]["nomme"]:
            assert history == []
            assert point.heures_creuses_saison_basse is None
            assert point.date_mise_en_service == before[point.prm]["mise_en_service"]


@pytest.mark.documented(
    "planning of 19/03/2026: no operation before the pilot nor after 30/11/2027"
)
def test_nothing_is_left_to_happen_and_nothing_was_out_of_its_dates(lived: Any) -> None:
    database, _ = lived
    with database.sessions() as session:
        events = [*session.scalars(select(Evenement))]
        assert [event for event in events if event.echeance is not None] == []
        for event in events:
            day = event.instant.astimezone(PARIS).date()
            first = date(2026, 12, 1) if event.type == "reforme_hc" else date(2026, 10, 6)
            assert first <= day <= date(2027, 10, 31), event.type
            pro = event.point.categorie_client_final == "PRO"
            assert not (pro and event.type == "reforme_hc" and day < date(2027, 7, 1))


@pytest.mark.large
@pytest.mark.documented("planning of 19/03/2026, hypothesis A; 15 % are professionals")
def test_ten_thousand_points_follow_the_planning(lived: Any) -> None:
    """Within a point; the list had 5.5 % more, who left between May and October 2026."""
    database, before = lived
    if len(before) < LARGE:
        return
    phc, left, planned = Counter[Any](), Counter[Any](), Counter[Any]()
    for point, history in points_of(database):
        plages = before[point.prm]["plages"]
        if point.futures_heures_creuses_saison_basse is None or plages is None:
            continue
        if not touches(parse_plages(plages), "ancien"):
            continue
        pro = point.categorie_client_final == "PRO"
        sort = sort_de(point.graine, professionnel=pro)
        month = (sort.prevu.year, sort.prevu.month)
        planned[pro] += 1
        left[pro, month] += bool(history)
        phc[pro, month] += bool(history) and sort.issue is IssueReforme.PHC
    share = {pro: weight / planned[pro] for pro, weight in ((True, 15), (False, 85))}
    operated = [0.945 * sum(share[pro] * phc[pro, month] for pro in share) for month in MOIS]
    gone = [sum(share[pro] * left[pro, month] for pro in share) for month in MOIS]
    # The row ends at 100 %: nothing of it is given up.
    cumulated = [100 * event / sum(gone) for event in accumulate(gone)]
    print(sum(planned.values()), [round(each, 2) for each in (*operated, *cumulated)])
    assert sum(planned.values()) >= 10_000
    assert operated == pytest.approx(OPERE, abs=1.0)
    assert cumulated == pytest.approx(CUMULE, abs=1.0)


@pytest.mark.assumed
def test_what_has_lived_contradicts_nothing(lived: Any) -> None:
    database, before = lived
    with database.sessions() as session:
        points = points_after(session, "", len(before), own=False)
        lines = [ligne_of(point, mesures) for point, mesures in points]
    wrong = {line.point["prm"]: [*fautes_of(line, date(2027, 12, 28))] for line in lines}
    assert len(wrong) == len(before)
    assert {prm: found for prm, found in wrong.items() if found} == {}
