"""Revocation by a simulated authority, as seen by a policy that is running."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from certificate_forge import NOW, Forged, authority, forge
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.errors import UsageError
from sge_sim.pki.building import read_key
from sge_sim.pki.issuing import issue_client_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.simulated import revocation_list_pem
from sge_sim.pki.trust import Pki


def _issued(pki: Pki, slug: str = "gandi") -> tuple[x509.Certificate, bytes]:
    leaf = issue_client_certificate(pki.simulated(slug), ["sge.example.fr"], now=NOW).leaf
    return leaf, leaf.public_bytes(Encoding.DER)


@pytest.mark.assumed("RFC 5280 §6.3")
def test_running_policy_refuses_a_certificate_as_soon_as_it_is_revoked(fresh_pki: Pki) -> None:
    leaf, der = _issued(fresh_pki)
    _, other = _issued(fresh_pki)
    policy = Policy("production", fresh_pki.trust)
    assert policy.judge(der, NOW).accepted
    fresh_pki.revoke(leaf, NOW)
    verdict = policy.judge(der, NOW)
    assert [(reason.rule.code, reason.constat) for reason in verdict.reasons] == [
        ("revoque", "révoqué le 01/06/2026 à 14:00")
    ]
    assert policy.judge(other, NOW).accepted


def test_revocations_add_up_and_keep_their_first_date(fresh_pki: Pki) -> None:
    gandi = fresh_pki.simulated("gandi")
    leaves = [_issued(fresh_pki)[0] for _ in range(3)]
    for day, leaf in enumerate(leaves):
        fresh_pki.revoke(leaf, NOW + timedelta(days=day))
    fresh_pki.revoke(leaves[0], NOW + timedelta(days=9))
    crl = x509.load_pem_x509_crl(gandi.revocation_file.read_bytes())
    assert {certificate.serial_number: certificate.revocation_date_utc for certificate in crl} == {
        leaf.serial_number: NOW + timedelta(days=day) for day, leaf in enumerate(leaves)
    }
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3


def test_revocations_at_once_are_all_kept(fresh_pki: Pki) -> None:
    gandi = fresh_pki.simulated("gandi")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda serial: gandi.revoke(serial, NOW), range(1, 41)))
    crl = x509.load_pem_x509_crl(gandi.revocation_file.read_bytes())
    assert {certificate.serial_number for certificate in crl} == set(range(1, 41))


def test_number_revoked_by_one_authority_says_nothing_of_another(fresh_pki: Pki) -> None:
    leaf, der = _issued(fresh_pki, "thawte")
    fresh_pki.simulated("gandi").revoke(leaf.serial_number, NOW)
    assert Policy("production", fresh_pki.trust).judge(der, NOW).accepted


@pytest.mark.assumed("RFC 5280 §5: a number means something to its issuer alone")
def test_number_revoked_by_one_intermediate_says_nothing_of_another(fresh_pki: Pki) -> None:
    gandi = fresh_pki.simulated("gandi")
    root = Forged(gandi.root, read_key(gandi.folder / "root.key.pem"))
    second = authority("Second intermédiaire", issuer=root, path_length=0)
    leaf = forge(issuer=second)
    gandi.revoke(leaf.certificate.serial_number, NOW)
    assert Policy("production", fresh_pki.trust).judge(leaf.der, NOW, [second.der]).accepted


@pytest.mark.assumed("a list that can't be read is no permission")
def test_unreadable_or_foreign_list_refuses(fresh_pki: Pki) -> None:
    gandi, thawte = fresh_pki.simulated("gandi"), fresh_pki.simulated("thawte")
    _, der = _issued(fresh_pki)
    policy = Policy("production", fresh_pki.trust)
    sound = gandi.revocation_file.read_bytes()
    impostor = authority("x")
    forged = Forged(gandi.intermediate, impostor.key)
    for broken in (
        b"nothing",
        thawte.revocation_file.read_bytes(),
        revocation_list_pem(forged.certificate, forged.key, (), NOW),
    ):
        gandi.revocation_file.write_bytes(broken)
        assert [reason.rule.code for reason in policy.judge(der, NOW).reasons] == ["revoque"]
    gandi.revocation_file.unlink()
    assert "illisible" in policy.judge(der, NOW).explain()
    gandi.revocation_file.write_bytes(sound)
    assert policy.judge(der, NOW).accepted


def test_only_certificates_of_this_directory_can_be_revoked(fresh_pki: Pki, pki: Pki) -> None:
    for stranger in (forge().certificate, _issued(pki)[0]):
        with pytest.raises(UsageError, match="seule son autorité"):
            fresh_pki.revoke(stranger, NOW)


def test_revocation_list_is_public_and_replaced_whole(fresh_pki: Pki) -> None:
    gandi = fresh_pki.simulated("gandi")
    before = gandi.revocation_file.stat().st_ino
    gandi.revoke(7, NOW)
    assert gandi.revocation_file.stat().st_ino != before
    assert {path.name for path in gandi.folder.iterdir()} == {
        ".lock",
        "crl.pem",
        "intermediate.key.pem",
        "intermediate.pem",
        "root.key.pem",
        "root.pem",
    }
