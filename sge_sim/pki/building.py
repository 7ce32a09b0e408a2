"""Private keys, and what every certificate of the simulator has in common."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from sge_sim.domaine.nomenclatures import KeyType
from sge_sim.errors import UsageError

BUNDLE_PASSWORD = "sge-sim"  # noqa: S105 - no secret: the open key lies beside the bundle
"""The password of a PKCS#12 for which none was asked: Java reads no key of one without."""

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def generate_key(key_type: KeyType) -> PrivateKey:
    """Make a new private key, from the operating system's randomness."""
    match key_type:
        case "p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "rsa2048" | "rsa3072" | "rsa4096":
            size = int(key_type.removeprefix("rsa"))
            return rsa.generate_private_key(public_exponent=65537, key_size=size)


def key_pem(key: PrivateKey) -> bytes:
    """Return the key as unencrypted PKCS#8 PEM; its file must be private."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(path: Path) -> PrivateKey:
    """Read an unencrypted private key in PEM; raises `UsageError` when that can't be done."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"La clé {path} ne peut pas être lue : vérifier le fichier et ses droits."
        ) from error
    if not isinstance(key, PrivateKey):
        raise UsageError(f"La clé {path} n'est ni RSA, ni EC, ni Ed25519 : en donner une autre.")
    return key


ORGANISATION = "Simulateur sge-sim"
# All authorities of the simulator sign with P-256 keys.
DIGEST = SHA256()
# Machines that share a test seldom agree on the second: what is issued is valid a day early.
CLOCK_MARGIN = timedelta(days=1)
AUTHORITY_LIFE = timedelta(days=3650)


def simulator_name(common_name: str) -> x509.Name:
    """Return the name of an authority of the simulator."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def certificate_builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    issuer_key: PrivateKey,
    *,
    now: datetime,
    valid_from: datetime,
    valid_until: datetime,
    path_length: int | None = None,
) -> x509.CertificateBuilder:
    """Begin a certificate of `key`, to be signed with `issuer_key` (the same for a root).

    Instants are aware; `now` only makes the serial number. `path_length` is that of an authority,
    None for an end.
    """
    is_authority = path_length is not None
    public, issuer_public = key.public_key(), issuer_key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(serial_number(key, now))
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public), critical=False
        )
        .add_extension(x509.BasicConstraints(is_authority, path_length), critical=True)
        .add_extension(key_usage(signs_certificates=is_authority), critical=True)
    )


def serial_number(key: PrivateKey, now: datetime) -> int:
    """Return a serial number: the instant of issue in microseconds, then 64 bits of the key.

    Numbers follow the order of issue, and two keys certified at the same (frozen) instant still
    differ.
    """
    since = now - datetime(1970, 1, 1, tzinfo=UTC)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return (since // timedelta(microseconds=1) << 64) | int.from_bytes(sha256(public).digest()[:8])


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Return the key use of an authority (certificates and CRLs) or of an end (signature)."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
