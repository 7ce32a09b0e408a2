"""A service is found by its folder, and what is wrong with one is told in one sentence."""

import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest
from lxml import etree

from sge_sim.domaine.nomenclatures import PACKAGES
from sge_sim.errors import UsageError
from sge_sim.flux.flux import ParContrat
from sge_sim.flux.registry import BY_CODE, FLUX, codes_of
from sge_sim.machine.files import data_path
from sge_sim.services import declared
from sge_sim.services.declaration import DeclaredService
from sge_sim.services.declared import declared_services
from sge_sim.services.dispatch import hold_together
from sge_sim.services.registry import BY_PATH, FILES, SERVICES, find_services
from sge_sim.soap.contract import load_contracts
from sge_sim.soap.declarations import XSD

CONTRACTS = load_contracts(data_path("wsdl"))
SERVICE = (
    "from sge_sim.services.service import Service\n"
    "SERVICE = Service(nom='Jouet', version='1.0', package='Jouets', codes=(), rules=(),\n"
    "                  handle=print)\n"
)

Package = Callable[..., ModuleType]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Make a package of services in which each folder has the text given for its service.py."""

    def make(missing: str = "", **folders: str) -> ModuleType:
        monkeypatch.syspath_prepend(str(tmp_path))
        for name, text in folders.items():
            folder = tmp_path / "jouets" / name
            folder.mkdir(parents=True)
            for file in ("__init__", *FILES):
                if file != missing:
                    (folder / f"{file}.py").write_text(text if file == "service" else "")
        for name in [name for name in sys.modules if name.split(".")[0] == "jouets"]:
            monkeypatch.delitem(sys.modules, name)
        module = ModuleType("jouets")
        module.__path__ = [str(tmp_path / "jouets")]
        monkeypatch.setitem(sys.modules, "jouets", module)
        return module

    return make


def test_every_contract_file_and_package_has_its_service() -> None:
    assert CONTRACTS.keys() == {service.path for service in SERVICES}
    ordered = {flux for service in SERVICES for flux in service.flux}
    undated = {flux.code for flux in FLUX if flux.depuis is None}
    assert undated - {"ITCE", *codes_of(ParContrat)} <= ordered <= {*BY_CODE}
    assert {service.package for service in SERVICES} == {*PACKAGES}


def test_types_of_measures_are_those_of_the_contract() -> None:
    """Where it enumerates them."""
    listed = 0
    for path, contract in CONTRACTS.items():
        for schema in contract.schemas.values():
            kinds = [
                {value.get("value") for value in kind.iter(f"{{{XSD}}}enumeration")}
                for kind in etree.fromstring(schema).iter(f"{{{XSD}}}simpleType")
            ]
            for kind in kinds:
                if kind & {"COURBE", "COURBES"}:
                    listed += 1
                    assert set(BY_PATH[path].mesures) == kind
    assert listed


def test_a_folder_is_enough(package: Package) -> None:
    (service,) = find_services(package(jouet=SERVICE))
    assert service.path == "/Jouet/v1.0"


def test_a_folder_has_all_its_files(package: Package) -> None:
    with pytest.raises(UsageError, match=r"^Le dossier jouets/jouet n'a pas rules :"):
        find_services(package(missing="rules", jouet=SERVICE))


def test_a_folder_defines_a_service(package: Package) -> None:
    with pytest.raises(UsageError, match=r"^jouets/jouet/service.py ne définit aucun service\.$"):
        find_services(package(jouet=""))


def test_two_services_do_not_share_a_path(package: Package) -> None:
    with pytest.raises(UsageError, match=r"^Deux services répondraient sur /Jouet/v1\.0\.$"):
        find_services(package(jouet=SERVICE, autre=SERVICE))


@pytest.mark.parametrize(
    ("contracts", "services", "sentence"),
    [
        ({"/A/v1.0", "/B/v1.0"}, {"/A/v1.0"}, "Le contrat /B/v1.0 n'a pas de service"),
        ({"/A/v1.0"}, {"/A/v1.0", "/B/v1.0"}, "Le service /B/v1.0 n'a pas de contrat"),
    ],
)
def test_contracts_and_services_go_together(
    contracts: set[str], services: set[str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        hold_together(contracts, services)


@pytest.mark.parametrize(
    ("depuis", "jusqu_a", "releases"),
    [
        (None, None, ["9.1", "23.2", "26.1"]),
        ("23.1", None, ["23.2", "26.1"]),
        (None, "23.2", ["9.1", "23.2"]),
    ],
)
def test_releases_are_compared_by_their_numbers(
    depuis: str | None, jusqu_a: str | None, releases: list[str]
) -> None:
    service = DeclaredService(nom="A", version="1.0", package="P", depuis=depuis, jusqu_a=jusqu_a)
    assert [each for each in ("9.1", "23.2", "26.1") if service.is_listed_in(each)] == releases


def test_what_services_declare_is_kept_and_read_again_when_the_program_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made once, then read without them; what can't be kept is made again."""
    read_now = declared_services.__wrapped__.__wrapped__  # type: ignore[attr-defined]
    of_services = [
        DeclaredService(
            **{each.name: getattr(service, each.name) for each in fields(DeclaredService)}
        )
        for service in SERVICES
    ]
    monkeypatch.setattr(declared, "DECLARED_FILE", tmp_path / "kept" / "services.declared")
    assert [*read_now().values()] == of_services
    monkeypatch.setattr("sge_sim.services.registry.BY_PATH", {})
    assert [*read_now().values()] == of_services
    assert [*read_now()] == [service.path for service in SERVICES]
    monkeypatch.setattr(declared, "_ROOMS", ("services",))
    assert read_now() == {}
    monkeypatch.setattr(declared, "DECLARED_FILE", tmp_path / "kept" / "in" / "none" / "file")
    assert read_now() == {}
