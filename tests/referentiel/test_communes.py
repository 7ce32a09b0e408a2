"""The communes of the whole country: in own points, and in the population where it is asked for."""

import re
from pathlib import Path

import pytest
from made_states import prepared_database
from points_kit import examples, json_lines
from sqlalchemy import func, select

from sge_sim.machine.files import data_path
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.referentiel.identites import communes_de_france
from sge_sim.tables.points import Commune, Point, find_point, known_commune

FOLDER = data_path("catalog") / "communes"
CORSE, REUNION = ("20000", "2A004"), ("97400", "97411")


def test_every_pair_is_known_once_and_the_data_are_small_and_have_their_licence() -> None:
    found = communes_de_france()
    assert len(found) > 35_000
    assert (found[CORSE], found[REUNION]) == ("AJACCIO", "SAINT DENIS")
    for (postal, insee), name in found.items():
        assert re.fullmatch(r"[0-9]{5}", postal)
        assert re.fullmatch(r"[0-9]{5}|2[AB][0-9]{3}", insee)
        assert re.fullmatch(r"[A-Z0-9][A-Z0-9 ]{0,31}", name)
    assert (FOLDER / "communes.txt.xz").stat().st_size < 300_000
    assert "Licence Ouverte" in (FOLDER / "LICENCE.md").read_text()
    assert "Etalab" in (FOLDER / "LICENSE").read_text()


@pytest.mark.assumed
def test_own_points_are_in_any_commune_and_the_population_too_where_asked(tmp_path: Path) -> None:
    database = prepared_database(tmp_path / "sge-sim.db")
    install_dataset(database, size=1500, seed=2021, partout=True)
    with database.sessions() as session:
        places = select(func.count(func.distinct(Point.code_insee)))
        assert (session.scalar(places) or 0) > 300
        assert (session.scalar(select(func.count()).select_from(Commune)) or 0) > 35_000
        assert known_commune(session, *CORSE)
    own = {**examples()[0], "codePostal": REUNION[0], "codeInseeCommune": REUNION[1], "commune": ""}
    import_points(database, [Source("points.jsonl", json_lines(iter([own])))], report=pytest.fail)
    with database.sessions() as session:
        assert find_point(session, own["prm"]).commune == communes_de_france()[REUNION]
    database.dispose()
