"""Which cases each release lists, how releases are found, and how their dates move."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.release import (
    JoursInclus,
    Release,
    list_releases,
    load_release,
    load_release_folder,
    validate,
)
from sge_sim.machine.files import data_path

ADP = ["ADP-R1", "ADP-R2", "ADP-NR1"]
AHC = ["AHC-R1", "AHC-NR1"]
CMD2 = ["CMD2-R1", "CMD2-R2", "CMD2-R3", "CMD2-R4", "CMD2-NR1", "CMD2-NR2"]
CMD3 = ["CMD3-R1", "CMD3-R2", "CMD3-R3", "CMD3-R4", "CMD3-R5", "CMD3-R6", "CMD3-NR1", "CMD3-NR2"]
RP = ["RP-R1", "RP-R2", "RP-R3", "RP-NR1", "RP-NR2"]
NOT_TELEOPERABLE = "F300C_O3-NR"
COLLECTE = [
    *("F300C_O1", "F300B_O1", "F300C_O2", "F300B_O2", "F305", "F305A", "F305C"),
    *("F300C_O1-NR", "F300C_O2-NR", "F300B_O2-NR", "F305-NR", "F305A-NR"),
]
RS = ["RS-R1"]
ASS = ["ASS-R1"]
INFRAJ = ["F375A-R1", "F375A-NR1"]
ACCES = [
    *("ACCES-R1", "ACCES-R2", "ACCES-R3", "ACCES-R4", "ACCES-NR1", "ACCES-NR2"),
    *("SAD-R1", "SAD-R2", "SAD-R3", "SAD-R4", "SAD-NR1", "SAD-NR2"),
    *("ASAD-R1", "MOSAD-R1", "MOSAD-R2", "RSAD-R1", "RSAD-NR1", "RSA-R1"),
]
M023 = [
    *("MFI-GK-R1", "MFI-GK-R2", "MFI-GK-R3", "MFI-GK-R4", "MFI-GK-NR1", "MFI-GK-NR2"),
    *("MFA-GK-R1", "MFA-GK-NR1", "ITC-GK-R1"),
]
HISTORIQUE = ["F380-R1", "F385B-R1", "F380-NR1", "F385B-NR1"]

CASES = {
    "sge-21.3": [
        *(*ADP, *AHC, *CMD2, *RP, *COLLECTE, NOT_TELEOPERABLE, *RS, *ASS, *INFRAJ, *HISTORIQUE)
    ],
    "sge-22.1": [*ADP, *AHC, *CMD2, *RP, *COLLECTE, *RS, *ASS, *INFRAJ, *HISTORIQUE],
    "sge-23.2": [*ADP, *AHC, *CMD2, *CMD3, *RP, *COLLECTE, *RS, *ASS, *INFRAJ, *HISTORIQUE],
    "sge-23.4": [*ADP, *AHC, *CMD3, *RP, *COLLECTE, *RS, *ASS, *INFRAJ],
    "sge-26.1": [*ADP, *AHC, *CMD3, *RP, *ACCES, *ASS, *INFRAJ, *M023],
}
SEGMENTS = {
    "C1-C4 C5": [
        *("ADP-R1", "ADP-R2", "AHC-R1", "CMD2-R1", "F380-R1"),
        *("CMD3-R1", "CMD3-R3", "CMD3-R5", "CMD3-R6"),
    ],
    "C1-C4": ["CMD2-R2", "CMD3-R2"],
    "C2-C4": ["F300B_O1", "F300B_O2", "F305A", "F300B_O2-NR", "F305A-NR", *INFRAJ],
    "C2-C4 C5": [*RS, *ASS, *({*ACCES, *M023} - {"ACCES-R3", "MFI-GK-R3"})],
    "N/A": ["ADP-NR1"],
}


def releases() -> list[Release]:
    return [load_release(name) for name in CASES]


def test_the_shipped_catalogue_has_no_mistake() -> None:
    assert validate(data_path("catalog")) == []


@pytest.mark.documented("catalogue 21.3; public clients of the later releases")
def test_the_releases_are_listed_oldest_first() -> None:
    assert list_releases()[: len(CASES)] == tuple(CASES)


@pytest.mark.documented("catalogue 21.3; public clients of the later releases")
@pytest.mark.parametrize("name", CASES)
def test_a_release_lists_its_cases_and_no_other(name: str) -> None:
    assert sorted(load_release(name).ids) == sorted(CASES[name])


@pytest.mark.documented(
    "catalogue 21.3 and its successors: 45 ids for the nine services, 27 of 26.1"
)
def test_the_releases_list_72_cases_in_all() -> None:
    assert len({case_id for release in releases() for case_id in release.ids}) == 72


@pytest.mark.documented("catalogue 21.3, column of the chain")
@pytest.mark.parametrize("name", CASES)
def test_a_case_runs_on_the_segments_that_the_release_lists(name: str) -> None:
    release = load_release(name)
    for case_id in release.ids:
        expected = next((key for key, ids in SEGMENTS.items() if case_id in ids), "C5")
        if case_id == "AHC-NR1":
            expected = "C5" if name == "sge-26.1" else "C1-C4"
        found = " ".join(sorted(case.segment for case in release.find(case_id)))
        assert found == expected, case_id


@pytest.mark.documented("catalogue 21.3 §1: -R is served, -NR is refused")
@pytest.mark.parametrize("name", CASES)
def test_the_id_of_a_case_says_whether_it_is_served(name: str) -> None:
    for case in load_release(name).cas:
        assert case.recevable == ("-NR" not in case.id), case.cle


@pytest.mark.documented("catalogue 21.3: « 1 au choix » and « facultatif »")
def test_one_run_of_a_group_is_enough_and_two_cases_are_optional() -> None:
    release = load_release("21.3")
    groups: dict[str, set[str]] = {}
    for case in release.cas:
        if case.au_choix:
            groups.setdefault(case.au_choix, set()).add(case.cle)
    assert sorted(sorted(keys) for keys in groups.values()) == [
        ["ASS-R1@C2-C4", "ASS-R1@C5"],
        ["CMD2-R1@C1-C4", "CMD2-R1@C5"],
        ["F300B_O2-NR@C2-C4", "F300C_O2-NR@C5"],
        ["F305-NR@C5", "F305A-NR@C2-C4"],
        ["RS-R1@C2-C4", "RS-R1@C5"],
    ]
    assert {case.id for case in release.cas if case.facultatif} == {"RP-R3", "F305C"}


@pytest.mark.documented("catalogue 21.3: SGT570 is a good end of every order")
def test_an_order_already_active_is_good_for_every_order_and_nothing_else() -> None:
    for case in load_release("23.4").cas:
        order = case.service == "CommandeCollectePublicationMesures" and case.recevable
        assert (case.attendu.acceptes == ("SGT570",)) == order, case.cle


@pytest.mark.observed("26.1: same request, opposite outcomes")
def test_cmd3_r6_and_nr2_differ_by_the_access_service_alone() -> None:
    release = load_release("26.1")
    (served,), (refused,) = release.find("CMD3-R6@C5"), release.find("CMD3-NR2")
    assert served.requete == refused.requete
    # Both begin by stopping what the tester has there; one then orders it.
    cleaning = refused.preparation
    assert [each.pour_chaque is not None for each in cleaning] == [False, True]
    assert served.preparation[:-1] == cleaning
    assert served.preparation[-1].service == "CommandeServicesAccesDonnees"
    assert (served.attendu.code, refused.attendu.code) == (None, "SGT211")


def test_no_placeholder_of_the_point_is_left_in_a_loaded_case() -> None:
    for release in releases():
        for case in release.cas:
            assert "{prm}" not in repr(case), case.cle


def test_a_release_is_found_by_its_number_too() -> None:
    assert load_release("26.1") == load_release("sge-26.1")


def test_an_unknown_release_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"« 19.1 » est inconnue : choisir sge-21.3, sge-22.1"):
        load_release("19.1")


def test_a_name_with_a_path_is_not_a_release() -> None:
    with pytest.raises(UsageError, match="est inconnue"):
        load_release("../catalog/sge-21.3")


def test_a_case_is_found_by_id_or_by_key() -> None:
    release = load_release("21.3")
    assert [case.cle for case in release.find("ADP-R1")] == ["ADP-R1@C1-C4", "ADP-R1@C5"]
    assert [case.segment for case in release.find("ADP-R1@C5")] == ["C5"]
    assert [case.cle for case in release.find("ADP-NR1")] == ["ADP-NR1"]


def test_an_unknown_case_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="pas de cas « ADP-R9 » ; le plus proche est ADP-R"):
        load_release("21.3").find("ADP-R9")


def test_original_dates_are_sent_on_their_days_and_shifted_ones_on_any_other() -> None:
    release = load_release("21.3")
    assert release.decalage(date(2021, 6, 21)) == timedelta(0)
    assert release.decalage(date(2022, 1, 1)) == timedelta(0)
    assert release.decalage(date(2022, 1, 2)) == timedelta(days=195)
    assert release.decalage(date(2021, 6, 20)) == timedelta(days=-1)


@given(today=st.dates(date(2000, 1, 1), date(2100, 1, 1)), distance=st.integers(-4000, 4000))
def test_a_shifted_date_is_as_far_from_today_as_from_the_reference(
    today: date, distance: int
) -> None:
    release = Release(
        *("essai", date(2024, 2, 29), JoursInclus(date(2024, 2, 29), date(2024, 3, 1))),
        *((), "", (), (), ()),
    )
    listed = release.reference + timedelta(days=distance)
    assume(today not in release.dates_originales)
    shifted = listed + release.decalage(today)
    assert shifted - today == listed - release.reference


def test_a_broken_release_is_not_loaded_and_the_first_mistake_is_told(
    catalogue_folder: Callable[..., Path],
) -> None:
    folder = catalogue_folder(release="release: sge-1.0\npackages: [consultation]\nresume: Rien.\n")
    with pytest.raises(
        UsageError, match=r"^Catalogue sge-1.0 inutilisable, 3 erreurs ; .* manque une date"
    ):
        load_release_folder(folder / "sge-1.0")


def test_a_new_package_costs_one_file_and_its_name(catalogue_folder: Callable[..., Path]) -> None:
    acces = """\
package: acces
cas:
  SAD-R2:
    titre: Un titre
    signification: Un sens.
    service: CommandeCollectePublicationMesures
    version: "3.0"
    objet: SAD
    etat_du_point: En service
    accord: "oui"
    requete:
      donneesGenerales: {pointId: "{prm}", dateFin: aujourdhui+3ans}
      servicesSouscrits:
        serviceSouscrit:
          - typeDonnees: CDC
            optionsPublication:
              optionPublication: [{periodiciteTransmission: P1D}, {periodiciteTransmission: P1M}]
    executions: {C5: {prm: "24377424002398"}}
    attendu: {succes: [], accepte: [SGT570]}
    provenance: observed
    source: Un client
"""
    folder = catalogue_folder()
    listed = (folder / "sge-1.0/release.yaml").read_text().replace("[cons", "[acces, cons")
    catalogue_folder(release=listed, acces=acces)
    assert validate(folder) == []
    assert load_release_folder(folder / "sge-1.0").ids == ("SAD-R2", "ADP-R1")
