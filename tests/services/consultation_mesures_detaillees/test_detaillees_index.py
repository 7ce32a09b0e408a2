"""The INDEX of v3.0: readings by calendar and time class, and what is billed beside them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from detaillees_kit import (
    C2,
    C4,
    C5,
    C5_SIX_CADRANS,
    JOURS,
    NOW,
    P1,
    P4,
    Detaillees,
    listed,
    values,
)
from in_process import served_in_process

P4_VENTE_TOTALE = "24210000003407"


def registers(calendar: dict[str, object]) -> list[tuple[str, str | None]]:
    return [
        (each["idClasseTemporelle"], each.get("codeCadran"))
        for each in listed(calendar["classeTemporelle"])
    ]


@pytest.mark.documented("GUI 0497 v1.5.0 p. 19: PT000001, the calendar of a P4 that sells all")
def test_a_p4_that_sells_all_counts_nothing_under_the_calendar_of_non_consumption(
    tiers: Detaillees,
) -> None:
    answer = tiers.v3(P4_VENTE_TOTALE, "INDEX", "EA", **JOURS)
    (contexte,) = listed(answer["contexte"])
    (grandeur,) = listed(contexte["grandeur"])
    assert (grandeur["grandeurMetier"], grandeur["grandeurPhysique"]) == ("CONS", "EA")
    (calendar,) = listed(grandeur["calendrier"])
    assert calendar["idCalendrier"] == "PT000001"
    assert registers(calendar) == [("BASE", "IDX_EAS_D1")]
    (classe,) = listed(calendar["classeTemporelle"])
    assert len({each["v"] for each in classe["valeur"]}) == 1
    for type_mesures in ("COURBE", "ENERGIE"):
        assert set(values(tiers.v3(P4_VENTE_TOTALE, type_mesures, **JOURS))) == {0}


@pytest.mark.documented("GUI 0497 v1.5.0 p. 19: of EA/CONS")
def test_what_it_injects_has_its_own_calendar(tiers: Detaillees) -> None:
    answer = tiers.v3(P4_VENTE_TOTALE, "INDEX", "EA", sens="INJECTION", **JOURS)
    ((grandeur,),) = [listed(contexte["grandeur"]) for contexte in listed(answer["contexte"])]
    (calendar,) = listed(grandeur["calendrier"])
    assert calendar["idCalendrier"] == "DI000001"
    energies = values(tiers.v3(P4_VENTE_TOTALE, "ENERGIE", sens="INJECTION", **JOURS))
    assert min(energies) > 0


@pytest.mark.observed("2023, recorded answer of a C5")
def test_index_of_a_c5_tells_the_supplier_the_distributor_and_the_total(tiers: Detaillees) -> None:
    answer = tiers.v3(C5_SIX_CADRANS, "INDEX", **JOURS)
    assert not {"mesuresCorrigees", "grandeur", "typeValeur", "modeCalcul", "pas"} & answer.keys()
    (contexte,) = listed(answer["contexte"])
    assert (contexte["etapeMetier"], contexte["contexteReleve"], contexte["typeReleve"]) == (
        "BRUT",
        "COL",
        "AQ",
    )
    (grandeur,) = listed(contexte["grandeur"])
    supplier, distributor = grandeur["calendrier"]
    assert (supplier["idCalendrier"], supplier["libelleCalendrier"]) == ("FC000050", "6 cadrans")
    assert registers(supplier) == [
        ("BUHC", "IDX_EAS_F1"),
        ("BUHP", "IDX_EAS_F2"),
        ("BCHC", "IDX_EAS_F3"),
        ("BCHP", "IDX_EAS_F4"),
        ("RHC", "IDX_EAS_F5"),
        ("RHP", "IDX_EAS_F6"),
    ]
    assert supplier["classeTemporelle"][0]["libelleClasseTemporelle"] == "Bleu Heures Creuses"
    assert (distributor["idCalendrier"], distributor["libelleCalendrier"]) == (
        "DI000002",
        "Avec différenciation temporelle",
    )
    total = grandeur["cadranTotalisateur"]
    assert total["codeCadran"] == "IDX_EAS_T"
    assert total["valeur"][0] | {"v": "0"} == {"d": "2026-06-15 00:00:00", "v": "0", "iv": "0"}
    assert total["valeur"][-1]["d"] == "2026-06-21 00:00:00"


@pytest.mark.observed("2023, recorded answer of a C4")
def test_index_of_a_c4_is_read_at_irregular_instants_and_frozen_each_month(
    tiers: Detaillees,
) -> None:
    mois = {"debut": date(2026, 5, 1), "fin": date(2026, 7, 1)}
    current, monthly = tiers.v3(C4, "INDEX", **mois)["contexte"]
    assert [(each["contexteReleve"], each["typeReleve"]) for each in (current, monthly)] == [
        ("FMR", "RC"),
        ("FMR", "RM"),
    ]
    (grandeur,) = listed(current["grandeur"])
    (calendar,) = listed(grandeur["calendrier"])
    assert (calendar["idCalendrier"], calendar["libelleCalendrier"]) == ("D", "Distributeur")
    assert registers(calendar) == [("HPH", None), ("HCH", None), ("HPE", None), ("HCE", None)]
    labels = [each["libelleClasseTemporelle"] for each in calendar["classeTemporelle"]]
    assert labels == [
        "Heures Pleines Hiver / Saison Haute",
        "Heures Creuses Hiver / Saison Haute",
        "Heures Pleines Eté",
        "Heures Creuses Eté",
    ]
    assert "cadranTotalisateur" not in grandeur
    readings = calendar["classeTemporelle"][0]["valeur"]
    assert len(readings) == 61
    assert len({reading["d"][11:] for reading in readings}) > 50
    (frozen,) = listed(monthly["grandeur"])
    dates = [each["d"] for each in listed(frozen["calendrier"])[0]["classeTemporelle"][0]["valeur"]]
    assert dates == ["2026-05-09 00:50:00", "2026-06-09 00:50:00"]
    every = [
        int(reading["v"]) for each in calendar["classeTemporelle"] for reading in each["valeur"]
    ]
    assert all(value % 1000 == 0 for value in every)


@pytest.mark.observed("2023, recorded answer of a C4; the peak before them is assumed")
def test_classes_of_a_large_point_come_from_the_peak_to_the_summer_night(tiers: Detaillees) -> None:
    current, _ = tiers.v3(C2, "INDEX", debut=date(2026, 5, 1), fin=date(2026, 7, 1))["contexte"]
    calendar = listed(listed(current["grandeur"])[0]["calendrier"])[-1]
    assert calendar["idCalendrier"] == "D"
    assert [code for code, _ in registers(calendar)] == ["PTE", "HPH", "HCH", "HPE", "HCE"]


UNITES = {
    "EA": "Wh",
    "ERI": "VArh",
    "ERC": "VArh",
    "DD": "s",
    "DE": "Wh",
    "DQ": "W",
    "PMA": "VA",
    "TF": "s",
}


@pytest.mark.assumed("TOUT gives what the simulated meter counts, in this order")
@pytest.mark.parametrize(
    ("prm", "sens", "absentes", "pma"),
    [
        (C4, "SOUTIRAGE", (), "VA"),
        # Powers in kW: those of HTA.
        (C2, "SOUTIRAGE", (), "W"),
        (P1, "INJECTION", ("DD", "DE", "DQ"), "W"),
    ],
)
def test_index_tout_of_a_large_point_gives_each_quantity_with_its_unit(
    tiers: Detaillees, prm: str, sens: str, absentes: tuple[str, ...], pma: str
) -> None:
    mois = {"debut": date(2026, 5, 1), "fin": date(2026, 7, 1), "sens": sens}
    unites = UNITES | {"PMA": pma}
    attendues = [(nom, unite) for nom, unite in unites.items() if nom not in absentes]
    current, monthly = tiers.v3(prm, "INDEX", "TOUT", **mois)["contexte"]
    for contexte in (current, monthly):
        grandeurs = contexte["grandeur"]
        assert [(each["grandeurPhysique"], each["unite"]) for each in grandeurs] == attendues
        # All are read at once, on the distributor's classes.
        energie = listed(grandeurs[0]["calendrier"])[-1]
        for each in grandeurs[3:]:
            (calendrier,) = listed(each["calendrier"])
            assert calendrier["idCalendrier"] == "D"
            assert registers(calendrier) == registers(energie)
            for lus, lues in zip(
                listed(calendrier["classeTemporelle"]),
                listed(energie["classeTemporelle"]),
                strict=True,
            ):
                assert [v["d"] for v in listed(lus["valeur"])] == [
                    v["d"] for v in listed(lues["valeur"])
                ]


@pytest.mark.assumed("a quantity asked alone is what TOUT says of it")
@pytest.mark.parametrize("nom", ["DD", "DE", "DQ", "PMA", "TF"])
def test_index_of_one_billed_quantity_is_that_of_tout(tiers: Detaillees, nom: str) -> None:
    tout = tiers.v3(C4, "INDEX", "TOUT", **JOURS)["contexte"]
    seule = tiers.v3(C4, "INDEX", nom, **JOURS)["contexte"]
    (grandeur,) = listed(seule["grandeur"])
    assert grandeur in tout["grandeur"]
    lus = [int(v["v"]) for each in classes(grandeur) for v in listed(each["valeur"])]
    assert any(lus) is (nom in ("PMA", "TF"))


def classes(grandeur: dict[str, Any]) -> list[Any]:
    return listed(listed(grandeur["calendrier"])[0]["classeTemporelle"])


@pytest.mark.documented(
    "GUI 0497 v1.5.0: reactive indexes on P4 only; that ER is their sum: assumed"
)
def test_a_p4_counts_its_reactive_energies(tiers: Detaillees) -> None:
    grandeurs = tiers.v3(P4, "INDEX", "TOUT", sens="INJECTION", **JOURS)["contexte"]["grandeur"]
    found = {each["grandeurPhysique"]: each["cadranTotalisateur"] for each in grandeurs}
    assert {name: total.get("codeCadran") for name, total in found.items()} == {
        "EA": "IDX_EAI_T",
        "ER": None,
        "ERI": "IDX_ERI_I",
        "ERC": "IDX_ERI_C",
    }
    assert [each["unite"] for each in grandeurs] == ["Wh", "VArh", "VArh", "VArh"]
    er, eri, erc = (
        [int(each["v"]) for each in found[name]["valeur"]] for name in ("ER", "ERI", "ERC")
    )
    assert er == [a + b for a, b in zip(eri, erc, strict=True)]
    assert len(er) == 7
    assert er[-1] > er[0]
    alone = tiers.v3(P4, "INDEX", "ER", sens="INJECTION", **JOURS)["contexte"]["grandeur"]
    assert alone in grandeurs


@pytest.mark.documented("GUI 0497 v1.5.0: RHF/LC near midnight; its date isn't given: a setting")
def test_large_points_are_read_at_a_fixed_hour_too_once_it_is_set(
    tiers: Detaillees, tmp_path: Path
) -> None:
    def contexts(service: Detaillees, prm: str) -> list[tuple[str, str]]:
        found = listed(service.v3(prm, "INDEX", **JOURS)["contexte"])
        return [(each["contexteReleve"], each["typeReleve"]) for each in found]

    assert contexts(tiers, C4) == [("FMR", "RC")]
    options = ("--population-size", "0", "--now", NOW, "--releves-rhf")
    with served_in_process(tmp_path, *options) as running:
        service = Detaillees(running)
        assert contexts(service, C5) == [("COL", "AQ")]
        assert contexts(service, C4) == [("FMR", "RC"), ("RHF", "LC")]
        _, fixed = service.v3(C4, "INDEX", **JOURS)["contexte"]
    readings = classes(fixed["grandeur"])[0]["valeur"]
    assert len(readings) == 7
    assert {each["d"][11:] for each in readings} == {"00:05:00"}


@pytest.mark.assumed("a Linky in consumption counts its energy alone")
def test_index_of_a_small_point_is_its_active_energy(tiers: Detaillees) -> None:
    small = tiers.v3(C5, "INDEX", "TOUT", **JOURS)["contexte"]
    assert [each["grandeurPhysique"] for each in listed(small["grandeur"])] == ["EA"]
    for nom in ("DD", "DE", "DQ", "PMA", "TF"):
        assert tiers.v3(C5, "INDEX", nom, **JOURS) == {}
    for nom in ("DD", "DE", "DQ"):
        assert tiers.v3(P1, "INDEX", nom, sens="INJECTION", **JOURS) == {}
    assert tiers.v3(C4, "INDEX", "ER", **JOURS) == {}
