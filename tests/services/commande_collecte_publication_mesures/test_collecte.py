"""CommandeCollectePublicationMesures through zeep on the real WSDL."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from codes_kit import check_obtained_codes, provenance_of
from orders_kit import C4, C5, C5_NOT_TELEOPERABLE, P1, P4, TODAY, UNKNOWN, Orders, orders_simulator

from sge_sim.services.commande_collecte_publication_mesures.service import SERVICE

GUIDE = "GUI 0469 v1.2.0"
DAY = timedelta(days=1)
LARGE_CURVE = {"mesuresPas": "PT10M"}
INDEX = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}
COLLECTION = {
    "transmissionRecurrente": False,
    "mesuresCorrigees": None,
    "periodiciteTransmission": None,
}
INJECTION = {"soutirage": False, "injection": True}


@pytest.mark.observed("recorded orders, 2022")
@pytest.mark.parametrize(
    ("prm", "asked", "fiche", "option"),
    [
        ("24210000001156", {}, "F300C", "F300CO1"),
        ("24210000001156", COLLECTION, "F300C", "F300CO2"),
        ("24210000001156", INDEX, "F305", None),
        ("98610000000143", LARGE_CURVE, "F300B", "F300BO1"),
        ("98610000000143", INDEX, "F305A", "F305AO1"),
        ("98610000000143", {**LARGE_CURVE, **COLLECTION}, "F300B", "F300BO2"),
        (P1, {**LARGE_CURVE, **INJECTION}, "P300B", "P300BO1"),
        (P1, {**INDEX, **INJECTION}, "P305A", "P305AO1"),
        (P4, {**COLLECTION, **INJECTION}, "P300C", "P300CO2"),
        ("98610000000479", LARGE_CURVE, "F300B", "F300BO1"),
    ],
)
def test_an_order_is_acknowledged_with_its_prestation(
    tiers: Orders, prm: str, asked: dict[str, Any], fiche: str, option: str | None
) -> None:
    answer = tiers.collecte(prm, **asked)
    body, header = answer["body"], answer["header"]["acquittement"]
    (prestation,) = body["prestations"]["prestation"]
    assert (prestation["rang"], prestation["fiche"]["code"]) == (1, fiche)
    assert (prestation["option"] or {}).get("code") == option
    assert header["resultat"]["code"] == "SGT200"
    assert header["infoFonctionnelles"] == {"pointId": prm, "affaireId": body["affaireId"]}
    assert header["infoDemandeur"]["loginDemandeur"] == tiers.login
    assert body["affaireId"].startswith("M0")
    (service,) = (
        each
        for each in tiers.services(prm)
        if each["serviceSouscritId"] == body["serviceSouscritId"]
    )
    assert service["etatCode"] == "ACTIF"


@pytest.mark.documented(f"{GUIDE} §2: P1D, P7D or P1M for the curve of a large point")
@pytest.mark.parametrize("periodicite", ["P7D", "P1M"])
def test_the_curve_of_a_large_point_may_come_weekly_or_monthly(
    tiers: Orders, periodicite: str
) -> None:
    asked = {**LARGE_CURVE, "periodiciteTransmission": periodicite}
    assert tiers.collecte("98800004935121", **asked)["body"]["serviceSouscritId"]


@pytest.mark.assumed("how far ahead isn't published: a year, its last day included")
def test_an_order_may_be_placed_a_year_ahead_to_the_day(tiers: Orders) -> None:
    asked = {**LARGE_CURVE, "dateDebut": TODAY + 365 * DAY, "dateFin": None}
    assert tiers.collecte("98800001544168", **asked)["body"]["serviceSouscritId"]


@pytest.mark.documented("V26.2: tele-read ICE, PME-PMI and SAPHIR; an ICE4Q is an ICE")
def test_the_curve_of_an_ice4q_is_ordered(tiers: Orders) -> None:
    assert tiers.collecte("98800006694381", **LARGE_CURVE)["body"]["serviceSouscritId"]


@pytest.mark.documented("V26.2: refused where supply is cut; not connected is cut: assumed")
def test_sgt4b2_on_a_point_in_service_that_is_not_connected(tiers: Orders) -> None:
    prm = "24377424002398"
    tiers.simulator.change_point(prm, etat_alimentation="NRAC")
    assert tiers.collecte(prm) == "SGT4B2"


@pytest.mark.assumed("a year after 29 February ends on the 28th")
def test_the_longest_order_of_a_29_february(tiers: Orders) -> None:
    tiers.restart_at("2024-02-29T10:00")
    try:
        assert tiers.collecte(C5, dateFin=date(2025, 3, 1)) == "SGT4H4"
        assert tiers.collecte(C5, dateFin=date(2025, 2, 28))["body"]["serviceSouscritId"]
    finally:
        tiers.restart_at()


LARGE = "98800005144497"
OTHER = "25110853825340"
REFUSED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("login unknown", "SGT483", C5, {"general": {"initiateurLogin": "personne@exemple.fr"}}),
    (
        "login of another actor",
        "SGT483",
        C5,
        {"general": {"initiateurLogin": "contact@tiers2.example.org"}},
    ),
    (
        "user without right",
        "SGT483",
        C5,
        {"general": {"initiateurLogin": "sans.droit@tiers1.example.org"}},
    ),
    ("contract unknown", "SGT471", C5, {"general": {"contratId": "9999999"}}),
    ("contract of another actor", "SGT472", C5, {"general": {"contratId": "1100391"}}),
    ("contract that ended", "SGT473", C5, {"general": {"contratId": "1100017"}}),
    ("point unknown", "SGT400", UNKNOWN, {}),
    ("object", "SGT463", C5, {"general": {"objetCode": "HDM"}}),
    ("kind of measures", "SGT463", C5, {"mesuresTypeCode": "PMAX"}),
    (
        "civility",
        "SGT463",
        C5,
        {"client": {"personnePhysique": {"civilite": "Dr", "nom": "ROCHE"}}},
    ),
    ("corrected not said", "SGT463", C5, {"mesuresCorrigees": None}),
    ("no agreement", "SGT566", C5, {"accord": False}),
    (
        "no agreement goes before the duration",
        "SGT566",
        C5,
        {"accord": False, "dateFin": date(2100, 1, 1)},
    ),
    ("curve of a P4 transmitted", "SGT4H8", P4, INJECTION),
    ("index of a P4", "SGT4H8", P4, {**INDEX, **INJECTION}),
    ("level 1", "SGT4H9", "24210000001920", {}),
    ("level 0", "SGT4H9", "24210000001819", INDEX),
    ("C5 not today", "SGT4H1", OTHER, {"dateDebut": TODAY + DAY}),
    ("large in the past", "SGT565", LARGE, {**LARGE_CURVE, "dateDebut": TODAY - DAY}),
    (
        "large too far ahead",
        "SGT440",
        LARGE,
        {**LARGE_CURVE, "dateDebut": TODAY + 366 * DAY, "dateFin": None},
    ),
    ("end in the past", "SGT568", OTHER, {"dateFin": TODAY - DAY}),
    ("end on the first day", "SGT4K4", OTHER, {"dateFin": TODAY}),
    ("more than a year", "SGT4H4", OTHER, {"dateFin": date(2026, 8, 2)}),
    ("C5 without end", "SGT4H4", OTHER, {"dateFin": None}),
    ("index only collected", "SGT4H6", OTHER, {**INDEX, "transmissionRecurrente": False}),
    ("step of a C5", "SGT4H3", OTHER, {"mesuresPas": "PT10M"}),
    ("step of a large point", "SGT4H3", LARGE, {}),
    ("step of index", "SGT4H3", OTHER, {**INDEX, "mesuresPas": "PT30M"}),
    ("no step", "SGT4H3", OTHER, {"mesuresPas": None}),
    ("weekly on a C5", "SGT4H5", OTHER, {"periodiciteTransmission": "P7D"}),
    ("no frequency", "SGT4H5", OTHER, {"periodiciteTransmission": None}),
    (
        "monthly index of a large point",
        "SGT4H5",
        LARGE,
        {**INDEX, "periodiciteTransmission": "P1M"},
    ),
    (
        "P4 with a frequency",
        "SGT4H5",
        P4,
        {**COLLECTION, **INJECTION, "periodiciteTransmission": "P1D"},
    ),
    ("corrected on a C5", "SGT4H2", OTHER, {"mesuresCorrigees": True}),
    ("corrected every day", "SGT564", LARGE, {**LARGE_CURVE, "mesuresCorrigees": True}),
    ("both directions", "SGT583", OTHER, {"injection": True}),
    ("no direction", "SGT583", OTHER, {"soutirage": False}),
    ("no contract in soutirage", "SGT587", "24210000001370", {}),
    ("no contract in injection", "SGT588", OTHER, INJECTION),
    ("terminated C5", "SGT4M6", "24210000000479", {}),
    ("terminated C5, its state before its contract", "SGT4M6", "24210000000479", INJECTION),
    ("C5 being terminated", "SGT4M6", "24210000000580", {}),
    ("unproductive large point", "SGT4M6", "98610000000580", LARGE_CURVE),
    ("out of reach", "SGT422", "24210000000806", {}),
    ("TURPE grouping", "SGT422", "98610000001044", LARGE_CURVE),
    ("provisional supply", "SGT445", "24210000001268", {}),
    ("cut", "SGT4B2", "24210000001044", {}),
    ("commissioning under way", "SGT450", "24210000001593", {}),
    ("meter without tele-reading", "SGT476", "98610000000255", LARGE_CURVE),
    ("opposition", "SGT4H7", "24210000002057", {}),
    ("not tele-operable", "SGT589", C5_NOT_TELEOPERABLE, {}),
]


@pytest.mark.parametrize(
    ("code", "prm", "asked"),
    [
        pytest.param(*refused[1:], id=refused[0], marks=provenance_of(SERVICE.rules, refused[1]))
        for refused in REFUSED
    ],
)
def test_an_order_is_refused(tiers: Orders, code: str, prm: str, asked: dict[str, Any]) -> None:
    assert tiers.collecte(prm, **asked) == code


@pytest.mark.assumed("what a producer's point consumes")
def test_sgt466_soutirage_of_a_producer(tiers: Orders) -> None:
    tiers.simulator.change_point("98610000001819", contrat_soutirage=1)
    assert tiers.collecte("98610000001819", **LARGE_CURVE) == "SGT466"


@pytest.mark.documented("OFF: SGT570 counts as good")
def test_sgt570_for_the_same_order_and_for_one_that_ends_before(tiers: Orders) -> None:
    assert tiers.collecte(C5)["body"]["serviceSouscritId"]
    assert tiers.collecte(C5) == "SGT570"
    assert tiers.collecte(C5, dateFin=TODAY + 10 * DAY) == "SGT570"


@pytest.mark.assumed("fields to be ignored don't tell two services apart")
def test_sgt570_whatever_the_ignored_fields_say(tiers: Orders) -> None:
    prm = "24210000001481"
    assert tiers.collecte(prm, **COLLECTION)["body"]["serviceSouscritId"]
    ignored = {**COLLECTION, "mesuresCorrigees": True, "periodiciteTransmission": "P1M"}
    assert tiers.collecte(prm, **ignored) == "SGT570"


@pytest.mark.documented("OFF F305C; GUI 0469 §5.3")
def test_a_later_end_renews_under_a_new_number(tiers: Orders) -> None:
    prm = "24210000002169"
    first = tiers.collecte(prm, **INDEX, dateFin=TODAY + 30 * DAY)["body"]["serviceSouscritId"]
    second = tiers.collecte(prm, **INDEX)["body"]["serviceSouscritId"]
    assert second > first
    listed = {service["serviceSouscritId"]: service for service in tiers.services(prm)}
    assert listed[first]["etatCode"] == "TERMINE"
    assert listed[first]["dateFin"] == TODAY
    assert listed[first]["motifFinLibelle"] == "Prolongation du service"
    assert listed[second]["etatCode"] == "ACTIF"
    assert listed[second]["motifFinLibelle"] is None


@pytest.mark.documented("V26.2: a different characteristic makes a service beside")
def test_parallel_services_stand_side_by_side(tiers: Orders) -> None:
    prm = "24210000002270"
    for asked in ({}, {"periodiciteTransmission": "P1M"}, COLLECTION, INDEX):
        tiers.collecte(prm, **asked)
    states = [service["etatCode"] for service in tiers.services(prm)]
    assert states == ["ACTIF"] * 4


@pytest.mark.assumed("two directions are two orders")
def test_each_direction_of_a_point_has_its_own_service(tiers: Orders) -> None:
    prm = "24210000002506"
    drawn = tiers.collecte(prm)["body"]["serviceSouscritId"]
    given = tiers.collecte(prm, **INJECTION)["body"]["serviceSouscritId"]
    listed = {service["serviceSouscritId"]: service["etatCode"] for service in tiers.services(prm)}
    assert listed == {drawn: "ACTIF", given: "ACTIF"}


@pytest.mark.documented("GUI 0475 §1: an actor sees what it ordered itself")
def test_each_actor_has_its_own_service(tiers: Orders) -> None:
    prm = "24210000002382"
    other = Orders(tiers.simulator, "fournisseur")
    assert tiers.collecte(prm)["body"]["serviceSouscritId"]
    assert other.collecte(prm)["body"]["serviceSouscritId"]
    assert len(tiers.services(prm)) == len(other.services(prm)) == 1


@pytest.mark.documented("V26.2: refused where the contract isn't active on the period")
def test_the_contract_runs_on_the_wanted_period_not_only_today(tiers: Orders) -> None:
    def ordered(debut: date, fin: date | None) -> Any:
        asked = {**LARGE_CURVE, "dateDebut": debut, "dateFin": fin}
        return tiers.collecte("98610000000479", {"contratId": "1100999"}, **asked)

    september = date(2025, 9, 1)
    contrat = ("acteurs", "contrat", "TIERS1", "1100999", "--debut", "2025-08-10")
    assert tiers.simulator.command(*contrat, "--fin", "2025-10-31").returncode == 0
    assert ordered(date(2025, 8, 9), september) == "SGT473"
    assert ordered(september, date(2025, 11, 2)) == "SGT473"
    assert ordered(date(2025, 11, 1), None) == "SGT473"
    assert ordered(september, date(2025, 11, 1))["body"]["serviceSouscritId"]


@pytest.mark.assumed("still waiting: asked for, not active")
def test_sgt431_while_the_same_order_waits(tiers: Orders) -> None:
    waiting = {**LARGE_CURVE, "dateDebut": TODAY + 10 * DAY, "dateFin": None}
    assert tiers.collecte(LARGE, **waiting)["body"]["serviceSouscritId"]
    assert tiers.collecte(LARGE, **waiting) == "SGT431"
    (service,) = tiers.services(LARGE)
    assert (service["etatCode"], service["dateFin"]) == ("DEMANDE", None)


@pytest.mark.observed("homologation 22.1 and 23.2")
@pytest.mark.parametrize(
    ("now", "code"), [("2022-03-01T10:00", "SGT500"), ("2023-10-24T10:00", "SGT400")]
)
def test_faithful_profile_refuses_c2_c4_but_for_the_agreement(
    tmp_path: Path, now: str, code: str
) -> None:
    with orders_simulator(tmp_path, "--profile", "fidele", now=now) as orders:
        curve = {**LARGE_CURVE, "dateDebut": orders.today, "dateFin": None}
        assert orders.collecte(C4, **curve) == code
        assert orders.collecte(C4, **curve, accord=False) == "SGT566"
        assert orders.collecte(C5)["body"]["affaireId"]
        assert orders.services(C4) == []
        assert orders.arret(C4, "64700001") == "SGT500"
        assert orders.infra_j(C4) == "SGT500"
        assert orders.infra_j(C4, declarations=[{"accordClient": False}]) == "SGT500"


@pytest.mark.observed("homologation 26.1: a client succeeds")
def test_faithful_profile_serves_the_orders_of_26_1(tmp_path: Path) -> None:
    with orders_simulator(tmp_path, "--profile", "fidele") as orders:
        assert orders.collecte(C4, **LARGE_CURVE)["body"]["affaireId"]
        (service,) = orders.services(C4)
        assert orders.arret(C4, service["serviceSouscritId"])["header"]
        assert orders.infra_j(C4)["body"]["demandeId"]
        assert orders.infra_j(C4, declarations=[{"accordClient": False}]) == "SGT566"


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
