"""Histories: what was ordered reaches the file."""

from datetime import date

import pytest
from flux_kit import JOUR, perdu
from publication_kit import C4, MIDI, Platform

from sge_sim.tables.mesures import Trou


@pytest.mark.documented("GUI 0453: mesureCorrigee may be true on C1-C4")
def test_a_curve_that_was_ordered_corrected_has_no_empty_value(platform: Platform) -> None:
    debut = date(2024, 10, 1)
    lost = perdu(debut, (8, 9))
    with platform.database.transaction() as session:
        session.add(Trou(prm=C4, debut=lost.debut, fin=lost.fin))
    orders = [
        platform.historique(C4, "CDC", debut, debut + JOUR, MIDI, corrigees=corrigees)
        for corrigees in (False, True)
    ]
    platform.catch_up(MIDI)
    brute, corrigee = (
        platform.ready()[f"Enedis_SGE_HDM_{affaire}.csv"].decode("utf-8-sig").splitlines()[3:]
        for affaire in orders
    )
    assert len(brute) == len(corrigee) == 144
    assert [line for line in brute if not line.endswith(";")] == [
        line for line in corrigee if not "08:00" <= line[11:16] < "09:00"
    ]
    assert not [line for line in corrigee if line.endswith(";")]
