"""The kit, used as its reader would."""

import csv
import io
import json
import re
import shutil
import stat
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from kit_examples import assert_answered, assert_refused, unzip_kit, with_unknown_point
from lxml import etree
from running_simulator import RunningSimulator

from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.machine.files import data_path
from sge_sim.pki.building import key_pem
from sge_sim.services.registry import SERVICES
from sge_sim.soap.codes import LIBELLES_CODES

PYTHON_AND_CURL = pytest.mark.parametrize(
    "command",
    [
        pytest.param((sys.executable, "exemples/premier_appel_zeep.py"), id="zeep"),
        pytest.param((sys.executable, "exemples/premier_appel_suds.py"), id="suds"),
        pytest.param(
            ("sh", "exemples/premier_appel.sh"),
            id="curl",
            marks=pytest.mark.skipif(shutil.which("curl") is None, reason="curl isn't installed"),
        ),
    ],
)


@pytest.fixture(scope="module")
def kit(simulator: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit, unzipped."""
    return unzip_kit(simulator, tmp_path_factory.mktemp("kit"))


@pytest.fixture
def archive(kit: Path) -> Path:
    return kit.parent / "kit.zip"


def test_the_zip_is_its_owners_alone_and_says_why(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "clé privée" in zipfile.ZipFile(archive).comment.decode()
    assert "clé privée" in zipfile.ZipFile(archive).read("kit-sge/LISEZMOI.txt").decode()


def test_a_folder_holds_what_the_zip_does(
    simulator: RunningSimulator, kit: Path, tmp_path: Path
) -> None:
    done = simulator.command("kit", str(tmp_path / "kit-sge"))
    assert done.returncode == 0, done.stderr
    whole = {
        folder: {
            str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) & 0o077
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (kit, tmp_path / "kit-sge")
    }
    assert whole[kit].keys() == whole[tmp_path / "kit-sge"].keys()
    assert whole[tmp_path / "kit-sge"]["certificats/client.key.pem"] == 0
    assert stat.S_IMODE((tmp_path / "kit-sge").stat().st_mode) == 0o700


def test_an_existing_file_is_not_overwritten(simulator: RunningSimulator, archive: Path) -> None:
    before = archive.read_bytes()
    again = simulator.command("kit", str(archive))
    assert again.returncode == 2
    assert archive.read_bytes() == before


@PYTHON_AND_CURL
def test_the_example_shows_the_point(kit: Path, command: tuple[str, ...]) -> None:
    assert_answered(kit, *command)


@PYTHON_AND_CURL
def test_the_example_shows_code_and_label_of_a_refusal(
    kit: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    assert_refused(with_unknown_point(kit, tmp_path), *command)


def test_the_guide_gives_every_example_and_the_pitfalls(kit: Path) -> None:
    guide = (kit / "GUIDE.md").read_text("utf-8")
    examples = list((kit / "exemples").iterdir())
    assert {file.suffix for file in examples} == {
        *(".sh", ".py", ".java", ".js", ".php", ".pl", ".go", ".cs")
    }
    for file in examples:
        assert f"\n{file.read_text('utf-8')}```\n" in guide
        assert f"exemples/{file.name}`" in guide
    for pitfall in ('donner le texte `"false"`', "nommer\n  chaque argument", "REQUESTS_CA_BUNDLE"):
        assert pitfall in guide


def test_the_bundle_opens_with_the_password_of_the_guide(kit: Path) -> None:
    password = re.search(
        r"client\.p12`, mot de passe `(\S+)`", (kit / "GUIDE.md").read_text("utf-8")
    )
    assert password is not None
    assert password[1] == "sge-sim"
    data = (kit / "certificats/client.p12").read_bytes()
    bundle = pkcs12.load_pkcs12(data, password[1].encode())
    assert bundle.key is not None
    assert key_pem(bundle.key) == (kit / "certificats/client.key.pem").read_bytes()


def test_every_contract_has_the_address_of_the_server(
    kit: Path, simulator: RunningSimulator
) -> None:
    files = list(data_path("wsdl").glob("*.wsdl"))
    assert {file.stem for file in files} == {each.path[1:].replace("/", "-") for each in SERVICES}
    for file in files:
        document = etree.parse(kit / "wsdl" / file.name)
        (address,) = document.iterfind(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
        assert address.get("location") == f"{simulator.url}/{file.stem.replace('-v', '/v')}"


def test_the_tables_list_services_and_codes(kit: Path) -> None:
    def rows(name: str) -> list[list[str]]:
        text = (kit / name).read_text("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    own = {code: label for each in SERVICES for code, label in each.libelles.items()}
    assert {row[0]: row[1] for row in rows("codes.csv")[1:]} == {**LIBELLES_CODES, **own}
    declared = [(*row[:3], *row[5:]) for row in rows("services.csv")[1:]]
    assert declared == [
        (
            *(each.nom, each.version, each.package),
            *map(" ".join, (each.mesures, each.flux, each.fiches)),
            each.existence.arret if each.existence else "",
        )
        for each in SERVICES
    ]


def test_each_case_is_a_request_of_both_collections(kit: Path) -> None:
    """With its service, its whole message, and a test of the codes that the catalogue admits."""
    runs = {case.cle: case for case in load_release(DEFAULT_RELEASE).cas if not case.non_testable}
    files = {file.stem: file for file in (kit / "collections/bruno").rglob("*.bru")}
    assert files.keys() - {"SGE"} == runs.keys()
    postman = json.loads((kit / "collections/postman.json").read_text("utf-8"))
    requests = [
        request
        for folder in postman["item"]
        for package in folder["item"]
        for request in package["item"]
    ]
    assert [request["name"].split()[0] for request in requests] != []
    assert len(requests) == len(runs)
    for request in requests:
        case = runs[request["name"].split()[0]]
        bruno = files[case.cle].read_text("utf-8")
        message = request["request"]["body"]["raw"]
        root = etree.fromstring(message)[-1][0]
        assert etree.QName(root).namespace
        assert f"/{case.service}/v{case.version}" in request["request"]["url"]
        assert f"/{case.service}/v{case.version}" in bruno
        assert textwrap.indent(message.rstrip(), "  ") in bruno
        assert (case.attendu.code or "SGT200") in bruno
        assert ("{libre}" in message) <= ("Cas enchaînés" in str(files[case.cle]))


def test_bruno_presents_the_certificate_of_the_kit(kit: Path, simulator: RunningSimulator) -> None:
    folder = kit / "collections/bruno"
    settings = json.loads((folder / "bruno.json").read_text("utf-8"))["clientCertificates"]
    (certificate,) = settings["certs"]
    assert simulator.url == f"https://{certificate['domain']}"
    assert (folder / certificate["certFilePath"]).resolve() == kit / "certificats/client.pem"
    assert (folder / certificate["keyFilePath"]).resolve() == kit / "certificats/client.key.pem"


def test_the_catalogue_is_there(kit: Path) -> None:
    assert (kit / "catalogue/sge-23.2/release.yaml").is_file()
