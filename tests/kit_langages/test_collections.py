"""The collections of the kit run by Bruno and Postman's programs; our contracts, imported."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from kit_examples import unzip_kit
from running_simulator import RunningSimulator, kept_open, start_simulator

from sge_sim.machine.files import data_path
from sge_sim.soap.contract import load_contracts

pytestmark = pytest.mark.langages

BIN = Path(os.environ.get("NODE_PATH", "")) / ".bin"
CONTRACTS = load_contracts(data_path("wsdl"))
IMPORT = """
const { wsdlToBruno } = require('@usebruno/converters');
const read = (file) => wsdlToBruno(require('fs').readFileSync(file, 'utf8'));
Promise.all(process.argv.slice(1).map(read)).then((made) => console.log(JSON.stringify(made)));
"""


simulator = kept_open(start_simulator)
"""A simulator of its own: the cases order what others read."""


@pytest.fixture(scope="module")
def kit(simulator: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unzip_kit(simulator, tmp_path_factory.mktemp("kit"))


def requests_alone(kit: Path) -> int:
    return len(list((kit / "collections/bruno/Cas seuls").rglob("*.bru")))


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_bruno_sends_each_case_with_the_certificate(kit: Path, tmp_path: Path) -> None:
    report = tmp_path / "bruno.json"
    run(
        kit / "collections/bruno",
        *(str(BIN / "bru"), "run", "Cas seuls", "-r", "--env", "SGE"),
        *("--cacert", "../../certificats/autorite.pem", "--output", str(report)),
    )
    (summary,) = [each["summary"] for each in json.loads(report.read_text("utf-8"))]
    assert summary["passedRequests"] == requests_alone(kit) >= 20
    assert summary["failedTests"] == 0


def test_newman_sends_each_case_with_the_certificate(kit: Path, tmp_path: Path) -> None:
    report = tmp_path / "newman.json"
    run(
        kit,
        *(str(BIN / "newman"), "run", "collections/postman.json", "--folder", "Cas seuls"),
        *("--ssl-extra-ca-certs", "certificats/autorite.pem"),
        *("--ssl-client-cert", "certificats/client.pem"),
        *("--ssl-client-key", "certificats/client.key.pem"),
        *("--reporters", "json", "--reporter-json-export", str(report)),
    )
    stats = json.loads(report.read_text("utf-8"))["run"]["stats"]
    assert stats["assertions"] == {"total": requests_alone(kit), "pending": 0, "failed": 0}


@pytest.fixture(scope="module")
def imported(kit: Path) -> dict[str, str]:
    """What Bruno's importer makes of each contract of the kit."""
    names = [f"wsdl/{each.service}-v{each.version}.wsdl" for each in CONTRACTS.values()]
    made = json.loads(run(kit, "node", "-e", IMPORT, *names))
    return {path: json.dumps(each) for path, each in zip(CONTRACTS, made, strict=True)}


@pytest.mark.parametrize("path", sorted(CONTRACTS))
def test_bruno_imports_a_contract_with_its_operation(imported: dict[str, str], path: str) -> None:
    """Its importer looks for schemas under `xsd:`, or under no prefix."""
    contract, made = CONTRACTS[path], imported[path]
    assert contract.operation in made
    assert f"<{contract.request.partition('}')[2]}>" in made
    assert "not found" not in made
