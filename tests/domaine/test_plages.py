"""The official list of off-peak ranges, its regimes, and how a tester names one of them."""

import pytest

from sge_sim.domaine.plages import (
    DECALAGES,
    decalage_de,
    decalees,
    minutes_de,
    nominales,
    officielle_de,
    officielles,
    parse_plages,
    plage_officielle,
    regimes,
    touches,
)
from sge_sim.errors import UsageError

_C15 = "guide of the flux C15 v5.1.3, §5.5.3"
_JOUR = frozenset(range(8 * 60, 20 * 60))


@pytest.mark.documented(_C15)
def test_the_official_list_has_its_pairs_and_each_makes_eight_hours() -> None:
    assert len(officielles()) == 1211
    assert officielles()["440"].libelle == "HC (22H56-6H56)"
    short = {
        plage.id
        for plage in officielles().values()
        if len(minutes_de(parse_plages(plage.libelle))) != 480
    }
    assert short == {"80"}


@pytest.mark.documented(_C15)
@pytest.mark.parametrize(
    ("nominal", "ids"),
    [
        ("1H30-7H00;14H00-16H30", "1536 1535 946 1534 947 945 948 1533 949 1532 1531"),
        ("22H00-6H00", "617 618 423 424 619 62 615 421 422 616 462"),
        ("23H30-4H30;14H00-17H00", "1210 1209 1208 1207 1206 1200 1205 1204 1203 1202 1201"),
    ],
)
def test_a_regime_has_its_identifier_under_each_shift(nominal: str, ids: str) -> None:
    moved = [officielle_de(decalees(parse_plages(nominal), minutes)) for minutes in DECALAGES]
    assert [plages and plages.id for plages in moved] == ids.split()


@pytest.mark.assumed("the regimes that have the eleven shifts are the targets")
@pytest.mark.parametrize(
    ("saison", "nombre", "jour_min", "jour_max"), [("H", 24, 120, 150), ("B", 46, 150, 180)]
)
def test_the_targets_of_a_season_keep_to_its_windows(
    saison: str, nombre: int, jour_min: int, jour_max: int
) -> None:
    """CRE 2026-33, table 4; deck of 19/02/2026, slide 21."""
    assert len(regimes(saison)) == nombre
    for plages in regimes(saison):
        assert not touches(plages, saison)
        minutes = minutes_de(plages)
        assert (len(plages), len(minutes)) == (2, 480)
        assert jour_min <= len(minutes & _JOUR) <= jour_max
        assert all(officielle_de(decalees(plages, minutes)) for minutes in DECALAGES)


@pytest.mark.documented("deck of 19/02/2026, slide 21; rules hold on nominal half-hours: inferred")
@pytest.mark.parametrize(
    ("texte", "concernee"),
    [
        ("22H30-6H30", True),
        ("22H00-6H00", True),
        ("1H30-7H30;13H00-15H00", True),
        ("23H00-7H00", False),
        ("22H56-6H56", False),
        ("1H08-7H08;15H08-17H08", False),
        ("1H00-7H00;12H30-14H30", False),
    ],
)
def test_ranges_that_touch_the_morning_or_the_evening_are_moved(
    texte: str, concernee: bool
) -> None:
    assert touches(parse_plages(texte), "ancien") is concernee


@pytest.mark.parametrize("minutes", DECALAGES)
def test_a_shift_is_found_and_taken_away(minutes: int) -> None:
    plages = parse_plages("1H30-7H00;14H00-16H30")
    assert decalage_de(decalees(plages, minutes)) == minutes
    assert nominales(decalees(plages, minutes)) == plages


@pytest.mark.parametrize("texte", ["947", "HC (1H28-6H58;13H58-16H28)", "1h28-6h58;13h58-16h28"])
def test_a_pair_is_named_by_its_identifier_or_its_label(texte: str) -> None:
    assert plage_officielle(texte) == ("947", "HC (1H28-6H58;13H58-16H28)")


@pytest.mark.parametrize(
    ("texte", "proches"),
    [
        ("HC (22H55-6H55)", "439 HC (22H54-6H54), 440 HC (22H56-6H56), 622 HC (22H52-6H52)"),
        ("457000", "1575 HC (0H52-6H52;14H52-16H52), 1574"),
        ("457", None),
    ],
)
def test_another_is_refused_with_the_nearest_three(texte: str, proches: str | None) -> None:
    if proches is None:
        assert plage_officielle(texte).id == texte
        return
    with pytest.raises(UsageError) as refused:
        plage_officielle(texte)
    assert str(refused.value).count("HC (") == 3 + ("HC (" in texte)
    assert proches in str(refused.value)


def test_what_is_no_range_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match="22H56-6H56"):
        plage_officielle("la nuit")
