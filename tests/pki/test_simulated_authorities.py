"""The simulated authorities: their files, their names, what they may issue, a first start."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from stat import S_IMODE

import pytest
from certificate_forge import NOW
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.errors import UsageError
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.certificates import extension
from sge_sim.pki.issuing import issue_client_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.simulated import open_simulated_authorities, open_simulated_authority
from sge_sim.pki.trust import Pki, open_pki

AUTHORITIES = load_authorities()


def test_first_start_makes_each_authority_of_the_list(fresh_pki: Pki) -> None:
    assert [each.authority for each in fresh_pki.trust.simulated] == list(AUTHORITIES.authorities)
    folders = {path.name for path in fresh_pki.trust.simulated[0].folder.parent.iterdir()}
    assert folders - {".lock"} == {authority.slug for authority in AUTHORITIES.authorities}


def test_keys_are_private_and_so_are_their_folders(fresh_pki: Pki, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    keys = [path for path in folder.rglob("*") if path.is_file() and _holds_a_key(path)]
    assert len(keys) == 2 * len(AUTHORITIES.authorities) + 2
    assert {S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    assert {S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_second_start_finds_what_the_first_made(tmp_path: Path) -> None:
    first = open_pki(tmp_path, now=NOW, public_roots=False)
    second = open_pki(tmp_path, now=NOW + timedelta(days=3), public_roots=False)
    assert first.trust.simulated == second.trust.simulated
    assert first.server == second.server


def test_first_starts_at_once_end_with_the_same_authorities(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        starts = [pool.submit(open_pki, tmp_path, now=NOW, public_roots=False) for _ in range(8)]
        opened = [start.result() for start in starts]
    assert len({opened_pki.trust.simulated for opened_pki in opened}) == 1
    assert len({opened_pki.server.identity.read_bytes() for opened_pki in opened}) == 1
    assert not [path for path in (tmp_path / "pki").rglob(".*") if path.name != ".lock"]
    issued = issue_client_certificate(opened[0].simulated("gandi"), ["a.fr"], now=NOW)
    der = issued.leaf.public_bytes(Encoding.DER)
    assert all(Policy("production", each.trust).judge(der, NOW).accepted for each in opened)


def test_authority_keeps_to_one_intermediate_and_to_its_use(pki: Pki) -> None:
    for authority in pki.trust.simulated:
        assert _constraints(authority.root) == x509.BasicConstraints(ca=True, path_length=1)
        assert _constraints(authority.intermediate) == x509.BasicConstraints(ca=True, path_length=0)
        use = ExtendedKeyUsageOID.CLIENT_AUTH
        if authority.authority.slug == "letsencrypt":
            use = ExtendedKeyUsageOID.SERVER_AUTH
        assert list(extension(authority.intermediate, x509.ExtendedKeyUsage) or ()) == [use]
        authority.intermediate.verify_directly_issued_by(authority.root)
        assert "O=Simulateur sge-sim" in authority.root.subject.rfc4514_string()


def test_certificate_of_another_data_directory_is_refused(pki: Pki, fresh_pki: Pki) -> None:
    issued = issue_client_certificate(fresh_pki.simulated("gandi"), ["a.fr"], now=NOW)
    root = fresh_pki.simulated("gandi").root
    leaf, *others = (each.public_bytes(Encoding.DER) for each in (*issued.chain, root))
    verdict = Policy("production", pki.trust).judge(leaf, NOW, others)
    assert [reason.rule.code for reason in verdict.reasons] == ["chaine"]
    assert "la signature n'est pas de cette autorité" in verdict.explain()


def test_damaged_authority_or_key_is_a_usage_error(tmp_path: Path) -> None:
    gandi = AUTHORITIES.find("gandi")
    made = open_simulated_authority(tmp_path, gandi, NOW)
    (made.folder / "intermediate.key.pem").write_text("nothing")
    with pytest.raises(UsageError, match="clé"):
        issue_client_certificate(made, ["a.fr"], now=NOW)
    (made.folder / "root.pem").write_text("nothing")
    with pytest.raises(UsageError, match="abîmée"):
        open_simulated_authority(tmp_path, gandi, NOW)


def test_authority_that_could_not_be_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("sge_sim.pki.simulated.write_atomically", full)
    with pytest.raises(OSError, match="no space left"):
        open_simulated_authorities(tmp_path, AUTHORITIES, NOW)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def _constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    return extension(certificate, x509.BasicConstraints)


def _holds_a_key(path: Path) -> bool:
    try:
        load_pem_private_key(path.read_bytes(), None)
    except ValueError:
        return False
    return True
