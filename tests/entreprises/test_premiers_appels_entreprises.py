"""The first calls that the kit has for companies, against a real listener."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dataconnect_kit import admin, data_connect_simulator, freeze
from entreprises_kit import PETIT, SIREN, TENUS
from in_process import served_in_process
from kit_examples import unzip_kit

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.tables.points import Point

pytestmark = pytest.mark.langages
needs = pytest.mark.skipif


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("appels")
    with data_connect_simulator(folder, "--no-quotas", serve=served_in_process) as found:
        freeze(found)
        database = Database(sqlite_url(found.data_dir / "sge-sim.db"))
        with database.transaction() as session:
            session.get_one(Point, PETIT).siret = TENUS[PETIT]
        database.dispose()
        found.printed("entreprises", "add", SIREN, "--nom", "Commune d'essai")
        yield found


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(sys.executable, id="py"),
        pytest.param("sh", id="sh", marks=needs(not shutil.which("curl"), reason="no curl")),
        pytest.param("node", id="js", marks=needs(not shutil.which("node"), reason="no node")),
    ],
)
def test_a_first_call_lists_the_perimeter(
    request: pytest.FixtureRequest, served: Any, tmp_path: Path, program: str
) -> None:
    kit = unzip_kit(served, tmp_path)
    made = admin(served, "/api/applications", nom="Suivi", acteur=SIREN)
    authority = str(kit / "certificats" / "autorite.pem")
    environment = {
        **os.environ,
        "URL": served.ready["data_connect_url"],
        "CLIENT_ID": made["client_id"],
        "CLIENT_SECRET": made["client_secret"],
        "AUTORITE": authority,
        "NODE_EXTRA_CA_CERTS": authority,
    }
    ending = request.node.callspec.id
    (file,) = (kit / "entreprises").glob(f"*.{ending}")
    ran = subprocess.run(
        [program, file], env=environment, capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert json.loads(ran.stdout)["usage_point_id"] == [PETIT]
