"""Whatever a year publishes of points of every kind holds to the schemas that the kit gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flux_schemas
import pytest
from everything_kit import DEBUT, IN_SERVICE, segments_of, subscribe_all
from flux_kit import JOUR
from made_states import copy_state
from publication_kit import Platform, at, members, open_platform
from r6x_kit import documents, order, schema_mistakes
from sqlalchemy import func, select

from sge_sim.domaine.nomenclatures import SENS_OF_SEGMENT, CodeFlux
from sge_sim.facts.lecture import read_dossier
from sge_sim.flux.flux import ParContrat
from sge_sim.flux.r6x.situation import situation_tree
from sge_sim.flux.r6x.visibilite import Visibilite
from sge_sim.flux.registry import FLUX, codes_of
from sge_sim.tables.flux import find_fichiers
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Driver, read_at_once

XML: dict[CodeFlux, tuple[str, ...]] = {
    "R50": (flux_schemas.R50,),
    "R151": (flux_schemas.R151,),
    "R4x": (flux_schemas.R4X,),
    "R171": (flux_schemas.R171, "http://www.enedis.fr/stm/R171"),
}
WITHOUT_SCHEMA = {"HDM", "IFJ", "ITCE", "NASS"}
"""Text, or a form of ours."""


@pytest.fixture
def populated(tmp_path: Path) -> Iterator[Platform]:
    """A production platform with the points of a first start."""
    copy_state(tmp_path, {})
    platform = open_platform(tmp_path)
    yield platform
    platform.close()


@pytest.mark.documented("schemas 0510 to 0515, 0532 to 0534; CR.M023; XSD of R50, R151, R4x, R171")
@pytest.mark.parametrize("days", [5, pytest.param(366, marks=pytest.mark.masse)])
def test_all_that_is_published_of_every_segment_holds_to_its_schema(
    populated: Platform, days: int
) -> None:
    segments = segments_of(populated)
    assert {*segments.values()} == {*SENS_OF_SEGMENT}
    subscribe_all(populated, segments, daily=days < 31)
    fin = DEBUT + days * JOUR
    populated.catch_up(at(fin))
    for sens in ("SOUTIRAGE", "INJECTION"):
        prms = [prm for prm, segment in segments.items() if SENS_OF_SEGMENT[segment] == sens]
        for flux in ("R63", "R64", "R65", "R66", "R67", "C68"):
            asked = (None, None) if flux == "C68" else (DEBUT, fin)
            order(populated, flux, prms, *asked, at(fin), sens=sens)
    populated.catch_up(at(fin + JOUR))
    with populated.database.sessions() as session:
        kinds = {each.nom: each.publication.flux for each in find_fichiers(session, limit=10**6)}
    for nom, content in populated.ready().items():
        if kinds[nom] in XML:
            for member in members(content).values():
                flux_schemas.check(XML[kinds[nom]][0], member, *XML[kinds[nom]][1:])
        else:
            assert list(documents(content, nom))
    assert set(kinds.values()) == {
        flux.code for flux in FLUX if flux.depuis is None
    } - WITHOUT_SCHEMA.union(codes_of(ParContrat))


@pytest.mark.documented("schema 0514; GUI 0504 §2: the power of a class is a text, with its unit")
def test_the_c68_of_points_of_every_kind_holds_to_its_schema(populated: Platform) -> None:
    columns = (Point.segment, Point.type_comptage, Point.fta, Point.categorie_client_final)
    with populated.database.sessions() as session:
        prms = session.scalars(select(func.min(Point.prm)).where(IN_SERVICE).group_by(*columns))
        read = read_at_once(Driver.under(session), [(read_dossier, prm) for prm in prms])
    for visibilite in Visibilite:
        trees = [situation_tree(dossier.point, visibilite) for dossier in read if dossier]
        assert schema_mistakes(trees) == []


@pytest.mark.documented("GUI 0504 §2: the power that is subscribed is a text, others are numbers")
@pytest.mark.parametrize(("valeur", "wrong"), [("9", False), (9, True)])
def test_a_subscribed_power_is_a_text(valeur: Any, wrong: bool) -> None:
    power = {"valeur": valeur, "unite": "kVA"}
    classes = {"classesTemporelles": [{"code": "HPH", "puissance": power}]}
    tarif = {"puissanceSouscrite": power, "grilleFournisseur": classes, "grilleTurpe": classes}
    mistakes = schema_mistakes([{"situationsContractuelles": [{"structureTarifaire": tarif}]}])
    assert len(mistakes) == (3 if wrong else 0)
