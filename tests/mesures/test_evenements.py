"""What happens behind a meter over the years: how often, from which midnight on, and that all that
is told of a point agrees over it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from mesures_points import apres, assert_same, grand, linky, sommes_par_jour

from sge_sim.mesures import (
    PointMesure,
    ProfilConsommation,
    Structure,
    courbe,
    energies_quotidiennes,
    index_quotidiens,
    journees,
    puissances_maximales,
)
from sge_sim.mesures.calendrier import jour_de, numero
from sge_sim.mesures.climat import TYPES
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.evenements import evenements, find_periodes
from sge_sim.mesures.installations import CHANCES_AU_PLUS, find_installation

pytestmark = pytest.mark.assumed("what happens behind a meter is told nowhere")

JOUR = timedelta(1)
NATURES, TRAVAIL = evenements()["natures"].values()
FOYER = ProfilConsommation.RESIDENTIEL
LIEUX = (
    ProfilConsommation.PROFESSIONNEL,
    ProfilConsommation.TERTIAIRE,
    ProfilConsommation.INDUSTRIEL,
)
SORTES = [
    *((FOYER, nom) for nom in NATURES),
    *((profil, nom) for profil in LIEUX for nom in (*TRAVAIL, "fin", "reprise")),
]


def vivant(profil: ProfilConsommation, graine: int) -> PointMesure:
    match profil:
        case ProfilConsommation.TERTIAIRE:
            point = grand(graine)
        case ProfilConsommation.INDUSTRIEL:
            point = grand(graine, kw=900, segment="C2", structure=Structure.POINTE)
        case _:
            point = linky(
                graine,
                kva=(6, 9, 12)[graine % 3],
                distributeur=Structure.SAISONS_C5,
                fournisseur=Structure.HP_HC,
                profil=profil,
            )
    return replace(point, vivant=True)


@cache
def found(profil: ProfilConsommation, nom: str, many: int = 3) -> list[tuple[PointMesure, date]]:
    """Points to which this happens in 2023 to 2026, and when."""
    events = (
        (point, jour_de(periode.debut))
        for point in (vivant(profil, graine) for graine in range(5000))
        for periode in find_periodes(point)
        if periode.cause == nom and periode.debut < numero(date(2026, 9, 1))
    )
    return [event for event, _ in zip(events, range(many), strict=False)]


def alone(points: list[PointMesure], jour: date) -> Iterator[list[int]]:
    for point in points:
        yield courbe(point, jour, jour + JOUR).valeurs.tolist()


@pytest.mark.parametrize(("profil", "nom"), SORTES)
def test_all_that_is_told_agrees_over_an_event(profil: ProfilConsommation, nom: str) -> None:
    events = found(profil, nom)
    assert len(events) == 3
    for point, jour in events:
        debut, fin = apres(jour, -3), apres(jour, 3)
        lues = courbe(point, debut, fin)
        energies = energies_quotidiennes(point, debut, fin).valeurs
        sommes = sommes_par_jour(lues, debut, fin, fin_de_pas=point.petit)
        assert [somme // 60 for somme in sommes] == energies.tolist()
        lus = index_quotidiens(point, debut, apres(fin, 1))
        if point.petit:
            assert np.diff(lus.total).tolist() == energies.tolist()
            assert (lus.fournisseur.sum(axis=0) == lus.total).all()
            assert (lus.distributeur.sum(axis=0) == lus.total).all()
        # One window as another, however long, and one point as many.
        longue = courbe(point, apres(debut, -300), apres(fin, 300))
        ici = np.isin(longue.horodates, lues.horodates)
        assert longue.valeurs[ici].tolist() == lues.valeurs.tolist()
        assert_same(courbe(replace(point), debut, fin), lues)
        if point.petit:
            for rang in range(6):
                le = apres(debut, rang)
                together = [point, *(other for other, _ in events)]
                assert courbes_du_jour(together, le) == [*alone(together, le)]
                (maximum,) = puissances_maximales(point, le, le + JOUR).valeurs.tolist()
                assert maxima_du_jour([point], le) == [maximum]


@pytest.mark.parametrize(("profil", "nom"), SORTES)
def test_it_changes_what_follows_from_its_midnight_on(
    profil: ProfilConsommation, nom: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = 0
    for point, jour in found(profil, nom, 8):
        debut, fin = apres(jour, -2), apres(jour, 12)
        n = numero(jour)
        avec = energies_quotidiennes(point, debut, fin).valeurs.tolist()

        def as_before(point: PointMesure, _jusque: int, n: int = n) -> object:
            return find_periodes(point, n)

        with monkeypatch.context() as patched:
            patched.setattr(journees, "find_periodes", as_before)
            patched.setattr(journees, "find_couple", lambda *_: None)
            journees._bloc.cache_clear()  # type: ignore[attr-defined]
            sans = energies_quotidiennes(point, debut, fin).valeurs.tolist()
        journees._bloc.cache_clear()  # type: ignore[attr-defined]
        assert sans[:2] == avec[:2]
        changed += sans[2:] != avec[2:]
    assert changed


def test_another_holder_is_another_occupant_from_that_day_on() -> None:
    jour = date(2024, 5, 14)
    changed = 0
    for graine in range(10):
        point = vivant(FOYER, graine)
        changing = replace(point, arrivees=(jour,))
        avant, suite = (
            [energies_quotidiennes(each, *days).valeurs.tolist() for each in (point, changing)]
            for days in ((date(2024, 3, 1), jour), (jour, date(2024, 6, 14)))
        )
        assert avant[0] == avant[1]
        changed += suite[0] != suite[1]
        assert [p.debut for p in find_periodes(changing) if p.cause == "titulaire"] == [
            numero(jour)
        ]
    assert changed >= 8


def test_nothing_happens_to_points_that_are_not_said_to_live() -> None:
    for graine in range(200):
        assert find_periodes(linky(graine)) == find_periodes(grand(graine)) == ()


def test_as_many_homes_change_occupants_as_move() -> None:
    moved, homes, ans = 0, 500, 4
    bornes = [numero(date(2023 + rang, 1, 1)) for rang in (0, ans)]
    for graine in range(homes):
        point = vivant(FOYER, graine)
        contact = find_contact(point, date(2024, 1, 1))
        for periode in find_periodes(point):
            if periode.cause == "occupants" and bornes[0] <= periode.debut < bornes[1]:
                until = (find_periodes(point, periode.debut + rang) for rang in (0, 1))
                before, after = (find_installation(point, *contact, each) for each in until)
                moved += not np.array_equal(*(e.lignes[:, -TYPES:] for e in (before, after)))
    assert 0.08 < moved / homes / ans < 0.10


def test_a_home_takes_another_energy_each_year() -> None:
    jours = [date(annee, 1, 1) for annee in range(2023, 2028)]
    energies = np.array(
        [
            [int(energies_quotidiennes(point, *an).valeurs.sum()) for an in pairwise(jours)]
            for point in (vivant(FOYER, graine) for graine in range(150))
        ]
    )
    rapports = np.diff(np.log(np.maximum(energies, 1)), axis=1)
    assert ((rapports.std(axis=0) > 0.12) & (rapports.std(axis=0) < 0.20)).all()


def test_each_event_has_its_words() -> None:
    suites = {suite for *_, suite in TRAVAIL.values()} - {None}
    assert {*NATURES, *TRAVAIL, *suites, "titulaire"} == {*evenements()["libelles"]}
    for natures in (NATURES, TRAVAIL):
        assert sum(par_an for par_an, *_ in natures.values()) <= CHANCES_AU_PLUS
