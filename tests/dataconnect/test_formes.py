"""Each answer is what the captures and the swaggers show, field by field and in their order."""

from collections.abc import Mapping
from datetime import date

import pytest
from dataconnect_kit import (
    AUTOCONSOMMATEUR,
    AUTRE_C5,
    C5,
    CURVE,
    DAILY,
    PRODUCTEUR,
    SANS_COURBE,
    TROUE,
    Client,
    points_set,
)
from formes import (
    Alimentation,
    Comptage,
    ContactDataV5,
    Contrat,
    Courbe,
    Generales,
    IdentityV5,
    Index,
    Maximum,
    MeterReadingV5,
    Quotidienne,
    Services,
    Synthese,
    UsagePointsV5,
    hold,
)

DEBUT, FIN = "2026-11-01", "2026-11-08"
CHANGES_OF_HOUR = (("2026-03-29", "2026-03-30"), ("2026-10-25", "2026-10-26"))
CONS, PROD = frozenset({"CONS"}), frozenset({"PROD"})
ENTREPRISE = "24210000002494"
KINDS: Mapping[str, tuple[str, frozenset[str], bool]] = {
    "a C5": (C5, CONS, True),
    "a producer": (PRODUCTEUR, PROD, True),
    "a self-consumer": (AUTOCONSOMMATEUR, CONS | PROD, True),
    "a point without curve": (SANS_COURBE, CONS, False),
    "one with gaps": (TROUE, CONS, True),
}
"""The point of each kind, its directions, whether its curve is collected."""

MESURES_2026: Mapping[str, tuple[type, str]] = {
    "consommation_quotidienne": (Quotidienne, "CONS"),
    "production_quotidienne": (Quotidienne, "PROD"),
    "courbe_de_charge_consommation": (Courbe, "CONS"),
    "courbe_de_charge_production": (Courbe, "PROD"),
    "puissance_conso_max_quotidienne": (Maximum, "CONS"),
    "index_consommation": (Index, "CONS"),
    "index_production": (Index, "PROD"),
}
MESURES_V5 = {
    "/metering_data_dc/v5/daily_consumption": "CONS",
    "/metering_data_dp/v5/daily_production": "PROD",
    "/metering_data_clc/v5/consumption_load_curve": "CONS",
    "/metering_data_plc/v5/production_load_curve": "PROD",
    "/metering_data_dcmp/v5/daily_consumption_max_power": "CONS",
}
PERIODS = ((DEBUT, FIN), *CHANGES_OF_HOUR)


def measure(dc: Client, prm: str, name: str, debut: str = DEBUT, fin: str = FIN) -> object:
    dc.share(prm)
    return measure_shared(dc, prm, name, debut, fin)


def measure_shared(dc: Client, prm: str, name: str, debut: str, fin: str) -> object:
    asked = {"pointId": prm, "dateDebut": debut, "dateFin": fin}
    if name.startswith("puissance"):
        asked |= {"mesuresPas": "P1D", "grandeurPhysique": "PMA"}
    return dc.get(f"/mesure_synchrone_auto/v2/{name}", **asked)


@pytest.mark.observed("bodies captured on 4 October 2026; those of index in the swagger alone")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MESURES_2026)
def test_a_measure_of_2026(dc: Client, kind: str, name: str) -> None:
    """An ordinary week, and the days of both changes of hour; or why there is none."""
    (prm, directions, curve), (form, metier) = KINDS[kind], MESURES_2026[name]
    dc.share(prm)
    for debut, fin in PERIODS:
        answer = measure_shared(dc, prm, name, debut, fin)
        if metier not in directions:
            assert (answer.status_code, answer.json()["error"]) == (400, "ADAM-ERR0069")
        elif form is Courbe and not curve:
            assert (answer.status_code, answer.json()["code"]) == (404, "404")
        else:
            read = hold(form, answer)
            assert (read.idPrm, read.periode.dateDebut, read.periode.dateFin) == (prm, debut, fin)
            grandeurs = read.contexte[0].grandeur if form is Index else read.grandeur
            assert {each.grandeurMetier for each in grandeurs} == {metier}


@pytest.mark.documented("swaggers of v5")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", MESURES_V5)
def test_a_measure_of_v5(dc: Client, kind: str, path: str) -> None:
    (prm, directions, curve), metier = KINDS[kind], MESURES_V5[path]
    dc.share(prm)
    for debut, fin in PERIODS:
        answer = dc.get(path, usage_point_id=prm, start=debut, end=fin)
        if metier not in directions:
            assert (answer.status_code, answer.json()["error"]) == (400, "ADAM-ERR0069")
        elif path.endswith("load_curve") and not curve:
            assert (answer.status_code, answer.json()["error"]) == (404, "no_data_found")
        else:
            read = hold(MeterReadingV5, answer).meter_reading
            assert (read.usage_point_id, read.start, read.end) == (prm, debut, fin)


@pytest.mark.observed("client-T: GET answers come as octets, verified on 21 August 2026")
def test_get_answers_of_2026_are_octets_and_post_ones_json(dc: Client) -> None:
    assert measure(dc, C5, "consommation_quotidienne").headers["Content-Type"] == (
        "application/octet-stream"
    )
    answer = dc.get(f"/synth_contrat_auto/v1/{C5}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    listed = dc.list_services(dc.share(C5), comptage=True)
    assert listed.headers["Content-Type"] == "application/json"
    assert listed.json() == {"nbTotalServices": 5}


@pytest.mark.observed("measured on 4 October 2026: 96 points for two days, end-stamped")
def test_a_curve_is_stamped_at_the_end_of_its_steps(dc: Client) -> None:
    read = hold(
        Courbe, measure(dc, C5, "courbe_de_charge_consommation", "2026-11-01", "2026-11-03")
    )
    stamps = [point.d for point in read.grandeur[0].points]
    assert len(stamps) == 96
    assert (stamps[0], stamps[-1]) == ("2026-11-01 00:30:00", "2026-11-03 00:00:00")


@pytest.mark.documented("the day of a change of hour has 23 or 25 hours")
@pytest.mark.parametrize(("day", "points"), [("2026-03-29", 46), ("2026-10-25", 50)])
def test_a_day_of_a_change_of_hour(dc: Client, day: str, points: int) -> None:
    after = date.fromisoformat(day).replace(day=int(day[-2:]) + 1).isoformat()
    read = hold(Courbe, measure(dc, C5, "courbe_de_charge_consommation", day, after))
    values = [int(point.v) for point in read.grandeur[0].points]
    assert len(values) == points
    daily = hold(Quotidienne, measure(dc, C5, "consommation_quotidienne", day, after))
    assert daily.grandeur[0].points[0].v == str(sum(values) // 2)
    v5 = hold(
        MeterReadingV5,
        dc.get(
            "/metering_data_clc/v5/consumption_load_curve", usage_point_id=C5, start=day, end=after
        ),
    )
    assert [int(each.value) for each in v5.meter_reading.interval_reading] == values


@pytest.mark.documented("catalogue of data: what is lost is absent, no data at all is a 404")
def test_lost_points_are_absent(dc: Client) -> None:
    points_set(dc.simulator, AUTRE_C5, "--points-absents", "2026-11-12T08:00..2026-11-12T10:00")
    points_set(dc.simulator, AUTRE_C5, "--jours-absents", "2026-11-16..2026-11-18")
    read = hold(
        Courbe, measure(dc, AUTRE_C5, "courbe_de_charge_consommation", "2026-11-12", "2026-11-13")
    )
    stamps = {point.d[11:16] for point in read.grandeur[0].points}
    assert len(stamps) == 44
    assert not stamps & {"08:30", "09:00", "09:30", "10:00"}
    asked = {"pointId": AUTRE_C5, "dateDebut": "2026-11-16", "dateFin": "2026-11-18"}
    for path in (DAILY, CURVE):
        assert dc.refused(path, **asked) == (
            404,
            {"code": "404", "message": "Pas de mesure trouvée pour ce point"},
        )


@pytest.mark.observed("contract APIs captured on 4 October 2026; comptage in the swagger alone")
@pytest.mark.parametrize("prm", [prm for prm, _, _ in KINDS.values()])
@pytest.mark.parametrize(
    ("api", "form"),
    [
        ("situation_contrat_auto", list[Contrat]),
        ("synth_contrat_auto", Synthese),
        ("donnees_generales_auto", Generales),
        ("alimentation_auto", Alimentation),
        ("comptage_auto", Comptage),
    ],
)
def test_a_contract_api(dc: Client, prm: str, api: str, form: object) -> None:
    dc.share(prm)
    hold(form, dc.get(f"/{api}/v1/{prm}"))


@pytest.mark.documented("swagger of alimentation: a power of connection for each direction")
@pytest.mark.parametrize("kind", KINDS)
def test_a_power_of_connection_is_that_of_a_contract(dc: Client, kind: str) -> None:
    """A point without a contract of a direction has none there."""
    prm, directions, _ = KINDS[kind]
    dc.share(prm)
    read = hold(Alimentation, dc.get(f"/alimentation_auto/v1/{prm}"))
    powers = {"CONS": read.consumption_connection_power, "PROD": read.generation_connection_power}
    assert {metier for metier, power in powers.items() if power is not None} == directions


@pytest.mark.observed("a self-consumer: C5 with its power, then P4 without")
def test_a_self_consumer_has_two_contracts(dc: Client) -> None:
    dc.share(AUTOCONSOMMATEUR)
    contracts = hold(list[Contrat], dc.get(f"/situation_contrat_auto/v1/{AUTOCONSOMMATEUR}"))
    assert [(contrat.segment, contrat.contract_type) for contrat in contracts] == [
        ("C5", "Contrat GRD-F"),
        ("P4", "Contrat GRD-A"),
    ]
    assert [contrat.subscribed_power is None for contrat in contracts] == [False, True]


@pytest.mark.observed("a public fixture: « M VIGNAL ANDRE »; title without a full stop")
def test_the_first_line_of_an_address_begins_with_the_title(dc: Client) -> None:
    titles = set()
    for prm in (C5, AUTRE_C5, AUTOCONSOMMATEUR, SANS_COURBE, TROUE, ENTREPRISE):
        dc.share(prm)
        for contract in hold(list[Contrat], dc.get(f"/situation_contrat_auto/v1/{prm}")):
            line1 = contract.customer.customer.adress.line1
            if contract.person is None:
                assert line1 == contract.organization.name == "IMPRIMERIE GIRARD"
                assert contract.organization.siret_number[:9] == contract.organization.siren_number
                titles.add("")
                continue
            person = contract.person
            assert line1 == f"{person.title} {person.lastname} {person.firstname}"
            titles.add(person.title)
    assert titles >= {"M", ""}


def test_subscribed_services(dc: Client) -> None:
    numero = dc.share(C5)
    read = hold(Services, dc.list_services(numero))
    assert [service.mesuresTypeCode for service in read.serviceSouscrit] == [
        "CDC",
        "PMAX",
        "IDX",
        "ENERGIE",
        "ITC",
    ]
    assert {(each.pointId, each.etatCode) for each in read.serviceSouscrit} == {(C5, "ACTIF")}
    assert dc.services(numero, mesureTypeCode=["CDC", "ITC"])["nbTotalServices"] == 2
    assert dc.services(numero, etatCode=["TERMINE"], pointId=["11111111111111"]) == {
        "nbTotalServices": 0
    }


@pytest.mark.documented("swaggers of v5; production is shown by the plc of a collected point")
def test_the_production_curve_of_a_point_that_is_collected(dc: Client) -> None:
    fictif = "24880057139941"
    asked = {"usage_point_id": fictif, "start": DEBUT, "end": FIN}
    read = hold(
        MeterReadingV5, dc.sandbox.get("/metering_data_plc/v5/production_load_curve", **asked)
    )
    produced = dc.sandbox.measures("courbe_de_charge_production", fictif, DEBUT, FIN)
    assert [each.value for each in read.meter_reading.interval_reading] == [
        point["v"] for point in produced["grandeur"][0]["points"]
    ]


@pytest.mark.documented("swaggers of v5")
@pytest.mark.parametrize("prm", [C5, AUTOCONSOMMATEUR, SANS_COURBE, TROUE, PRODUCTEUR])
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/customers_i/v5/identity", IdentityV5),
        ("/customers_cd/v5/contact_data", ContactDataV5),
        ("/customers_upc/v5/usage_points/contracts", UsagePointsV5),
        ("/customers_upa/v5/usage_points/addresses", UsagePointsV5),
    ],
)
def test_a_customer_api_of_v5(dc: Client, prm: str, path: str, form: type) -> None:
    dc.share(prm)
    answer = dc.get(path, usage_point_id=prm)
    if prm == PRODUCTEUR and form is UsagePointsV5:
        assert answer.status_code == 404, "points that consume alone"
    else:
        hold(form, answer)
