"""`cert check` and the door give the same verdict on the same certificate."""

import ssl
from pathlib import Path

import pytest
import yaml
from certificate_forge import rewritten
from cryptography.hazmat.primitives.asymmetric import ec
from door_cases import BOTH, PEM, Maker, Presented
from door_kit import Doors, database_of, hand_in, knock_once
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_simulator import RunningSimulator
from typed_commands import type_command

from sge_sim.clock import PARIS, machine_now
from sge_sim.door.certificats import CertificateRegister
from sge_sim.pki.inspection import inspect_files
from sge_sim.pki.issuing import issue_client_certificate, write_issued_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki, open_pki

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
    if known:
        hand_in(homologation, Presented(issued.chain, b"", BOTH))
    database = database_of(homologation.data_dir)
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


MATRICE = Path(__file__).parents[2] / "docs" / "certificats-matrice.yaml"
CASES = [row["cas"] for row in yaml.safe_load(MATRICE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", [case for case in CASES if case != "aucun-certificat"])
def test_check_says_of_each_kind_of_certificate_what_the_door_does(doors: Doors, case: str) -> None:
    simulator, pem = doors.simulators["homologation"], doors.files[case]
    assert pem is not None
    compare(simulator, pem, doors.extra, leaf_only=case == "intermediaire-non-envoye")


def compare(
    simulator: RunningSimulator, pem: Path, extra: Path, *, leaf_only: bool = False
) -> None:
    """Hold the command against the door, in TLS 1.2: both refuse with the same words, or neither.

    Of a leaf alone whose intermediate is known, the command says what is to be added.
    """
    words = ("cert", "check", str(pem), "--authorities-dir", str(extra))
    done = type_command(*words, "--data-dir", str(simulator.data_dir))
    seen = knock_once(simulator, pem, "1.2")
    if leaf_only:
        assert (done.returncode, seen.status) == (0, None)
        assert "sans lui, TLS refuse" in done.stdout
        return
    if "la clé privée est illisible" in done.stderr or "PRIVATE KEY" in done.stderr:
        assert (done.returncode, seen.status) == (2, None)
        return
    assert done.returncode == (0 if seen.status == 200 else 1), done.stdout + done.stderr
    assert ("Certificat accepté" in done.stdout) == (seen.status == 200)
    if seen.status == 403:
        assert seen.text.strip() in done.stdout


ENCODED_VERSION = bytes.fromhex("a003020102")


@pytest.mark.parametrize(
    ("common_name", "old", "new"),
    [
        ("a.fr", ENCODED_VERSION, bytes.fromhex("a003020108")),
        ("a.fr", ENCODED_VERSION, bytes.fromhex("a003020100")),
        ("abcE.fr", b"\x0c\x07abcE.fr", b"\x13\x07abc\xe9.fr"),
    ],
    ids=["version 9", "version 1 with extensions", "name that is not UTF-8"],
)
def test_check_refuses_what_can_not_be_read_as_the_door_does(
    doors: Doors, tmp_path: Path, common_name: str, old: bytes, new: bytes
) -> None:
    make = maker(doors)
    leaf = make.leaf(subject=common_name)
    der = rewritten(leaf, make.gandi, old, new)
    pem = tmp_path / "spoilt.pem"
    pem.write_bytes(
        leaf.key.private_bytes(*PEM) + ssl.DER_cert_to_PEM_cert(der).encode() + make.gandi.pem
    )
    compare(doors.simulators["homologation"], pem, doors.extra)


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.BrainpoolP256R1(), ec.SECP521R1()])
def test_check_refuses_the_curves_that_the_door_refuses(
    doors: Doors, tmp_path: Path, curve: ec.EllipticCurve
) -> None:
    simulator = doors.simulators["homologation"]
    presented = maker(doors).gandi_leaf(key=ec.generate_private_key(curve))
    hand_in(simulator, presented)
    compare(simulator, presented.write(tmp_path / "curve.pem"), doors.extra)


def maker(doors: Doors) -> Maker:
    data_dir = doors.simulators["homologation"].data_dir
    return Maker(open_pki(data_dir, now=machine_now(), public_roots=False), data_dir / "unused")


def test_check_says_by_which_clock_it_judges(doors: Doors) -> None:
    pem = doors.files["autorite-gandi"]
    done = doors.simulators["homologation"].command("cert", "check", str(pem))
    today = machine_now().astimezone(PARIS)
    assert f"Jugé à l'heure de cette machine, {today:%d/%m/%Y}" in done.stdout
