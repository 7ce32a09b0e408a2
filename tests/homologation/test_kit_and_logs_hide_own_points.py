"""Neither the kit nor what a simulator says as it runs names anybody of an actor's own points."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from running_simulator import RunningSimulator, start_simulator
from sql_state import execute
from test_reports_hide_own_points import OWN, PERSONAL, PUBLIC, contents, spellings

from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator with a point of one's own, which was called, set, and could not be read."""
    folder: Path = tmp_path_factory.mktemp("discret")
    with start_simulator(folder, "--population-size", "0") as running:
        points = folder / "points.jsonl"
        points.write_text(json.dumps(OWN))
        assert running.command("points", "import", str(points)).returncode == 0
        spoilt = folder / "faux.jsonl"
        spoilt.write_text(json.dumps({**OWN, "puissanceSouscrite": "9000"}))
        assert running.command("points", "import", str(spoilt)).returncode == 2
        client = SgeClient(cible_of(running.ready))
        call(client)
        admin = running.ready["admin_url"]
        prm = OWN["prm"]
        for table in ("point", "compteur", "ancien_etat"):
            execute(running, f"ALTER TABLE {table} RENAME TO {table}_ailleurs")
            with suppress(Exception):
                call(client)
            for path in (f"/api/points/{prm}", f"/points/{prm}", f"/points?q={OWN['numSiret']}"):
                requests.get(admin + path, timeout=30)
            requests.post(f"{admin}/api/points/{prm}", json={"collecte": "aucun"}, timeout=30)
            with points.open("rb") as sent:
                headers = {"Content-Type": "application/x-ndjson"}
                requests.post(f"{admin}/api/points", data=sent, headers=headers, timeout=30)
            execute(running, f"ALTER TABLE {table}_ailleurs RENAME TO {table}")
        call(client)
        yield running


def call(client: SgeClient) -> Any:
    return client.call(
        "ConsultationDonneesTechniquesContractuelles",
        "1.0",
        {
            "pointId": OWN["prm"],
            "loginUtilisateur": client.cible.login,
            "autorisationClient": True,
        },
    )


def found_in(content: bytes) -> list[bytes]:
    return [form for text in PERSONAL for form in spellings(text) if form in content]


@pytest.mark.assumed("own points are personal")
def test_what_a_simulator_says_names_nobody(running: RunningSimulator) -> None:
    log = (running.data_dir / "log.txt").read_bytes()
    assert b"no such table" in log
    assert found_in(log) == []


@pytest.mark.assumed("own points are personal")
def test_a_kit_holds_nobody(running: RunningSimulator, tmp_path: Path) -> None:
    kit = tmp_path / "kit.zip"
    assert running.command("kit", str(kit)).returncode == 0
    members = list(contents(kit))
    assert len(members) > 20
    assert any(PUBLIC.encode() in member for member in members), "its examples have a point"
    for member in members:
        assert found_in(member) == []
