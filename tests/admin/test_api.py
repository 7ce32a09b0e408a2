"""The API that clients are made from: its refusals, its settings, its pages of the journal.

Our own client follows a list to its end; Schemathesis calls all of it as it is described.
"""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from admin_kit import Room
from running_simulator import RunningSimulator

from sge_sim.admin.problems import Probleme, ProblemeDeForme
from sge_sim.api.administration import Administration
from sge_sim.errors import UsageError

ORDER = "/RecherchePoint/v2.0"
NO_NUMBER = "campaign_id : un nombre entier est attendu (donné : abc)"
NUMBERED = ("journal/", "journal?apres=", "campaigns/")
"""Addresses that end in a number."""


def call(administered: RunningSimulator, times: int) -> None:
    for _ in range(times):
        administered.post(ORDER, "<x/>")


@pytest.mark.parametrize(
    ("status", "method", "path", "options", "told"),
    [
        (400, "POST", "/api/points", {"json": {"comme": "123"}}, ""),
        (404, "GET", "/api/points/123", {}, ""),
        (403, "GET", "/api/clock", {"headers": {"Host": "ailleurs.example"}}, ""),
        (403, "POST", "/api/clock", {"headers": {"Origin": "https://ailleurs.example"}}, ""),
        (404, "GET", "/nulle/part", {}, "Rien n'est servi à cette adresse."),
        (405, "DELETE", "/api/clock", {}, "Cette adresse ne prend pas cet appel."),
        (411, "POST", "/api/clock", {"data": iter([b"{}"])}, ""),
        (413, "POST", "/api/clock", {"data": b" " * (2**20 + 1)}, ""),
        (422, "GET", "/campaigns/abc", {}, NO_NUMBER),
        (422, "POST", "/api/campaigns", {"json": {"actor": "TIERS2"}}, "actor : inconnu ici"),
        *((422, "GET", f"/api/{path}{10**22}", {}, "") for path in NUMBERED),
    ],
)
def test_every_refusal_has_one_shape_and_is_told_in_french(
    administered: RunningSimulator, status: int, method: str, path: str, options: Any, told: str
) -> None:
    answer = administered.ask(method, path, **options)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    shape = ProblemeDeForme if status == 422 else Probleme
    problem = shape.model_validate_json(answer.content, strict=True)
    assert (problem.type, problem.status) == ("about:blank", status)
    assert problem.detail
    assert told in problem.detail
    assert answer.headers.get("Allow") == ("GET, POST" if status == 405 else None)


def test_an_address_tells_the_methods_of_its_own(administered: RunningSimulator) -> None:
    assert administered.ask("PUT", "/api/flux/publish").headers["Allow"] == "POST"


def test_the_description_tells_the_refusals_as_they_are_sent(
    administered: RunningSimulator,
) -> None:
    described = administered.admin("/openapi.json")
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], path
            assert {"400", "403", "422"} <= operation["responses"].keys()


def test_a_parameter_of_an_address_that_is_left_empty_is_not_given_as_described(
    administered: RunningSimulator,
) -> None:
    described = administered.admin("/openapi.json")["paths"]["/api/points"]["get"]["parameters"]
    empty = [one["name"] for one in described if one.get("allowEmptyValue")]
    assert {"segment", "limit"} <= {*empty}
    points = administered.admin("/api/points")
    assert administered.admin("/api/points", **dict.fromkeys(empty, "")) == points


def test_settings_have_their_types(administered: RunningSimulator) -> None:
    settings = administered.admin("/api/settings")
    assert settings["workers"] == 1
    assert settings["strict"] is True
    assert settings["database_url"] is None
    assert settings["disabled_rules"] == []
    assert settings["environment"] == "homologation"
    described = administered.admin("/openapi.json")["components"]["schemas"]["SettingsView"]
    assert described["properties"].keys() == settings.keys()
    assert described["properties"]["workers"]["type"] == "integer"
    assert all(one["description"] for one in described["properties"].values())


def test_the_journal_is_read_page_after_page_in_both_ways(administered: RunningSimulator) -> None:
    call(administered, 7)
    everything = [one["id"] for one in administered.admin("/api/journal", limit=1000)]
    for start, expected in (("limit=3", everything), ("limit=3&apres=0", everything[::-1])):
        url: str | None = f"/api/journal?{start}"
        seen = []
        while url is not None:
            page = administered.ask("GET", url)
            seen += [one["id"] for one in page.json()]
            following = page.links.get("next")
            url = following and following["url"].removeprefix(administered.home)
        assert seen == expected
    assert administered.ask("GET", "/api/journal?apres=1&avant=2").status_code == 400


def test_prometheus_reads_what_the_journal_tells(administered: RunningSimulator) -> None:
    def counted() -> dict[str, float]:
        text = administered.ask("GET", "/metrics").text
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}

    name = (
        'sge_sim_requests_total{code="SGT562",service="RecherchePoint",sorte="soap",statut="500"}'
    )
    before = counted().get(name, 0)
    call(administered, 3)
    after = counted()
    assert after[name] == before + 3
    bucket = 'sge_sim_request_duration_seconds_bucket{le="+Inf",service="RecherchePoint"}'
    assert (
        after[bucket] == after['sge_sim_request_duration_seconds_count{service="RecherchePoint"}']
    )
    assert after[bucket] >= 3
    assert after["sge_sim_journal_records"] >= 3
    assert "sge_sim_journal_backlog_bytes" in after


def test_the_pages_of_the_api_take_nothing_from_elsewhere(administered: RunningSimulator) -> None:
    page = administered.ask("GET", "/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search('(src|href|action)="http', page.text)
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert len(administered.ask("GET", f"/docs/{name}").content) > 100_000
    assert "SwaggerUIBundle(" in administered.ask("GET", "/static/docs.js").text
    assert administered.ask("GET", "/docs/..%2F__init__.py").status_code == 404


LONG = '"' * 600_000


def test_exchanges_come_all_however_many_answers_it_takes(room: Room) -> None:
    journal = room.state.journal
    before = journal.newest_id()
    for number in range(1200):
        room.append(detail=f"{number}{LONG[:3000]}")
    found = Administration(room.home).exchanges_after(before)
    assert [each.id for each in found] == list(range(before + 1, journal.newest_id() + 1))
    assert len(found) == 1200


def test_a_message_that_the_answer_cuts_is_had_whole(room: Room) -> None:
    number = room.record(request=LONG.encode())
    assert room.ask("GET", f"/api/journal/{number}").json()["coupe"]
    exchange = Administration(room.home).exchange(number)
    assert (exchange.request, exchange.response, exchange.coupe) == (LONG, None, False)


SECONDS = int(os.environ.get("SGE_SIM_API_SECONDS", "20"))
# A demand that has its form may still be refused by what the state holds (HTTP 400, told so).
UNFIT = "positive_data_acceptance"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_frozen_server_is_told_to_who_would_wait_for_what_is_done(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sge_sim.api.administration._TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        admin = Administration(f"http://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(UsageError, match="ne répond pas"):
            admin.done(method, "/api/reset")


@pytest.mark.api
def test_the_api_is_as_it_is_described(administered: RunningSimulator) -> None:
    program = Path(sys.prefix) / "api" / "bin" / "schemathesis"
    done = subprocess.run(
        [
            *(program, "--no-color", "run", administered.home + "/openapi.json"),
            *("--max-time", str(SECONDS), "--workers", "1", "--continue-on-failure"),
            *("--exclude-checks", UNFIT, "--warnings", "off"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
        cwd=administered.data_dir,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout
