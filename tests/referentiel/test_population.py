"""The synthetic population: the same for a seed, and fit for the searches of the catalogue."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice

import pytest
from made_states import prepared_database
from sqlalchemy.orm import Session

from sge_sim.domaine.prm import is_valid
from sge_sim.errors import UsageError
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.dataset import Dataset, named_rows
from sge_sim.referentiel.population import minimum_size, population
from sge_sim.tables.points import Point
from sge_sim.tables.search import Criteres, search_points

FEWER_THAN_200 = {
    "RP-R1 20.x": ("40280", "40281", "HTA", "PRO"),
    "RP-R1 21.1": ("75001", "75101", "HTA", "PRO"),
    "RP-R1 22.1": ("34650", "34231", "BTINF", "RES"),
}
MORE_THAN_200 = {
    "RP-NR1 20.x": ("40280", "40281", None, "PRO"),
    "RP-NR1 21.1": ("13100", "13001", None, "PRO"),
    "RP-NR1 22.1": ("84160", "84042", None, "RES"),
    "RP-NR1 22.1, first draft": ("34650", "34231", None, "RES"),
}


@pytest.fixture(scope="module", params=[(None, 1), (1500, 2021), (3000, 0)], ids=str)
def filled(
    request: pytest.FixtureRequest, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """A database of each size and seed; the smallest size for none."""
    size, seed = request.param
    database = prepared_database(tmp_path_factory.mktemp("population") / "sge-sim.db")
    install_dataset(database, size=size or minimum_size(dataset), seed=seed)
    with database.sessions() as session:
        yield session
    database.dispose()


def how_many(session: Session, searched: tuple[str, str, str | None, str]) -> int:
    code_postal, code_insee, domaine_tension, categorie = searched
    criteres = Criteres(
        code_postal=code_postal,
        code_insee=code_insee,
        domaine_tension=domaine_tension,  # type: ignore[arg-type]
        categorie_client_final=categorie,  # type: ignore[arg-type]
    )
    return len(search_points(session, criteres, limit=200))


@pytest.mark.observed("homologation catalogue, RecherchePoint")
def test_a_search_finds_fewer_than_200_points_if_it_is_to_pass_else_more(filled: Session) -> None:
    for case, searched in FEWER_THAN_200.items():
        assert 1 <= how_many(filled, searched) < 200, case
    for case, searched in MORE_THAN_200.items():
        assert how_many(filled, searched) > 200, case


@pytest.mark.observed("homologation catalogue, RP-R2")
@pytest.mark.parametrize(
    ("voie", "named"),
    [("404 RUE DES CIMBRES", 1), ("16 RUE DES MENUDIERES", 1), ("1 RUE DE LA MER", 2)],
)
def test_nobody_else_lives_where_the_catalogue_searches(
    filled: Session, voie: str, named: int
) -> None:
    assert len(search_points(filled, Criteres(numero_et_nom_voie=voie), limit=200)) == named


def test_the_limits_hold_for_a_population_of_any_size(dataset: Dataset) -> None:
    # Counted without a database: what matters is that the rest adds nothing to these.
    found = Counter(
        (point["code_postal"], point["code_insee"], point["domaine_tension"], categorie)
        for point, _ in population(dataset, size=15_000, seed=7)
        if (categorie := point["categorie_client_final"])
    )
    named = len(dataset.points)
    for searched in FEWER_THAN_200.values():
        assert 1 <= found[searched] < 200 - named // 2, searched


def test_the_same_seed_gives_the_same_points(dataset: Dataset) -> None:
    size = minimum_size(dataset) + 200
    first, second = (list(population(dataset, size=size, seed=5)) for _ in range(2))
    assert first == second
    assert first != list(population(dataset, size=size, seed=6))


def test_the_points_of_a_seed_do_not_change_from_one_version_to_the_next(dataset: Dataset) -> None:
    # Test benches keep the PRMs, addresses and meters they once met.
    point, compteur = next(population(dataset, size=2000, seed=2021))
    assert point["prm"] == "24100000202179"
    assert point["numero_et_nom_voie"] == "86 ALLEE DES ROSIERS"
    assert point["nom_client_final"] == "LAMBERT DOMINIQUE"
    assert point["graine"] == 8315694423613550908
    assert compteur["matricule"] == "423613550908"


def test_a_larger_population_begins_with_the_smaller_one(dataset: Dataset) -> None:
    size = minimum_size(dataset)
    larger = population(dataset, size=size + 500, seed=5)
    assert list(islice(larger, size)) == list(population(dataset, size=size, seed=5))


def test_no_two_points_share_a_prm_and_every_key_is_right(dataset: Dataset) -> None:
    prms = [point["prm"] for point, _ in population(dataset, size=5000, seed=5)]
    prms += [point["prm"] for point, _ in named_rows(dataset, 5)]
    assert len(set(prms)) == len(prms)
    assert all(map(is_valid, prms))


def test_a_population_too_small_for_the_searches_is_refused(dataset: Dataset) -> None:
    smallest = minimum_size(dataset)
    assert smallest < 1000
    with pytest.raises(UsageError, match=f"au moins {smallest}, ou 0"):
        population(dataset, size=smallest - 1, seed=5)
    assert list(population(dataset, size=0, seed=5)) == []


@pytest.mark.documented("AFNOR NF Z10-011: lines of 38 capitals")
def test_addresses_fit_the_lines_of_an_address(session: Session) -> None:
    for point in session.query(Point):
        for line in (
            point.escalier_etage_appartement,
            point.batiment,
            point.numero_et_nom_voie,
            point.lieu_dit,
            f"{point.code_postal} {point.commune}",
        ):
            assert line is None or (1 <= len(line) <= 38 and line == line.upper()), point.prm


def test_every_point_was_commissioned_before_the_periods_of_the_catalogue(session: Session) -> None:
    for point in session.query(Point).where(Point.pourquoi.is_(None)):
        never = point.etat_contractuel == "ECRAC"
        assert (point.date_mise_en_service is None) is never, point.prm
        if point.date_mise_en_service is not None:
            assert date(2005, 1, 1) <= point.date_mise_en_service < date(2018, 1, 1)
            for change in (point.date_modification_fta, point.date_augmentation_puissance):
                assert change is None or change >= point.date_mise_en_service


@pytest.mark.documented("FAQ: 8 hours a day, never between 8 and 12 nor between 17 and 20")
def test_off_peak_hours_keep_to_the_rule(dataset: Dataset) -> None:
    plages = [plage for commune in dataset.communes.values() for plage in commune.heures_creuses]
    assert plages
    for plage in plages:
        minutes = set()
        for start_h, start_m, end_h, end_m in re.findall(r"(\d+)H(\d+)-(\d+)H(\d+)", plage):
            start, end = 60 * int(start_h) + int(start_m), 60 * int(end_h) + int(end_m)
            minutes |= {
                minute % 1440 for minute in range(start, end if end > start else end + 1440)
            }
        assert len(minutes) == 8 * 60, plage
        assert not minutes & set(range(8 * 60, 12 * 60)), plage
        assert not minutes & set(range(17 * 60, 20 * 60)), plage


@pytest.mark.documented("TURPE: subscribed powers grow from the dearest hours to the cheapest")
def test_subscribed_powers_grow_from_the_dearest_hours_to_the_cheapest(session: Session) -> None:
    checked = 0
    for point in session.query(Point):
        powers = list((point.denivele_puissances or {}).values())
        if powers:
            checked += 1
            assert powers == sorted(powers), point.prm
            assert powers[-1] == point.puissance_souscrite, point.prm
            assert powers[-1] <= point.puissance_raccordement, point.prm
    assert checked > 100


def test_a_tariff_with_off_peak_hours_has_its_hours(session: Session) -> None:
    for point in session.query(Point).where(Point.pourquoi.is_(None)):
        has_hours = point.heures_creuses_libelle is not None
        assert has_hours is (point.fta in ("BTINFMUDT", "BTINFMU4", "BTINFCU4")), point.prm


def test_every_segment_and_every_state_is_represented(session: Session) -> None:
    segments = Counter(point.segment for point in session.query(Point))
    etats = Counter(point.etat_contractuel for point in session.query(Point))
    assert set(segments) == {"C1", "C2", "C3", "C4", "C5", "P1", "P2", "P3", "P4"}
    assert set(etats) == {"SERVC", "RESIL", "ECRES", "ECRAC", "IMPRO", "INACCE"}
    assert segments["C5"] > sum(segments.values()) * 0.8
    assert etats["SERVC"] > sum(etats.values()) * 0.85


def test_the_default_supplier_holds_a_share_of_the_points(session: Session) -> None:
    titulaires = Counter(point.fournisseur_titulaire for point in session.query(Point))
    assert 0.3 < titulaires["FOURN1"] / (titulaires["FOURN1"] + titulaires["FOURN2"]) < 0.5
