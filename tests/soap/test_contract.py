import importlib.resources
import shutil
import threading
from pathlib import Path

import pytest
from lxml import etree

from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path
from sge_sim.services.registry import SERVICES
from sge_sim.soap import contract as contract_module
from sge_sim.soap.contract import Contract, load_contracts
from sge_sim.soap.endpoint import Endpoint
from sge_sim.soap.models import Models
from sge_sim.soap.protocol import FaultStyle

PATHS = frozenset(service.path for service in SERVICES)


@pytest.fixture(scope="module")
def kit() -> Path:
    return Path(str(importlib.resources.files("lowatt_enedis"))) / "wsdl"


def test_published_document_stands_alone_and_names_the_running_server(
    contracts: dict[str, Contract],
) -> None:
    for contract in contracts.values():
        document = etree.fromstring(contract.published_at("https://localhost:1234/ici"))
        assert [a.get("location") for a in document.iter("{*}address")] == [
            "https://localhost:1234/ici"
        ]
        assert not document.xpath("//@schemaLocation")


def test_official_kit_replaces_our_documents(kit: Path, tmp_path: Path) -> None:
    contracts = load_contracts(data_path("wsdl"), kit)
    assert contracts.keys() == PATHS
    assert all(kit in contract.source.parents for contract in contracts.values())
    for contract in contracts.values():
        document = etree.fromstring(contract.published_at("https://localhost/x"))
        assert not document.xpath("//@schemaLocation")
        assert document.xpath("count(//*[local-name()='schema'])") >= 3


def test_part_of_a_kit_replaces_what_it_holds(kit: Path, tmp_path: Path) -> None:
    shutil.copytree(kit / "RecherchePoint", tmp_path / "RecherchePoint")
    contracts = load_contracts(data_path("wsdl"), tmp_path)
    replaced = {path for path, c in contracts.items() if tmp_path in c.source.parents}
    assert replaced == {"/RecherchePoint/v2.0"}


def test_folder_without_the_services_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ne contient le WSDL d'aucun des services"):
        load_contracts(data_path("wsdl"), tmp_path)
    with pytest.raises(UsageError, match="n'est pas un dossier"):
        load_contracts(data_path("wsdl"), tmp_path / "absent")


class _Held(etree.Resolver):
    """Holds the reading of a document until it is let go, and what is done meanwhile with it."""

    def __init__(self) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()

    def resolve(self, system_url: str, public_id: str, context: object) -> object:
        self.reached.set()
        self.let_go.wait(5)
        return self.resolve_empty(context)


def test_contract_is_compiled_though_a_thread_ends_a_document_meanwhile(
    contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, parser = _Held(), etree.XMLParser(load_dtd=True)
    parser.resolvers.add(held)
    text = '<!DOCTYPE a SYSTEM "a.dtd"><a/>'
    reader = threading.Thread(target=etree.fromstring, args=(text, parser))
    reader.start()
    assert held.reached.wait(5)
    first_asked = contract_module._InMemory.resolve

    def end_the_other(self: etree.Resolver, *asked: object) -> object:
        held.let_go.set()
        reader.join()
        return first_asked(self, *asked)

    monkeypatch.setattr(contract_module._InMemory, "resolve", end_the_other)
    contract = contracts["/RecherchePoint/v2.0"]
    [mistake] = contract.mistakes(etree.Element(contract.request))
    assert mistake.sentence == "rechercherPoint : criteres attendu, rien reçu"


def test_broken_document_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "RecherchePoint-v2.0.wsdl").write_text("<wsdl")
    with pytest.raises(UsageError, match="n'est pas un document XML lisible"):
        [*load_contracts(tmp_path).values()]
    ours = (data_path("wsdl") / "RecherchePoint-v2.0.wsdl").read_text(encoding="utf-8")
    (tmp_path / "RecherchePoint-v2.0.wsdl").write_text(ours.replace("xsd:sequence", "xsd:suite"))
    with pytest.raises(UsageError, match="le schéma du WSDL est invalide"):
        [*load_contracts(tmp_path).values()]


def test_every_element_of_every_contract_has_a_model(kit: Path) -> None:
    for contracts in (load_contracts(data_path("wsdl")), load_contracts(data_path("wsdl"), kit)):
        for contract in contracts.values():
            models = Models(contract.schemas)
            for name in (
                contract.request,
                contract.response,
                contract.request_header,
                contract.response_header,
                contract.fault,
            ):
                if name is not None:
                    # The services of M023 answer a root of a simple type, which has no name.
                    simple = {"string"} if name.endswith("}affaireId") else set()
                    type_name = models.element(name).get_type_name()
                    assert type_name in {etree.QName(name).localname, *simple}


@pytest.mark.parametrize(
    ("element", "construct"),
    [('<xsd:element name="duree" type="xsd:duration"/>', "xs:duration"), ("<xsd:any/>", "xs:any")],
)
def test_a_contract_of_types_that_are_not_known_is_refused_when_it_is_loaded(
    tmp_path: Path, element: str, construct: str
) -> None:
    ours = (data_path("wsdl") / "RecherchePoint-v2.0.wsdl").read_text(encoding="utf-8")
    login = '<xsd:element name="loginUtilisateur"'
    assert ours.count(login) == 1
    (tmp_path / "RecherchePoint-v2.0.wsdl").write_text(ours.replace(login, element + login))
    (contract,) = load_contracts(tmp_path).values()
    with pytest.raises(UsageError, match=rf"RecherchePoint.* ne sait pas lire {construct}\.$"):
        Endpoint(contract, lambda _, __: b"", FaultStyle())


def test_mistake_names_the_element_at_fault(recherche_point: Contract) -> None:
    body = etree.fromstring(
        f'<a:rechercherPoint xmlns:a="{etree.QName(recherche_point.request).namespace}">'
        "<criteres/></a:rechercherPoint>"
    )
    mistake = recherche_point.first_mistake(body)
    assert mistake is not None
    assert mistake.sentence == "rechercherPoint : loginUtilisateur attendu, rien reçu"


@pytest.mark.parametrize("count", [90, 74_000])
def test_a_message_of_many_mistakes_is_told_in_a_few_words(
    recherche_point: Contract, count: int
) -> None:
    """What is told is journaled, and libxml2 keeps kilobytes of each mistake."""
    attributes = " ".join(f'a{number}{"b" * 500}=""' for number in range(count))
    body = etree.fromstring(
        f'<a:rechercherPoint xmlns:a="{etree.QName(recherche_point.request).namespace}" '
        f"{attributes}/>",
        etree.XMLParser(huge_tree=True),
    )
    mistake = recherche_point.first_mistake(body)
    assert mistake is not None
    assert mistake.sentence.startswith("rechercherPoint : ")
    assert len(mistake.sentence) < 150
    assert len(recherche_point.schema.error_log) < 100
