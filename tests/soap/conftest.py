import pytest

from sge_sim.machine.files import data_path
from sge_sim.soap.contract import Contract, load_contracts


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return load_contracts(data_path("wsdl"))


@pytest.fixture
def recherche_point(contracts: dict[str, Contract]) -> Contract:
    return contracts["/RecherchePoint/v2.0"]
