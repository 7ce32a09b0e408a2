"""A refusal reads the same in curl, zeep and suds, and the journal holds it."""

import subprocess
from pathlib import Path
from urllib.request import HTTPSHandler, build_opener

import pytest
import requests
import zeep
from door_kit import Doors, client_context, last_id, recorded_after
from real_clients import real_contracts, real_document
from running_simulator import RunningSimulator
from suds.client import Client as SudsClient
from suds.transport.https import HttpTransport
from zeep.transports import Transport

pytestmark = pytest.mark.xdist_group("door")

PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
REASON = "certificat multi-domaine : a.example.fr, b.example.fr"
BODY = {
    "pointId": "25946599093143",
    "loginUtilisateur": "homologation@tiers1.example.org",
    "autorisationClient": True,
}


@pytest.fixture
def pem(doors: Doors) -> Path:
    pem = doors.files["deux-noms"]
    assert pem is not None
    return pem


def test_curl_shows_the_reason(homologation: RunningSimulator, pem: Path) -> None:
    before = last_id(homologation)
    command = [
        *("curl", "--silent", "--show-error", "--fail-with-body"),
        *("--cacert", homologation.ready["ca_file"], "--cert", str(pem)),
        *("-H", "Content-Type: text/xml", "-d", "<a/>", homologation.url + PATH),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 22
    assert REASON in done.stdout
    assert REASON in recorded_after(homologation, before)["detail"]


def test_curl_shows_an_alert_and_the_journal_its_reason(
    doors: Doors, homologation: RunningSimulator
) -> None:
    before = last_id(homologation)
    command = [
        *("curl", "--silent", "--show-error", "--cacert", homologation.ready["ca_file"]),
        *("--cert", str(doors.files["expire"]), homologation.url + PATH),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "certificate expired" in done.stderr
    assert "expiré" in recorded_after(homologation, before)["detail"]


def test_zeep_shows_the_reason(homologation: RunningSimulator, pem: Path) -> None:
    session = requests.Session()
    session.trust_env = False  # a REQUESTS_CA_BUNDLE would prevail over verify
    session.verify, session.cert = homologation.ready["ca_file"], str(pem)
    client = zeep.Client(real_document(PATH), transport=Transport(session=session, cache=None))
    (binding,) = client.wsdl.bindings
    service = client.create_service(binding, homologation.url + PATH)
    before = last_id(homologation)
    with session, pytest.raises(zeep.exceptions.TransportError) as raised:
        service.consulterDonneesTechniquesContractuelles(**BODY)
    assert raised.value.status_code == 403
    assert REASON in raised.value.content.decode()
    # Its text is the body as bytes: only the letters without accent read well.
    assert REASON in str(raised.value)
    assert REASON in recorded_after(homologation, before)["detail"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # suds drops the answer that it didn't read
def test_suds_shows_the_reason(homologation: RunningSimulator, pem: Path) -> None:
    transport = HttpTransport()
    transport.urlopener = build_opener(HTTPSHandler(context=client_context(homologation, pem)))
    contract = real_contracts()[PATH]
    client = SudsClient(
        contract.source.as_uri(),
        transport=transport,
        location=homologation.url + PATH,
        cache=None,
    )
    before = last_id(homologation)
    with pytest.raises(Exception, match=REASON) as raised:
        client.service.consulterDonneesTechniquesContractuelles(**BODY)
    status, text = raised.value.args[0]
    assert status == 403
    assert text.startswith("Certificat refuse en homologation : - ")
    assert REASON in recorded_after(homologation, before)["detail"]


def test_requests_shows_the_reason(homologation: RunningSimulator, pem: Path) -> None:
    answer = requests.get(
        homologation.url + PATH, verify=homologation.ready["ca_file"], cert=str(pem), timeout=10
    )
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "à" in answer.text or "é" in answer.text
    with pytest.raises(requests.HTTPError, match=REASON):
        answer.raise_for_status()
