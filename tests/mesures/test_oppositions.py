"""What the client of a C5 opposes isn't recorded."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import apres, durees, examples, jours, linky, linkys

from sge_sim.clock import PARIS, start_of_day
from sge_sim.mesures import Opposition, PeriodeCollecte, PointMesure, courbe, energies_quotidiennes

FEVRIER, OPPOSE, LEVEE = date(2024, 2, 1), date(2024, 3, 1), date(2024, 6, 1)
COLLECTE, FIN = date(2024, 8, 1), date(2025, 1, 1)


def recorded(point: PointMesure, debut: date, fin: date) -> list[tuple[date, int]]:
    """The day on which each stretch of curve begins, and its step in minutes."""
    stretches: list[tuple[date, int]] = []
    end, step = 0, 0
    lue = courbe(point, debut, fin)
    for stamp, pas in zip(lue.horodates.tolist(), lue.pas.tolist(), strict=True):
        start = stamp - 60 * pas
        if (start, pas) != (end, step):
            stretches.append((datetime.fromtimestamp(start, PARIS).date(), pas))
        end, step = stamp, pas
    return stretches


@pytest.mark.documented("CO6: the recording stops while it is opposed")
@given(linkys, jours, durees, st.integers(0, 30), st.integers(1, 30))
@examples(30)
def test_nothing_is_recorded_while_opposed_and_all_else_is_the_same(
    point: PointMesure, debut: date, duree: int, after: int, opposed: int
) -> None:
    oppose = apres(debut, after)
    levee = apres(oppose, opposed)
    less = replace(point, oppositions=(Opposition(oppose, levee),))
    fin = apres(debut, duree)
    whole, cut = courbe(point, debut, fin), courbe(less, debut, fin)
    starts = whole.horodates - 60 * whole.pas
    kept = (starts < start_of_day(oppose).timestamp()) | (starts >= start_of_day(levee).timestamp())
    assert np.array_equal(cut.horodates, whole.horodates[kept])
    assert np.array_equal(cut.valeurs, whole.valeurs[kept])
    energies = energies_quotidiennes(less, debut, fin).valeurs
    assert np.array_equal(energies, energies_quotidiennes(point, debut, fin).valeurs)


@pytest.mark.documented("CO6: what the meter had kept is erased, and it records again once lifted")
def test_the_memory_of_the_meter_is_emptied_and_fills_again_once_lifted() -> None:
    never = replace(linky(), collectes=(PeriodeCollecte(COLLECTE),))
    opposed = replace(never, oppositions=(Opposition(date(2024, 5, 1), LEVEE),))
    assert recorded(never, FEVRIER, FIN) == [(OPPOSE, 60), (COLLECTE, 30)]
    assert recorded(opposed, FEVRIER, FIN) == [(LEVEE, 60), (COLLECTE, 30)]


@pytest.mark.documented("CO6: the recording stops; what had been collected stays")
def test_an_opposition_that_was_not_lifted_leaves_what_had_been_collected() -> None:
    opposed = replace(linky(), oppositions=(Opposition(OPPOSE),))
    assert recorded(opposed, FEVRIER, FIN) == [(FEVRIER, 30)]
    assert len(courbe(opposed, OPPOSE, FIN).valeurs) == 0


@pytest.mark.documented("CO6: no curve of a meter that is opposed")
def test_a_collection_that_begins_opposed_has_no_hourly_days_before_it() -> None:
    opposed = replace(
        linky(),
        collectes=(PeriodeCollecte(COLLECTE),),
        oppositions=(Opposition(OPPOSE, date(2024, 9, 1)),),
    )
    assert recorded(opposed, FEVRIER, FIN) == [(date(2024, 9, 1), 30)]
