"""Keys and certificates as people keep them: PEM, DER, PKCS#12 or PKCS#7, alone or mixed."""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_pem_private_key,
    pkcs7,
    pkcs12,
)

from sge_sim.errors import UsageError
from sge_sim.machine.files import read_user_file
from sge_sim.pki.building import BUNDLE_PASSWORD
from sge_sim.pki.certificates import UNREADABLE, parse_fully, tolerated_serial_numbers

MAX_SIZE = 1 << 20
_PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(?:[^-]|-(?!----))+-----END \1-----")
_UNREADABLE = (*UNREADABLE, TypeError)
# A certificate of more than 127 bytes: a sequence that begins with the sequence that is signed.
_SEQUENCE = re.compile(rb"\x30[\x81-\x84].{1,4}\x30[\x81-\x84]", re.DOTALL)


@dataclass(frozen=True)
class Material:
    """What a file holds; `requests` counts certificate requests (CSR), which serve nothing here.

    `unread` are certificates, in DER, that have the form of one and that the library doesn't
    understand: the door refuses them by their own words.
    """

    path: Path
    certificates: tuple[x509.Certificate, ...] = ()
    unread: tuple[bytes, ...] = ()
    keys: tuple[PrivateKeyTypes, ...] = ()
    requests: int = 0


def read_material(path: Path, password: str | None = None) -> Material:
    """Read the keys and certificates of a file, whatever its format.

    `path` may be `-`, the standard input. `password` opens encrypted keys and PKCS#12. Raises
    `UsageError` for a file that can't be read, holds none of these, or needs another password.
    """
    try:
        data = read_user_file(path, MAX_SIZE)
    except OSError as error:
        raise UsageError(f"{path} est illisible : vérifier le chemin et les droits.") from error
    read = _read_pem if b"-----BEGIN " in data else _read_der
    with tolerated_serial_numbers():
        material = read(path, data, password.encode() if password else None)
    if not (material.certificates or material.unread or material.keys or material.requests):
        raise UsageError(f"{path} ne contient ni clé ni certificat : donner un autre fichier.")
    return material


def _read_pem(path: Path, data: bytes, password: bytes | None) -> Material:
    certificates: list[x509.Certificate] = []
    unread: list[bytes] = []
    keys: list[PrivateKeyTypes] = []
    requests = 0
    for block in _PEM_BLOCK.finditer(data):
        kind, text = block[1].decode("ascii"), block[0]
        try:
            if kind.endswith("PRIVATE KEY"):
                keys.append(_key(load_pem_private_key, text, password))
            elif kind == "CERTIFICATE":
                der = ssl.PEM_cert_to_DER_cert(text.decode("ascii"))
                try:
                    certificates.append(parse_fully(x509.load_der_x509_certificate(der)))
                except UNREADABLE:
                    if not _SEQUENCE.match(der):
                        raise
                    unread.append(der)
            elif kind == "PKCS7":
                certificates += map(parse_fully, pkcs7.load_pem_pkcs7_certificates(text))
            elif kind.endswith("CERTIFICATE REQUEST"):
                requests += 1
        except _UNREADABLE as error:
            raise _illegible(path, f"le bloc « {kind} »") from error
    return Material(path, tuple(certificates), tuple(unread), tuple(keys), requests)


def _read_der(path: Path, data: bytes, password: bytes | None) -> Material:
    for read in (_der_certificate, _der_request, _der_pkcs7, _der_bundle, _der_key):
        try:
            return read(path, data, password)
        except _UNREADABLE:
            continue
    raise _illegible(path, "le contenu")


def _der_certificate(path: Path, data: bytes, _: bytes | None) -> Material:
    return Material(path, certificates=(parse_fully(x509.load_der_x509_certificate(data)),))


def _der_request(path: Path, data: bytes, _: bytes | None) -> Material:
    x509.load_der_x509_csr(data)
    return Material(path, requests=1)


def _der_pkcs7(path: Path, data: bytes, _: bytes | None) -> Material:
    certificates = pkcs7.load_der_pkcs7_certificates(data)
    return Material(path, certificates=tuple(map(parse_fully, certificates)))


def _der_bundle(path: Path, data: bytes, password: bytes | None) -> Material:
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(data, password)
    except ValueError:
        # The simulator's own bundles open by themselves.
        key, leaf, others = pkcs12.load_key_and_certificates(data, BUNDLE_PASSWORD.encode())
    certificates = (*((leaf,) if leaf else ()), *others)
    keys = (key,) if key else ()
    return Material(path, certificates=tuple(map(parse_fully, certificates)), keys=keys)


def _der_key(path: Path, data: bytes, password: bytes | None) -> Material:
    return Material(path, keys=(_key(load_der_private_key, data, password),))


def _key(
    load: Callable[[bytes, bytes | None], PrivateKeyTypes], data: bytes, password: bytes | None
) -> PrivateKeyTypes:
    try:
        return load(data, password)
    except TypeError:
        # A password that an open key doesn't need is refused; one that is missing as well.
        return load(data, None)


def _illegible(path: Path, what: str) -> UsageError:
    return UsageError(f"{path} : {what} est illisible ; vérifier le fichier et le mot de passe.")
