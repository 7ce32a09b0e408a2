"""Every kind of certificate, in both environments and over both versions of TLS."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from door_kit import TLS_VERSIONS, Doors, Outcome, knock_once, last_id, recorded_after

from sge_sim.clock import legal_date, machine_now
from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment
from sge_sim.pki.certificates import fingerprint, name_text
from sge_sim.pki.checks import CERTIFICATE_CHECKS
from sge_sim.pki.policy import CERTIFICAT_LISIBLE
from sge_sim.pki.request_rules import REQUEST_CHECKS

MATRICE = Path(__file__).parents[2] / "docs" / "certificats-matrice.yaml"
ROWS: list[dict[str, Any]] = yaml.safe_load(MATRICE.read_text(encoding="utf-8"))

RULES = {
    f"Porte/{rule.name}" for rule in (*CERTIFICATE_CHECKS, *REQUEST_CHECKS, CERTIFICAT_LISIBLE)
}

pytestmark = pytest.mark.xdist_group("door")


def test_every_row_has_its_certificate_and_every_certificate_its_row(doors: Doors) -> None:
    rows = [row["cas"] for row in ROWS]
    assert len(rows) == len(set(rows))
    assert set(rows) == set(doors.cases)
    assert len(rows) * len(ENVIRONMENTS) >= 60


def expected(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a row says of today: the certificates are of the machine's day."""
    later = row.get("puis")
    return row if later is None or legal_date(machine_now()) < later["le"] else later


@pytest.mark.documented("FAQ: authorities, wildcards, registration; the rest is assumed")
@pytest.mark.parametrize("environnement", ENVIRONMENTS)
@pytest.mark.parametrize("row", ROWS, ids=[row["cas"] for row in ROWS])
def test_the_door_does_what_the_matrix_says(
    row: dict[str, Any], environnement: Environment, doors: Doors
) -> None:
    simulator, case = doors.simulators[environnement], row["cas"]
    before = last_id(simulator)
    for version in TLS_VERSIONS:
        seen = knock_once(simulator, doors.files[case], version)
        entry = recorded_after(simulator, before)
        hold(expected(row)[environnement], seen, entry, environnement)
        certificates, before = doors.cases[case].chain, entry["id"]
        if certificates:
            assert entry["certificate_subject"] == name_text(certificates[0].subject)
            assert entry["certificate_fingerprint"] == fingerprint(doors.cases[case].leaf_der)


def hold(said: Any, seen: Outcome, entry: dict[str, Any], environnement: Environment) -> None:
    """Hold what a client saw, and what the journal says of it, against the matrix."""
    match said:
        case "entre":
            assert (seen.status, entry["acteur"]) == (200, "TIERS1"), seen.text
        case {"entre": acteur}:
            assert (seen.status, entry["acteur"]) == (200, acteur), seen.text
        case {"refus": reasons}:
            assert seen.status == 403, seen
            title, *lines = seen.text.splitlines()
            assert title == f"Certificat refusé en {environnement} :"
            assert len(lines) == len(reasons), seen.text
            assert all(reason in line for reason, line in zip(reasons, lines, strict=True)), lines
            asked, _, reason = entry["detail"].partition("\n")
            assert asked.startswith("Demande HTTP : ")
            assert reason == seen.text.strip()
            assert entry["http_status"] == 403
            assert entry["rule"]["name"] in RULES
            assert f"Il faudrait {entry['rule']['remede']}." in lines[0]
        case {"alerte": words}:
            assert seen.status is None, seen.text
            assert entry["kind"] == "handshake"
            assert words in entry["detail"]
        case other:
            pytest.fail(f"the matrix doesn't know « {other} »")
