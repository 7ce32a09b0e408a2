"""Bad days of Data Connect as its clients lived them: what each sort of panne has a client see."""

import re
from typing import Any

import pytest
import requests
from dataconnect_kit import (
    AUTOCONSOMMATEUR,
    AUTRE_C5,
    C5,
    CURVE,
    DAILY,
    PRODUCTEUR,
    Client,
    admin,
    freeze,
    told,
)

DAILY_V5 = "/metering_data_dc/v5/daily_consumption"
CURVE_V5 = "/metering_data_clc/v5/consumption_load_curve"
PRODUCTION_V5 = "/metering_data_dp/v5/daily_production"
CONTRACTS_V5 = "/customers_upc/v5/usage_points/contracts"
FIN = "2026-12-01T00:00"
TECHNICAL = b'{"error":"technical_error","error_description":"Technical error. Please try later."}'
PAS_TITULAIRE = (
    b'{"error":"ADAM-DC-0007","error_description":'
    b'"Le client n\'est pas titulaire du point demand\xc3\xa9."}'
)
SANS_CONSENTEMENT = (
    b'{"error":"ADAM-DC-0008","error_description":'
    b'"No consent can be found for this customer and this usage point."}'
)
NO_DATA = b'{"error":"no_data_found","error_description":"no measure found for this usage point"}'
HOUR = (
    b'{"code":"900804","message":"Message throttled out","description":"You have exceeded your '
    b'quota .You can access API after 2026-Nov-25 10:00:00+0000 UTC","nextAccessTime":'
    b'"2026-Nov-25 10:00:00+0000 UTC"}'
)
BURST = (
    b'{"fault":{"code":900807,"message":"Message throttled out","description":'
    b'"You have exceeded your quota"}}'
)


@pytest.fixture
def dc(sharing: Client) -> Client:
    return sharing


@pytest.fixture
def plan(dc: Client) -> Any:
    return planner(dc)


def planner(dc: Client) -> Any:
    def make(sorte: str, **asked: Any) -> Any:
        return admin(dc.simulator, "/api/pannes", sorte=sorte, **asked)

    return make


def v5(
    dc: Client, path: str, prm: str = C5, debut: str = "2026-11-20", fin: str = "2026-11-23"
) -> tuple[int, bytes]:
    answer = dc.get(path, usage_point_id=prm, start=debut, end=fin)
    return answer.status_code, answer.content


def of_2026(dc: Client, path: str, prm: str = C5, debut: str = "2026-11-20") -> Any:
    return dc.get(path, pointId=prm, dateDebut=debut, dateFin="2026-11-23")


def newest(dc: Client) -> Any:
    listed = dc.simulator.admin("/api/journal", limit=5)
    return next(exchange for exchange in listed if exchange["kind"] == "rest")


@pytest.mark.observed("conso-api 149, 151, 164; ha-linky 149: word for word, in v5")
@pytest.mark.parametrize(
    ("sorte", "path", "prm", "status", "body"),
    [
        ("erreur_technique", DAILY_V5, C5, 500, TECHNICAL),
        ("sans_donnee", CURVE_V5, C5, 404, NO_DATA),
        ("consentement_sens", PRODUCTION_V5, PRODUCTEUR, 403, SANS_CONSENTEMENT),
        ("consentement_sans_contrat", CONTRACTS_V5, C5, 403, SANS_CONSENTEMENT),
    ],
)
def test_a_body_is_that_of_the_real_one_to_the_byte(
    unplanned: Client, sorte: str, path: str, prm: str, status: int, body: bytes
) -> None:
    panne = planner(unplanned)(sorte, fin=FIN)
    assert v5(unplanned, path, prm) == (status, body)
    seen = newest(unplanned)
    assert (seen["panne"], seen["http_status"]) == (panne["numero"], status)
    assert "supposée" not in seen["detail"]


@pytest.mark.assumed("no body of the generation of 2026 is public")
def test_in_2026_the_same_has_the_form_of_its_swagger_and_says_that_it_is_assumed(
    dc: Client, plan: Any
) -> None:
    plan("avant_activation", fin=FIN, mesure="courbe")
    assert of_2026(dc, CURVE).json()["error"] == "ADAM-ERR0123"
    assert "supposée" not in newest(dc)["detail"]
    plan("erreur_technique", fin=FIN, mesure="quotidienne")
    answer = of_2026(dc, DAILY)
    assert (answer.status_code, answer.json()["code"]) == (500, "500")
    assert "Sa forme est supposée." in newest(dc)["detail"]


def test_only_the_measure_direction_point_and_application_that_are_aimed_at(
    dc: Client, plan: Any
) -> None:
    plan("erreur_technique", mesure="courbe", prm=C5, fin=FIN)
    assert of_2026(dc, CURVE).status_code == 500
    assert of_2026(dc, DAILY).status_code == 200
    assert of_2026(dc, CURVE, AUTRE_C5).status_code == 200
    plan("erreur_interne", application=dc.application["client_id"], mesure="quotidienne", fin=FIN)
    assert of_2026(dc, DAILY, AUTRE_C5).status_code == 500
    assert dc.sandbox.get(DAILY, pointId="22516914714270").status_code == 500  # out of the swagger
    asked = {"dateDebut": "2026-11-20", "dateFin": "2026-11-23"}
    assert dc.sandbox.get(DAILY, pointId="22516914714270", **asked).status_code == 200


def test_the_window_is_of_the_simulated_clock(dc: Client, plan: Any) -> None:
    plan("erreur_technique", debut="2026-11-25T11:00", fin="2026-11-25T12:00")
    answers = []
    for instant in ("10:59", "11:00", "11:59", "12:00"):
        freeze(dc.simulator, f"2026-11-25T{instant}")
        answers.append(of_2026(dc, DAILY).status_code)
    assert answers == [200, 500, 500, 200]
    assert dc.simulator.admin("/api/pannes")[0]["epuisee"] is True


@pytest.mark.observed("ha-linky 192, conso-api 141: both bodies, word for word")
def test_the_quotas_of_an_application_in_both_bodies(dc: Client, plan: Any) -> None:
    plan("quota_heure", nombre=2, fin=FIN)
    assert [v5(dc, DAILY_V5, prm)[0] for prm in (C5, AUTRE_C5)] == [200, 200]
    assert v5(dc, DAILY_V5) == (429, HOUR)
    freeze(dc.simulator, "2026-11-25T11:00")
    assert v5(dc, DAILY_V5)[0] == 200
    plan("quota_seconde", nombre=0, fin=FIN)
    answer = of_2026(dc, DAILY)
    assert (answer.status_code, answer.content) == (429, BURST)
    assert "Retry-After" not in answer.headers


@pytest.mark.observed("conso-api 151, 155, 156: 24 hours of errors, then ADAM-DC-0007 by 400")
def test_a_consent_that_does_not_arrive_and_then_does(dc: Client, plan: Any) -> None:
    plan("consentement_perdu", debut="2026-11-25T10:10", fin="2026-12-20T00:00")
    assert v5(dc, DAILY_V5)[0] == 200, "it was given before"
    dc.revoke(AUTRE_C5)
    freeze(dc.simulator, "2026-11-25T11:00")
    dc.share(AUTRE_C5)
    assert v5(dc, DAILY_V5, AUTRE_C5) == (500, TECHNICAL)
    freeze(dc.simulator, "2026-11-26T11:00")
    client = dc.renewed
    assert v5(client, DAILY_V5, AUTRE_C5) == (400, PAS_TITULAIRE)
    assert of_2026(client, DAILY, AUTRE_C5).status_code == 403
    freeze(dc.simulator, "2026-12-20T00:00")
    assert v5(dc.renewed, DAILY_V5, AUTRE_C5)[0] == 200


def test_consents_of_before_are_gone_and_one_that_is_given_anew_holds(
    dc: Client, plan: Any
) -> None:
    plan("consentements_effaces", debut="2026-11-25T10:10")
    assert v5(dc, DAILY_V5)[0] == 200
    freeze(dc.simulator, "2026-11-25T10:20")
    assert v5(dc, DAILY_V5) == (403, SANS_CONSENTEMENT)
    dc.revoke(C5)
    dc.share(C5)
    assert v5(dc, DAILY_V5)[0] == 200


@pytest.mark.observed("conso-api 159: the sentence, and no redirection")
def test_a_page_that_fails_once_the_customer_accepts(dc: Client, plan: Any) -> None:
    dc.revoke(C5)
    plan("page_erreur", fin=FIN)
    answer = dc.decide(C5)
    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    assert "pour revenir au site client veuillez fermer cette fenêtre." in answer.text
    assert of_2026(dc, DAILY).status_code == 403, "nothing was shared"
    assert told(dc.decide(C5, decision="refuser"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("sorte", "asked", "status", "said"),
    [
        ("page_vierge", {}, 200, "<title>Partage de vos données d’électricité</title>"),
        ("page_en_panne", {"statut": 404}, 404, "404 Not Found"),
        ("page_en_panne", {}, 500, "500 Internal Server Error"),
        ("page_nginx", {"statut": 502}, 502, "the page you are looking for is currently unava"),
        ("maintenance", {"annonce": "2026-11-26T08:00"}, 503, "Fin annoncée : 26/11/2026 08:00."),
    ],
)
def test_pages_in_place_of_the_consent_page(
    unplanned: Client, sorte: str, asked: Any, status: int, said: str
) -> None:
    planner(unplanned)(sorte, fin=FIN, **asked)
    answer = unplanned.page()
    assert (answer.status_code, said in answer.text) == (status, True)


def test_a_page_of_html_in_place_of_an_answer_of_json(dc: Client, plan: Any) -> None:
    plan("page_nginx", statut=404, service="mesure_synchrone_auto", fin=FIN)
    answer = of_2026(dc, DAILY)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")
    assert v5(dc, DAILY_V5)[0] == 200
    assert dc.page().status_code == 200


def test_json_after_the_consent_and_a_connection_that_ends(dc: Client, plan: Any) -> None:
    dc.revoke(C5)
    plan("page_json", fin=FIN)
    assert dc.page().status_code == 200
    assert re.fullmatch(r'{"reasons":\[\],"details":{"msgId":"Id-\w{24}"}}', dc.decide(C5).text)
    plan("page_refusee", fin=FIN)
    with pytest.raises(requests.ConnectionError):
        dc.page()


@pytest.mark.observed("conso-api 26: both sentences, under an empty list")
def test_a_meter_that_is_called_incompatible(dc: Client, plan: Any) -> None:
    dc.revoke(AUTOCONSOMMATEUR)
    plan("compteur_incompatible", prm=AUTOCONSOMMATEUR, fin=FIN)
    answer = dc.decide(AUTOCONSOMMATEUR)
    assert answer.status_code == 400
    text = " ".join(answer.text.split())
    assert f'value="{AUTOCONSOMMATEUR}" disabled' in text
    assert '<ul></ul> <p class="alerte">Compteur incompatible</p>' in text
    assert "Il doit collecter les données listées ci-dessus" in text
    dc.revoke(C5)
    assert told(dc.decide(C5))["autorisation_id"]


@pytest.mark.assumed("the gateways' own words are not those of Enedis")
def test_no_token_and_credentials_in_one_place_only(dc: Client, plan: Any) -> None:
    plan("jeton_refuse", statut=401, fin="2026-11-25T11:00")
    assert dc.token().status_code == 401
    freeze(dc.simulator, "2026-11-25T11:00")
    assert dc.token().status_code == 200
    plan("jeton_par_entete", fin=FIN)
    assert dc.token().status_code == 401
    answer = dc.http.post(
        dc.url + "/oauth2/v3/token",
        data={"grant_type": "client_credentials"},
        auth=(dc.application["client_id"], dc.application["client_secret"]),
        timeout=10,
    )
    assert answer.status_code == 200


def test_a_sandbox_that_refuses_all_and_sends_an_unusable_code(dc: Client, plan: Any) -> None:
    for sorte in ("bac_a_sable", "bac_a_sable_retour"):
        plan(sorte, fin=FIN)
    assert v5(dc.sandbox, DAILY_V5, "22516914714270")[0] == 403
    assert v5(dc, DAILY_V5)[0] == 200
    location = dc.sandbox.page("v1").headers["Location"]
    assert location.endswith("?code=unusable&state=etat1&usage_point_id=00000000000000")


def test_each_generation_may_be_gone(dc: Client, plan: Any) -> None:
    plan("v5_arretee", fin=FIN)
    assert (v5(dc, DAILY_V5)[0], of_2026(dc, DAILY).status_code) == (404, 200)
    plan("v2026_absente", fin=FIN)
    assert of_2026(dc, DAILY).status_code == 404


def test_seven_days_with_an_hour_more(dc: Client, plan: Any) -> None:
    plan("sept_jours_une_heure", fin=FIN)
    body = b'"The requested period must be less than 7 days for an access to the load curve."'
    status, found = v5(dc, CURVE_V5, C5, "2026-10-20", "2026-10-27")
    assert (status, body in found) == (400, True)
    assert v5(dc, CURVE_V5, C5, "2026-10-26", "2026-11-02")[0] == 200
    assert v5(dc, DAILY_V5, C5, "2026-10-20", "2026-10-27")[0] == 200


# The days that are measured.


def days(dc: Client, path: str = DAILY, debut: str = "2026-11-16", fin: str = "2026-11-23") -> Any:
    """Return the values by day; of a curve, how many steps of each day have one, and have none."""
    answer = dc.get(path, pointId=C5, dateDebut=debut, dateFin=fin)
    if answer.status_code != 200:
        return answer.status_code
    (grandeur,) = answer.json()["grandeur"]
    return [(each["d"], each["v"]) for each in grandeur["points"]]


def test_days_that_are_missing_until_they_are_caught_up(dc: Client, plan: Any) -> None:
    whole = days(dc, CURVE)
    plan("jours_absents", debut="2026-11-18T00:00", fin="2026-11-20T00:00", nombre=6)
    left = days(dc, CURVE)
    detail = newest(dc)["detail"]
    assert [each for each in whole if each not in left] == [
        each for each in whole if "2026-11-18 00:30:00" <= each[0] <= "2026-11-20 00:00:00"
    ]
    assert days(dc, CURVE, "2026-11-18", "2026-11-20") == 404
    assert days(dc)[2][0] == "2026-11-18"
    assert "Jours : 2026-11-18, 2026-11-19." in detail
    freeze(dc.simulator, "2026-11-26T00:00")
    assert days(dc.renewed, CURVE) == whole


@pytest.mark.observed("ha-linky 93: the day of the 29th came on the 1st")
def test_a_late_day_comes_two_to_four_days_late(dc: Client, plan: Any) -> None:
    plan("jours_tardifs", debut="2026-11-25T00:00", fin="2026-11-26T00:00", graine=4)
    came = []
    for jour in (26, 27, 28, 29, 30):
        freeze(dc.simulator, f"2026-11-{jour}T09:00")
        came.append(days(dc.renewed, DAILY, "2026-11-25", "2026-11-26") != 404)
    late = came.index(True)
    assert 2 <= late <= 4
    assert came == [False] * late + [True] * (5 - late)


def test_yesterday_is_not_there_yet(dc: Client, plan: Any) -> None:
    plan("fraicheur", fin=FIN)
    found = days(dc, DAILY, "2026-11-20", "2026-11-25")
    assert [jour for jour, _ in found] == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    assert days(dc, DAILY, "2026-11-24", "2026-11-25") == 404


def test_a_day_of_nulls_and_a_day_of_one_step(dc: Client, plan: Any) -> None:
    whole = days(dc, CURVE)
    plan("jour_nul", debut="2026-11-17T00:00", fin="2026-11-18T00:00")
    plan("total_seul", debut="2026-11-18T00:00", fin="2026-11-19T00:00", nombre=1)
    found = days(dc, CURVE)
    assert {v for d, v in found if "2026-11-17 00:30" <= d <= "2026-11-18 00:00:00"} == {None}
    assert [d for d, _ in found if "2026-11-18 00:30" <= d <= "2026-11-19 00:00:00"] == [
        "2026-11-18 00:30:00"
    ]
    assert len(found) == len(whole) - 47
    values = {value for _, value in days(dc)}
    assert None not in values
    assert len(values) > 1
    status, body = v5(dc, CURVE_V5, C5, "2026-11-17", "2026-11-18")
    assert (status, body.count(b'"value":null')) == (200, 48)


def test_the_same_days_are_drawn_whenever_they_are_asked_for(dc: Client, plan: Any) -> None:
    plan("jours_tardifs", debut="2026-11-01T00:00", probabilite=0.5, graine=9, nombre=30)
    whole = [jour for jour, _ in days(dc, DAILY, "2026-11-01", "2026-11-23")]
    assert 3 < len(whole) < 20
    each = [f"2026-11-{n:02}" for n in range(1, 23)]
    alone = [
        jour
        for jour, after in zip(each, [*each[1:], "2026-11-23"], strict=True)
        if days(dc, DAILY, jour, after) != 404
    ]
    assert alone == whole


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sorte": "erreur_inventee"}, "pas une des valeurs admises"),
        ({"sorte": "erreur_technique", "prm": "99999999999998"}, "sge-sim points list"),
        ({"sorte": "erreur_technique", "application": "nulle"}, "sge-sim applications list"),
        ({"sorte": "erreur_technique", "consentement": 7}, "sge-sim consentements list"),
        ({"sorte": "erreur_technique", "service": "RecherchePoint"}, "que dans Data Connect"),
        ({"sorte": "erreur_technique", "contrat": "1100256"}, "ne vise pas de contrat"),
        ({"sorte": "jour_nul", "service": "situation_contrat_auto"}, "metering_data_dc"),
        ({"sorte": "v5_arretee", "service": "mesure_synchrone_auto"}, "ne touche pas"),
        ({"sorte": "manquant", "contrat": "9"}, "sge-sim acteurs list"),
        ({"sorte": "erreur_technique", "fin": "2026-11-01T00:00"}, "une fin à venir"),
        (
            {"sorte": "jour_nul", "debut": "2026-11-02T00:00", "fin": "2026-11-01T00:00"},
            "une fin après",
        ),
        ({"sorte": "erreur_technique", "statut": 404}, "n'a pas de statut"),
        ({"sorte": "jeton_refuse", "statut": 404}, "choisir parmi 500, 400, 401"),
        ({"sorte": "jeton_refuse", "prm": C5}, "ne vise pas de prm"),
        ({"sorte": "jeton_refuse", "service": "mesure_synchrone_auto"}, "n'a pas de service"),
        ({"sorte": "total_seul", "nombre": 48}, "de 0 à 47"),
        ({"sorte": "jour_nul", "mesure": "index"}, "ne touche pas les index"),
        ({"sorte": "code_sgt"}, "veut un code"),
        ({"sorte": "code_sgt", "code": "SGT999"}, "Aucun service ne rend « SGT999 »"),
        ({"sorte": "code_sgt", "code": "SGT570", "service": "RecherchePoint"}, "choisir parmi"),
        ({"sorte": "erreur_technique", "fin": "demain"}, "n'est pas une date ISO"),
    ],
)
def test_what_means_nothing_is_refused_with_what_would_do(
    unplanned: Client, asked: dict[str, Any], said: str
) -> None:
    simulator = unplanned.simulator
    answer = requests.post(simulator.ready["admin_url"] + "/api/pannes", json=asked, timeout=10)
    assert (answer.status_code // 100, said in answer.text) == (4, True), answer.text
    assert simulator.admin("/api/pannes") == []


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ({}, {}, True),
        ({"fin": "2026-11-27T00:00"}, {"debut": "2026-11-26T00:00"}, True),
        ({"fin": "2026-11-27T00:00"}, {"debut": "2026-11-27T00:00"}, False),
        ({}, {"prm": C5}, True),
        ({"prm": C5}, {}, False),
        ({"mesure": "courbe"}, {"mesure": "quotidienne"}, False),
        ({"probabilite": 0.5}, {}, False),
    ],
)
def test_two_that_contradict_each_other_are_refused(
    unplanned: Client, first: Any, second: Any, refused: bool
) -> None:
    planner(unplanned)("erreur_technique", **first)
    answer = requests.post(
        unplanned.simulator.ready["admin_url"] + "/api/pannes",
        json={"sorte": "erreur_interne", **second},
        timeout=10,
    )
    assert (answer.status_code == 422) is refused
    assert ("contredit « erreur technique »" in answer.text) is refused
