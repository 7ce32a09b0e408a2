"""How a PostgreSQL server finds a part of a name: by one index, whatever it knows of the table."""

from collections.abc import Iterator
from threading import Timer
from typing import Any

import pytest
from points_kit import csv_lines, made_points
from postgresql_kit import Cluster
from search_plans import plan_of
from sqlalchemy import text

from sge_sim.domaine.nomenclatures import ETATS_HORS_SERVICE
from sge_sim.facts.database import Database
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.schema.data_folder import prepare
from sge_sim.tables.search import Criteres

pytestmark = pytest.mark.postgresql

POINTS = 4000
PATIENCE_SECONDS = 0.2
BOURG: dict[str, Any] = {"code_postal": "35000", "code_insee": "35000"}
FORGET = (
    "DELETE FROM pg_statistic WHERE starelid = 'point'::regclass",
    "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = 'point'::regclass",
)


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[Database]:
    """One point in two stands in one commune, one in eight hundred in another."""
    opened = Database(cluster.new_database("recherche"), PATIENCE_SECONDS)
    prepare(opened)
    install_dataset(opened, size=0, seed=2021)
    bourg = {"codePostal": "35000", "codeInseeCommune": "35000", "commune": "BOURG 0"}
    points = (
        {**cells, **(bourg if number % 2 else {})}
        for number, cells in enumerate(made_points(POINTS))
    )
    import_points(opened, [Source("points.csv", csv_lines(points))], report=pytest.fail)
    yield opened
    opened.dispose()


@pytest.mark.parametrize("once_for_all", [False, True], ids=["these values", "any values"])
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "never counted"])
@pytest.mark.parametrize(
    "others",
    [{}, {"domaine_tension": "BTINF", "categorie_client_final": "RES"}, {"batiment": "B"}],
    ids=["alone", "kind of client", "building"],
)
@pytest.mark.parametrize("nom", ["Client 1234", "client", "éné"])
def test_a_part_of_a_name_is_read_in_the_names_of_its_commune(
    database: Database, nom: str, others: dict[str, Any], counted: bool, once_for_all: bool
) -> None:
    criteres = Criteres(nom_client_final=nom, **BOURG, **others)
    perimeter = {"etats": ETATS_HORS_SERVICE, "titulaire": "FOURN1"}
    with database.sessions() as session:
        if not counted:
            for statement in FORGET:
                session.execute(text(statement))
        plan = plan_of(session, criteres, once_for_all=once_for_all, **perimeter)
        session.rollback()
    assert "Index Only Scan using ix_point_nom_commune on point" in plan, plan
    assert "Heap Fetches: 0" in plan, plan


def test_a_part_of_a_name_in_a_street_is_read_in_the_street(database: Database) -> None:
    criteres = Criteres(nom_client_final="client", numero_et_nom_voie="2 RUE DU 2 MAI", **BOURG)
    with database.sessions() as session:
        plan = plan_of(session, criteres)
    assert "Index Scan using ix_point_voie on point" in plan, plan
    assert "ix_point_nom_commune" not in plan, plan


def test_names_are_read_alone_though_the_server_was_counting_a_table(database: Database) -> None:
    """What it counts it sees as it was: pages written since couldn't be noted, nor was its table
    waited for, so the names just imported were read in the rows."""
    more = Source("suite.csv", csv_lines(made_points(1000, first=POINTS)))
    with database.sessions() as session:
        session.execute(text("SELECT 1"))
        session.execute(text("LOCK TABLE compteur IN SHARE UPDATE EXCLUSIVE MODE"))
        Timer(5 * PATIENCE_SECONDS, session.commit).start()
        import_points(database, [more], report=pytest.fail)
    with database.sessions() as session:
        plan = plan_of(session, Criteres(nom_client_final="Zzz", **BOURG))
    assert "Heap Fetches: 0" in plan, plan
