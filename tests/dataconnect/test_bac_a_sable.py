"""The sandbox: consent always given, the fake customers of v5, the mocks of 2026."""

from datetime import date

import pytest
from dataconnect_kit import AUTRE_C5, C5, DAILY, Client
from formes import Services, Synthese, hold

ASKED = {"start": "2026-11-01", "end": "2026-11-15"}
CONSO = "/metering_data_dc/v5/daily_consumption"
PROD = "/metering_data_dp/v5/daily_production"
CURVE = "/metering_data_clc/v5/consumption_load_curve"


def values(client: Client, path: str, prm: str, **changes: str) -> dict[str, int]:
    read = client.json(path, usage_point_id=prm, **{**ASKED, **changes})
    return {one["date"]: int(one["value"]) for one in read["meter_reading"]["interval_reading"]}


@pytest.mark.documented("consent is always given in the sandbox (FAQ)")
def test_every_point_may_be_read(dc: Client) -> None:
    asked = {"dateDebut": "2026-11-01", "dateFin": "2026-11-05"}
    sandbox = dc.sandbox.json(DAILY, pointId=AUTRE_C5, **asked)
    assert dc.refused(DAILY, pointId="24550000000000", **asked)[0] == 403
    assert dc.sandbox.refused(DAILY, pointId="24550000000000", **asked) == (
        404,
        {"code": "404", "message": "PRM non existant"},
    )
    dc.share(AUTRE_C5)
    assert sandbox == dc.json(DAILY, pointId=AUTRE_C5, **asked)


@pytest.mark.documented("table of the fake customers of the sandbox")
@pytest.mark.parametrize(
    "prm",
    ["22516914714270", "64975835695673", "63695879465986", "22315546958763", "12345678901234"],
)
def test_customers_who_consume(dc: Client, prm: str) -> None:
    assert len(values(dc.sandbox, CONSO, prm)) == 14
    assert len(values(dc.sandbox, CURVE, prm, end="2026-11-08")) == 7 * 48
    assert dc.sandbox.refused(PROD, usage_point_id=prm, **ASKED)[1]["error"] == "ADAM-ERR0069"


@pytest.mark.documented("same table: customer 1 since 27 August 2019, older than may be asked now")
def test_customer_1_was_commissioned_in_2019(dc: Client) -> None:
    told = dc.sandbox.json(
        "/customers_upc/v5/usage_points/contracts", usage_point_id="11453290002823"
    )
    (point,) = told["customer"]["usage_points"]
    assert point["contracts"]["last_activation_date"] == "2019-08-27+02:00"


def test_customer_2_has_no_curve(dc: Client) -> None:
    assert len(values(dc.sandbox, CONSO, "32320647321714")) == 14
    assert dc.sandbox.refused(
        CURVE, usage_point_id="32320647321714", start="2026-11-01", end="2026-11-08"
    ) == (
        404,
        {"error": "no_data_found", "error_description": "no measure found for this usage point"},
    )


@pytest.mark.parametrize("prm", ["10284856584123", "24880057139941"])
def test_customers_3_and_5_produce(dc: Client, prm: str) -> None:
    produced = values(dc.sandbox, PROD, prm)
    assert len(produced) == 14
    assert sum(produced.values()) > 0
    assert dc.sandbox.refused(CONSO, usage_point_id=prm, **ASKED)[0] == 400


def test_customer_4_lacks_tuesdays_and_wednesdays(dc: Client) -> None:
    days = {
        date.fromisoformat(day).weekday() for day in values(dc.sandbox, CONSO, "42900589957123")
    }
    assert days == {0, 3, 4, 5, 6}
    curve = values(dc.sandbox, CURVE, "42900589957123", end="2026-11-08")
    assert {stamp[:10] for stamp in curve if not stamp.endswith("00:00:00")} == {
        f"2026-11-{day:02d}" for day in (1, 2, 5, 6, 7)
    }
    assert len(curve) == 5 * 48


def test_customer_6_is_one_side_or_the_other(dc: Client) -> None:
    asked = {"end": "2026-11-08"}
    drawn = values(dc.sandbox, CURVE, "12655648759651", **asked)
    given = values(
        dc.sandbox, "/metering_data_plc/v5/production_load_curve", "12655648759651", **asked
    )
    assert drawn.keys() == given.keys()
    assert all(drawn[stamp] == 0 or given[stamp] == 0 for stamp in drawn)
    assert sum(drawn.values()) > 0
    assert sum(given.values()) > 0
    for path, curve in ((CONSO, drawn), (PROD, given)):
        days = values(dc.sandbox, path, "12655648759651", **asked)
        for day, energy in days.items():
            following = date.fromisoformat(day).replace(day=int(day[-2:]) + 1).isoformat()
            mine = [
                watts
                for stamp, watts in curve.items()
                if (stamp[:10] == day and not stamp.endswith("00:00:00"))
                or stamp == f"{following} 00:00:00"
            ]
            assert energy == sum(mine) // 2


def test_customer_8_took_its_consent_back(dc: Client) -> None:
    answer = dc.sandbox.refused(CONSO, usage_point_id="26584978546985", **ASKED)
    assert (answer[0], answer[1]["error"]) == (403, "ADAM-DC-0008")


@pytest.mark.documented("guide of the mocks of 2026")
def test_mocks_of_2026(dc: Client) -> None:
    sandbox = dc.sandbox
    assert sandbox.services(10) == {"nbTotalServices": 0}
    assert sandbox.services(11)["nbTotalServices"] == 5
    assert {one["pointId"] for one in sandbox.services(11)["serviceSouscrit"]} == {"14000000000001"}
    assert sandbox.services(12)["nbTotalServices"] == 15
    assert sandbox.services(13) == {"nbTotalServices": 0}
    ended = sandbox.services(13, etatCode=["TERMINE"])["serviceSouscrit"]
    assert {one["etatCode"] for one in ended} == {"TERMINE"}
    for numero in (11, 12, *range(20, 29)):
        answer = sandbox.http.post(
            sandbox.url + "/subscribed_services/v1",
            json={"autorisationId": numero, "comptage": False},
            headers=sandbox.bearer,
            timeout=10,
        )
        hold(Services, answer)
    assert sandbox.services(28) == {"nbTotalServices": 0}
    (c1,) = sandbox.json("/situation_contrat_auto/v1/99999999999999")
    assert (c1["segment"], c1["contract_type"]) == ("C1", "Contrat X")
    assert len(c1["distribution_tariff_profile"]) == 5
    both = sandbox.json("/situation_contrat_auto/v1/11111111111111")
    assert [one["segment"] for one in both] == ["C2", "P1"]
    assert both[1]["usage_point_id"] == "4444444444"
    assert sandbox.json("/alimentation_auto/v1/99999999999999") == {
        "serial_number": 999999999,
        "connection_state": "Alimenté",
        "voltage_level": "HTA",
        "consumption_connection_power": {"value": 1100.0, "unit": "kW"},
        "generation_connection_power": {"value": 1000.0, "unit": "kW"},
        "nominal_service_voltage": {"value": 20000.0, "unit": "V"},
    }
    assert sandbox.refused("/synth_contrat_auto/v1/55555555555555") == (
        400,
        {
            "error": "Bad request",
            "error_description": "Pas de services souscrits, le flux est stoppé.",
        },
    )
    hold(Synthese, sandbox.get(f"/synth_contrat_auto/v1/{C5}"))


@pytest.mark.observed("500 outside of the swagger; comptage is mandatory")
def test_services_outside_of_the_swagger(dc: Client) -> None:
    url = dc.url + "/subscribed_services/v1"
    for body in ({}, {"autorisationId": 11}, {"comptage": False}, {"comptage": "x"}, []):
        answer = dc.http.post(url, json=body, headers=dc.bearer, timeout=10)
        assert answer.status_code == 500, body
    assert dc.http.post(url, data="x", headers=dc.bearer, timeout=10).status_code == 500
