from collections.abc import Iterator

import pytest
from entreprises_kit import SIREN, VOISIN, Caller, company, made
from in_process import InProcess


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A simulator of production whose company holds points."""
    with company(tmp_path_factory.mktemp("entreprises")) as found:
        yield found


@pytest.fixture(scope="session")
def titulaire(running: InProcess) -> Caller:
    """An application that may call all the interfaces."""
    return Caller(running, made(running, SIREN))


@pytest.fixture(scope="session")
def decrit(running: InProcess) -> Caller:
    """The same where answers have the form of the descriptions."""
    return Caller(running, made(running, SIREN), {"forme_entreprises": "decrite"})


@pytest.fixture(scope="session")
def voisin(running: InProcess) -> Caller:
    """The application of another company."""
    return Caller(running, made(running, VOISIN))
