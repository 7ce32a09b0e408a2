"""The half-hours that are kept: those that would be computed, whatever is asked, in any order."""

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import apres, examples, graines, linky

from sge_sim.mesures import HeuresCreuses, PuissanceSouscrite, parse_plages
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.demi_heures import demi_heures
from sge_sim.mesures.journees import journees

CHANGES = st.dates(date(2024, 3, 20), date(2024, 4, 10)) | st.dates(
    date(2024, 10, 15), date(2024, 11, 5)
)


@given(graines, CHANGES, st.integers(-12, 3), st.integers(1, 16), st.sampled_from((3, 9, 36)))
@examples(25)
def test_what_is_kept_is_what_would_be_computed(
    graine: int, change: date, avance: int, duree: int, kva: int
) -> None:
    point = replace(
        linky(graine, kva=6),
        puissances=(PuissanceSouscrite(date(2020, 1, 1), 6), PuissanceSouscrite(change, kva)),
        heures_creuses=(
            HeuresCreuses(date(2020, 1, 1), parse_plages("22h-6h")),
            HeuresCreuses(apres(change, 2), parse_plages("12h-14h;1h-7h")),
        ),
    )
    i0 = numero(apres(change, avance))
    i1 = i0 + duree
    computed = [j.watts().ravel() for j in journees(point, i0, i1, par_duree=True)]
    kept = list(demi_heures(point, i0, i1))
    assert [premier for premier, _ in kept] == sorted({premier for premier, _ in kept})
    assert sum(len(valeurs) for _, valeurs in kept) == duree
    assert (
        np.concatenate([valeurs.ravel() for _, valeurs in kept]) == np.concatenate(computed)
    ).all()
