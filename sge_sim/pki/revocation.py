"""What the simulated authorities have revoked: CRL files, offline, taken up while running.

Revocation is looked up on each request, since a certificate may be revoked during a connection.
That of real authorities isn't: the simulator asks nothing of the network.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.machine.files import write_atomically
from sge_sim.pki.building import DIGEST
from sge_sim.pki.keys import PrivateKey


class RevocationList:
    """The CRL file of one authority, read again whenever the file is replaced."""

    def __init__(self, path: Path, issuer: x509.Certificate) -> None:
        self.path = path
        self._issuer = issuer
        self._name = os.fspath(path)
        self._read: tuple[tuple[int, int, int], Mapping[int, datetime]] | None = None

    def revoked_on(self, serial: int) -> datetime | None:
        """Return the instant (UTC) at which the certificate `serial` was revoked, or `None`.

        Raises `OSError` or `ValueError` when the file can't be read or isn't the authority's.
        """
        found = os.stat(self._name)  # noqa: PTH116 - on each request: a Path costs three times more
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        read = self._read
        if read is None or read[0] != stamp:
            read = self._read = (stamp, self._load())
        return read[1].get(serial)

    def _load(self) -> Mapping[int, datetime]:
        crl = x509.load_pem_x509_crl(self.path.read_bytes())
        key = self._issuer.public_key()
        if crl.issuer != self._issuer.subject or not crl.is_signature_valid(key):  # type: ignore[arg-type]
            raise ValueError(f"{self.path} is not signed by its authority")
        return MappingProxyType({one.serial_number: one.revocation_date_utc for one in crl})


def revocation_list_pem(
    issuer: x509.Certificate,
    key: PrivateKey,
    revoked: Iterable[x509.RevokedCertificate],
    now: datetime,
) -> bytes:
    """Return a CRL of `issuer` as PEM, good until the issuer itself ends."""
    entries = list(revoked)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(issuer.not_valid_after_utc)
        .add_extension(x509.CRLNumber(len(entries)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for entry in entries:
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(key, DIGEST).public_bytes(Encoding.PEM)


def add_to_revocation_list(
    path: Path, issuer: x509.Certificate, key: PrivateKey, serial: int, now: datetime
) -> None:
    """Replace the CRL at `path` by one that also revokes `serial`, as of `now`.

    A certificate already revoked keeps its first date. The caller holds the authority's folder.
    """
    entries = list(x509.load_pem_x509_crl(path.read_bytes()))
    if any(entry.serial_number == serial for entry in entries):
        return
    new = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
    write_atomically(path, revocation_list_pem(issuer, key, [*entries, new], now))
