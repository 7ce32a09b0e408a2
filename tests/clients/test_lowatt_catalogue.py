"""Measures and orders of the catalogue through the unmodified `lowatt-enedis` command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lowatt_lines import command_line
from real_clients import lowatt_enedis
from running_simulator import RunningSimulator, start_simulator

from sge_sim.homologation.case_request import Contexte, materialise
from sge_sim.homologation.cases import Cas
from sge_sim.homologation.catalogue import Release, load_release

# The last release that lists all nine services, and the latest.
RELEASES = {name: load_release(name) for name in ("23.2", "26.1")}
MEASURES = ("AHC", "CMD")
ORDERS = ("AME", "RS", "HDM")


@pytest.fixture(scope="module", params=RELEASES)
def at_release(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Release, RunningSimulator]]:
    release = RELEASES[request.param]
    data_dir = tmp_path_factory.mktemp(f"release-{request.param}")
    with start_simulator(data_dir, "--now", release.reference.isoformat()) as simulator:
        yield release, simulator


def contexte_of(release: Release, simulator: RunningSimulator) -> Contexte:
    return Contexte(release.reference, simulator.login, simulator.ready["contrat_id"])


def hold(cas: Cas, contexte: Contexte, simulator: RunningSimulator, tmp_path: Path) -> None:
    """Assert that a case gets its expected outcome: the code of its refusal, or an answer."""
    line = command_line(cas.service, cas.version, materialise(cas, contexte))
    outcome = lowatt_enedis(simulator, tmp_path, *line)
    assert outcome.code == cas.attendu.code or outcome.code in cas.attendu.acceptes
    if cas.attendu.code is None and outcome.code is None and cas.objet != "RS":
        assert outcome.answer


@pytest.mark.documented("catalogue 23.2 and 26.1, original dates")
def test_every_measures_case_gets_its_expected_outcome(
    at_release: tuple[Release, RunningSimulator],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    release, simulator = at_release
    for cas in release.cas:
        if cas.objet not in MEASURES:
            continue
        with subtests.test(cas.cle):
            if cas.service_acces is not None:
                granted = "oui" if cas.service_acces else "non"
                done = simulator.command("points", "set", cas.prm, "--service-acces", granted)
                assert done.returncode == 0, done.stderr
            hold(cas, contexte_of(release, simulator), simulator, tmp_path)


@pytest.mark.documented("catalogue 23.2 and 26.1")
def test_every_order_gets_its_expected_outcome(
    at_release: tuple[Release, RunningSimulator],
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    release, simulator = at_release
    for cas in release.cas:
        if cas.objet in ORDERS:
            with subtests.test(cas.cle):
                hold(cas, contexte_of(release, simulator), simulator, tmp_path)


@pytest.mark.documented("catalogue 23.2, ASS-R1: the id that the search gives is stopped")
def test_a_service_that_was_ordered_is_found_and_stopped(
    at_release: tuple[Release, RunningSimulator], tmp_path: Path
) -> None:
    release, simulator = at_release
    prm, contrat = "25884515170669", ("--contrat", simulator.ready["contrat_id"])
    end = release.reference.replace(
        month=release.reference.month - 1, year=release.reference.year + 1
    )
    lowatt_enedis(
        simulator,
        tmp_path,
        *("subscribe", prm, *contrat, "--cdc", "--linky", "--nom", "HOMOLOGATION"),
        *("--from", release.reference.isoformat(), "--to", end.isoformat()),
    )
    found = lowatt_enedis(simulator, tmp_path, "subscriptions", prm, *contrat)
    active = [
        service["serviceSouscritId"]
        for service in found.answer["serviceSouscritMesures"]
        if service["etatCode"] == "ACTIF"
    ]
    assert active
    stopped = lowatt_enedis(simulator, tmp_path, "unsubscribe", prm, "--id", active[0], *contrat)
    assert stopped.code is None
    again = lowatt_enedis(simulator, tmp_path, "unsubscribe", prm, "--id", active[0], *contrat)
    assert again.code == "SGT4O4"
