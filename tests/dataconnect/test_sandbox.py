"""The sandbox: consent always given, the fake customers of v5, the mocks of 2026, applications made
on Datahub.
"""

from datetime import date
from typing import Any

import pytest
import requests
from dataconnect_kit import AUTRE_C5, C5, DAILY, Client
from formes import (
    Alimentation,
    Comptage,
    Contrat,
    Courbe,
    Generales,
    Index,
    Quotidienne,
    Services,
    Synthese,
    hold,
)

ASKED = {"start": "2026-11-01", "end": "2026-11-15"}
CONSO = "/metering_data_dc/v5/daily_consumption"
PROD = "/metering_data_dp/v5/daily_production"
CURVE = "/metering_data_clc/v5/consumption_load_curve"


def values(client: Client, path: str, prm: str, **changes: str) -> dict[str, int]:
    read = client.json(path, usage_point_id=prm, **{**ASKED, **changes})
    return {each["date"]: int(each["value"]) for each in read["meter_reading"]["interval_reading"]}


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
    contracts = dc.sandbox.json(
        "/customers_upc/v5/usage_points/contracts", usage_point_id="11453290002823"
    )
    (point,) = contracts["customer"]["usage_points"]
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
def test_consents_of_the_mocks_of_2026(dc: Client) -> None:
    sandbox = dc.sandbox
    assert sandbox.services(10) == {"nbTotalServices": 0}
    eleven, twelve = (
        hold(Services, sandbox.list_services(numero)).serviceSouscrit for numero in (11, 12)
    )
    assert {row.pointId for row in eleven} == {"14000000000001"}
    assert [row.mesuresTypeCode for row in eleven] == ["CDC", "PMAX", "IDX", "ENERGIE", "ITC"]
    assert len(twelve) == 15
    assert {row.autorisation.autorisationLibelle for row in twelve} == {
        "DATACONNECT_C5_ACTIF",
        "DATACONNECT_P4_ACTIF",
    }
    assert sandbox.services(13) == {"nbTotalServices": 0}
    ended = sandbox.services(13, etatCode=["TERMINE"])["serviceSouscrit"]
    assert {service["etatCode"] for service in ended} == {"TERMINE"}
    for numero in range(20, 29):
        hold(Services, sandbox.list_services(numero))
    assert sandbox.services(28) == {"nbTotalServices": 0}


@pytest.mark.observed("mocks of 2026, as a public gateway replays them")
def test_consent_11_has_a_dynamic_space_and_no_frequency(dc: Client) -> None:
    for service in dc.sandbox.services(11)["serviceSouscrit"]:
        assert service["espaceDynamique"] is True
        assert "periodiciteTransmission" not in service


@pytest.mark.assumed("what the points of consents 11 and 12 are: the guide tells their services")
@pytest.mark.parametrize("numero", [11, 12])
def test_a_consent_of_the_mocks_leads_to_contract_and_measures(dc: Client, numero: int) -> None:
    sandbox = dc.sandbox
    listed = sandbox.services(numero)["serviceSouscrit"]
    assert {row["mesuresTypeCode"] for row in listed} >= {"CDC", "PMAX", "IDX", "ENERGIE"}
    for prm, sens in {(row["pointId"], row["injection"]) for row in listed}:
        segment, direction = ("P4", "production") if sens else ("C5", "consommation")
        (contract,) = hold(list[Contrat], sandbox.get(f"/situation_contrat_auto/v1/{prm}"))
        assert contract.segment == segment
        for api, form in (
            ("synth_contrat_auto", Synthese),
            ("donnees_generales_auto", Generales),
            ("alimentation_auto", Alimentation),
            ("comptage_auto", Comptage),
        ):
            hold(form, sandbox.get(f"/{api}/v1/{prm}"))
        for nom, form in (
            (f"{direction}_quotidienne", Quotidienne),
            (f"courbe_de_charge_{direction}", Courbe),
            (f"index_{direction}", Index),
        ):
            answer = sandbox.get(
                f"/mesure_synchrone_auto/v2/{nom}",
                pointId=prm,
                dateDebut="2026-11-01",
                dateFin="2026-11-08",
            )
            hold(form, answer)


@pytest.mark.observed("mocks of 2026, as a public gateway replays them")
def test_points_of_the_mocks_of_2026(dc: Client) -> None:
    sandbox = dc.sandbox
    (c1,) = sandbox.json("/situation_contrat_auto/v1/99999999999999")
    assert (c1["segment"], c1["contract_type"]) == ("C1", "Contrat X")
    assert (c1["balance_responsible_party"], c1["pricing_structure"]) == ("ACM_X", "Nouvelle Offre")
    assert c1["distribution_tariff"] == "Tarif HTA Longue Utilisation"
    assert c1["contractor"] == c1["organization"]["name"] == "TEST"
    assert c1["organization"]["business_code"] == "0000Z"
    assert c1["contract_start"][:10] == "2021-01-01"
    assert "contact_data" not in c1
    assert "line1" not in c1["customer"]["customer"]["adress"]
    assert [profile["name"] for profile in c1["distribution_tariff_profile"]] == [
        "Pointe",
        "Heures Pleines Hiver/Saison Haute",
        "Heures Pleines Eté",
        "Heures Creuses Eté",
        "Heures Creuses Hiver/Saison Haute",
    ]
    assert [row["power"] for row in c1["distribution_tariff_profile"]] == (
        [{"value": "850", "unit": "kW"}] * 5
    )
    c2, p1 = sandbox.json("/situation_contrat_auto/v1/11111111111111")
    assert (c2["segment"], c2["contract_type"]) == ("C2", "Contrat X")
    assert c2["distribution_tariff"] == "Tarif HTA Courte Utilisation"
    assert [row["power"] for row in c2["distribution_tariff_profile"]] == (
        [{"value": "47", "unit": "kW"}] * 5
    )
    assert (p1["segment"], p1["usage_point_id"]) == ("P1", "4444444444")
    for absent in ("subscribed_power", "contractor", "contact_data"):
        assert absent not in c2
        assert absent not in p1
    assert "contract_type" not in p1
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


WEEK = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-08"}
TECHNIQUE = "theo@tiers.example.fr"


def ask(client: Client, path: str, **asked: Any) -> Any:
    answer = requests.post(
        f"{client.simulator.ready['admin_url']}/api/datahub{path}", json=asked, timeout=10
    )
    assert answer.ok, answer.text
    return answer.json()


@pytest.mark.observed("production, October 2026: an API that isn't subscribed answers 900908")
def test_an_application_of_the_sandbox_calls_within_its_apis(dc: Client) -> None:
    client = Client(dc.simulator, sandbox=True)
    acteurs = dc.simulator.admin("/api/acteurs")
    tiers = next(each["code"] for each in acteurs if each["kind"] == "tiers" and each["par_defaut"])
    ask(client, "/comptes", email=TECHNIQUE, nom="Théo", acteur=tiers)
    form = {"par": TECHNIQUE, "redirect_uri": "https://exemple.fr/retour", "mode": "bac_a_sable"}
    made = ask(client, "/applications", nom="Essai", apis=[], **form)
    client.application = made
    status, body = client.refused(DAILY, **WEEK)
    assert (status, body["code"]) == (403, "900908")
    change = f"/applications/{made['client_id']}"
    ask(client, change, par=TECHNIQUE, apis=["mesure_synchrone_auto"])
    subscribed = Client(dc.simulator, sandbox=True)
    subscribed.application = made
    assert subscribed.get(DAILY, **WEEK).status_code == 200
