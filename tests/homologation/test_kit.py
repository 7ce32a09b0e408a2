"""The kit, used as its reader would."""

import csv
import io
import re
import stat
import zipfile
from pathlib import Path

import pytest
import requests
import zeep
from lxml import etree
from running_simulator import RunningSimulator

from sge_sim.homologation.messages import read_message
from sge_sim.resources import data_path
from sge_sim.soap.codes import LIBELLES


@pytest.fixture(scope="module")
def archive(simulator: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kit") / "kit.zip"
    done = simulator.command("kit", str(path), "--url", simulator.url)
    assert done.returncode == 0, done.stderr
    assert "CLÉ PRIVÉE" in done.stderr
    return path


@pytest.fixture(scope="module")
def kit(archive: Path) -> Path:
    """The kit, unzipped."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(archive.parent)
    return archive.parent / "kit-sge"


@pytest.fixture
def session(kit: Path) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    folder = kit / "certificats"
    session.cert = (str(folder / "client.pem"), str(folder / "client.key.pem"))
    session.verify = str(folder / "autorite.pem")
    return session


def test_the_zip_is_its_owners_alone_and_says_why(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "clé privée" in zipfile.ZipFile(archive).comment.decode()
    assert "clé privée" in zipfile.ZipFile(archive).read("kit-sge/LISEZMOI.txt").decode()


def test_an_existing_file_is_not_overwritten(simulator: RunningSimulator, archive: Path) -> None:
    before = archive.read_bytes()
    again = simulator.command("kit", str(archive))
    assert again.returncode == 2
    assert archive.read_bytes() == before


def test_the_first_request_of_the_guide_is_answered(
    kit: Path, session: requests.Session, simulator: RunningSimulator
) -> None:
    url = re.search(r"--data @demande.xml (\S+)", (kit / "GUIDE.md").read_text())
    assert url is not None
    assert url[1].startswith(simulator.url)
    answer = session.post(
        url[1],
        data=(kit / "demande.xml").read_bytes(),
        headers={"Content-Type": "text/xml; charset=utf-8"},
        timeout=10,
    )
    assert answer.status_code == 200
    assert read_message(answer.content).contenu["point"]


def test_zeep_calls_with_the_wsdl_as_it_is(
    kit: Path, session: requests.Session, simulator: RunningSimulator
) -> None:
    client = zeep.Client(
        str(kit / "wsdl/ConsultationDonneesTechniquesContractuelles-v1.0.wsdl"),
        transport=zeep.Transport(session=session),
    )
    point = client.service.consulterDonneesTechniquesContractuelles(
        pointId="25946599093143", loginUtilisateur=simulator.login, autorisationClient=True
    )
    assert point["body"]["point"]["id"] == "25946599093143"


def test_every_contract_has_the_address_of_the_server(
    kit: Path, simulator: RunningSimulator
) -> None:
    for file in data_path("wsdl").glob("*.wsdl"):
        document = etree.parse(kit / "wsdl" / file.name)
        (address,) = document.iterfind(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
        assert address.get("location") == f"{simulator.url}/{file.stem.replace('-v', '/v')}"


def test_the_tables_list_services_and_codes(kit: Path) -> None:
    def rows(name: str) -> list[list[str]]:
        text = (kit / name).read_text("utf-8-sig")
        return list(csv.reader(io.StringIO(text), delimiter=";"))

    assert {row[0]: row[1] for row in rows("codes.csv")[1:]} == dict(LIBELLES)
    assert len(rows("services.csv")) == 1 + len(list(data_path("wsdl").glob("*.wsdl")))


def test_the_guide_covers_the_languages_and_the_catalogue_is_there(kit: Path) -> None:
    guide = (kit / "GUIDE.md").read_text()
    for title in ("## curl", "zeep", "suds", "## Java", "## PHP"):
        assert title in guide
    assert (kit / "catalogue/sge-23.2/release.yaml").is_file()
