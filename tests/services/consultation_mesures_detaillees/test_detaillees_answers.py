"""What ConsultationMesuresDetaillees answers, over SOAP: stamps, units, order, trailing fields."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from detaillees_kit import (
    C1,
    C2,
    C3,
    C3_SANS_COURBE,
    C4,
    C5,
    C5_DU_FOURNISSEUR,
    C5_NOUVEAU_COMPTEUR,
    C5_SANS_COLLECTE,
    C5_SURPLUS,
    C5_TROUS,
    JOURS,
    P1,
    P4,
    Detaillees,
    blocks,
    code,
    listed,
    rows,
    stamps,
    values,
)
from real_clients import suds_client

VERSIONS = pytest.mark.parametrize("version", ["2.0", "3.0"])


def first(answer: Any) -> dict[str, str]:
    """The first row, without its value."""
    row = dict(rows(answer)[0])
    assert row.pop("v").isdigit()
    return row


@pytest.mark.observed("2022, recorded answer of a C5")
def test_v2_c5_curve_is_stamped_at_the_end_of_the_step(tiers: Detaillees) -> None:
    answer = tiers.v2(C5, "COURBE", **JOURS)
    assert answer["pointId"] == C5
    assert answer["mesuresCorrigees"] == "BRUT"
    assert answer["periode"] == {"dateDebut": "2026-06-15", "dateFin": "2026-06-22"}
    (block,) = blocks(answer)
    assert (block["grandeurMetier"], block["grandeurPhysique"], block["unite"]) == (
        "CONS",
        "PA",
        "W",
    )
    assert len(rows(answer)) == 336
    assert first(answer) == {"d": "2026-06-15T00:30:00.000+02:00", "p": "PT30M", "n": "B"}
    assert stamps(answer)[-1] == "2026-06-22T00:00:00.000+02:00"
    assert stamps(answer) == sorted(stamps(answer))


@pytest.mark.observed("2022, recorded answer of a C4")
def test_v2_c4_curve_is_stamped_at_the_start_of_the_step(tiers: Detaillees) -> None:
    answer = tiers.v2(C4, "COURBE", **JOURS)
    assert first(answer) == {"d": "2026-06-15T00:00:00.000+02:00", "p": "PT5M", "n": "R"}
    assert stamps(answer)[-1] == "2026-06-21T23:55:00.000+02:00"
    assert len(rows(answer)) == 2016
    assert all(value % 1000 == 0 for value in values(answer))


@pytest.mark.observed("2023, recorded answers of a C4 and a C5")
def test_v3_curves_have_naive_stamps_and_only_c5_has_plausibility(tiers: Detaillees) -> None:
    small, large = tiers.v3(C5, "COURBE", **JOURS), tiers.v3(C4, "COURBE", **JOURS)
    assert first(small) == {
        "d": "2026-06-15 00:30:00",
        "p": "PT30M",
        "n": "B",
        "iv": "0",
        "ec": "0",
    }
    assert stamps(small)[-1] == "2026-06-22 00:00:00"
    assert first(large) == {"d": "2026-06-15 00:00:00", "p": "PT5M", "n": "R"}
    for answer in (small, large):
        assert answer["modeCalcul"] == "MESURE"
        assert "pas" not in answer
        assert "typeValeur" not in answer


@pytest.mark.observed("2022 for v2.0, 2023 for v3.0")
def test_energies_of_a_c5(tiers: Detaillees) -> None:
    old, new = tiers.v2(C5, "ENERGIE", **JOURS), tiers.v3(C5, "ENERGIE", **JOURS)
    assert rows(old)[0].keys() == rows(new)[0].keys() == {"v", "d"}
    assert stamps(old)[0] == "2026-06-15T00:00:00.000+02:00"
    assert stamps(new)[0] == "2026-06-15"
    assert values(old) == values(new)
    assert len(values(old)) == 7
    assert blocks(new)[0]["unite"] == "Wh"
    assert (new["typeValeur"], new["modeCalcul"], new["pas"]) == ("GLOBALE", "DIFF.INDEX", "P1D")


@pytest.mark.observed("2023, recorded answer of a C4")
def test_v3_energies_of_a_c4_come_from_its_curve(tiers: Detaillees) -> None:
    answer = tiers.v3(C4, "ENERGIE", **JOURS)
    assert (answer["modeCalcul"], answer["pas"]) == ("INTEG.COURBE", "P1D")
    for grandeur in ("ERI", "ERC"):
        reactive = tiers.v3(C4, "ENERGIE", grandeur, **JOURS)
        (block,) = blocks(reactive)
        assert (block["grandeurPhysique"], block["unite"]) == (grandeur, "VArh")
        assert len(values(reactive)) == 7


@VERSIONS
@pytest.mark.documented("GUI 0488 §4: TOUT returns every available curve")
def test_tout_gives_every_curve_that_the_segment_has(tiers: Detaillees, version: str) -> None:
    large = blocks(tiers.ask(version, C4, "COURBE", "TOUT"))
    assert [(each["grandeurPhysique"], each["unite"]) for each in large] == [
        ("PA", "W"),
        ("PRI", "VAr"),
        ("PRC", "VAr"),
        ("E", "V"),
    ]
    small = blocks(tiers.ask(version, C5, "COURBE", "TOUT"))
    assert [each["grandeurPhysique"] for each in small] == ["PA"]


@VERSIONS
@pytest.mark.documented("GUI 0488 §3: all segments, one curve each at least")
@pytest.mark.parametrize("prm", [C1, C2, C3, C4, C5])
def test_every_segment_has_an_active_curve(tiers: Detaillees, version: str, prm: str) -> None:
    assert len(rows(tiers.ask(version, prm, "COURBE"))) == (336 if prm == C5 else 2016)


@VERSIONS
@pytest.mark.documented("GUI 0488 §3, P4 level 2 and P1-P3")
def test_producers_inject(tiers: Detaillees, version: str) -> None:
    for prm, count in ((P4, 336), (P1, 2016), (C5_SURPLUS, 336)):
        answer = tiers.ask(version, prm, "COURBE", sens="INJECTION")
        assert blocks(answer)[0]["grandeurMetier"] == "PROD"
        assert len(rows(answer)) == count
    energies = tiers.ask(version, P4, "ENERGIE", sens="INJECTION")
    assert len(values(energies)) == 7


@pytest.mark.assumed("the two directions of a point are two installations")
def test_a_point_with_surplus_tells_both_directions_apart(tiers: Detaillees) -> None:
    drawn = tiers.v3(C5_SURPLUS, "ENERGIE")
    given = tiers.v3(C5_SURPLUS, "ENERGIE", sens="INJECTION")
    assert values(drawn) != values(given)
    index = tiers.v3(C5_SURPLUS, "INDEX", sens="INJECTION")["contexte"]["grandeur"]
    assert index["cadranTotalisateur"]["codeCadran"] == "IDX_EAI_T"


@VERSIONS
@pytest.mark.documented("GUI 0488 §5.2.1 and GUI 0497 v1.5.0: an empty response")
@pytest.mark.parametrize(
    ("prm", "type", "grandeur"), [(C5_SANS_COLLECTE, "COURBE", "PA"), (C5, "COURBE", "PRI")]
)
def test_without_data_is_an_empty_success(
    tiers: Detaillees, version: str, prm: str, type: str, grandeur: str
) -> None:
    assert tiers.ask(version, prm, type, grandeur) == {}


@pytest.mark.observed("2023: the energies of a C4 are the integral of its curve")
@pytest.mark.parametrize("type", ["COURBE", "ENERGIE"])
def test_v3_a_large_point_processed_by_index_has_indexes_alone(
    tiers: Detaillees, type: str
) -> None:
    assert tiers.v3(C3_SANS_COURBE, type) == {}
    assert tiers.v3(C3_SANS_COURBE, "INDEX")["contexte"]


@pytest.mark.documented("FAQ: the curve of a C5 isn't collected by default, its index is")
def test_a_c5_that_nobody_collects_has_all_but_its_curve(tiers: Detaillees) -> None:
    assert len(values(tiers.v2(C5_SANS_COLLECTE, "ENERGIE"))) == 7
    assert len(values(tiers.v2(C5_SANS_COLLECTE, "PMAX", pas="P1D"))) == 7


@pytest.mark.documented("V26.2: the history begins at the last commissioning, without refusal")
def test_v3_cuts_at_the_last_commissioning(tiers: Detaillees) -> None:
    answer = tiers.v3("24210000001481", "ENERGIE", debut=date(2025, 1, 30), fin=date(2025, 2, 6))
    assert stamps(answer) == ["2025-02-03", "2025-02-04", "2025-02-05"]
    assert answer["periode"]["dateDebut"] == "2025-01-30"


@VERSIONS
@pytest.mark.assumed("a lost point is absent")
def test_what_was_lost_is_left_out(tiers: Detaillees, version: str) -> None:
    semaine = {"debut": date(2026, 6, 8), "fin": date(2026, 6, 15)}
    curve = stamps(tiers.ask(version, C5_TROUS, "COURBE", **semaine))
    assert len(curve) == 336 - 48 - 4
    assert not any(stamp.startswith("2026-06-10") and "00:00:00" not in stamp for stamp in curve)
    assert [stamp[11:16] for stamp in curve if stamp.startswith("2026-06-12")][16:19] == [
        "08:00",
        "10:30",
        "11:00",
    ]
    # The index read at the end of the 10th is lost, and so are the energies on both its sides.
    energies = stamps(tiers.ask(version, C5_TROUS, "ENERGIE", **semaine))
    assert [stamp[8:10] for stamp in energies] == ["08", "09", "12", "13", "14"]
    maxima = stamps(tiers.ask(version, C5_TROUS, "PMAX", **semaine))
    assert [stamp[8:10] for stamp in maxima] == ["08", "09", "11", "12", "13", "14"]


@pytest.mark.documented("GUI 0488 §4: BEST for C1-C4 alone; V26.2: raw in v3.0 for a C5")
def test_corrected_curves(tiers: Detaillees) -> None:
    for version in ("2.0", "3.0"):
        corrected = tiers.ask(version, C4, "COURBE", mesuresCorrigees=True)
        assert corrected["mesuresCorrigees"] == "BEST"
        assert values(corrected) == values(tiers.ask(version, C4, "COURBE"))
    small = tiers.v3(C5, "COURBE", mesuresCorrigees=True)
    assert small == tiers.v3(C5, "COURBE")


@pytest.fixture(scope="module")
def c2_troue(tiers: Detaillees) -> Iterator[str]:
    """The C2, three points of whose curve are lost on 16 June 2026."""
    tiers.simulator.command(
        "points", "set", C2, "--points-absents", "2026-06-16T08:00..2026-06-16T08:15"
    )
    yield C2
    tiers.simulator.command("points", "set", C2, "--points-absents", "aucun")


@pytest.mark.assumed("a corrected curve has the points that were lost, marked E")
@pytest.mark.documented("GUI 0497 v1.5.0 p. 16: tc tells how a point of BEST was corrected")
def test_a_corrected_curve_is_whole(tiers: Detaillees, c2_troue: str) -> None:
    raw = tiers.v3(c2_troue, "COURBE")
    best = tiers.v3(c2_troue, "COURBE", mesuresCorrigees=True)
    assert (len(rows(raw)), len(rows(best))) == (2013, 2016)
    assert [row["d"] for row in rows(best) if row["n"] == "E"] == [
        "2026-06-16 08:00:00",
        "2026-06-16 08:05:00",
        "2026-06-16 08:10:00",
    ]
    # How an estimated point was made, as in R63.
    assert {row["tc"] for row in rows(best) if row["n"] == "E"} == {"C"}
    assert not any("tc" in row for row in rows(best) if row["n"] != "E")


@VERSIONS
@pytest.mark.documented("V26.2: active curves alone are corrected")
@pytest.mark.parametrize("grandeur", ["PRI", "PRC", "E"])
def test_reactive_and_voltage_curves_stay_raw(
    tiers: Detaillees, c2_troue: str, version: str, grandeur: str
) -> None:
    asked = tiers.ask(version, c2_troue, "COURBE", grandeur, mesuresCorrigees=True)
    assert asked["mesuresCorrigees"] == "BRUT"
    assert asked == tiers.ask(version, c2_troue, "COURBE", grandeur)
    assert len(rows(asked)) == 2013


@VERSIONS
@pytest.mark.assumed("TOUT is BEST for its active curve, the others in it are raw")
def test_tout_corrects_its_active_curve_alone(
    tiers: Detaillees, c2_troue: str, version: str
) -> None:
    answer = tiers.ask(version, c2_troue, "COURBE", "TOUT", mesuresCorrigees=True)
    assert answer["mesuresCorrigees"] == "BEST"
    name = "mesure" if version == "2.0" else "points"
    assert {each["grandeurPhysique"]: len(each[name]) for each in blocks(answer)} == {
        "PA": 2016,
        "PRI": 2013,
        "PRC": 2013,
        "E": 2013,
    }


@pytest.mark.documented("FAQ: five months of hourly curve kept before the collection")
def test_the_curve_of_before_the_collection_is_hourly(tiers: Detaillees) -> None:
    answer = tiers.v3(C5_NOUVEAU_COMPTEUR, "COURBE", debut=date(2025, 2, 27), fin=date(2025, 3, 2))
    assert [row["p"] for row in rows(answer)] == ["PT60M"] * 48 + ["PT30M"] * 48


@pytest.mark.documented("GUI 0497 v1.5.0 p. 17-18: CRI, with a reason that it alone has")
@pytest.mark.assumed("the reasons are those of the meter that goes and of the one that comes")
def test_v3_tells_the_readings_of_a_meter_that_is_replaced(tiers: Detaillees) -> None:
    answer = tiers.v3(C5_NOUVEAU_COMPTEUR, "INDEX", debut=date(2025, 1, 5), fin=date(2025, 1, 10))
    assert [
        (contexte["contexteReleve"], contexte["typeReleve"], contexte.get("motifReleve"))
        for contexte in answer["contexte"]
    ] == [
        ("COL", "AQ", None),
        ("CRI", "AS", "DEPOSE_FOURNISSEUR"),
        ("CRI", "AS", "POSE_FOURNISSEUR"),
    ]
    assert {
        valeur["d"]
        for contexte in answer["contexte"][1:]
        for grandeur in listed(contexte["grandeur"])
        for valeur in listed(grandeur["cadranTotalisateur"]["valeur"])
    } == {"2025-01-07 00:00:00"}


@pytest.mark.documented("GUI 0488 §3: the incumbent supplier needs no agreement for P1M")
def test_the_incumbent_supplier_sees_monthly_maxima_without_agreement(
    fournisseur: Detaillees,
) -> None:
    mois = {"debut": date(2026, 5, 1), "fin": date(2026, 6, 1), "pas": "P1M"}
    assert len(rows(fournisseur.v2(C5_DU_FOURNISSEUR, "PMAX", accordClient=False, **mois))) == 1
    assert (
        len(rows(fournisseur.v3(C5_DU_FOURNISSEUR, "PMAX", cadreAcces="EST_TITULAIRE", **mois)))
        == 1
    )
    daily = {**mois, "pas": "P1D"}
    assert code(fournisseur.v2(C5_DU_FOURNISSEUR, "PMAX", accordClient=False, **daily)) == "SGT4K2"


def test_suds_reads_both_versions(tiers: Detaillees) -> None:
    head = {"initiateurLogin": "personne@exemple.fr", "pointId": C5}
    week = {"dateDebut": "2026-06-15", "dateFin": "2026-06-22", "mesuresCorrigees": "false"}
    curve = {"mesuresTypeCode": "COURBE", "grandeurPhysique": "PA"}
    sides, agreed = {"soutirage": "true", "injection": "false"}, {"accordClient": "true"}
    old = suds_client(tiers.simulator, "/ConsultationMesuresDetaillees/v2.0")
    answer = old.service.consulterMesuresDetaillees({**head, **curve, **sides, **week, **agreed})
    assert len(answer.grandeur[0].mesure) == 336
    index = {"mesuresTypeCode": "INDEX", "grandeurPhysique": "EA"}
    right = {"sens": "SOUTIRAGE", "cadreAcces": "ACCORD_CLIENT"}
    new = suds_client(tiers.simulator, "/ConsultationMesuresDetaillees/v3.0")
    answer = new.service.consulterMesuresDetailleesV3({**head, **index, **week, **right})
    assert len(answer.contexte[0].grandeur[0].cadranTotalisateur.valeur) == 7
