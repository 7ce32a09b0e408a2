"""The consent page: who may ask, what the customer decides, how consents live and end."""

import json
import re
import time
from pathlib import Path

import pytest
import requests
from dataconnect_kit import (
    AUTOCONSOMMATEUR,
    C5,
    DAILY,
    SON_AUTRE_POINT,
    Client,
    freeze,
    points_set,
    remove_consentement,
    told,
)
from held_lock import hold
from in_process import simulator_in_process
from running_simulator import RunningSimulator

from bench.in_process import data_connect
from sge_sim.dataconnect import page
from sge_sim.transport.message import Request

ASKED = {"dateDebut": "2026-11-01", "dateFin": "2026-11-02"}
LOCATAIRE = "25957452924301"
PARTANT = "25162373298976"
INDECIS = "25478147557460"


PRMS = [AUTOCONSOMMATEUR, SON_AUTRE_POINT]


@pytest.mark.documented("swagger v5 of the page; mail on the names of applications")
@pytest.mark.parametrize(
    ("changes", "status", "error", "said"),
    [
        ({"client_id": None}, 400, "Invalid_request", "Client id"),
        ({"client_id": "inconnu"}, 403, "access_denied", "not authorized"),
        ({"response_type": None}, 400, "Invalid_request", "Response type parameter is required"),
        ({"response_type": "token"}, 400, "Invalid_request", "must be code"),
        ({"state": "s" * 101}, 400, "Invalid_request", "100"),
        ({"duration": None}, 400, "Invalid_request", "Duration parameter is required"),
        ({"duration": "1 an"}, 400, "invalid_duration_format", "ISO 8601"),
        ({"duration": "P"}, 400, "invalid_duration_format", "ISO 8601"),
        ({"duration": "PT5H"}, 400, "invalid_duration_format", "ISO 8601"),
        ({"duration": "P0D"}, 400, "invalid_duration_format", "ISO 8601"),
        ({"duration": "P3Y1D"}, 400, "maximum_duration_exceeded", "3 years"),
        ({"duration": "P9999Y"}, 400, "maximum_duration_exceeded", "3 years"),
    ],
)
def test_what_is_wrong_in_the_address(
    dc: Client, changes: dict[str, str | None], status: int, error: str, said: str
) -> None:
    answer = dc.page("v1", **changes)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert said in answer.json()["error_description"]
    v2 = dc.page("v2", **changes)
    if changes.get("client_id", "") == "":
        assert told(v2) | {"state": ""} == {
            "error": "invalid_request",
            "error_description": "demande_non_aboutie",
            "state": "",
        }
    else:
        assert v2.status_code == status, "nobody to be sent back to"


@pytest.mark.parametrize("duration", ["P3Y", "P36M", "P156W", "P1095D", "P1Y6M", "P1D"])
def test_durations_up_to_three_years(dc: Client, duration: str) -> None:
    assert dc.page("v1", duration=duration).status_code == 200


@pytest.mark.documented("the page says who asks, what, for how long")
def test_the_page_shows_application_data_and_duration(dc: Client) -> None:
    page = dc.page(recherche=C5)
    assert "ALPHA SERVICES ENERGIE" in page.text
    assert "script" not in page.text
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self' http://localhost:8000; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    (href,) = re.findall(r'<a href="(\?[^"]*)"', page.text)
    address = dc.url + "/dataconnect/v2/oauth2/authorize" + href.replace("&amp;", "&")
    assert "state=etat1" in address
    consent = dc.http.get(address, timeout=10).text
    for shown in ("Application de test", "25/11/2027", C5, "courbes de charge", "index"):
        assert shown in consent


@pytest.mark.observed("production, 5 October 2026: autorisation_id and state, neither code nor PRM")
def test_v2_sends_back_the_number_of_the_consent(dc: Client) -> None:
    given = told(dc.decide(INDECIS))
    assert set(given) == {"autorisation_id", "state"}
    assert given["state"] == "etat1"
    assert dc.services(int(given["autorisation_id"]))["nbTotalServices"] == 5
    assert dc.get(DAILY, pointId=INDECIS, **ASKED).ok

    # Shared already: an error on the page, nobody is sent back (same source).
    again = dc.decide(INDECIS)
    assert again.status_code == 200
    assert "Une erreur est survenue lors du partage de vos données" in again.text

    # Deleted and done again, it has the same number (same source).
    dc.revoke(INDECIS)
    assert dc.refused(DAILY, pointId=INDECIS, **ASKED) == (
        403,
        {"code": "403", "message": "Le client n'est pas titulaire du point demandé"},
    )
    assert told(dc.decide(INDECIS)) == given
    assert dc.services(int(given["autorisation_id"]))["nbTotalServices"] == 5
    ended = dc.services(int(given["autorisation_id"]), etatCode=["TERMINE"])
    assert ended["nbTotalServices"] == 5


@pytest.mark.observed("one refusal for all that doesn't end well, in v2")
def test_a_customer_refuses(dc: Client) -> None:
    refused = told(dc.decide(LOCATAIRE, decision="refuser", state="s1"))
    assert refused == {
        "error": "invalid_request",
        "error_description": "demande_non_aboutie",
        "state": "s1",
    }
    v1 = told(dc.decide(LOCATAIRE, decision="refuser", version="v1"))
    assert (v1["error"], v1["state"]) == ("access_denied", "etat1")
    assert dc.refused(DAILY, pointId=LOCATAIRE, **ASKED)[0] == 403


@pytest.mark.documented("v1: code, state and the points, separated by a semicolon (clients)")
def test_v1_shares_several_points(dc: Client) -> None:
    prms = PRMS
    for prm in prms:
        dc.revoke(prm)
    given = told(dc.decide(*prms, version="v1"))
    assert set(given) == {"code", "state", "usage_point_id"}
    assert given["usage_point_id"].split(";") == prms
    for prm in prms:
        assert dc.get("/customers_i/v5/identity", usage_point_id=prm).ok
    assert told(dc.decide(*prms, version="v1"))["usage_point_id"] == given["usage_point_id"]
    for prm in prms:
        dc.revoke(prm)
        assert dc.refused("/customers_i/v5/identity", usage_point_id=prm) == (
            403,
            {
                "error": "ADAM-DC-0008",
                "error_description": "No consent can be found for this customer and this usage "
                "point.",
            },
        )


@pytest.mark.observed("one point per consent in v2")
def test_v2_shares_one_point(dc: Client) -> None:
    prms = PRMS
    for prm in prms:
        dc.revoke(prm)
    numero = int(told(dc.decide(*prms))["autorisation_id"])
    found = dc.services(numero)["serviceSouscrit"]
    assert len({service["pointId"] for service in found}) == 1
    for prm in prms:
        dc.revoke(prm)


def accept(dc: Client, prms: list[str], titulaire: str = "") -> requests.Response:
    """Post the form of the page of v1, as a program does."""
    return dc.http.post(
        dc.url + "/dataconnect/v1/oauth2/authorize",
        params=dc.asked(),
        data=[("titulaire", titulaire), *(("prm", prm) for prm in prms), ("decision", "accepter")],
        allow_redirects=False,
        timeout=60,
    )


@pytest.mark.assumed("no source tells what the page does of one point sent twice")
def test_a_point_that_comes_many_times_is_shared_once(dc: Client) -> None:
    prm = PRMS[0]
    began = time.monotonic()
    given = told(dc.decide(*[prm] * 200, version="v1"))
    assert time.monotonic() - began < 3
    assert given["usage_point_id"] == prm
    consents = dc.simulator.admin("/api/consentements", prm=prm)
    assert [consent["en_vigueur"] for consent in consents].count(True) == 1
    assert sum(consent["motif_fin"] == "Prolongation du service" for consent in consents) <= 1
    dc.revoke(prm)


@pytest.mark.assumed("no source tells how many points a consent may have")
def test_a_consent_has_at_most_a_hundred_points(dc: Client) -> None:
    before = dc.simulator.admin("/api/consentements")
    refused = dc.decide(C5, *(f"{n:014d}" for n in range(100)), version="v1")
    assert refused.status_code == 400
    assert "100 points de livraison au plus" in refused.text
    assert dc.simulator.admin("/api/consentements") == before


def test_a_form_that_is_refused_waits_for_no_order(dc: Client) -> None:
    """While an order holds the database: it is looked at before anything is written."""
    with hold(dc.simulator.data_dir / "sge-sim.db"):
        for prms in ([LOCATAIRE], [f"{n:014d}" for n in range(101)], []):
            began = time.monotonic()
            assert accept(dc, prms).status_code == 400
            assert time.monotonic() - began < 2


def test_a_point_of_somebody_else_is_not_shared(dc: Client) -> None:
    answer = dc.decide(LOCATAIRE, C5)
    assert answer.status_code == 400
    assert "Choisissez un de vos points" in answer.text
    assert dc.simulator.admin("/api/consentements", prm=LOCATAIRE) == []


def test_a_form_of_another_site_is_refused(dc: Client) -> None:
    answer = dc.http.post(
        dc.url + "/dataconnect/v2/oauth2/authorize",
        params=dc.asked(),
        data={"decision": "accepter"},
        headers={"Origin": "https://ailleurs.example"},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 403


@pytest.mark.observed("v5, July to September 2026: 400 and French text for who has moved out")
def test_a_holder_who_moves_out(dc: Client) -> None:
    numero = dc.share(PARTANT)
    points_set(dc.simulator, PARTANT, "--nouveau-titulaire", "2026-11-25")
    assert dc.services(numero)["nbTotalServices"] == 0
    v5 = dc.refused(
        "/metering_data_dc/v5/daily_consumption",
        usage_point_id=PARTANT,
        start="2026-11-01",
        end="2026-11-02",
    )
    assert v5 == (
        400,
        {
            "error": "ADAM-DC-0007",
            "error_description": "Le client n'est pas titulaire du point demandé.",
        },
    )
    assert dc.refused(DAILY, pointId=PARTANT, **ASKED)[0] == 403


@pytest.mark.documented("a consent holds up to its end; the customer takes it back at any time")
def test_consents_end_by_themselves_and_by_the_customer(moved: RunningSimulator) -> None:
    client = Client(moved)
    client.share(C5, duration="P1M")
    client.share(LOCATAIRE)
    client.share(INDECIS)

    listed = moved.command("consentements", "list").stdout.splitlines()
    assert len(listed) == 3
    assert all("en vigueur" in line for line in listed)
    revoked = moved.command("consentements", "remove", "2")
    assert "Le consentement 2 est retiré" in revoked.stdout
    again = moved.command("consentements", "remove", "2")
    assert (again.returncode, "plus en vigueur" in again.stderr) == (2, True)
    assert moved.command("consentements", "remove", "99").returncode == 2
    assert client.refused(DAILY, pointId=LOCATAIRE, **ASKED)[0] == 403

    remove_consentement(moved, 3)
    assert client.refused(DAILY, pointId=INDECIS, **ASKED)[0] == 403

    for instant, status in (("2026-12-24T23:59:59", 200), ("2026-12-25T00:00:00", 403)):
        freeze(moved, instant)
        client = Client(moved)
        assert client.get(DAILY, pointId=C5, **ASKED).status_code == status
    assert "Date de fin du service atteinte" in moved.command("consentements", "list").stdout


@pytest.mark.documented("swagger v5 (v1)")
def test_a_failure_of_its_own_is_a_technical_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "read_application", lambda *_: 1 / 0)
    with (
        simulator_in_process(tmp_path, population_size=0) as running,
        data_connect(running.simulator) as application,
    ):
        asked = Request("GET", "/dataconnect/v1/oauth2/authorize", "", {}, b"", running.sender)
        answer = application(asked)
    assert answer.status == 500
    assert json.loads(answer.content)["error"] == "server_error"


def test_the_sandbox_has_no_page(dc: Client) -> None:
    """The last digit of the state chooses the fake customer."""
    v1 = told(dc.sandbox.page("v1", state="etat7"))
    assert v1["usage_point_id"] == "64975835695673;63695879465986;22315546958763"
    v2 = told(dc.sandbox.page("v2", state="etat4"))
    (prm,) = {
        each["pointId"]
        for each in dc.sandbox.services(int(v2["autorisation_id"]))["serviceSouscrit"]
    }
    assert prm == "42900589957123"
