"""`cert check` and the door give the same verdict on the same certificate."""

from pathlib import Path

import pytest
from door_cases import BOTH, Presented
from door_kit import Doors, database_of, knock_once, register
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_simulator import RunningSimulator

from sge_sim.clock import machine_now
from sge_sim.pki.inspection import inspect_files
from sge_sim.pki.installation import Pki
from sge_sim.pki.issuing import issue_client_certificate, write_issued_certificate
from sge_sim.pki.policy import Policy
from sge_sim.referentiel.certificats import CertificateRegister

pytestmark = pytest.mark.xdist_group("door")

NAMES = st.sampled_from(["a.example.fr", "www.a.example.fr", "*.example.fr", "b.example.fr"])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    slug=st.sampled_from(["gandi", "globalsign", "letsencrypt"]),
    names=st.lists(NAMES, min_size=1, max_size=2, unique=True),
    days=st.sampled_from([30, 300, -2]),
    known=st.booleans(),
)
def test_check_and_the_door_agree(
    pki_of_homologation: Pki,
    homologation: RunningSimulator,
    tmp_path_factory: pytest.TempPathFactory,
    slug: str,
    names: list[str],
    days: int,
    known: bool,
) -> None:
    folder = tmp_path_factory.mktemp("agree")
    pki = pki_of_homologation
    issued = issue_client_certificate(pki.simulated(slug), names, now=machine_now(), days=days)
    files = write_issued_certificate(folder, issued)
    database = database_of(homologation.data_dir)
    if known:
        register(database, "homologation", Presented(issued.chain, b"", BOTH), "TIERS1")
    policy = Policy("homologation", pki.trust, CertificateRegister(database))
    checked = inspect_files([files.chain, files.key], [policy], machine_now())
    database.dispose()

    pem = folder / "both.pem"
    pem.write_bytes(files.key.read_bytes() + files.chain.read_bytes())
    seen = knock_once(homologation, pem)
    (verdict,) = checked.verdicts
    assert checked.accepted == (seen.status == 200)
    if seen.status == 403:
        assert seen.text.strip() == verdict.explain()


@pytest.mark.parametrize("case", ["autorite-gandi", "deux-noms", "expire", "toutes-les-fautes"])
def test_the_command_says_what_the_door_says(doors: Doors, case: str) -> None:
    simulator, pem = doors.simulators["homologation"], doors.files[case]
    assert pem is not None
    extra = ["--authorities-dir", str(doors.extra)]
    done = simulator.command("cert", "check", str(pem), *extra)
    seen = knock_once(simulator, pem)
    assert done.returncode == (0 if seen.status == 200 else 1), done.stderr
    if seen.status == 403:
        assert seen.text.strip() in done.stdout


def test_check_tells_a_key_that_is_not_the_certificates(doors: Doors, tmp_path: Path) -> None:
    one, other = (doors.cases[case] for case in ("autorite-gandi", "autorite-thawte"))
    Presented(one.chain, other.key, {}).write(tmp_path / "mixed.pem")
    done = doors.simulators["homologation"].command("cert", "check", str(tmp_path / "mixed.pem"))
    assert done.returncode == 1
    assert "n'est pas la sienne" in done.stdout
