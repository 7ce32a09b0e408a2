"""Each release, played whole on the machine's day: `make test-dates` moves it to each Monday."""

from collections.abc import Iterator

import pytest
from running_simulator import RunningSimulator, start_simulator

from sge_sim.api.administration import Administration
from sge_sim.clock import RunningClock, legal_date, machine_now
from sge_sim.domaine.plateformes import Generation, Offering
from sge_sim.homologation.campaign.outcome import judge
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.homologation.reports.etats import Decision, Statut

pytestmark = pytest.mark.lundis


@pytest.fixture(scope="module", params=["auto", "toutes"])
def today(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Generation, RunningSimulator]]:
    """A simulator of each setting, on the day of the machine."""
    folder = tmp_path_factory.mktemp("today")
    with start_simulator(folder, "--generation", request.param) as running:
        Administration(running.ready["admin_url"]).snapshot()
        yield request.param, running


@pytest.mark.parametrize("name", list_releases())
def test_what_is_served_is_good_and_the_rest_is_left_out(
    today: tuple[Generation, RunningSimulator], name: str
) -> None:
    generation, running = today
    Administration(running.ready["admin_url"]).reset()
    release = load_release(name)
    offering = Offering(generation, legal_date(machine_now()))
    executions = Runner(release, SgeClient(cible_of(running.ready)), RunningClock()).run(
        release.cas
    )
    wanted = {
        case.cle: Statut.NON_TESTABLE
        if case.non_testable
        else Statut.NON_SERVI
        if offering.why_not(case.existences)
        else Statut.REUSSI
        for case in release.cas
    }
    assert {each.cle: each.statut for each in executions} == wanted
    decisions = {
        each.package: each.decision
        for each in judge(release, release.packages, executions, partielle=False)
    }
    left = {case.package for case in release.cas if wanted[case.cle] is Statut.REUSSI}
    assert decisions == {
        package: Decision.HOMOLOGUE if package in left else Decision.SANS_CAS_SERVI
        for package in release.packages
    }
