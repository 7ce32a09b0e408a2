"""What a point says of itself, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import POSE, grand, linky

from sge_sim.errors import UsageError
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    en_vigueur,
    format_plages,
    grilles_entre,
    parse_plages,
)


@pytest.mark.observed("recorded answer, range 440")
def test_off_peak_ranges_are_read_and_written_as_sge_labels_them() -> None:
    assert parse_plages("HC (22H56-6H56)") == ((1376, 416),)
    assert format_plages(((1376, 416),)) == "HC (22H56-6H56)"
    assert parse_plages("HC (1H00-7H00;12H30-14H30)") == ((60, 420), (750, 870))
    assert parse_plages("1h-7h") == ((60, 420),)


plages = st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1439)), min_size=1, max_size=3)


@given(plages.map(tuple))
def test_written_ranges_are_read_back(lues: tuple[tuple[int, int], ...]) -> None:
    assert parse_plages(format_plages(lues)) == lues


@pytest.mark.parametrize("texte", ["", "la nuit", "22-6", "99h-6h"])
def test_unreadable_ranges_are_refused_with_an_example(texte: str) -> None:
    with pytest.raises(UsageError, match="22H56-6H56"):
        parse_plages(texte)


@pytest.mark.parametrize(
    ("segment", "profil", "petit", "injection"),
    [
        ("C5", ProfilConsommation.RESIDENTIEL, True, False),
        ("C4", ProfilConsommation.TERTIAIRE, False, False),
        ("C2", ProfilConsommation.INDUSTRIEL, False, False),
        ("P4", ProfilConsommation.PRODUCTION, True, True),
        ("P1", ProfilConsommation.PRODUCTION, False, True),
    ],
)
def test_a_segment_has_its_profile(
    segment: str, profil: ProfilConsommation, petit: bool, injection: bool
) -> None:
    point = grand(segment=segment)
    assert (point.profil_effectif, point.petit, point.injection) == (profil, petit, injection)
    assert (
        replace(point, profil=ProfilConsommation.PROFESSIONNEL).profil_effectif
        is ProfilConsommation.PROFESSIONNEL
    )


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"segment": "C9"}, "C9"),
        ({"puissances": ()}, "puissance"),
        ({"puissances": (PuissanceSouscrite(POSE, 0),)}, "positive"),
        ({"compteurs": ()}, "compteur"),
        ({"compteurs": (CompteurPose(POSE), CompteurPose(date(2020, 1, 1)))}, "déposé"),
        ({"jour_releve": 31}, "1 à 28"),
        ({"puissances": (PuissanceSouscrite(POSE, 6), PuissanceSouscrite(POSE, 9))}, "ancienne"),
        ({"trous": (TrouDeCourbe(datetime(2024, 1, 1), datetime(2024, 1, 2)),)}, "fuseau"),  # noqa: DTZ001
        ({"collectes": (PeriodeCollecte(POSE), PeriodeCollecte(date(2024, 1, 1)))}, "collecte"),
    ],
)
def test_a_point_that_makes_no_sense_is_refused(champs: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        replace(linky(), **champs)  # type: ignore[arg-type]
    assert str(refused.value).startswith(("Le ", "Les ", "Un ", "Une "))


def test_the_grid_in_force_is_the_last_one_begun() -> None:
    ancienne = Grille(date(2023, 1, 1), "HoroF1", Structure.BASE)
    nouvelle = Grille(date(2024, 1, 1), "FC000050", Structure.SIX_CADRANS)
    grilles = (ancienne, nouvelle)
    assert en_vigueur(grilles, date(2022, 12, 31)) is None
    assert en_vigueur(grilles, date(2023, 12, 31)) is ancienne
    assert en_vigueur(grilles, date(2024, 1, 1)) is nouvelle
    assert grilles_entre(grilles, date(2022, 1, 1), date(2024, 2, 1)) == [
        (ancienne, date(2023, 1, 1), date(2024, 1, 1)),
        (nouvelle, date(2024, 1, 1), date(2024, 2, 1)),
    ]
    assert grilles_entre(grilles, date(2022, 1, 1), date(2023, 1, 1)) == []


def test_points_are_values() -> None:
    assert linky() == linky()
    assert hash(linky()) == hash(linky())
    assert isinstance(linky(), PointMesure)
    assert TrouDeCourbe(
        datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    ).debut.tzinfo
