"""Certificates of any shape, well formed or not, for the tests of the policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sge_sim.pki.building import key_usage

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
SERVER = (ExtendedKeyUsageOID.SERVER_AUTH,)


@dataclass(frozen=True)
class Forged:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


Judge = Callable[..., list[str]]
"""What tells the codes of the refusals of a certificate."""


def name(common_name: str | None, organisation: str | None = None) -> x509.Name:
    parts = [(NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATION_NAME, organisation)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts if value])


def forge(
    subject: x509.Name | str = "sge.example.fr",
    issuer: Forged | None = None,
    *,
    issuer_name: x509.Name | None = None,
    names: Sequence[str] | None = None,
    key: Any = None,
    ca: bool = False,
    path_length: int | None = None,
    signs: bool | None = None,
    extended: Sequence[x509.ObjectIdentifier] | None = CLIENT,
    digital_signature: bool = True,
    start: datetime = NOW - timedelta(days=10),
    end: datetime = NOW + timedelta(days=100),
    more: Sequence[x509.ExtensionType] = (),
) -> Forged:
    """Make a certificate, signed by `issuer` or by itself; `None` leaves an extension out.

    `more` are critical extensions.
    """
    subject = name(subject) if isinstance(subject, str) else subject
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer else key
    if issuer_name is None:
        issuer_name = issuer.certificate.subject if issuer else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca, path_length if ca else None), critical=True)
    )
    signs = ca if signs is None else signs
    usage = key_usage(signs_certificates=signs)
    if signs or digital_signature:
        builder = builder.add_extension(usage, critical=True)
    else:
        without = dict.fromkeys(USAGES, False) | {"key_encipherment": True}
        builder = builder.add_extension(x509.KeyUsage(**without), critical=True)
    if extended is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    if names:
        dns = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(dns, critical=False)
    for each in more:
        builder = builder.add_extension(each, critical=True)
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else SHA256()
    return Forged(builder.sign(signer, digest), key)


USAGES = (
    "digital_signature",
    "key_cert_sign",
    "crl_sign",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


def authority(
    common_name: str = "Racine d'essai",
    organisation: str | None = None,
    issuer: Forged | None = None,
    **shape: Any,
) -> Forged:
    """Make the certificate of an authority, by default without extended use."""
    shape = {"extended": None, **shape}
    return forge(name(common_name, organisation), issuer, ca=True, **shape)


def rewritten(leaf: Forged, issuer: Forged, old: bytes, new: bytes) -> bytes:
    """Return `leaf` in DER with `old` replaced by `new` (as long) in it, signed by `issuer` again.

    For what no library agrees to write.
    """
    tbs = leaf.certificate.tbs_certificate_bytes
    assert old in tbs
    assert len(old) == len(new)
    tbs = tbs.replace(old, new, 1)
    signature = b"\0" + issuer.key.sign(tbs, ec.ECDSA(SHA256()))
    # ecdsa-with-SHA256
    algorithm = bytes.fromhex("300a06082a8648ce3d040302")
    return _tlv(0x30, tbs + algorithm + _tlv(0x03, signature))


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 128 + size]) + length.to_bytes(size) + content
