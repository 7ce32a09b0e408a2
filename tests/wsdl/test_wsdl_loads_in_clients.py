"""Every document is whole: clients and libxml2 load it with no other file and no network."""

import socket
from pathlib import Path

import pytest
import zeep
from contract_tree import WSDL, XS
from lxml import etree
from suds.cache import NoCache  # type: ignore[import-untyped]
from suds.client import Client  # type: ignore[import-untyped]

from sge_sim.machine.files import data_path

DOCUMENTS = sorted(data_path("wsdl").glob("*.wsdl"))

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the document needs the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


class InlineSchemas(etree.Resolver):  # type: ignore[misc]
    """Resolves the namespaces of the inline schemas of a document, and nothing else."""

    def __init__(self, document: Path) -> None:
        super().__init__()
        schemas = etree.parse(document).iter(f"{{{XS}}}schema")
        self.texts = {schema.get("targetNamespace"): etree.tostring(schema) for schema in schemas}

    def resolve(self, system_url: str, public_id: str | None, context: object) -> object:
        return self.resolve_string(self.texts[system_url], context)


def _compile(document: Path) -> etree.XMLSchema:
    resolver = InlineSchemas(document)
    parser = etree.XMLParser()
    parser.resolvers.add(resolver)
    driver = etree.Element(f"{{{XS}}}schema")
    for namespace in resolver.texts:
        etree.SubElement(driver, f"{{{XS}}}import", namespace=namespace, schemaLocation=namespace)
    return etree.XMLSchema(etree.fromstring(etree.tostring(driver), parser))


def _operation(document: Path) -> str:
    path = f"{{{WSDL}}}portType/{{{WSDL}}}operation"
    return str(etree.parse(document).getroot().find(path).get("name"))


@every_document
def test_document_is_self_contained(document: Path) -> None:
    root = etree.parse(document).getroot()
    assert root.xpath("//@schemaLocation") == []
    schemas = root.findall(f".//{{{XS}}}schema")
    namespaces = [schema.get("targetNamespace") for schema in schemas]
    imported = {node.get("namespace") for node in root.iter(f"{{{XS}}}import")}
    assert len(set(namespaces)) == len(namespaces)
    assert imported <= set(namespaces)


@every_document
def test_document_loads_in_zeep(document: Path) -> None:
    client = zeep.Client(wsdl=str(document))  # type: ignore[no-untyped-call]
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    assert list(port.binding.all()) == [_operation(document)]


@every_document
def test_document_loads_in_suds(document: Path) -> None:
    client = Client(document.as_uri(), cache=NoCache())
    (service,) = client.wsdl.services
    (port,) = service.ports
    assert list(port.methods) == [_operation(document)]


@every_document
def test_schemas_compile_in_libxml2_and_know_the_element_of_every_message(document: Path) -> None:
    schema = _compile(document)
    parts = list(etree.parse(document).iter(f"{{{WSDL}}}part"))
    assert parts
    for part in parts:
        prefix, local = part.get("element").split(":")
        schema.validate(etree.Element(f"{{{part.nsmap[prefix]}}}{local}"))
        unknown_element = "SCHEMAV_CVC_ELT_1"
        assert unknown_element not in {error.type_name for error in schema.error_log}


CONSULTER_MESURES = """
<q:consulterMesures xmlns:q="http://www.enedis.fr/sge/b2b/services/consultermesures/v1.1">
  <pointId>12345678901234</pointId>
  <loginDemandeur>marie.durand@example.fr</loginDemandeur>
  <contratId>1234</contratId>
  {consent}
</q:consulterMesures>
"""


@pytest.mark.documented("XSD ConsulterMesures v1.1")
@pytest.mark.parametrize(
    ("consent", "valid"),
    [
        ("", True),
        ("<autorisationClient>true</autorisationClient>", True),
        ("<contratConcluNouveauClientSurSite>1</contratConcluNouveauClientSurSite>", True),
        (
            "<contratConcluNouveauClientSurSite>1</contratConcluNouveauClientSurSite>"
            "<autorisationClient>true</autorisationClient>",
            False,
        ),
        ("<q:autorisationClient>true</q:autorisationClient>", False),
    ],
)
def test_consent_is_an_optional_choice_of_unqualified_elements(consent: str, valid: bool) -> None:
    schema = _compile(data_path("wsdl") / "ConsultationMesures-v1.1.wsdl")
    request = etree.fromstring(CONSULTER_MESURES.format(consent=consent))
    assert schema.validate(request) is valid
