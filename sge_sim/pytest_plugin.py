"""The pytest plugin: a simulator for the tests of a client of SGE.

    def test_my_client_reads_a_point(sge):
        point = my_client(sge.url, sge.cert, sge.ca).point("25946599093143")
        assert point.segment == "C5"
        sge.journal.assert_answered("ConsultationDonneesTechniquesContractuelles", "SGT200")

One simulator serves the whole session, on free ports; its state is brought back before each test.
Nothing of sge-sim is loaded until a test asks for the fixture.
"""

import re
import shlex
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sge_sim.homologation.testing import Sge, SgeSession

_FIXTURE = "sge"
_OUTSIDE = re.compile(r"(^|=)/(?:.*/)?(?=[^/]+$)")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("sge-sim", "simulateur des web services SGE")
    group.addoption("--sge-release", default=None, help="version de SGE des marques sge_case")
    group.addoption("--sge-report", default=None, help="dossier du rapport des marques sge_case")
    parser.addini("sge_options", "options de sge-sim serve", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "sge_case(id): the test makes the call of that homologation case, and fails if the call "
        "or its answer isn't what the catalogue wants",
    )


@pytest.fixture(scope="session")
def sge_session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["SgeSession"]:
    """The simulator of the session; tests use `sge`, whose state is brought back for each."""
    from sge_sim.machine.collector import collector_paused

    with collector_paused():
        from sge_sim.homologation.testing import open_test_session

    with open_test_session(
        tmp_path_factory.mktemp("sge"),
        tuple(request.config.getini("sge_options")),
        request.config.getoption("--sge-release"),
    ) as session:
        yield session
        report = request.config.getoption("--sge-report")
        if report is not None:
            session.write_report(Path(report), _command(request.config))


def _command(config: pytest.Config) -> str:
    """Return the shell command that runs the session again, from the folder of the tests.

    A path is seen from there: reports are sent, and tell nothing of the machine.
    """
    asked = config.invocation_params
    seen = (str(each).rstrip("/").replace(str(asked.dir), ".") for each in asked.args)
    return shlex.join(["pytest", *(_OUTSIDE.sub(r"\1", each) for each in seen)])


@pytest.fixture
def sge(sge_session: "SgeSession") -> "Sge":
    """A simulator in the state that every test starts from."""
    return sge_session.fresh()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Compare what a test marked `sge_case` called with the catalogue."""
    result = yield
    names = [name for mark in item.iter_markers("sge_case") for name in mark.args]
    if names:
        arguments = getattr(item, "funcargs", {})
        if _FIXTURE not in arguments:
            pytest.fail("un test marqué sge_case demande la fixture sge", pytrace=False)
        for name in names:
            wrong = arguments[_FIXTURE].tick(name)
            if wrong:
                pytest.fail(wrong, pytrace=False)
    return result
