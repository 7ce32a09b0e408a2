"""`cert check`: files of every format, the verdict of the door, the deadline; what is damaged or no
certificate is refused.
"""

import subprocess
import time
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from certificate_forge import NOW, Forged, authority, forge
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sge_sim.errors import UsageError
from sge_sim.pki.certificates import tolerated_serial_numbers
from sge_sim.pki.inspection import inspect_files
from sge_sim.pki.issuing import IssuedFiles, issue_client_certificate, write_issued_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.rendering import render_inspection
from sge_sim.pki.trust import Pki, load_trust


@pytest.fixture(scope="session")
def policies(pki: Pki) -> list[Policy]:
    return [Policy("homologation", pki.trust), Policy("production", pki.trust)]


@pytest.fixture
def files(pki: Pki, tmp_path: Path) -> IssuedFiles:
    issued = issue_client_certificate(pki.simulated("gandi"), ["sge.example.fr"], now=NOW)
    return write_issued_certificate(tmp_path / "acteur", issued, "secret")


def test_files_are_told_apart_in_any_order(policies: list[Policy], files: IssuedFiles) -> None:
    for paths in permutations([files.key, files.certificate, files.chain]):
        found = inspect_files(paths, policies, NOW)
        assert [file.path for file in found.files] == list(paths)
        contents = {file.path.name: file.contents for file in found.files}
        assert contents["key.pem"] == ("clé privée",)
        assert contents["cert.pem"] == ("certificat de l'acteur « sge.example.fr » (EC secp256r1)",)
        assert contents["chain.pem"][1].startswith("certificat intermédiaire « Simulateur Gandi")
        assert found.key_matches is True
        assert found.accepted
        assert [verdict.environment for verdict in found.verdicts] == ["homologation", "production"]


def test_pkcs12_holds_all_and_needs_its_password(
    policies: list[Policy], files: IssuedFiles
) -> None:
    found = inspect_files([files.bundle], policies, NOW, "secret")
    assert len(found.files[0].contents) == 3
    assert found.key_matches is True
    for password in (None, "other"):
        with pytest.raises(UsageError, match="mot de passe"):
            inspect_files([files.bundle], policies, NOW, password)


def test_der_pkcs7_encrypted_keys_and_mixed_files_are_read(
    policies: list[Policy], gandi_issuer: Forged, tmp_path: Path
) -> None:
    leaf = forge(issuer=gandi_issuer)
    secret = BestAvailableEncryption(b"secret")
    pem_key = leaf.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret)
    contents = {
        "leaf.der": leaf.der,
        "key.der": leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, secret),
        "open.der": leaf.key.private_bytes(
            Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        ),
        "mixed.pem": b"a note\n" + gandi_issuer.pem + pem_key + b"\n" + leaf.pem,
        "chain.p7b": pkcs7.serialize_certificates(
            [leaf.certificate, gandi_issuer.certificate], Encoding.DER
        ),
        "chain.p7c": pkcs7.serialize_certificates(
            [leaf.certificate, gandi_issuer.certificate], Encoding.PEM
        ),
    }
    paths = [tmp_path / file for file in contents]
    for path in paths:
        path.write_bytes(contents[path.name])
    for path in paths:
        found = inspect_files(sorted({path, paths[0]}), policies, NOW, "secret")
        assert found.certificate == leaf.certificate
        assert found.accepted, path
    assert inspect_files(paths, policies, NOW, "secret").key_matches is True


def test_key_of_another_certificate_is_told(
    policies: list[Policy], files: IssuedFiles, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(_pem(rsa.generate_private_key(65537, 2048)))
    found = inspect_files([files.chain, other], policies, NOW)
    assert found.key_matches is False
    assert not found.accepted
    assert all(verdict.accepted for verdict in found.verdicts)
    assert "n'est pas la sienne" in render_inspection(found)
    assert inspect_files([files.chain], policies, NOW).key_matches is None


def test_key_designates_its_certificate_among_several(
    policies: list[Policy], gandi_issuer: Forged, tmp_path: Path
) -> None:
    old, new = forge("old.fr", gandi_issuer), forge("new.fr", gandi_issuer)
    both, key = tmp_path / "both.pem", tmp_path / "key.pem"
    both.write_bytes(old.pem + new.pem)
    key.write_bytes(_pem(new.key))
    with pytest.raises(UsageError, match=r"old\.fr, new\.fr"):
        inspect_files([both], policies, NOW)
    found = inspect_files([both, key], policies, NOW)
    assert found.certificate == new.certificate
    assert "autre certificat « old.fr » (EC secp256r1)" in found.files[0].contents


def test_request_alone_or_key_alone_is_no_certificate(
    policies: list[Policy], files: IssuedFiles, tmp_path: Path
) -> None:
    command = "openssl req -newkey rsa:2048 -nodes -keyout k.pem -out r.csr -subj /CN=a.fr"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    for paths in ([tmp_path / "r.csr"], [files.key]):
        with pytest.raises(UsageError, match="Aucun certificat"):
            inspect_files(paths, policies, NOW)
    found = inspect_files([tmp_path / "r.csr", files.chain], policies, NOW)
    assert found.files[0].contents == ("demande de certificat (CSR), sans usage ici",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x30\x82",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\n",
        b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n",
        b"\x00" * (1 << 20) + b"\x00",
    ],
)
def test_unreadable_file_is_told_in_one_sentence(
    policies: list[Policy], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UsageError) as raised:
        inspect_files([path], policies, NOW)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_endless_file_and_unclosed_blocks_are_refused_at_once(
    policies: list[Policy], tmp_path: Path
) -> None:
    unclosed = tmp_path / "unclosed.pem"
    unclosed.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n" * 30_000)
    started = time.perf_counter()
    for path in (Path("/dev/zero"), unclosed):
        with pytest.raises(UsageError):
            inspect_files([path], policies, NOW)
    assert time.perf_counter() - started < 1


def test_public_root_with_a_serial_number_of_zero_does_not_disturb(
    policies: list[Policy], files: IssuedFiles, pki: Pki, tmp_path: Path
) -> None:
    (root,) = [each for each in pki.trust.roots if "Go Daddy" in str(each.subject)]
    path = tmp_path / "root.pem"
    path.write_bytes(root.public_bytes(Encoding.PEM))
    assert inspect_files([path, files.chain], policies, NOW).accepted


def test_missing_file_and_two_keys_are_usage_errors(
    policies: list[Policy], files: IssuedFiles, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="illisible"):
        inspect_files([tmp_path / "none.pem"], policies, NOW)
    other = tmp_path / "other.pem"
    other.write_bytes(_pem(forge().key))
    with pytest.raises(UsageError, match="plusieurs clés"):
        inspect_files([files.key, other, files.chain], policies, NOW)


@pytest.mark.documented("FAQ")
def test_deadline_is_15_working_days_before_the_legal_date_of_the_end(
    policies: list[Policy], gandi_issuer: Forged, tmp_path: Path
) -> None:
    # 30 March at 23:00 UTC is 31 March in Paris.
    end = NOW.replace(year=2027, month=3, day=30, hour=23)
    path = tmp_path / "leaf.pem"
    path.write_bytes(forge(issuer=gandi_issuer, end=end).pem)
    assert inspect_files([path], policies, NOW).renewal_deadline == date(2027, 3, 9)
    # 8 March at 23:00 UTC is 9 March in Paris: the last day.
    eve = NOW.replace(year=2027, month=3, day=8, hour=22, minute=59)
    assert inspect_files([path], policies, eve).renewal_due is False
    due = inspect_files([path], policies, eve + timedelta(minutes=1))
    assert due.renewal_due is True
    assert "09/03/2027" in render_inspection(due)
    assert "renouveler sans attendre" in render_inspection(due)


@pytest.mark.documented("FAQ: the renewal is that of production certificates")
def test_no_renewal_is_told_of_a_certificate_that_production_does_not_admit(
    pki: Pki, policies: list[Policy], letsencrypt_issuer: Forged, tmp_path: Path
) -> None:
    path = tmp_path / "leaf.pem"
    path.write_bytes(forge(issuer=letsencrypt_issuer, end=NOW + timedelta(days=3)).pem)
    for asked in (policies, policies[:1]):
        text = render_inspection(inspect_files([path], asked, NOW))
        assert "Renouvellement" not in text
        assert "renouveler sans attendre" not in text
        assert "Attention : le certificat expire le" in text
    # Of an authority that isn't known, only who asks for production is told.
    path.write_bytes(forge(end=NOW + timedelta(days=3)).pem)
    homologation, both = (
        render_inspection(inspect_files([path], asked, NOW)) for asked in (policies[:1], policies)
    )
    assert "Renouvellement" not in homologation
    assert "Attention : le certificat expire le" in homologation
    assert "Renouvellement : en production" in both


@pytest.mark.documented("FAQ")
def test_reuse_for_the_vpn_is_told(policies: list[Policy], files: IssuedFiles) -> None:
    found = inspect_files([files.chain], policies, NOW)
    assert any("VPN SSL" in sentence for sentence in found.advice)


def test_missing_intermediate_is_told(policies: list[Policy], files: IssuedFiles) -> None:
    found = inspect_files([files.certificate, files.key], policies, NOW)
    assert found.accepted
    assert "Simulateur Gandi intermédiaire" in found.advice[0]
    assert "Gandi" not in inspect_files([files.chain], policies, NOW).advice[0]


def test_lets_encrypt_without_client_auth_is_told(
    policies: list[Policy], letsencrypt_issuer: Forged, tmp_path: Path, pki: Pki
) -> None:
    issued = issue_client_certificate(pki.simulated("letsencrypt"), ["a.fr"], now=NOW)
    files = write_issued_certificate(tmp_path, issued)
    found = inspect_files([files.chain], policies, NOW)
    assert [verdict.accepted for verdict in found.verdicts] == [True, False]
    assert "ne délivre plus clientAuth" in found.advice[0]


def test_revocation_of_a_real_authority_is_said_to_be_unknown(pki: Pki, tmp_path: Path) -> None:
    root = authority("Racine", "Certinomis")
    folder = tmp_path / "authorities"
    folder.mkdir()
    (folder / "root.pem").write_bytes(root.pem)
    (tmp_path / "leaf.pem").write_bytes(forge(issuer=root).pem)
    trust = load_trust(pki.trust.authorities, authorities_dir=folder, public_roots=False)
    found = inspect_files([tmp_path / "leaf.pem"], [Policy("production", trust)], NOW)
    assert found.accepted
    assert "révocation n'est pas vérifiée" in found.advice[0]


def test_report_tells_every_reason(
    policies: list[Policy], gandi_issuer: Forged, tmp_path: Path
) -> None:
    path = tmp_path / "leaf.pem"
    path.write_bytes(forge("*.a.fr", gandi_issuer, names=["b.fr"], extended=None).pem)
    text = render_inspection(inspect_files([path], policies, NOW))
    assert text.count("nom générique (wildcard) : *.a.fr") == 2
    assert text.count("certificat multi-domaine : *.a.fr, b.fr") == 2
    assert "Certificat refusé en homologation" in text


def _pem(key) -> bytes:  # type: ignore[no-untyped-def]
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@given(st.binary(max_size=200))
@settings(max_examples=50, deadline=None)
def test_bytes_that_are_no_certificate_are_refused(pki: Pki, junk: bytes) -> None:
    verdict = Policy("production", pki.trust).judge(junk, NOW)
    assert [reason.rule.code for reason in verdict.reasons] == ["illisible"]


@pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")
@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_certificate_never_raises_nor_passes(
    pki: Pki, gandi_issuer: Forged, data: st.DataObject
) -> None:
    sound = _SOUND.setdefault("sound", forge(issuer=gandi_issuer, names=["sge.example.fr"]))
    der, signature = sound.der, sound.certificate.signature
    index = data.draw(st.integers(0, len(der) - 1))
    # Before the signature stands how many of its last bits don't count: the same signature.
    assume(index != len(der) - len(signature) - 1)
    bits = data.draw(st.integers(1, 255))
    damaged = der[:index] + bytes([der[index] ^ bits]) + der[index + 1 :]
    verdict = Policy("production", pki.trust).judge(damaged, NOW)
    assert {reason.rule.code for reason in verdict.reasons} & {"illisible", "chaine"}


_SOUND: dict[str, Forged] = {}


def test_a_name_that_is_a_string_of_bits_is_unreadable(pki: Pki, gandi_issuer: Forged) -> None:
    der = forge(issuer=gandi_issuer, names=["sge.example.fr"]).der
    name = "Simulateur Gandi intermédiaire".encode()
    assert der.count(bytes([12, len(name)]) + name) == 1  # the tag of UTF8String
    damaged = der.replace(bytes([12, len(name)]) + name, bytes([3, len(name)]) + name)
    verdict = Policy("production", pki.trust).judge(damaged, NOW)
    assert [reason.rule.code for reason in verdict.reasons] == ["illisible"]


@pytest.mark.assumed("RFC 5280 §4.1.2.2")
def test_serial_number_of_zero_is_refused_whether_or_not_warnings_are_errors(pki: Pki) -> None:
    with tolerated_serial_numbers():
        (root,) = [each for each in pki.trust.roots if "Go Daddy" in str(each.subject)]
        quiet = Policy("production", pki.trust).judge(root.public_bytes(Encoding.DER), NOW)
    loud = Policy("production", pki.trust).judge(root.public_bytes(Encoding.DER), NOW)
    assert [reason.rule.code for reason in quiet.reasons] == ["illisible"]
    assert quiet == loud


def test_unreadable_companions_of_a_sound_certificate_are_ignored(
    pki: Pki, gandi_issuer: Forged
) -> None:
    leaf = forge(issuer=gandi_issuer)
    assert Policy("production", pki.trust).judge(leaf.der, NOW, [b"junk"]).accepted
