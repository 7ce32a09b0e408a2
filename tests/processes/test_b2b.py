"""What the B2B listener answers around SOAP, over real TLS, and what the journal keeps of it."""

import gzip

import pytest
from lxml import etree
from real_clients import real_contracts
from running_simulator import RunningSimulator

RP = "/RecherchePoint/v2.0"
ENTETE = (
    '<t:entete xmlns:t="http://www.enedis.fr/sge/b2b/technique/v1.0">'
    "<version>2.0</version></t:entete>"
)


def envelope(body: str, header: str = "") -> str:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )


def search(criteres: str = "<numSiret>00040477212266</numSiret>", header: str = "") -> str:
    return envelope(
        '<r:rechercherPoint xmlns:r="http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0">'
        f"<criteres>{criteres}</criteres><loginUtilisateur>x1@exemple.fr</loginUtilisateur>"
        "</r:rechercherPoint>",
        header,
    )


def test_every_contract_is_published_with_the_address_of_the_server(
    simulator: RunningSimulator,
) -> None:
    for path, contract in real_contracts().items():
        answer = simulator.session.get(f"{simulator.url}{path}?wsdl", timeout=10)
        document = etree.fromstring(answer.content)
        assert [a.get("location") for a in document.iter("{*}address")] == [simulator.url + path]
        assert contract.operation in answer.text


@pytest.mark.observed("clients send one of these, or nothing")
@pytest.mark.parametrize("action", ['""', '"nimporte"', "sans-guillemets"])
def test_soap_action_is_not_looked_at(simulator: RunningSimulator, action: str) -> None:
    assert simulator.post(RP, search(), SOAPAction=action).status_code == 200


@pytest.mark.observed("both are sent by clients and accepted")
@pytest.mark.parametrize("content_type", ["text/xml", "application/soap+xml; charset=UTF-8"])
def test_content_types(simulator: RunningSimulator, content_type: str) -> None:
    assert simulator.post(RP, search(), Content_Type=content_type).status_code == 200


def test_other_content_type_is_refused_in_french(simulator: RunningSimulator) -> None:
    answer = simulator.post(RP, search(), Content_Type="application/json")
    assert answer.status_code == 415
    assert "Il faudrait Content-Type text/xml, et une enveloppe SOAP 1.1" in answer.text
    assert "soap+xml" not in answer.text, "who is told of it sends an envelope of SOAP 1.2"


@pytest.mark.assumed("nothing is public on what the platform does")
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, GZIP"])
@pytest.mark.parametrize("coded", [True, False])
def test_a_coded_body_is_refused_whatever_it_holds(
    simulator: RunningSimulator, coding: str, coded: bool
) -> None:
    body = gzip.compress(search().encode()) if coded else search().encode()
    answer = simulator.post(RP, body, Content_Encoding=coding)
    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    assert f"Content-Encoding « {coding} »" in answer.text
    last = simulator.admin("/api/journal", limit=1)[0]
    assert (last["rule"]["name"], last["http_status"]) == ("Porte/corps_sans_codage", 415)


@pytest.mark.parametrize("coding", ["", "identity", "Identity"])
def test_a_body_that_says_it_is_not_coded_is_read(simulator: RunningSimulator, coding: str) -> None:
    assert simulator.post(RP, search(), Content_Encoding=coding).status_code == 200


def test_unknown_path_lists_those_served(simulator: RunningSimulator) -> None:
    answer = simulator.post("/RecherchePoint/v1.0", search())
    assert answer.status_code == 404
    assert RP in answer.text
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_refused(simulator: RunningSimulator, method: str) -> None:
    answer = simulator.session.request(method, simulator.url + RP, timeout=10)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


def test_no_administration_on_the_b2b_listener(simulator: RunningSimulator) -> None:
    for path in ("/api/journal", "/openapi.json", "/"):
        assert simulator.session.get(simulator.url + path, timeout=10).status_code == 404


@pytest.mark.documented("the path selects the endpoint; another service's body is malformed there")
def test_body_of_another_endpoint_is_malformed(simulator: RunningSimulator) -> None:
    answer = simulator.post("/ConsultationMesures/v1.1", search())
    assert answer.status_code == 500
    assert 'code="SGT562"' in answer.text


def test_malformed_message_is_explained_in_the_journal(simulator: RunningSimulator) -> None:
    answer = simulator.post(RP, search("<numSiret>123</numSiret>"))
    assert 'code="SGT562"' in answer.text
    exchange = simulator.admin("/api/journal", code="SGT562", limit=1)[0]
    assert "numSiret" in exchange["detail"]
    assert exchange["service"] == "RecherchePoint"
    whole = simulator.admin(f"/api/journal/{exchange['id']}")
    assert "<numSiret>123</numSiret>" in whole["request"]
    assert whole["response"] == answer.text


@pytest.mark.observed("recorded requests: partial headers are served")
@pytest.mark.parametrize("header", ["", ENTETE])
def test_header_is_tolerated(simulator: RunningSimulator, header: str) -> None:
    assert simulator.post(RP, search(header=header)).status_code == 200
