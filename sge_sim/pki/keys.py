"""Private keys: the kinds that can be asked for, how they are made, written and read."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

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
