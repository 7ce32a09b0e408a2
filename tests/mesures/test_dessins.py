"""Rows of the bank as a person who plots a day sees them."""

import numpy as np
import pytest
from mesures_points import linky

from sge_sim.domaine.plages import durees_des, parse_plages
from sge_sim.mesures import ProfilConsommation
from sge_sim.mesures.alea import subkey
from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.chauffes import draw_thermostats
from sge_sim.mesures.climat import EAU
from sge_sim.mesures.dessins import CONTACTS, DUREES, OUVERTURES, _contacts
from sge_sim.mesures.entrees_datees import find_contact
from sge_sim.mesures.formes import PARTIES, Sorte, banque, gigues
from sge_sim.mesures.hasard import TIRAGES, UN, RowStream
from sge_sim.mesures.installations import find_cles, find_installation, installation
from sge_sim.mesures.vecu import draw_days

pytestmark = pytest.mark.assumed("no document describes consumptions")
_HIVER = (numero_borne(linky().mise_en_service.replace(2024, 1, 8)), 60)


@pytest.mark.parametrize("niveau", [40, 80, 120])
def test_heaters_of_a_room_are_on_then_off_for_30_to_60_minutes(niveau: int) -> None:
    pieces = draw_thermostats(RowStream(subkey(1, niveau)), 60, np.full(288, niveau), pieces=1)
    marche = pieces > pieces.max(axis=1, keepdims=True) // 4
    cycles = [np.diff(np.flatnonzero(np.diff(row.astype(int)) == 1)) for row in marche]
    minutes = 5 * np.concatenate(cycles)
    assert minutes.min() >= 30
    assert minutes.max() <= 60
    # The colder, the longer they are on.
    assert abs(marche.mean() - niveau / 165) < 0.1


def test_a_place_does_not_open_at_the_same_minute_each_day() -> None:
    formes = banque(288)
    groupe = formes.groupes[Sorte.PLATEAU]
    jours = np.diff(formes.cumuls[groupe.ligne(12) : groupe.ligne(13)], axis=1)
    ouvert = (jours > jours.max(axis=1, keepdims=True) // 2).argmax(axis=1)
    par_duree = ouvert.reshape(len(OUVERTURES), groupe.variantes)
    assert sum(len(set(minutes)) > 1 for minutes in par_duree.tolist()) > 7
    assert len(set(ouvert.tolist())) > 8


def test_a_heat_pump_does_not_step_at_midnight() -> None:
    formes, steps, others, energies = banque(48), [], [], []
    for graine in range(300):
        point = linky(graine, kva=9)
        installation = find_installation(point, *find_contact(point, point.mise_en_service))
        pompes = np.flatnonzero(installation.par_ciel[:, 0])
        if not len(pompes):
            continue
        (rang,), (premier, nombre) = pompes, _HIVER
        lus = draw_days(
            installation,
            find_cles(graine).jours,
            premier,
            premier + nombre,
            formes,
        )
        jours = lus[0][rang][:, None] * np.diff(formes.cumuls[lus[1][rang]], axis=1) / 2**24
        moyenne = jours.mean()
        steps.append(np.abs(jours[1:, 0] - jours[:-1, -1]) / moyenne)
        others.append(np.abs(np.diff(jours, axis=1)).ravel() / moyenne)
        energies.append(np.abs(np.diff(jours.mean(axis=1))) / moyenne)
    assert len(steps) > 10
    # Midnight is as any half-hour: the day's energy changes more than what is seen of it there.
    assert np.median(np.concatenate(steps)) < 1.3 * np.median(np.concatenate(others))
    assert np.percentile(steps, 90) < 1.5 * np.percentile(energies, 90)


@pytest.mark.parametrize("pas", [48, 288])
def test_the_largest_step_of_each_part_of_a_day_is_that_of_its_row(pas: int) -> None:
    formes = banque(pas)
    steps = np.diff(formes.cumuls, axis=1).reshape(len(formes.cumuls), PARTIES, -1)
    assert (formes.pointes_de_partie == steps.max(axis=2)).all()
    assert (formes.pointes == steps.max(axis=(1, 2))).all()


@pytest.mark.parametrize("sorte", [Sorte.SOIR, Sorte.BLOC, Sorte.PLATEAU])
def test_a_row_that_starts_later_goes_on_in_the_morning(sorte: Sorte) -> None:
    formes = banque(48)
    groupe = formes.groupes[sorte]
    minuit, tard = (np.diff(formes.cumuls[groupe.ligne(depart)]) for depart in (0, 44))
    assert (tard == np.roll(minuit, 44)).all()


def test_what_starts_with_a_contact_takes_no_more_than_what_is_left_of_a_half_hour() -> None:
    rows = _contacts(4).reshape(len(DUREES), CONTACTS, -1, 48)
    for part in range(CONTACTS):
        assert rows[:, part, :, 0].max() <= UN * (part + 1) // CONTACTS


@pytest.mark.parametrize(
    "plages", ["22H56-6H56", "1H08-7H08;12H38-14H38", "2H16-7H16;12H46-15H46", "23H30-7H30"]
)
def test_a_water_heater_takes_nothing_before_its_contact(plages: str) -> None:
    heaters = 0
    for graine in range(60):
        drawn = installation(
            graine, True, ProfilConsommation.RESIDENTIEL, 9, 0, parse_plages(plages), True
        )
        contacts = durees_des(parse_plages(plages))
        heated = np.flatnonzero(drawn.blocs[:, 0] & (drawn.facteurs == EAU))
        for rang, (contact, _) in zip(heated.tolist(), contacts, strict=False):
            debut = drawn.gigues[rang, 0]
            lignes = drawn.lignes[rang, 0] + gigues(48)[0][debut : debut + TIRAGES]
            # From the half-hour before that of the contact on.
            jours = np.roll(np.diff(banque(48).cumuls[lignes]), 1 - contact // 30, axis=1)
            assert not jours[:, 0].any()
            assert not jours[:, 34:].any()
            assert jours[:, 1].any() == ((30 - contact % 30) * CONTACTS >= 30)
            heaters += 1
    assert heaters > 20
