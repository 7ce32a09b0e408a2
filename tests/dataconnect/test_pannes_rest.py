"""Planned faults of Data Connect: what happens to a call, whom it strikes, what is journaled."""

import json
import time
from typing import Any

import pytest
import requests
from dataconnect_kit import AUTRE_C5, C5, DAILY, Client, admin

API = "mesure_synchrone_auto"


@pytest.fixture
def dc(unplanned: Client) -> Client:
    return unplanned


@pytest.fixture
def plan(dc: Client) -> Any:
    """Plan faults of the API."""

    def make(sorte: str, **asked: Any) -> Any:
        return admin(dc.simulator, "/api/pannes", sorte=sorte, **{"service": API, **asked})

    return make


def ask(dc: Client, prm: str = C5) -> requests.Response:
    return dc.get(DAILY, pointId=prm, dateDebut="2026-11-01", dateFin="2026-11-10")


def last(dc: Client) -> Any:
    """The newest call of Data Connect: one of SOAP is recorded once it was answered."""
    listed = dc.simulator.admin("/api/journal", limit=20)
    return next(exchange for exchange in listed if exchange["kind"] == "rest")


@pytest.mark.parametrize("status", [403, 502, 503])
def test_a_status_comes_once_in_place_of_the_answer_and_is_journaled(
    dc: Client, plan: Any, status: int
) -> None:
    panne = plan(f"http{status}")
    assert ask(dc).status_code == status
    seen = last(dc)
    assert (seen["kind"], seen["http_status"], seen["prm"]) == ("rest", status, C5)
    assert seen["panne"] == panne["numero"]
    assert f"HTTP {status}, appel 1." in seen["detail"]
    assert ask(dc).status_code == 200
    assert last(dc)["panne"] is None


def test_an_answer_is_late_slow_or_half(dc: Client, plan: Any) -> None:
    good = ask(dc).content
    plan("latence", secondes=0.2)
    plan("lente", secondes=0.3)
    for least in (0.2, 0.3):
        began = time.monotonic()
        assert ask(dc).content == good
        assert time.monotonic() - began >= least
    plan("xml_tronque")
    assert ask(dc).content == good[: len(good) // 2]
    with pytest.raises(json.JSONDecodeError):
        json.loads(good[: len(good) // 2])


@pytest.mark.parametrize("sorte", ["coupure", "coupure_muette"])
def test_a_connection_is_cut(
    dc: Client, plan: Any, sorte: str, caplog: pytest.LogCaptureFixture
) -> None:
    plan(sorte)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)) as cut:
        ask(dc)
    assert ("IncompleteRead" in str(cut.value)) == (sorte == "coupure")
    assert ask(dc).status_code == 200
    assert "completing response" not in caplog.text


def test_only_the_calls_that_a_plan_is_about_are_struck(dc: Client, plan: Any) -> None:
    plan("http502", service="RecherchePoint", au=9)
    plan("http502", acteur="FOURN1", au=9)
    plan("sgt500", service=None, au=9)
    plan("http503", service=None, prm=AUTRE_C5)
    assert [ask(dc, prm).status_code for prm in (C5, AUTRE_C5, AUTRE_C5)] == [200, 503, 200]


def test_a_fault_of_soap_is_none_of_data_connect(dc: Client) -> None:
    url = dc.simulator.ready["admin_url"] + "/api/pannes"
    refused = requests.post(url, json={"sorte": "sgt500", "service": API}, timeout=10)
    assert refused.status_code == 422
    assert "n'arrive qu'en SOAP" in refused.json()["detail"]
