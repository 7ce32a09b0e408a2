"""Points for the tests of measures, by hand and by hypothesis."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from sge_sim.mesures import (
    CompteurPose,
    Courbe,
    Grille,
    HeuresCreuses,
    PeriodeCollecte,
    Plages,
    PointMesure,
    ProfilConsommation,
    PuissanceSouscrite,
    Structure,
    minuits,
    parse_plages,
)

POSE = date(2017, 3, 8)
STRUCTURES_C5 = (Structure.BASE, Structure.HP_HC, Structure.SAISONS_C5, Structure.SIX_CADRANS)
PLAGES = tuple(
    parse_plages(texte)
    for texte in ("22H00-6H00", "22H56-6H56", "1H00-7H00;12H30-14H30", "23H30-7H30", "2H00-7H00")
)


def linky(
    graine: int = 7,
    *,
    kva: int = 9,
    distributeur: Structure = Structure.BASE,
    fournisseur: Structure = Structure.BASE,
    plages: Plages = PLAGES[0],
    segment: str = "C5",
    profil: ProfilConsommation | None = None,
) -> PointMesure:
    """A Linky in place and collected since `POSE`."""
    return PointMesure(
        graine=graine,
        segment=segment,
        puissances=(PuissanceSouscrite(POSE, kva),),
        mise_en_service=POSE,
        compteurs=(CompteurPose(POSE, index_initial=1_234),),
        grille_distributeur=(Grille(POSE, "DI000001", distributeur),),
        grille_fournisseur=(Grille(POSE, "FC000165", fournisseur),),
        heures_creuses=(HeuresCreuses(POSE, plages),),
        collectes=(PeriodeCollecte(POSE),),
        profil=profil,
    )


def grand(
    graine: int = 7, *, kw: int = 120, segment: str = "C4", structure: Structure = Structure.SAISONS
) -> PointMesure:
    """A large meter in place since `POSE`."""
    return PointMesure(
        graine=graine,
        segment=segment,
        puissances=(PuissanceSouscrite(POSE, kw),),
        mise_en_service=POSE,
        compteurs=(CompteurPose(POSE),),
        grille_distributeur=(Grille(POSE, "D", structure),),
        jour_releve=9,
    )


def examples(nombre: int) -> settings:
    """So many examples, without deadline: the first one builds the tables."""
    return settings(max_examples=nombre, deadline=None)


graines = st.integers(0, 2**63)
CHANGEMENTS = [
    jour
    for jour in (POSE + timedelta(rang) for rang in range(3_500))
    if jour.weekday() == 6 and jour.month in (3, 10) and (jour + timedelta(7)).month != jour.month
]
"""The days of 23 and 25 hours: last Sundays of March and October."""
# Half of the windows begin just before a change of legal time, where arithmetic is hardest.
jours = st.dates(POSE, date(2026, 9, 30)) | st.builds(
    lambda jour, avance: jour - timedelta(avance), st.sampled_from(CHANGEMENTS), st.integers(0, 2)
)
durees = st.integers(1, 45)
linkys = st.builds(
    linky,
    graines,
    kva=st.sampled_from((3, 6, 9, 12, 36)),
    distributeur=st.sampled_from(STRUCTURES_C5[:3]),
    fournisseur=st.sampled_from(STRUCTURES_C5),
    plages=st.sampled_from(PLAGES),
    segment=st.sampled_from(("C5", "C5", "P4")),
) | st.builds(
    linky,
    graines,
    kva=st.sampled_from((9, 18, 36)),
    profil=st.just(ProfilConsommation.PROFESSIONNEL),
)
grands = st.builds(
    grand,
    graines,
    kw=st.integers(36, 5_000),
    segment=st.sampled_from(("C1", "C2", "C3", "C4", "P1", "P3")),
    structure=st.sampled_from((Structure.SAISONS, Structure.POINTE)),
)


def sommes_par_jour(courbe: Courbe, debut: date, fin: date, *, fin_de_pas: bool) -> list[int]:
    """Add the values of each legal day, each times the minutes of its step."""
    bords = np.searchsorted(
        courbe.horodates, minuits(debut, fin), side="right" if fin_de_pas else "left"
    )
    poids = courbe.valeurs * courbe.pas
    return [int(poids[a:b].sum()) for a, b in pairwise(bords)]


def legal(courbe: Courbe, rang: int) -> str:
    """The legal time of a point, as SGE writes it without offset."""
    return str((courbe.horodates + courbe.decalages)[rang].astype("datetime64[s]"))


def apres(jour: date, nombre: int) -> date:
    return jour + timedelta(nombre)


def assert_same(a: Courbe, b: Courbe) -> None:
    for nom in ("horodates", "decalages", "valeurs", "valides", "pas"):
        np.testing.assert_array_equal(getattr(a, nom), getattr(b, nom), nom)
