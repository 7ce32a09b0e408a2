"""The reform of off-peak hours as a seed decides it, against the volumes of its planning."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sge_sim.domaine.plages import (
    VISIBLES_DEPUIS,
    decalage_de,
    minutes_de,
    nominales,
    officielles,
    parse_plages,
    touches,
)
from sge_sim.referentiel.dataset import Dataset
from sge_sim.referentiel.population import population
from sge_sim.referentiel.reforme_hc import (
    DEBUT,
    DEBUT_PRO,
    FIN,
    REPRISE,
    REPRISES_PENDANT,
    IssueReforme,
    cible,
    evenement_de,
    sort_de,
)

_PLAN = "planning of Enedis of 19/03/2026, hypothesis A; spread inside a month: inferred"
MOIS = [(2026, 12), *((2027, month) for month in range(1, 11))]
CUMULE = (7.9, 15.8, 22.9, 30.8, 38.4, 46.3, 54.0, 65.6, 77.2, 88.4, 100.0)
OPERE = (7.2, 7.2, 6.4, 7.0, 6.7, 6.8, 6.5, 9.8, 9.7, 9.2, 9.4)
"""Rows « A, cumulated » and « A, remotely operated, % of the PHOTO »."""
NOMBRE = 10_000
_JOUR = frozenset(range(8 * 60, 20 * 60))

graines = st.integers(0, 2**63 - 1)
communes = st.from_regex(r"[0-9]{5}", fullmatch=True)


@pytest.fixture(scope="module")
def sorts() -> list:
    """10 000 points of the list, 15 % of them of professionals."""
    return [(pro := rang % 100 < 15, sort_de(rang, professionnel=pro)) for rang in range(NOMBRE)]


@pytest.mark.documented(_PLAN)
def test_operations_are_those_of_the_planning_within_a_point(sorts: list) -> None:
    months = Counter((s.prevu.year, s.prevu.month) for _, s in sorts if s.issue is IssueReforme.PHC)
    shares = [100 * months[month] / NOMBRE for month in MOIS]
    assert shares == pytest.approx(OPERE, abs=1.0)
    assert sum(months.values()) == sum(months[month] for month in MOIS)


@pytest.mark.documented(_PLAN)
def test_all_that_is_planned_has_left_by_its_month(sorts: list) -> None:
    """By an operation or a commissioning, but for what is given up."""
    left = [s for _, s in sorts if s.issue is not IssueReforme.ABANDON]
    cumulated = [
        100 * sum((s.prevu.year, s.prevu.month) <= month for s in left) / NOMBRE for month in MOIS
    ]
    assert cumulated == pytest.approx(CUMULE, abs=1.0)


@pytest.mark.documented("deck of 19/02/2026, slide 12; 85.3, 8.5, 5.5 and 0.7 %: inferred")
def test_points_leave_the_list_in_four_ways(sorts: list) -> None:
    ways = Counter(sort.issue for _, sort in sorts)
    shares = {way: 100 * count / NOMBRE for way, count in ways.items()}
    assert shares == {
        IssueReforme.PHC: pytest.approx(85.3, abs=1),
        IssueReforme.MES: pytest.approx(8.5, abs=1),
        IssueReforme.MES_AVANT: pytest.approx(5.5, abs=1),
        IssueReforme.ABANDON: pytest.approx(0.7, abs=0.4),
    }


@given(graine=graines, pro=st.booleans())
def test_a_point_leaves_once_and_within_the_dates(graine: int, pro: bool) -> None:
    sort = sort_de(graine, professionnel=pro)
    assert (DEBUT_PRO if pro else DEBUT) <= sort.prevu < FIN
    match sort.issue:
        case IssueReforme.PHC:
            assert timedelta(0) <= sort.jour - sort.prevu <= REPRISES_PENDANT
            assert (sort.jour - sort.prevu) % REPRISE == timedelta(0)
            assert sort.jour <= date(2027, 11, 30)
        case IssueReforme.MES:
            assert VISIBLES_DEPUIS <= sort.jour <= sort.prevu
        case IssueReforme.MES_AVANT:
            assert sort.jour < VISIBLES_DEPUIS
    assert sort == sort_de(graine, professionnel=pro)


@pytest.mark.documented("CRE 2026-33 table 4, deck of 19/02/2026 slides 11 and 21")
@settings(max_examples=200)
@given(graine=graines, code_insee=communes)
def test_a_target_keeps_to_the_rules_of_each_season(graine: int, code_insee: str) -> None:
    found = cible(graine, code_insee)
    assert [officielles()[one.id] for one in found] == [*found]
    haute, basse = (parse_plages(one.libelle) for one in found)
    assert decalage_de(haute) == decalage_de(basse)
    assert decalage_de(haute) in range(-10, 11, 2)
    days = []
    for saison, plages in (("H", haute), ("B", basse)):
        minutes = minutes_de(nominales(plages))
        assert not touches(plages, saison)
        assert (len(plages), len(minutes)) == (2, 480)
        assert len(minutes - _JOUR) >= 5 * 60
        days.append(len(minutes & _JOUR))
    assert days[0] in range(120, 151)
    assert days[1] in range(max(150, days[0]), 181)


def test_a_commune_has_few_regimes_and_every_shift() -> None:
    drawn = [cible(graine, "75101") for graine in range(400)]
    for rang, most in ((0, 6), (1, 6)):
        labels = {parse_plages(one[rang].libelle) for one in drawn}
        nominaux = {nominales(one) for one in labels}
        assert 3 <= len(nominaux) <= most
    assert {decalage_de(parse_plages(one.haute.libelle)) for one in drawn} == {*range(-10, 11, 2)}


@pytest.mark.documented("population of 1/12/2026: 46 % to be done, 24 % done lately, 28 % out")
def test_the_population_has_the_points_of_the_reform(dataset: Dataset) -> None:
    points = [
        point
        for point, _ in population(dataset, size=6000, seed=3, reforme=True)
        if point["segment"] == "C5" and point["etat_contractuel"] in ("SERVC", "ECRES")
    ]
    planned = [point for point in points if evenement_de(point) is not None]
    assert 0.39 <= len(planned) / len(points) <= 0.49
    for point in points:
        moved = evenement_de(point) is not None
        texte = point["heures_creuses_libelle"]
        concerned = (
            point["futures_heures_creuses_saison_basse"] is not None
            and texte is not None
            and touches(parse_plages(texte), "ancien")
        )
        assert moved is concerned
        if point["calendrier_fournisseur"] == "FC000050" or point["fta"] == "BTINFLU":
            assert point["futures_heures_creuses_id"] is None


def test_without_the_reform_nothing_is_to_come(dataset: Dataset) -> None:
    points = [point for point, _ in population(dataset, size=1200, seed=3)]
    assert {point["futures_heures_creuses_id"] for point in points} == {None}
    assert not any(map(evenement_de, points))
