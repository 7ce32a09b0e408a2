"""Issuing an actor's certificate, writing it for its client, the working days before it ends."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from certificate_forge import NOW
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import strategies as st

from sge_sim.clock import PARIS
from sge_sim.domaine.nomenclatures import KeyType
from sge_sim.errors import UsageError
from sge_sim.pki.certificates import domain_names, extension, key_text
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline, rotation_warning
from sge_sim.pki.issuing import issue_client_certificate, write_issued_certificate
from sge_sim.pki.material import read_material
from sge_sim.pki.simulated import SimulatedAuthority
from sge_sim.pki.trust import Pki


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ({"days": 90}, -1, 90),
        ({"days": -3}, None, -3),
        ({"days": 30, "valid_from": NOW + timedelta(days=7)}, 7, 37),
    ],
    ids=["from yesterday", "expired", "later"],
)
def test_dates_come_from_the_given_instant(
    gandi: SimulatedAuthority, asked: dict[str, Any], start: int | None, end: int
) -> None:
    leaf = issue_client_certificate(gandi, ["sge.example.fr"], now=NOW, **asked).leaf
    assert leaf.not_valid_before_utc < leaf.not_valid_after_utc == NOW + timedelta(days=end)
    assert start is None or leaf.not_valid_before_utc == NOW + timedelta(days=start)


def test_numbers_follow_the_given_instant_and_never_repeat(gandi: SimulatedAuthority) -> None:
    first, other, later = (
        issue_client_certificate(gandi, ["a.fr"], now=NOW + timedelta(seconds=late)).leaf
        for late in (0, 0, 1)
    )
    assert first.serial_number != other.serial_number
    assert max(first.serial_number, other.serial_number) < later.serial_number


@pytest.mark.parametrize(
    ("key_type", "text"),
    [
        ("p256", "EC secp256r1"),
        ("p384", "EC secp384r1"),
        ("rsa2048", "RSA 2048"),
        ("rsa3072", "RSA 3072"),
        ("rsa4096", "RSA 4096"),
        ("ed25519", "Ed25519"),
    ],
)
def test_each_kind_of_key_can_be_asked_for(
    gandi: SimulatedAuthority, key_type: KeyType, text: str
) -> None:
    issued = issue_client_certificate(gandi, ["a.fr"], now=NOW, key_type=key_type)
    assert key_text(issued.leaf) == text
    issued.leaf.verify_directly_issued_by(issued.intermediate)


@pytest.mark.documented("Let's Encrypt: no clientAuth since 8 July 2026")
def test_extended_use_is_what_the_real_authority_grants(pki: Pki) -> None:
    for authority in pki.trust.simulated:
        leaf = issue_client_certificate(authority, ["a.fr"], now=NOW).leaf
        use = ExtendedKeyUsageOID.CLIENT_AUTH
        if authority.authority.slug == "letsencrypt":
            use = ExtendedKeyUsageOID.SERVER_AUTH
        assert list(extension(leaf, x509.ExtendedKeyUsage) or ()) == [use]


def test_what_the_policy_refuses_can_be_issued(gandi: SimulatedAuthority) -> None:
    leaf = issue_client_certificate(gandi, ["*.example.fr", "b.fr"], now=NOW).leaf
    assert domain_names(leaf) == {"*.example.fr", "b.fr"}


@pytest.mark.parametrize(
    ("names", "days"),
    [
        *((names, 30) for names in ([], [""], [" "], ["société.fr"], ["a" * 70], ["a", "b" * 300])),
        *((["a.fr"], days) for days in (0, 5000, -5000, 10**9)),
    ],
)
def test_impossible_names_and_durations_are_usage_errors(
    gandi: SimulatedAuthority, names: list[str], days: int
) -> None:
    with pytest.raises(UsageError):
        issue_client_certificate(gandi, names, now=NOW, days=days)


def test_a_certificate_lasts_no_longer_than_its_authority(gandi: SimulatedAuthority) -> None:
    late = gandi.intermediate.not_valid_after_utc
    with pytest.raises(UsageError, match="Le certificat sortirait de la validité"):
        issue_client_certificate(gandi, ["a.fr"], now=NOW, days=2, valid_from=late)


def test_files_are_what_clients_ask_for(gandi: SimulatedAuthority, tmp_path: Path) -> None:
    issued = issue_client_certificate(gandi, ["sge.example.fr"], now=NOW)
    files = write_issued_certificate(tmp_path / "acteur", issued, "secret")
    key = load_pem_private_key(files.key.read_bytes(), None)
    assert key.public_key() == issued.leaf.public_key()
    assert x509.load_pem_x509_certificates(files.certificate.read_bytes()) == [issued.leaf]
    assert x509.load_pem_x509_certificates(files.chain.read_bytes()) == list(issued.chain)
    p12_key, leaf, others = pkcs12.load_key_and_certificates(files.bundle.read_bytes(), b"secret")
    assert p12_key.public_key() == issued.leaf.public_key()
    assert (leaf, others) == (issued.leaf, [issued.intermediate])
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(files.bundle.read_bytes(), b"other")


def test_files_are_private_and_never_overwritten_and_the_bundle_has_a_password(
    gandi: SimulatedAuthority, tmp_path: Path
) -> None:
    issued = issue_client_certificate(gandi, ["sge.example.fr"], now=NOW)
    files = write_issued_certificate(tmp_path / "acteur", issued)
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(files.bundle.read_bytes(), None)
    assert read_material(files.bundle).certificates == issued.chain
    modes = {path.name: S_IMODE(path.stat().st_mode) for path in files.key.parent.iterdir()}
    assert modes == {"key.pem": 0o600, "bundle.p12": 0o600, "cert.pem": 0o644, "chain.pem": 0o644}
    assert S_IMODE(files.key.parent.stat().st_mode) == 0o700
    before = files.key.read_bytes()
    other = issue_client_certificate(gandi, ["sge.example.fr"], now=NOW)
    with pytest.raises(UsageError, match="existe déjà"):
        write_issued_certificate(tmp_path / "acteur", other)
    assert files.key.read_bytes() == before


def test_openssl_verifies_what_is_issued(gandi: SimulatedAuthority, tmp_path: Path) -> None:
    issued = issue_client_certificate(gandi, ["sge.example.fr"], now=NOW)
    files = write_issued_certificate(tmp_path, issued)
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient"]
    command += ["-attime", str(int(NOW.timestamp())), "-CAfile", str(gandi.folder / "root.pem")]
    command += ["-untrusted", str(files.chain), str(files.certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith(": OK"), done.stderr


DAYS = st.dates(date(2015, 1, 1), date(2045, 1, 1))


@pytest.mark.documented("FAQ")
@pytest.mark.parametrize(
    ("expiry", "deadline"),
    [
        (date(2026, 3, 31), date(2026, 3, 10)),  # three plain weeks
        (date(2026, 5, 29), date(2026, 5, 5)),  # 8, 14 and 25 May off
        (date(2026, 1, 9), date(2025, 12, 17)),  # 25 December and 1 January off
        (date(2026, 3, 29), date(2026, 3, 9)),  # a Sunday
        (date(2025, 5, 12), date(2025, 4, 16)),  # Easter Monday, 1 and 8 May off
    ],
)
def test_new_certificate_is_handed_in_15_working_days_before(expiry: date, deadline: date) -> None:
    assert renewal_deadline(expiry) == deadline


END = datetime(2026, 3, 31, 12, tzinfo=PARIS)
A_SECOND = timedelta(seconds=1)


@pytest.mark.documented("FAQ")
def test_the_renewal_is_told_from_the_first_second_of_the_deadline_on() -> None:
    deadline = datetime(2026, 3, 10, tzinfo=PARIS)
    assert rotation_warning(END, deadline - A_SECOND, by_ticket=True) is None
    warning = rotation_warning(END, deadline, by_ticket=True)
    assert "expire le 31/03/2026 : le nouveau était à déposer le 10/03/2026" in warning


@pytest.mark.assumed("no delay is asked in homologation: announced from the same day on")
def test_the_end_is_announced_in_homologation_too() -> None:
    deadline = datetime(2026, 3, 10, tzinfo=PARIS)
    assert rotation_warning(END, deadline - A_SECOND, by_ticket=False) is None
    warning = rotation_warning(END, deadline, by_ticket=False)
    assert warning == "Le certificat expire le 31/03/2026 : en enregistrer un nouveau"


def test_a_certificate_has_expired_after_its_last_second_only() -> None:
    for now, verb in ((END, "certificat expire le"), (END + A_SECOND, "certificat a expiré le")):
        warning = rotation_warning(END, now, by_ticket=True)
        assert verb in warning


@pytest.mark.documented("RFC 5280 §4.1.2.5")
def test_a_certificate_without_an_end_has_a_last_day_in_legal_time() -> None:
    no_end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert in_legal_time(no_end) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=PARIS)
    assert renewal_deadline(in_legal_time(no_end).date()) == date(9999, 12, 10)
    assert rotation_warning(no_end, END, by_ticket=True) is None
    assert in_legal_time(END.astimezone(UTC)) == END
    assert renewal_deadline(date(1, 1, 3)) == date.min
