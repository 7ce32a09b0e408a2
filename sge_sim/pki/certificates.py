"""What a certificate says about itself, read from the outside world without ever raising oddly."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from sge_sim.domaine.francais import shortened
from sge_sim.machine.files import read_user_file

E = TypeVar("E", bound=x509.ExtensionType)

_BUNDLE_MAX = 16 * 2**20
_PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")
_DOMAIN_NAME = re.compile(r"(\*|[^\s.@]+)(\.[^\s.@]+)+\.?")
_SEPARATOR = re.compile(r"\s*[;,]\s*")
_DNS_NAME = re.compile(r"[A-Za-z0-9*_.-]+")
# The curves of the ECDSA signatures that a TLS server verifies by default, in 1.2 as in 1.3.
_TLS_CURVES = ("secp256r1", "secp384r1", "secp521r1")
# X.520 gives a name 64 characters, DNS 253.
_NAME_SHOWN = 253
_NAMES_SHOWN = 10
# What the library raises for a certificate that it can't read.
UNREADABLE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    TypeError,  # a name that is written as a string of bits
)


def read_certificate(der: bytes) -> x509.Certificate:
    """Read a certificate and all that the policy will ask of it.

    Raises `ValueError` for anything that isn't one, or that the library doesn't understand; so too
    for a serial number that isn't positive, for which the library warns (RFC 5280 §4.1.2.2).
    """
    try:
        certificate = parse_fully(x509.load_der_x509_certificate(der))
        positive = certificate.serial_number > 0
    except CryptographyDeprecationWarning:
        positive = False
    except UNREADABLE as error:
        raise ValueError(f"unreadable certificate: {error}") from error
    if not positive:
        raise ValueError("the serial number is not positive")
    return certificate


def read_pem_bundle(path: Path) -> list[x509.Certificate]:
    """Return the certificates of a PEM file; those that can't be read are passed over.

    Published bundles hold roots that strict readers refuse: six of Mozilla's have a serial number
    of zero.
    """
    certificates = []
    with tolerated_serial_numbers():
        for block in _PEM_CERTIFICATE.findall(read_user_file(path, _BUNDLE_MAX)):
            with suppress(*UNREADABLE):
                certificates.append(parse_fully(x509.load_pem_x509_certificate(block)))
    return certificates


@contextmanager
def tolerated_serial_numbers() -> Iterator[None]:
    """Silence the library on serial numbers of zero; not for threads that serve requests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield


def parse_fully(certificate: x509.Certificate) -> x509.Certificate:
    """Return the certificate, parsed to its end; raises one of `UNREADABLE` when it can't be."""
    # These are parsed when first asked for: asking here is what makes later reading safe.
    _ = certificate.extensions, certificate.subject, certificate.issuer
    _ = certificate.public_key(), certificate.signature_hash_algorithm
    _ = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 fingerprint of a certificate, in lower-case hexadecimal."""
    return sha256(der).hexdigest()


def extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """Return the extension of that kind, or `None` when the certificate doesn't carry it."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether the certificate says that it may issue others."""
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def is_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether the key of `issuer` signed `certificate`, whatever their names.

    Not `verify_directly_issued_by`: it refuses SHA-1 and MD5 outright, where the policy is to say
    that the signature is genuine but weak.
    """
    key = issuer.public_key()
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    try:
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, signed)
            return True
        algorithm = certificate.signature_hash_algorithm
        if algorithm is None:
            return False
        if isinstance(key, rsa.RSAPublicKey):
            given = certificate.signature_algorithm_parameters
            scheme = given if isinstance(given, padding.PSS) else padding.PKCS1v15()
            key.verify(signature, signed, scheme, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def domain_names(certificate: x509.Certificate) -> frozenset[str]:
    """Return the domain names that the certificate is made for, in lower case.

    They are the DNS names of the subject alternative names, and the common name where it is a
    domain name: « ACME SA » isn't one, nor « ACME.SA » beside a DNS name (`_is_domain`). « a.fr;
    b.fr » is two (assumed).
    """
    dns = _dns_names(certificate)
    parts = [part for cn in common_names(certificate) for part in _domains_of(cn, dns)]
    return frozenset(name.rstrip(".").lower() for name in (*dns, *parts))


def spoilt_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the names that can't be a domain name, or that read as another one.

    « good.fr\\0.evil.fr » is good.fr to whoever stops at the NUL.
    """
    return (
        *(name for name in _dns_names(certificate) if not _DNS_NAME.fullmatch(name)),
        *(name for name in common_names(certificate) if not name.isprintable()),
    )


def _dns_names(certificate: x509.Certificate) -> list[str]:
    alternative = extension(certificate, x509.SubjectAlternativeName)
    return alternative.get_values_for_type(x509.DNSName) if alternative else []


def _domains_of(common_name: str, dns: Sequence[str]) -> list[str]:
    """Return the domain names that a common name is: most often one or none."""
    parts = [part for part in _SEPARATOR.split(common_name) if part]
    return parts if all(_is_domain(part, dns) for part in parts) else []


def _is_domain(common_name: str, dns: Sequence[str]) -> bool:
    """Tell whether a common name is a domain name, beside the DNS names of the certificate.

    A certificate that has DNS names needn't have one more as its common name, which may then be a
    company or a person with a dot: it is a domain name if it is written in lower case, or ends as
    one of the DNS names does (assumed: what Enedis looks at isn't published).
    """
    if _DOMAIN_NAME.fullmatch(common_name) is None:
        return False
    endings = {_ending(name) for name in dns}
    return not dns or common_name.islower() or _ending(common_name) in endings


def _ending(name: str) -> str:
    """Return the last label of a domain name, in lower case."""
    return name.rstrip(".").rpartition(".")[2].lower()


def common_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Return the common names of the subject, most often one."""
    return _values(certificate.subject, NameOID.COMMON_NAME)


def organisation(certificate: x509.Certificate) -> str:
    """Return the organisation of the subject as it may be shown, empty without one."""
    return shown(next(iter(_values(certificate.subject, NameOID.ORGANIZATION_NAME)), ""))


def name_text(name: x509.Name) -> str:
    """Return what a person would call the bearer of `name`: common name and organisation.

    On one line, at most `_NAME_SHOWN` characters: whoever made the certificate chose them.
    """
    parts = [*_values(name, NameOID.COMMON_NAME)[:1], *_values(name, NameOID.ORGANIZATION_NAME)[:1]]
    return shown(", ".join(parts) or name.rfc4514_string()) or "sans nom"


def shown(name: str) -> str:
    """Return a name of a certificate as it may be shown: printable, not endless."""
    cut = shortened(name, _NAME_SHOWN)
    return "".join(character if character.isprintable() else "�" for character in cut)


def list_names(names: Iterable[str]) -> str:
    """Return names of a certificate in their order, the first ten and how many more."""
    ordered = sorted(names)
    listed = ", ".join(map(shown, ordered[:_NAMES_SHOWN]))
    more = len(ordered) - _NAMES_SHOWN
    return listed if more <= 0 else f"{listed} et {more} de plus"


def key_text(certificate: x509.Certificate) -> str:
    """Return the kind and size of the certificate's key: `RSA 2048`, `EC secp256r1`, `Ed25519`."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removesuffix("PublicKey")


def key_is_weak(certificate: x509.Certificate) -> bool:
    """Tell whether the key is below today's floor: RSA 2048, curves of 256 bits."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size < 2048
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.key_size < 256
    return not isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)


def key_serves_tls(certificate: x509.Certificate) -> bool:
    """Tell whether a TLS server verifies the signatures of the key: not of every curve."""
    key = certificate.public_key()
    return not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name in _TLS_CURVES


def signature_is_weak(certificate: x509.Certificate) -> bool:
    """Tell whether the signature's digest is one that can be forged (MD5, SHA-1)."""
    return isinstance(certificate.signature_hash_algorithm, hashes.MD5 | hashes.SHA1)


def unique(certificates: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return the certificates without repetitions, in their order."""
    return tuple(dict.fromkeys(certificates))


def _values(name: x509.Name, oid: x509.ObjectIdentifier) -> tuple[str, ...]:
    return tuple(str(attribute.value) for attribute in name.get_attributes_for_oid(oid))
