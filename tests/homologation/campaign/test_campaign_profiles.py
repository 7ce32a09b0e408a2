"""An observed campaign knows whether the simulator plays the defects of the real platform."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from exchange_samples import envelope, fault
from in_process import served_in_process
from running_simulator import RunningSimulator, start_simulator

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.homologation.campaign.case_request import ContexteDeCas, materialise
from sge_sim.homologation.catalogue.release import Release, load_release
from sge_sim.journal import EchangeRecord, Journal
from sge_sim.tables.acteurs import default_acteur

MakeContext = Callable[[Release, Any], ContexteDeCas]


@pytest.fixture(scope="module", params=["nominal", "fidele"])
def watched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, RunningSimulator]]:
    """A simulator of each profile, and the campaign that its default tiers has opened."""
    profile: str = request.param
    folder = tmp_path_factory.mktemp(profile)
    with served_in_process(folder, "--now", "2023-10-24T10:00", "--profile", profile) as running:
        assert running.command("campaign", "start").returncode == 0
        yield profile, running


def record_failure(running: RunningSimulator, contexte: ContexteDeCas, release: Release) -> None:
    """Write in the journal that a good order on a C2-C4 was answered SGT500."""
    (case,) = release.find("F300B_O1")
    request = envelope("demande", materialise(case, contexte))
    response = fault("SGT500", "Une erreur technique est survenue")
    database = Database(sqlite_url(running.data_dir / "sge-sim.db"))
    with database.sessions() as session:
        acteur = default_acteur(session, "tiers").code
    journal = Journal.beside(database, running.data_dir)
    journal.append(
        EchangeRecord(
            instant=datetime(2023, 10, 24, 8, 30, tzinfo=UTC),
            machine_instant=datetime.now(UTC),
            duration_ms=1.0,
            kind="soap",
            origine="client",
            acteur_code=acteur,
            service=case.service,
            version=case.version,
            request=request,
            response=response,
        )
    )
    journal.close()
    database.dispose()


@pytest.mark.observed("22.1: SGT500 on the C2-C4, which the profile fidele plays")
def test_a_failure_is_excused_only_where_the_simulator_plays_the_real_platform(
    watched: tuple[str, RunningSimulator], contexte_of: MakeContext
) -> None:
    profile, running = watched
    release = load_release("23.2")
    wanted = {"nominal": "non conforme", "fidele": "coché"}[profile]
    contexte = contexte_of(release, release.reference)
    record_failure(running, contexte, release)
    status = running.command("campaign", "status").stdout
    assert f"{wanted:<14} F300B_O1@C2-C4" in status
    record_failure(running, contexte, release)
    (campaign,) = running.admin("/api/campaigns")
    assert [each["issue"] for each in campaign["observations"]] == [wanted, wanted]


def test_the_command_still_works_once_the_simulator_has_stopped(
    tmp_path: Path, contexte_of: MakeContext
) -> None:
    release = load_release("23.2")
    with start_simulator(tmp_path, "--now", "2023-10-24T10:00", "--profile", "fidele") as running:
        assert running.command("campaign", "start").returncode == 0
        record_failure(running, contexte_of(release, release.reference), release)
    assert "coché          F300B_O1@C2-C4" in running.command("campaign", "status").stdout
