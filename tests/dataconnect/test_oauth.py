"""Tokens: given, revoked, refused."""

import base64
import json

import pytest
from dataconnect_kit import C5, DAILY, NOW, Client, freeze
from joserfc import jwt
from joserfc.jwk import RSAKey
from running_simulator import RunningSimulator

from sge_sim.clock import parse_instant

FORM = "application/x-www-form-urlencoded"
ASKED = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-02"}
BAD_TOKEN = {
    "code": "900901",
    "message": "Invalid Credentials",
    "description": "Make sure you have provided the correct security credentials",
}


def claims_of(token: str) -> dict[str, object]:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


@pytest.mark.documented("swagger: client credentials in a form; a JWT of 3 h 30")
def test_a_token_has_the_claims_of_the_gateway(dc: Client) -> None:
    answer = dc.token()
    assert answer.status_code == 200
    assert answer.headers.items() >= {"Cache-Control": "no-store", "Pragma": "no-cache"}.items()
    body = answer.json()
    assert {name: body[name] for name in body if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 12600,
        "scope": "",
    }
    claims = claims_of(body["access_token"])
    assert list(claims) == [
        *("aud", "application", "keytype", "subscribedAPIs", "consumerKey", "exp", "iat", "jti")
    ]
    assert claims["aud"] == "http://org.wso2.apimgt/gateway"
    assert claims["keytype"] == "PRODUCTION"
    assert claims["consumerKey"] == dc.application["client_id"]
    assert claims["iat"] == parse_instant(NOW).timestamp()
    assert claims["exp"] == claims["iat"] + 12600
    assert claims_of(dc.sandbox.token().json()["access_token"])["keytype"] == "SANDBOX"


@pytest.mark.observed("old clients send their parameters in the address, and are accepted")
@pytest.mark.parametrize("way", ["basic", "address"])
def test_other_ways_to_ask_for_a_token(dc: Client, way: str) -> None:
    url, grant = dc.url + "/oauth2/v3/token", {"grant_type": "client_credentials"}
    if way == "basic":
        auth = (dc.application["client_id"], dc.application["client_secret"])
        answer = dc.http.post(url, data=grant, auth=auth, timeout=10)
    else:
        answer = dc.http.post(url, params={**grant, **dc.credentials}, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 12600


@pytest.mark.documented("swagger and RFC 6749 §5.2")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"grant_type": "carte"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unauthorized_client"),
        ({"grant_type": "refresh_token"}, "unauthorized_client"),
        ({"client_secret": "autre"}, "invalid_client"),
        ({"client_id": "autre"}, "invalid_client"),
        ({"scope": "tout"}, "invalid_scope"),
    ],
)
def test_a_token_is_refused(dc: Client, changes: dict[str, str], error: str) -> None:
    answer = dc.token(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert len(answer.json()["error_description"]) > 40


def test_a_token_without_a_grant_is_an_invalid_request(dc: Client) -> None:
    url = dc.url + "/oauth2/v3/token"
    answer = dc.http.post(url, data=dc.credentials, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    wrong = dc.http.post(url, json=dc.credentials, timeout=10)
    assert wrong.status_code == 415
    basic = dc.http.post(
        url, data={"grant_type": "client_credentials"}, auth=("un", "autre"), timeout=10
    )
    assert (basic.status_code, basic.json()["error"]) == (401, "invalid_client")


@pytest.mark.documented("swagger of revoke: 200 whether the token existed or not")
def test_a_revoked_token_is_refused(dc: Client) -> None:
    token = dc.token().json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    dc.share(C5)
    assert dc.http.get(dc.url + DAILY, params=ASKED, headers=bearer, timeout=10).ok
    url = dc.url + "/oauth2/v3/revoke"
    auth = (dc.application["client_id"], dc.application["client_secret"])
    for _ in range(2):
        body = {"token": token, "token_type_hint": "access_token"}
        assert dc.http.post(url, data=body, auth=auth, timeout=10).status_code == 200
    unknown = dc.http.post(url, data={"token": "rien"}, auth=auth, timeout=10)
    assert unknown.status_code == 200
    for sent, said in (
        ({"data": {"a": "b"}}, "empty header bad request format partial or incorrect data"),
        ({"json": {}}, "Le Content-Type doit être application/x-www-form-urlencoded"),
    ):
        wrong = dc.http.post(url, auth=auth, timeout=10, **sent)
        assert (wrong.status_code, wrong.json()["error_description"]) == (400, said)
    refused = dc.http.get(dc.url + DAILY, params=ASKED, headers=bearer, timeout=10)
    assert (refused.status_code, refused.json()) == (401, BAD_TOKEN)
    assert dc.get(DAILY, **ASKED).ok, "another token of the application is as good as before"


@pytest.mark.documented("swagger of token: the header is needed only without form credentials")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_form_credentials_are_taken_beside_a_bearer(dc: Client, scheme: str) -> None:
    """A public client closes so: credentials in the form, and the header of its calls."""
    token = dc.token().json()["access_token"]
    bearer = {"Authorization": f"{scheme} {token}"}
    given = dc.http.post(
        dc.url + "/oauth2/v3/token",
        data={"grant_type": "client_credentials", **dc.credentials},
        headers=bearer,
        timeout=10,
    )
    assert given.status_code == 200
    url, body = dc.url + "/oauth2/v3/revoke", {"token": token, **dc.credentials}
    for _ in range(2):
        assert dc.http.post(url, data=body, headers=bearer, timeout=10).status_code == 200
    unknown = {**body, "token": "rien"}
    revoked = dc.http.post(url, data=unknown, headers=bearer, timeout=10)
    assert (revoked.status_code, revoked.content) == (200, b"")
    assert "Content-Type" not in revoked.headers
    refused = dc.http.get(dc.url + DAILY, params=ASKED, headers=bearer, timeout=10)
    assert (refused.status_code, refused.json()) == (401, BAD_TOKEN)
    alone = dc.http.post(url, data={"token": token}, headers=bearer, timeout=10)
    assert (alone.status_code, alone.json()["error"]) == (401, "invalid_client")


@pytest.mark.documented("RFC 6749 §5.2: 401 for what fails in a header")
@pytest.mark.parametrize(
    "credentials",
    [b"\xff\xfe:secret", b"", b"sans-deux-points"],
    ids=["bytes that aren't UTF-8", "nothing", "one word"],
)
@pytest.mark.parametrize("endpoint", ["token", "revoke"])
def test_basic_credentials_that_nobody_can_read(
    dc: Client, endpoint: str, credentials: bytes
) -> None:
    for text in (base64.b64encode(credentials).decode(), "é" * 5):
        answer = dc.http.post(
            f"{dc.url}/oauth2/v3/{endpoint}",
            data={"grant_type": "client_credentials", "token": "x"},
            headers={"Authorization": f"Basic {text}".encode("latin-1")},
            timeout=10,
        )
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Enedis"'


@pytest.mark.documented("swagger of revoke")
def test_revoke_refuses(dc: Client) -> None:
    url = dc.url + "/oauth2/v3/revoke"
    auth = (dc.application["client_id"], dc.application["client_secret"])

    def revoked(**sent: object) -> tuple[int, str, str]:
        answer = dc.http.post(url, timeout=10, **sent)
        return answer.status_code, answer.json()["error"], answer.json()["error_description"]

    assert revoked(json={"token": "x"}, auth=auth) == (
        400,
        "invalid_request",
        "Le Content-Type doit être application/x-www-form-urlencoded",
    )
    assert revoked(data={"token": "x"})[:2] == (401, "invalid_client")
    assert revoked(data={"token": ""}, auth=auth)[1] == "invalid_request"
    assert revoked(data={"token": "x", "token_type_hint": "autre"}, auth=auth)[:2] == (
        400,
        "unsupported_token_type",
    )
    theirs = dc.sandbox.token().json()["access_token"]
    assert revoked(data={"token": theirs}, auth=auth)[:2] == (400, "invalid_grant")


@pytest.mark.assumed("WSO2 answers 900902 without a token, 900901 for one that it doesn't take")
def test_a_call_needs_a_token_that_was_signed_here(dc: Client) -> None:
    url = dc.url + DAILY
    without = dc.http.get(url, params=ASKED, timeout=10)
    assert (without.status_code, without.json()["code"]) == (401, "900902")
    good = dc.token().json()["access_token"]
    forged = jwt.encode({"alg": "RS256"}, claims_of(good), RSAKey.generate_key(2048))
    unsigned = ".".join(
        (base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("="), good.split(".")[1], "")
    )
    for token in ("rien", forged, unsigned, good[:-4] + "AAAA"):
        bearer = {"Authorization": f"Bearer {token}"}
        refused = dc.http.get(url, params=ASKED, headers=bearer, timeout=10)
        assert (refused.status_code, refused.json()) == (401, BAD_TOKEN)


@pytest.mark.documented("a token lasts 3 h 30, of the simulated clock")
def test_a_token_ends_by_the_simulated_clock(moved: RunningSimulator) -> None:
    client = Client(moved)
    client.share(C5)
    assert client.get(DAILY, **ASKED).ok
    freeze(moved, "2026-11-25T13:34:59")
    assert client.get(DAILY, **ASKED).ok
    freeze(moved, "2026-11-25T13:35:00")
    assert client.refused(DAILY, **ASKED) == (401, BAD_TOKEN)


@pytest.mark.observed("production, October 2026: 403 900908, the message ends in a space")
def test_an_api_is_to_be_subscribed(dc: Client) -> None:
    client = Client(dc.simulator)
    made = client.simulator.command(
        *("applications", "add", "Peu curieuse", "--redirect-uri", "https://exemple.fr/retour"),
        *("--api", "subscribed_services"),
    )
    assert made.returncode == 0, made.stderr
    (found,) = [
        each
        for each in client.simulator.admin("/api/applications")
        if each["nom"] == "Peu curieuse"
    ]
    client.application = found
    assert client.refused(DAILY, **ASKED) == (
        403,
        {
            "code": "900908",
            "message": "Resource forbidden ",
            "description": "User is NOT authorized to access the Resource. "
            "API Subscription validation failed.",
        },
    )
    assert client.services(1)["nbTotalServices"] == 0


@pytest.mark.assumed("no document says what becomes of a text that hides something")
def test_no_text_holds_a_character_that_hides_or_spoils_it(dc: Client) -> None:
    given = {"client_id": "a\u202eb"}
    url = dc.url + "/oauth2/v3/token"
    answers = [
        dc.token(**given),
        dc.http.post(url, params={"grant_type": "client_credentials", **given}, timeout=10),
        dc.get(DAILY, **{**ASKED, "client_id": "a\u202eb"}),
        dc.page(client_id="a\u202eb"),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"
        assert answer.json()["error_description"].startswith("client_id : le caractère U+202E")
    # As every body that isn't the swagger's.
    asked = {"comptage": False, "autorisationId": 1, "pointId": ["a\u202eb"]}
    url = dc.url + "/subscribed_services/v1"
    assert dc.http.post(url, json=asked, headers=dc.bearer, timeout=10).status_code == 500
