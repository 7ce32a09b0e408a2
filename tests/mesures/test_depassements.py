"""What large meters count beside energies: overruns, maximum power, running time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from math import isqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import (
    CHANGEMENTS,
    PLAGES,
    POSE,
    apres,
    durees,
    examples,
    graines,
    grand,
    grands,
    jours,
    linky,
)

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    Courbe,
    Grandeur,
    GrandeurFacturee,
    Grille,
    HeuresCreuses,
    Index,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    consommations,
    courbe,
    en_vigueur,
    grandeurs_facturees,
    index_aux,
    index_courants,
    index_quotidiens,
    parse_plages,
    registres_factures,
)
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.depassements import Etapes, heures_depassees
from sge_sim.mesures.formes import UNITE
from sge_sim.mesures.journees import journees

pytestmark = pytest.mark.assumed("no document tells how these quantities are counted")

DD, DE, DQ, PMA, TF = GrandeurFacturee
PRINTEMPS, AUTOMNE = date(2024, 3, 31), date(2024, 10, 27)
REDUIT = date(2024, 6, 1)
DEPASSE = replace(
    grand(4), puissances=(PuissanceSouscrite(POSE, 120), PuissanceSouscrite(REDUIT, 60))
)
"""It was sized for 120 kW, and overruns 60 kW by some of them."""

avec_plages = st.builds(
    lambda point, plages: replace(point, heures_creuses=(HeuresCreuses(POSE, plages),)),
    grands,
    st.sampled_from(PLAGES),
)


def rang_du_cadran(point: PointMesure, debut: datetime) -> int:
    """The register that counts a step, from 0, by its legal time."""
    grille = en_vigueur(point.grille_distributeur, debut.date())
    if grille is None or grille.structure is Structure.BASE:
        return 0
    minute = 60 * debut.hour + debut.minute
    plages = point.heures_creuses[0].plages if point.heures_creuses else ((22 * 60, 6 * 60),)
    creuse = any(a <= minute < b if a < b else minute >= a or minute < b for a, b in plages)
    if grille.structure is Structure.POINTE and debut.month in (12, 1, 2):
        if debut.weekday() == 6:
            creuse = True
        elif debut.hour in (9, 10, 18, 19):
            return 4
    elif grille.structure is Structure.POINTE and debut.weekday() == 6:
        creuse = True
    return (2 if debut.month in (11, 12, 1, 2, 3) else 0) + (not creuse)


def par_10_minutes(lue: Courbe) -> dict[int, int]:
    """Whole kW by the start of each 10-minute step, with the carry of the FAQ."""
    valeurs: dict[int, int] = {}
    reste, jour, attente = 0, None, []
    for horodate, watts, pas in zip(
        lue.horodates.tolist(), lue.valeurs.tolist(), lue.pas.tolist(), strict=True
    ):
        if datetime.fromtimestamp(horodate, PARIS).date() != jour:
            reste, jour = 0, datetime.fromtimestamp(horodate, PARIS).date()
        if pas == 10:
            valeurs[horodate] = watts // 1000
            continue
        attente.append(watts)
        if len(attente) == 2:
            moyenne = sum(attente) // 2 + reste
            valeurs[horodate - 300], reste = divmod(moyenne, 1000)
            attente = []
    return valeurs


def attendus(point: PointMesure, debut: datetime, fin: datetime) -> dict[str, list[int]]:
    """The registers of a month from `debut` to `fin`, from the curves, step by step."""
    fenetre = (debut.date(), apres(fin.date(), 1))
    pa, pri, prc = (
        par_10_minutes(courbe(point, *fenetre, grandeur))
        for grandeur in (Grandeur.PA, Grandeur.PRI, Grandeur.PRC)
    )
    registres = {str(grandeur): [0] * 5 for grandeur in (DD, DE, DQ, PMA)}
    for horodate, kw in pa.items():
        if not debut.timestamp() <= horodate <= fin.timestamp() - 600:
            continue
        legal = datetime.fromtimestamp(horodate, PARIS)
        rang = rang_du_cadran(point, legal)
        kva = isqrt(kw**2 + (pri[horodate] - prc[horodate]) ** 2)
        registres["PMA"][rang] = max(registres["PMA"][rang], 1000 * kva)
        souscrite = en_vigueur(point.puissances, legal.date())
        exces = max(kw - souscrite.valeur, 0)
        registres["DD"][rang] += 600 * (exces > 0)
        registres["DE"][rang] += exces
        registres["DQ"][rang] += exces**2
    if point.segment == "C4":
        registres["DD"] = [60 * rangs for rangs in minutes_depassees(point, debut, fin)]
    registres["DE"] = [kw * 1000 // 6 for kw in registres["DE"]]
    registres["DQ"] = [isqrt(carres * 10**6) for carres in registres["DQ"]]
    return registres


def minutes_depassees(point: PointMesure, debut: datetime, fin: datetime) -> list[int]:
    """The minutes that overran from `debut` to `fin`, by register, from what each step spent."""
    minutes = [0] * 5
    for rang in range((fin.date() - debut.date()).days + 1):
        jour = apres(debut.date(), rang)
        (lu,) = journees(point, numero(jour), numero(jour) + 1, par_duree=True)
        souscrite = en_vigueur(point.puissances, jour)
        kilowatts = np.diff(lu.pas_a_pas()[0]) / UNITE
        minuit = int(datetime(jour.year, jour.month, jour.day, tzinfo=PARIS).timestamp())
        for pas in np.flatnonzero(kilowatts > souscrite.valeur).tolist():
            for horodate in range(minuit + 300 * pas, minuit + 300 * (pas + 1), 60):
                if debut.timestamp() <= horodate and horodate + 60 <= fin.timestamp():
                    minutes[rang_du_cadran(point, datetime.fromtimestamp(horodate, PARIS))] += 1
    return minutes


def du_mois(point: PointMesure, releves: Index, rang: int) -> dict[str, list[int]]:
    """What a reading tells of the month."""
    lus = registres_factures(point, releves)
    return {
        str(grandeur): lus[grandeur][:, rang].tolist()
        for grandeur in (DD, DE, DQ, PMA)
        if grandeur in lus
    }


def releve(annee: int, mois: int) -> datetime:
    return datetime(annee, mois, 9, 0, 50, tzinfo=PARIS)


def debut_du_mois(instant: datetime) -> datetime:
    """The monthly reading before that instant."""
    dernier = releve(instant.year, instant.month)
    if dernier < instant:
        return dernier
    return releve(instant.year - (instant.month == 1), (instant.month - 2) % 12 + 1)


def instants(lus: Index) -> list[datetime]:
    return [datetime.fromtimestamp(horodate, PARIS) for horodate in lus.horodates.tolist()]


def a_l_instant(instant: datetime) -> Index:
    """A reading of the point 7 at that instant."""
    lu = index_quotidiens(grand(), instant.date(), apres(instant.date(), 1))
    return replace(lu, horodates=np.array([int(instant.timestamp())]))


@pytest.mark.parametrize(
    "point",
    [
        grand(),
        DEPASSE,
        replace(grand(12), heures_creuses=(HeuresCreuses(POSE, PLAGES[1]),)),
        grand(3, kw=2_500, segment="C2", structure=Structure.POINTE),
        replace(
            grand(4),
            grille_distributeur=(
                Grille(POSE, "D", Structure.BASE),
                Grille(date(2024, 10, 20), "D", Structure.SAISONS),
            ),
        ),
    ],
)
@pytest.mark.parametrize("mois", [(2023, 3), (2024, 1), (2024, 4), (2024, 11), (2025, 2)])
def test_the_monthly_reading_tells_the_month_of_the_curve(
    point: PointMesure, mois: tuple[int, int]
) -> None:
    fin = releve(*mois)
    lu = index_aux(point, [fin.date()], 50)
    assert du_mois(point, lu, 0) == attendus(point, debut_du_mois(fin), fin)


@given(avec_plages, jours)
@examples(15)
def test_a_daily_reading_tells_the_month_so_far(point: PointMesure, jour: date) -> None:
    point = replace(point, segment="C3")
    jour = max(jour, apres(POSE, 62))
    lus = index_courants(point, jour, apres(jour, 1))
    (instant,) = instants(lus)
    assert du_mois(point, lus, 0) == attendus(point, debut_du_mois(instant), instant)


@given(avec_plages, jours, durees, st.integers(0, 40))
@examples(25)
def test_registers_grow_in_the_month_whatever_the_window(
    point: PointMesure, debut: date, duree: int, marge: int
) -> None:
    fin = apres(debut, duree)
    lus = index_courants(point, debut, fin)
    registres = registres_factures(point, lus)
    larges = index_courants(point, apres(debut, -marge), apres(fin, marge))
    dedans = np.isin(larges.horodates, lus.horodates)
    debuts = [debut_du_mois(instant) for instant in instants(lus)]
    meme_mois = [avant == suivant for avant, suivant in pairwise(debuts)]
    for grandeur, valeurs in registres_factures(point, larges).items():
        np.testing.assert_array_equal(valeurs[:, dedans], registres[grandeur])
    for grandeur, valeurs in registres.items():
        pas = np.diff(valeurs, axis=1)
        assert pas[:, meme_mois].min(initial=0) >= 0, grandeur


def test_registers_start_again_after_the_monthly_reading() -> None:
    fige = registres_factures(grand(), index_aux(grand(), [date(2024, 1, 9)], 50))[PMA]
    assert (fige[2:4, 0] > 0).all()
    for minutes, attendu in ((50, fige[2, 0]), (59, 0)):
        lu = registres_factures(
            grand(), a_l_instant(datetime(2024, 1, 9, 0, minutes, tzinfo=PARIS))
        )
        assert lu[PMA][2, 0] == attendu
    lendemain = index_courants(grand(), date(2024, 1, 10), date(2024, 1, 11))
    assert (registres_factures(grand(), lendemain)[PMA][2:4, 0] > 0).all()


def test_a_reading_counts_the_steps_that_ended_before_it() -> None:
    debut = releve(2024, 1)
    pa, pri = (
        par_10_minutes(courbe(grand(), debut.date(), apres(debut.date(), 1), grandeur))
        for grandeur in (Grandeur.PA, Grandeur.PRI)
    )
    premier = int(debut.timestamp())
    kva = 1000 * isqrt(pa[premier] ** 2 + pri[premier] ** 2)
    for minute, seconde, attendu in ((59, 59, 0), (60, 0, kva), (69, 59, kva)):
        instant = debut.replace(hour=minute // 60, minute=minute % 60, second=seconde)
        assert registres_factures(grand(), a_l_instant(instant))[PMA][2, 0] == attendu


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.integers(0, 10**7),
            st.integers(-(10**7), 10**7),
            st.integers(1, 10**7),
        ),
        max_size=40,
    ),
    st.data(),
)
@examples(30)
def test_steps_add_up_as_they_do_by_hand(
    pas: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    nombre = data.draw(st.integers(0, len(pas)))
    colonnes = np.array(pas, np.int64).reshape(-1, 4).T
    registres = Etapes(*colonnes).registres(np.array([nombre, len(pas)]))
    for cadran in range(5):
        ici = [(w, r, s) for c, w, r, s in pas[:nombre] if c == cadran]
        exces = [max(w - s, 0) for w, _, s in ici]
        assert {grandeur: lu[cadran, 0] for grandeur, lu in registres.items()} == {
            DD: 600 * sum(e > 0 for e in exces),
            DE: sum(exces) // 6,
            DQ: isqrt(sum(e**2 for e in exces)),
            PMA: max((isqrt(w**2 + r**2) // 1000 * 1000 for w, r, _ in ici), default=0),
        }


def test_an_overrun_by_3_and_4_kw_is_of_5_kw_and_20_minutes() -> None:
    watts = np.array([60_000, 63_000, 61_000, 64_000, 59_000])
    etapes = Etapes(
        cadrans=np.array([1, 1, 0, 1, 1]),
        actives=watts,
        reactives=np.array([0, 16_000, 0, 0, 0]),
        souscrites=np.full(5, 60_000),
    )
    lus = etapes.registres(np.array([0, 2, 5]))
    assert lus[DD][1].tolist() == [0, 600, 1200]
    assert lus[DE][1].tolist() == [0, 500, 1166]
    assert lus[DQ][1].tolist() == [0, 3000, 5000]
    assert lus[PMA][1].tolist() == [0, 65_000, 65_000]
    assert [lu[0, 2] for lu in lus.values()] == [600, 166, 1000, 61_000]


def test_a_point_that_was_given_less_power_overruns_and_most_others_do_not() -> None:
    mois = [date(2025, rang, 9) for rang in range(1, 13)]
    lus = registres_factures(DEPASSE, index_aux(DEPASSE, mois, 50))
    assert all(lus[grandeur].any() for grandeur in (DD, DE, DQ))
    assert ((lus[DE] > 0) == (lus[DQ] > 0)).all()
    # A minute may overrun where ten don't; never the other way round.
    assert (lus[DD] >= 60 * (lus[DE] > 0)).all()
    sans = 0
    for graine in range(12):
        lus = registres_factures(grand(graine), index_aux(grand(graine), mois, 50))
        sans += not any(lus[grandeur].any() for grandeur in (DE, DQ))
        assert lus[PMA].any()
    assert sans > 6


@pytest.mark.documented("FAQ: an overrun of a C4 is counted by the minute")
def test_a_c4_counts_minutes_and_the_others_steps() -> None:
    mois = [date(2025, rang, 9) for rang in range(1, 13)]
    for segment, pas in (("C4", 60), ("C3", 600)):
        point = replace(DEPASSE, segment=segment)
        lus = registres_factures(point, index_aux(point, mois, 50), (DD,))[DD]
        assert lus.any()
        assert not (lus % pas).any()
        assert (lus % 600).any() == (segment == "C4")


@pytest.mark.documented(
    "FAQ: billed per hour, an hour begun is an hour, from one reading to the next"
)
def test_an_hour_begun_is_billed_whole() -> None:
    debut, fin = date(2025, 1, 9), date(2025, 12, 9)
    rows = heures_depassees(DEPASSE, consommations(DEPASSE, debut, fin))
    assert [serie.classe for serie in rows] == ["HCE", "HCH", "HPE", "HPH"]
    cadrans = dict(DEPASSE.grille_distributeur[0].structure.classes)
    for serie in rows:
        assert len(serie.consommations) == 11
        for row in serie.consommations:
            lu = index_aux(DEPASSE, [row.fin], 50)
            lus = registres_factures(DEPASSE, lu, (DD,))[DD]
            secondes = int(lus[cadrans[serie.classe] - 1, 0])
            assert 3600 * (row.valeur - 1) < secondes <= 3600 * row.valeur
    assert any(row.valeur for serie in rows for row in serie.consommations)
    for other in (replace(DEPASSE, segment="C3"), linky()):
        assert heures_depassees(other, consommations(other, debut, fin)) == ()


@pytest.mark.assumed("a period that begins within a month is billed what its month had not been")
def test_a_month_that_is_cut_is_billed_once() -> None:
    """Its power changes within a month: the reading of that day doesn't start it again."""
    coupe = date(2024, 12, 20)
    cut = replace(DEPASSE, puissances=(*DEPASSE.puissances, PuissanceSouscrite(coupe, 59)))
    for serie in heures_depassees(cut, consommations(cut, date(2024, 12, 9), date(2025, 1, 9))):
        rest, first = serie.consommations
        assert (first.debut, first.fin, rest.fin) == (date(2024, 12, 9), coupe, date(2025, 1, 9))
        cadrans = dict(cut.grille_distributeur[0].structure.classes)
        lu = index_aux(cut, [rest.fin], 50)
        secondes = int(registres_factures(cut, lu, (DD,))[DD][cadrans[serie.classe] - 1, 0])
        assert first.valeur + rest.valeur == -(-secondes // 3600)


@pytest.mark.observed("R171, 2022, and CMD v3: HPH 1 440 000 s after 25 days, 0 out of season")
def test_running_time_is_that_since_the_monthly_reading() -> None:
    lus = index_courants(grand(), date(2022, 2, 3), date(2022, 2, 4))
    temps = registres_factures(grand(), lus, (TF,))[TF][:, 0].tolist()
    hce, hpe, hch, hph, pte = temps
    assert hph == 25 * 16 * 3600 == 1_440_000
    assert hce == hpe == pte == 0
    assert hch == lus.horodates[0] - int(releve(2022, 1).timestamp()) - hph


@given(avec_plages, jours, durees)
@examples(20)
def test_running_times_add_up_to_the_time_since_the_monthly_reading(
    point: PointMesure, debut: date, duree: int
) -> None:
    pose = datetime(POSE.year, POSE.month, POSE.day, tzinfo=PARIS)
    for lus in (
        index_courants(point, debut, apres(debut, duree)),
        index_quotidiens(point, debut, apres(debut, duree)),
    ):
        temps = registres_factures(point, lus, (TF,))[TF]
        assert temps.sum(axis=0).tolist() == [
            int((instant - max(debut_du_mois(instant), pose)).total_seconds())
            for instant in (one.astimezone(UTC) for one in instants(lus))
        ]
        classes = {rang - 1 for _, rang in point.grille_distributeur[0].structure.classes}
        assert not temps[sorted(set(range(5)) - classes)].any()


@pytest.mark.parametrize(
    ("jour", "heures", "demi_heures"),
    [(date(2024, 1, 8), 8, 5), (PRINTEMPS, 7, 4), (AUTOMNE, 9, 6)],
)
def test_the_class_of_the_hour_of_the_change_loses_or_gains_it(
    jour: date, heures: int, demi_heures: int
) -> None:
    def creuses(texte: str) -> int:
        """The off-peak seconds of the day."""
        point = replace(grand(), heures_creuses=(HeuresCreuses(POSE, parse_plages(texte)),))
        # Read on another day of the month than these.
        point = replace(point, jour_releve=20)
        temps = registres_factures(point, index_quotidiens(point, jour, apres(jour, 2)))[TF]
        return int(np.diff(temps, axis=1)[[0, 2], 0].sum())

    assert creuses("22H-6H") == 3600 * heures
    assert creuses("0H-2H30") == 1800 * demi_heures


@given(graines, st.sampled_from([jour for jour in CHANGEMENTS if jour.year in (2022, 2023)]))
@examples(10)
def test_days_of_a_change_are_read_like_the_others(graine: int, jour: date) -> None:
    point = grand(graine)
    lus = index_courants(point, jour, apres(jour, 2))
    for rang, instant in enumerate(instants(lus)):
        assert du_mois(point, lus, rang) == attendus(point, debut_du_mois(instant), instant)


@given(graines, st.sampled_from([apres(date(2024, 1, 9), rang) for rang in range(5)]))
@examples(10)
def test_a_new_meter_and_a_new_client_start_from_zero(graine: int, jour: date) -> None:
    neuf = replace(grand(graine), compteurs=(CompteurPose(POSE, jour), CompteurPose(jour)))
    lu = index_aux(neuf, [date(2024, 2, 9)], 50)
    debut = max(datetime(2024, 1, jour.day, tzinfo=PARIS), releve(2024, 1))
    assert du_mois(neuf, lu, 0) == attendus(neuf, debut, releve(2024, 2))
    pose = datetime(2024, 1, jour.day, tzinfo=PARIS).astimezone(UTC).timestamp()
    temps = registres_factures(neuf, lu)[TF].sum()
    assert temps == lu.horodates[0] - max(pose, debut.timestamp())
    a_la_pose = index_quotidiens(neuf, jour, apres(jour, 1))
    assert not any(valeurs.any() for valeurs in registres_factures(neuf, a_la_pose).values())
    client = replace(grand(graine), mise_en_service=jour)
    assert du_mois(client, lu, 0) == attendus(client, debut, releve(2024, 2))


def test_a_producer_has_neither_power_to_overrun_nor_a_small_meter_any_of_them() -> None:
    jour = date(2024, 1, 8)
    assert grandeurs_facturees(linky()) == grandeurs_facturees(linky(segment="P4")) == ()
    assert registres_factures(linky(), index_quotidiens(linky(), jour, apres(jour, 1))) == {}
    plant = grand(segment="P1", kw=900, structure=Structure.BASE)
    lus = registres_factures(plant, index_courants(plant, jour, apres(jour, 1)))
    assert list(lus) == [PMA, TF]
    assert list(registres_factures(grand(), index_courants(grand(), jour, apres(jour, 1)))) == [
        DD,
        DE,
        DQ,
        PMA,
        TF,
    ]
    assert lus[PMA][0] > 0
    assert not any(registre[1:].any() for registre in lus.values())


@pytest.mark.observed("R171: PMA in VA or in W, by point")
def test_a_point_may_tell_its_largest_active_power() -> None:
    lu = index_aux(grand(), [date(2024, 2, 9)], 50)
    watts = registres_factures(replace(grand(), pma_en_watts=True), lu, (PMA,))[PMA]
    pa = par_10_minutes(courbe(grand(), date(2024, 1, 9), date(2024, 2, 9)))
    assert watts.max() == 1000 * max(pa.values())
    assert watts.max() <= registres_factures(grand(), lu, (PMA,))[PMA].max()


def test_without_reading_there_is_nothing() -> None:
    lus = registres_factures(grand(), index_aux(grand(), [], 50))
    assert [registre.shape for registre in lus.values()] == [(5, 0)] * 5


def test_a_meter_older_than_the_table_starts_with_it() -> None:
    vieux = replace(
        grand(),
        mise_en_service=date(1998, 5, 1),
        compteurs=(CompteurPose(date(1998, 5, 1)),),
        puissances=(PuissanceSouscrite(date(1998, 5, 1), 120),),
    )
    lus = registres_factures(vieux, index_quotidiens(vieux, date(2005, 1, 1), date(2005, 1, 3)))
    assert lus[TF].sum(axis=0).tolist() == [0, 86_400]
    assert lus[PMA][:, 0].tolist() == [0] * 5
    assert lus[PMA][0, 1] > 0
