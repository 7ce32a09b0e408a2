"""What changes from one release to the next."""

import pytest

from sge_sim.homologation.catalogue.french_text import Changement, diff
from sge_sim.homologation.catalogue.release import load_release


@pytest.mark.documented("catalogue 21.3; public clients of 22.1")
def test_22_1_loses_a_case_and_changes_dates_points_and_searches() -> None:
    found = diff(load_release("21.3"), load_release("22.1"))
    assert (found.avant, found.apres) == ("sge-21.3", "sge-22.1")
    assert found.retires == ("F300C_O3-NR@C5",)
    assert found.ajoutes == ()
    assert list(found.changes) == [
        *("AHC-R1@C5", "CMD2-R1@C1-C4", "CMD2-R1@C5", "CMD2-R2@C1-C4", "CMD2-R3@C5"),
        *("CMD2-R4@C5", "CMD2-NR1@C5", "CMD2-NR2@C5", "RP-R1@C5", "RP-R2@C5", "RP-R3@C5"),
        *("RP-NR1@C5", "RP-NR2@C5", "F380-R1@C5", "F385B-R1@C5", "F380-NR1@C5", "F385B-NR1@C5"),
    ]
    assert found.changes["AHC-R1@C5"] == (
        Changement("requete/pointId", "25110853825340", "25957452924301"),
    )
    assert found.changes["CMD2-R1@C5"] == (
        Changement("requete/demande/dateFin", "2020-03-07", "2020-03-08"),
    )


@pytest.mark.observed("a first state of 22.1: 34650/34231")
def test_a_variant_of_the_request_is_told() -> None:
    found = diff(load_release("21.3"), load_release("22.1")).changes["RP-NR1@C5"]
    address = "criteres/adresseInstallation"
    changed = f"{address}/codePostal = 34650, {address}/codeInseeCommune = 34231"
    assert found[-1] == Changement("variante/1", None, changed)


@pytest.mark.observed("public clients of 23.2")
def test_23_2_adds_the_third_version_of_the_detailed_measures() -> None:
    found = diff(load_release("22.1"), load_release("23.2"))
    assert found.retires == ()
    assert {key.partition("@")[0] for key in found.ajoutes} == {
        *(f"CMD3-R{rank}" for rank in range(1, 7)),
        *("CMD3-NR1", "CMD3-NR2"),
    }


@pytest.mark.observed("public clients of 23.4")
def test_23_4_drops_the_second_version_and_the_history() -> None:
    found = diff(load_release("23.2"), load_release("23.4"))
    assert {key.partition("-")[0] for key in found.retires} == {"CMD2", "F380", "F385B"}
    assert list(found.changes) == ["AHC-R1@C1-C4", "AHC-NR1@C1-C4"]


@pytest.mark.observed("public clients of 26.1")
def test_in_26_1_the_stop_of_a_service_sets_itself_up() -> None:
    found = diff(load_release("23.4"), load_release("26.1"))
    of_26 = ("ACCES-", "SAD-", "ASAD-", "MOSAD-", "RSAD-", "RSA-", "MFI-", "MFA-", "ITC-")
    assert [each for each in found.ajoutes if not each.startswith(of_26)] == ["AHC-NR1@C5"]
    changes = {each.donnee: each for each in found.changes["ASS-R1@C5"]}
    assert changes["apres"] == Changement("apres", "RS-R1@C5", None)
    assert list(changes) == [
        *("requete/demande/arretServiceSouscrit/serviceSouscritId", "apres"),
        *("preparation/commande", "preparation/recherche"),
    ]


@pytest.mark.parametrize("name", ["21.3", "22.1", "23.2", "23.4", "26.1"])
def test_a_release_does_not_differ_from_itself(name: str) -> None:
    found = diff(load_release(name), load_release(name))
    assert (found.ajoutes, found.retires, dict(found.changes)) == ((), (), {})


def test_a_difference_read_backwards_swaps_added_and_removed() -> None:
    there = diff(load_release("21.3"), load_release("26.1"))
    back = diff(load_release("26.1"), load_release("21.3"))
    assert (there.ajoutes, there.retires) == (back.retires, back.ajoutes)
    assert set(there.changes) == set(back.changes)
