"""The published cases of the measures services, on the day of their release, with their dates."""

from collections.abc import Iterator
from datetime import date

import pytest
from running_simulator import RunningSimulator, start_simulator

from sge_sim.clock import RunningClock, clock_starting_at, parse_instant
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.homologation.reports.rapport import Statut

RELEASES = ("sge-21.3", "sge-22.1", "sge-23.2", "sge-23.4", "sge-26.1")
COUNTS = {"sge-21.3": 10, "sge-22.1": 10, "sge-23.2": 22, "sge-23.4": 15, "sge-26.1": 15}


def cases(release: Release) -> list[Cas]:
    return [case for case in release.cas if case.objet in ("AHC", "CMD")]


@pytest.fixture(scope="module", params=sorted({load_release(name).reference for name in RELEASES}))
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[date, SgeClient]]:
    """A client of a simulator that stands at the day of a release, and that day."""
    start = f"{request.param}T10:00"
    with start_simulator(
        tmp_path_factory.mktemp("release"), "--now", start, "--population-size", "0"
    ) as running:
        yield request.param, SgeClient(cible_of(running.ready))


@pytest.mark.documented("the catalogue of each release, original dates")
def test_every_published_case_comes_out_as_published(client: tuple[date, SgeClient]) -> None:
    day, sge = client
    releases = [one for one in map(load_release, RELEASES) if one.reference == day]
    assert releases
    for release in releases:
        assert not release.decalage(day)
        assert_all_good(Runner(release, sge, clock_starting_at(parse_instant(f"{day}T10:00"))))


@pytest.mark.assumed("shifted dates stand to today as the listed ones stood to their release")
@pytest.mark.parametrize("name", ["sge-21.3", "sge-26.1"])
def test_every_published_case_still_comes_out_today(simulator: RunningSimulator, name: str) -> None:
    client = SgeClient(cible_of(simulator.ready))
    assert_all_good(Runner(load_release(name), client, RunningClock()))


def assert_all_good(runner: Runner) -> None:
    executions = runner.run(cases(runner.release))
    assert len(executions) == COUNTS[runner.release.nom]
    assert {
        each.cle: each.constats for each in executions if each.statut is not Statut.REUSSI
    } == {}
