"""What the FAQ limits: depth, window, move-in, yesterday, collection, opposition, direction.

And what is lost, as the setting wants it for SGE too.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import requests
from dataconnect_kit import (
    AUTOCONSOMMATEUR,
    C5,
    CURVE,
    DAILY,
    OPPOSE,
    PRODUCTEUR,
    SANS_COURBE,
    Client,
    admin,
    data_connect_simulator,
    freeze,
    points_set,
)
from in_process import served_in_process
from running_simulator import RunningSimulator

V5_DAILY = "/metering_data_dc/v5/daily_consumption"
V5_CURVE = "/metering_data_clc/v5/consumption_load_curve"
ARRIVEE = "25855571545617"
COLLECTEE = "24377424002398"


def asked(path: str, prm: str, debut: str, fin: str) -> dict[str, str]:
    if path.startswith("/metering"):
        return {"usage_point_id": prm, "start": debut, "end": fin}
    return {"pointId": prm, "dateDebut": debut, "dateFin": fin}


def error_of(dc: Client, path: str, prm: str, debut: str, fin: str) -> tuple[int, str] | int:
    """200, or the status and code of the refusal."""
    answer = dc.get(path, **asked(path, prm, debut, fin))
    if answer.status_code == 200:
        return 200
    body = answer.json()
    return answer.status_code, body.get("error") or body.get("code")


@pytest.mark.documented("36 months and 15 days, 24 for a curve (FAQ and data catalogue)")
@pytest.mark.parametrize(
    ("path", "first", "before"),
    [
        (DAILY, "2023-11-10", "2023-11-09"),
        (V5_DAILY, "2023-11-10", "2023-11-09"),
        (CURVE, "2024-11-10", "2024-11-09"),
        (V5_CURVE, "2024-11-10", "2024-11-09"),
    ],
)
def test_depth(dc: Client, path: str, first: str, before: str) -> None:
    dc.share(C5)
    fin = first[:-2] + "12"
    assert error_of(dc, path, C5, first, fin) == 200
    assert error_of(dc, path, C5, before, fin) == (400, "ADAM-ERR0125")


@pytest.mark.documented("seven days of curve a call")
@pytest.mark.parametrize("path", [CURVE, V5_CURVE])
def test_seven_days_of_curve(dc: Client, path: str) -> None:
    dc.share(C5)
    assert error_of(dc, path, C5, "2026-11-01", "2026-11-08") == 200
    assert error_of(dc, path, C5, "2026-11-01", "2026-11-09") == (400, "ADAM-ERR0126")
    energies = V5_DAILY if path == V5_CURVE else DAILY
    assert error_of(dc, energies, C5, "2026-10-01", "2026-11-09") == 200


@pytest.mark.documented("history goes back before the consent, as far as the move-in (FAQ)")
def test_nothing_before_the_move_in(dc: Client) -> None:
    dc.share(ARRIVEE)
    assert error_of(dc, DAILY, ARRIVEE, "2026-11-01", "2026-11-10") == 200
    points_set(dc.simulator, ARRIVEE, "--nouveau-titulaire", "2026-11-25")
    dc.share(ARRIVEE)
    answer = dc.refused(DAILY, **asked(DAILY, ARRIVEE, "2026-11-24", "2026-11-25"))
    assert answer == (
        400,
        {
            "error": "ADAM-ERR0123",
            "error_description": "La demande ne peut pas aboutir, la période demandée est "
            "antérieure à la date de dernière mise en service du point.",
        },
    )
    v5 = dc.refused(V5_DAILY, **asked(V5_DAILY, ARRIVEE, "2026-11-24", "2026-11-25"))
    assert v5[1] == {
        "error": "ADAM-ERR0123",
        "error_description": "The requested period cannot be anterior to the meter's last "
        "activation date",
    }


@pytest.mark.documented("up to yesterday; the end may be today (assumed), never later")
@pytest.mark.parametrize("path", [DAILY, V5_DAILY, CURVE, V5_CURVE])
def test_up_to_yesterday(dc: Client, path: str) -> None:
    dc.share(C5)
    assert error_of(dc, path, C5, "2026-11-24", "2026-11-25") == 200
    assert error_of(dc, path, C5, "2026-11-24", "2026-11-26") == (400, "Invalid_request")


@pytest.mark.documented("the data of a day come at 8:00 of the next (data catalogue)")
def test_yesterday_comes_at_eight(moved: RunningSimulator) -> None:
    for instant, days in (("2026-11-26T07:59:59", 1), ("2026-11-26T08:00:00", 2)):
        freeze(moved, instant)
        client = Client(moved)
        client.share(C5)
        read = client.measures("consommation_quotidienne", C5, "2026-11-24", "2026-11-26")
        assert len(read["grandeur"][0]["points"]) == days
        curve = client.measures("courbe_de_charge_consommation", C5, "2026-11-24", "2026-11-26")
        assert len(curve["grandeur"][0]["points"]) == 48 * days


@pytest.mark.documented("a curve since the activation of its collection, other measures before too")
def test_a_curve_needs_its_collection(dc: Client) -> None:
    dc.share(SANS_COURBE)
    for path, reason in ((CURVE, "404"), (V5_CURVE, "no_data_found")):
        assert error_of(dc, path, SANS_COURBE, "2026-11-01", "2026-11-02") == (404, reason)
    assert error_of(dc, DAILY, SANS_COURBE, "2026-11-01", "2026-11-02") == 200
    points_set(dc.simulator, COLLECTEE, "--collecte", "2026-11-10..2026-11-12")
    dc.share(COLLECTEE)
    read = dc.measures("courbe_de_charge_consommation", COLLECTEE, "2026-11-08", "2026-11-14")
    stamps = [point["d"] for point in read["grandeur"][0]["points"]]
    assert (stamps[0], stamps[-1], len(stamps)) == (
        "2026-11-10 00:30:00",
        "2026-11-12 00:00:00",
        96,
    )


@pytest.mark.documented("ADAM-ERR0075 (v5)")
def test_an_opposition_hides_the_curve(dc: Client) -> None:
    dc.share(OPPOSE)
    for path in (CURVE, V5_CURVE):
        assert error_of(dc, path, OPPOSE, "2026-11-01", "2026-11-02") == (400, "ADAM-ERR0075")
    assert error_of(dc, DAILY, OPPOSE, "2026-11-01", "2026-11-02") == 200


@pytest.mark.observed("ADAM-ERR0069, production v5; 2026 assumed the same")
def test_the_direction_is_that_of_the_contract(dc: Client) -> None:
    produced = "/mesure_synchrone_auto/v2/production_quotidienne"
    dc.share(C5)
    dc.share(PRODUCTEUR)
    dc.share(AUTOCONSOMMATEUR)
    wrong = (400, "ADAM-ERR0069")
    assert error_of(dc, produced, C5, "2026-11-01", "2026-11-02") == wrong
    assert error_of(dc, DAILY, PRODUCTEUR, "2026-11-01", "2026-11-02") == wrong
    assert error_of(dc, V5_DAILY, PRODUCTEUR, "2026-11-01", "2026-11-02") == wrong
    for path in (DAILY, produced):
        assert error_of(dc, path, AUTOCONSOMMATEUR, "2026-11-01", "2026-11-02") == 200


@pytest.mark.observed("500 for any request outside of the swagger (measured, October 2026)")
@pytest.mark.parametrize(
    "changes",
    [
        {"pointId": None},
        {"pointId": "123"},
        {"dateDebut": None},
        {"dateFin": "01/11/2026"},
        {"dateFin": "2026-02-30"},
        {"dateDebut": "2026-11-02"},
        {"dateDebut": "2026-11-03"},
    ],
)
def test_outside_of_the_swagger_of_2026(dc: Client, changes: dict[str, str | None]) -> None:
    parameters = {**asked(DAILY, C5, "2026-11-01", "2026-11-02"), **changes}
    dc.share(C5)
    assert dc.refused(DAILY, **parameters)[0] == 500


@pytest.mark.documented("mesuresPas and grandeurPhysique are mandatory for maximum powers")
def test_maximum_powers(dc: Client) -> None:
    path = "/mesure_synchrone_auto/v2/puissance_conso_max_quotidienne"
    parameters = asked(path, C5, "2026-09-01", "2026-11-05")
    dc.share(C5)
    for missing in ({"mesuresPas": "P1D"}, {"grandeurPhysique": "PMA"}, {}):
        assert dc.refused(path, **parameters, **missing)[0] == 500
    monthly = dc.json(path, **parameters, mesuresPas="P1M", grandeurPhysique="TOUT")
    assert monthly["pas"] == "P1M"
    values = {point["d"][:7]: point["v"] for point in monthly["grandeur"][0]["points"]}
    assert list(values) == ["2026-09", "2026-10", "2026-11"]
    assert values["2026-11"] == "null", "fewer than seven days"
    daily = dc.json(path, **parameters, mesuresPas="P1D", grandeurPhysique="PMA")
    october = [
        int(each["v"]) for each in daily["grandeur"][0]["points"] if each["d"].startswith("2026-10")
    ]
    assert values["2026-10"] == str(max(october))


@pytest.mark.documented("a PRM is in the path of the contract APIs: elsewhere it is a 500")
def test_contract_apis_without_their_point(dc: Client) -> None:
    for path in (
        "/situation_contrat_auto/v1",
        "/situation_contrat_auto/v1/",
        "/comptage_auto/v1/1",
    ):
        assert dc.refused(path, usage_point_id=C5)[0] == 500
    assert dc.refused("/situation_contrat_auto/v1/24210000003171")[0] == 403


@pytest.mark.documented("swagger v5")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"usage_point_id": None}, "usage_point_id parameter is required"),
        ({"usage_point_id": "123"}, "must be 14 digits long"),
        ({"start": None}, "Start date parameter is required"),
        ({"end": None}, "End date parameter is required"),
        ({"start": "hier"}, "Start date parameter must be in the format YYYY-MM-DD"),
        ({"end": "20261102"}, "End date parameter must be in the format YYYY-MM-DD"),
        ({"start": "2026-11-03"}, "Start date should be before end date"),
        ({"end": "2026-11-30"}, "The end date parameter must be earlier than the current date"),
    ],
)
def test_parameters_of_v5(dc: Client, changes: dict[str, str | None], said: str) -> None:
    dc.share(C5)
    status, body = dc.refused(
        V5_DAILY, **{**asked(V5_DAILY, C5, "2026-11-01", "2026-11-02"), **changes}
    )
    assert (status, body["error"]) == (400, "Invalid_request")
    assert said in body["error_description"]


def test_other_refusals_of_v5(dc: Client) -> None:
    dc.share(C5)
    same = dc.refused(V5_DAILY, **asked(V5_DAILY, C5, "2026-11-01", "2026-11-01"))
    assert (same[0], same[1]["error"]) == (500, "technical_error")
    assert dc.refused("/customers_i/v5/identity")[1] == {
        "error": "invalid_request",
        "error_description": "usage_point_id parameter is required.",
    }
    unknown = dc.sandbox.refused("/customers_i/v5/identity", usage_point_id="00000000000000")
    assert (unknown[0], unknown[1]["error"]) == (404, "STM-ERR-0000019")
    dc.share(PRODUCTEUR)
    production = dc.refused("/customers_upc/v5/usage_points/contracts", usage_point_id=PRODUCTEUR)
    assert (production[0], production[1]["error"]) == (404, "STM-ERR-0000019")


@pytest.fixture(scope="module")
def without_v5(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One that is set otherwise: half-hours are lost, too."""
    options = (
        "--no-quotas",
        "--no-data-connect-v5",
        "--data-connect-json",
        "--pertes",
        "constatees",
    )
    folder = tmp_path_factory.mktemp("otherwise")
    with data_connect_simulator(folder, *options, serve=served_in_process) as simulator:
        freeze(simulator)
        yield Client(simulator)


@pytest.mark.assumed("the gateway knows no path of a generation that has stopped")
def test_v5_may_be_stopped_and_json_announced(without_v5: Client) -> None:
    without_v5.share(C5)
    status, body = without_v5.refused(V5_DAILY, **asked(V5_DAILY, C5, "2026-11-01", "2026-11-02"))
    assert (status, body["code"]) == (404, "404")
    answer = without_v5.get(DAILY, **asked(DAILY, C5, "2026-11-01", "2026-11-02"))
    assert answer.headers["Content-Type"] == "application/json"
    assert without_v5.refused("/rien")[0] == 404
    posted = without_v5.http.post(without_v5.url + DAILY, timeout=10)
    assert posted.status_code == 405


def test_every_exchange_is_in_the_journal_without_secrets(dc: Client) -> None:
    before = dc.simulator.admin("/api/journal", limit=1)[0]["id"]
    token = dc.token().json()["access_token"]
    dc.revoke(C5)
    dc.refused(DAILY, **asked(DAILY, C5, "2026-11-01", "2026-11-02"))
    shown = dc.simulator.admin("/api/journal", apres=before, limit=100)
    given, refused = shown[0], shown[-1]
    assert (given["kind"], given["service"], given["version"]) == ("rest", "oauth2", "3")
    assert (refused["service"], refused["version"], refused["prm"], refused["acteur"]) == (
        *("mesure_synchrone_auto", "2", C5, "TIERS1"),
    )
    assert refused["http_status"] == 403
    assert refused["rule"]["name"] == "DataConnect/client_non_titulaire"
    whole = dc.simulator.admin(f"/api/journal/{given['id']}")
    assert dc.application["client_secret"] not in str(whole)
    assert token not in str(whole)
    assert "grant_type=client_credentials" in whole["request"]
    listed = dc.simulator.command("journal", "list", "--service", "mesure_synchrone_auto")
    assert "client_non_titulaire" in listed.stdout


def test_applications_are_changed_from_the_administration(dc: Client) -> None:
    made = admin(
        dc.simulator,
        "/api/applications",
        nom="Autre application",
        acteur="TIERS2",
        mode="production",
        redirect_uri="https://exemple.fr/retour?de=dc",
    )
    other = Client(dc.simulator)
    other.application = made
    answer = other.decide("24551519514005", state="s")
    assert answer.headers["Location"].startswith("https://exemple.fr/retour?de=dc&autorisation_id=")
    admin(dc.simulator, f"/api/applications/{made['client_id']}", redirect_uri="com.exemple.app:/r")
    other.revoke("24551519514005")
    assert "form-action 'self' com.exemple.app:;" in other.page().headers["Content-Security-Policy"]
    assert other.decide("24551519514005").headers["Location"].startswith("com.exemple.app:/r?")
    dc.share("24551519514005")
    assert dc.get(DAILY, **asked(DAILY, "24551519514005", "2026-11-01", "2026-11-02")).ok
    for wrong in (
        "http://exemple.fr",
        "javascript:alert(1)",
        "rien",
        "https://x.fr/#a",
        "https://[x",
        "https://localhost@ailleurs.fr/",
        "https://nom:secret@exemple.fr/retour",
        "com.exemple.app://nom@exemple.fr/",
    ):
        done = dc.simulator.command(
            "applications", "set", made["client_id"], "--redirect-uri", wrong
        )
        assert (done.returncode, "adresse de retour" in done.stderr) == (2, True), wrong
    unknown = dc.simulator.command("applications", "set", "rien", "--nom", "Autre")
    sentence = "aucune application n'a l'identifiant « rien » : sge-sim applications list."
    assert (unknown.returncode, unknown.stderr) == (2, f"sge-sim : {sentence}\n")
    nothing = dc.simulator.command("applications", "set", made["client_id"])
    assert (nothing.returncode, "rien à modifier" in nothing.stderr) == (2, True)
    with pytest.raises(requests.HTTPError, match="400"):
        admin(dc.simulator, f"/api/applications/{made['client_id']}")
    named = dc.simulator.command("applications", "set", made["client_id"], "--nom", "Mon Linky")
    assert named.returncode == 2


DEBUT, SEMAINES = date(2026, 3, 30), 29


def half_hours(client: Client) -> int:
    """Return how many half-hours of the curve of summer time are answered."""
    client.share(C5)
    debuts = [DEBUT + timedelta(7 * rang) for rang in range(SEMAINES)]
    lues = [
        client.measures("courbe_de_charge_consommation", C5, str(debut), str(debut + timedelta(7)))
        for debut in debuts
    ]
    return sum(len(lue["grandeur"][0]["points"]) for lue in lues)


@pytest.mark.observed("a Linky: 14 half-hours of 17 866")
def test_a_curve_lacks_what_was_lost_where_losses_are_wanted(
    without_v5: Client, dc: Client
) -> None:
    whole = half_hours(dc)
    assert whole == SEMAINES * 7 * 48
    assert 0 < whole - half_hours(without_v5) < 60
