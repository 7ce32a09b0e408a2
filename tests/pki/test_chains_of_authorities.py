"""What is asked of the authorities above a certificate, as it is of the certificate."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from certificate_forge import CLIENT, NOW, SERVER, Forged, authority, forge
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import Pki, load_trust

A_SECOND = timedelta(seconds=1)


def codes(pki: Pki, leaf: Forged, *presented: Forged) -> list[str]:
    """The codes of the refusals in homologation."""
    verdict = Policy("homologation", pki.trust).judge(leaf.der, NOW, [one.der for one in presented])
    return [one.rule.code for one in verdict.reasons]


@pytest.mark.assumed("RFC 5280 §4.2.1.12: the extended uses of an authority bound what it signs")
@pytest.mark.parametrize(
    ("extended", "refused"),
    [
        (None, []),
        (CLIENT, []),
        ((*SERVER, *CLIENT), []),
        (SERVER, ["usage_client"]),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), ["usage_client"]),
    ],
)
def test_an_intermediate_must_be_allowed_to_sign_for_clients(
    pki: Pki,
    gandi_root: Forged,
    extended: tuple[x509.ObjectIdentifier, ...] | None,
    refused: list[str],
) -> None:
    middle = authority("Milieu", issuer=gandi_root, path_length=0, extended=extended)
    assert codes(pki, forge(issuer=middle), middle) == refused


@pytest.mark.assumed("ANSSI RGS B1: all along the chain, its root included")
@pytest.mark.parametrize(("bits", "refused"), [(2048, []), (1024, ["cle_faible"])])
def test_the_key_of_the_root_must_be_strong(
    pki: Pki, tmp_path: Path, bits: int, refused: list[str]
) -> None:
    key = rsa.generate_private_key(65537, bits)
    root = authority("Gandi d'essai", "Gandi", key=key)
    (tmp_path / "root.pem").write_bytes(root.pem)
    trust = load_trust(pki.trust.authorities, authorities_dir=tmp_path, public_roots=False)
    verdict = Policy("production", trust).judge(forge(issuer=root).der, NOW)
    assert [one.rule.code for one in verdict.reasons] == refused


@pytest.mark.assumed("RFC 5280 §6.1.3")
@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        (NOW, NOW + timedelta(days=9), []),
        (NOW - timedelta(days=9), NOW, []),
        (NOW + A_SECOND, NOW + timedelta(days=9), ["chaine_hors_dates"]),
        (NOW - timedelta(days=9), NOW - A_SECOND, ["chaine_hors_dates"]),
    ],
)
def test_a_chain_is_good_from_its_first_second_to_its_last(
    pki: Pki, gandi_root: Forged, start: datetime, end: datetime, refused: list[str]
) -> None:
    middle = authority("Milieu", issuer=gandi_root, path_length=0, start=start, end=end)
    assert codes(pki, forge(issuer=middle), middle) == refused
