"""The simulated authorities: one root and one intermediate for each authority of the list.

They stand for the real authorities so that a tester can be issued, in a second, a certificate
« de Gandi » or « de Let's Encrypt » that the policy recognises. Their names all say that they are
simulated, and they are recognised by being these very certificates, never by their names.

A folder `<data-dir>/pki/authorities/<slug>/` holds `root.key.pem`, `root.pem`,
`intermediate.key.pem`, `intermediate.pem` and `crl.pem` (what the intermediate has revoked).

Time: OpenSSL judges certificates at the machine's time whatever the simulated clock reads, so
every `now` of this package is the machine's (`sge_sim.clock.machine_now`), never `Clock.now()`.

What they have revoked is in CRL files, taken up while running. It is looked up on each request,
since a certificate may be revoked during a connection. Revocations of real authorities aren't: the
simulator asks nothing of the network.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.errors import UsageError
from sge_sim.machine.files import PRIVATE, locked, make_folder_once, write_atomically
from sge_sim.pki.authorities import Authority, AuthorityList
from sge_sim.pki.building import (
    AUTHORITY_LIFE,
    DIGEST,
    PrivateKey,
    certificate_builder,
    generate_key,
    key_pem,
    read_key,
    simulator_name,
)
from sge_sim.pki.certificates import read_pem_bundle


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
        return MappingProxyType(
            {revoked.serial_number: revoked.revocation_date_utc for revoked in crl}
        )


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


# An authority is older than what it issues, expired certificates included.
AUTHORITY_AGE = timedelta(days=730)


@dataclass(frozen=True)
class SimulatedAuthority:
    """A simulated authority as found in its folder; keys are read only when something is signed."""

    authority: Authority
    folder: Path
    root: x509.Certificate
    intermediate: x509.Certificate

    @property
    def revocation_file(self) -> Path:
        """The CRL of the intermediate."""
        return self.folder / "crl.pem"

    def signing_key(self) -> PrivateKey:
        """Read the key of the intermediate."""
        return read_key(self.folder / "intermediate.key.pem")

    def revoke(self, serial: int, now: datetime) -> None:
        """Revoke the certificate `serial` of this authority, as of `now` (machine time, aware).

        The CRL is written anew; running servers take it up on their next request. A certificate
        already revoked keeps its first date.
        """
        with locked(self.folder):
            key = self.signing_key()
            add_to_revocation_list(self.revocation_file, self.intermediate, key, serial, now)


def open_simulated_authority(
    folder: Path, authority: Authority, now: datetime
) -> SimulatedAuthority:
    """Return the simulated `authority` kept under `folder`, made now if it is the first use.

    `folder` is `<data-dir>/pki/authorities`; `now` is the machine's time, aware. Several processes
    may start at once: all end with the same authority. Raises `UsageError` when the files that are
    there can't be read.
    """
    own = make_folder_once(folder / authority.slug, lambda new: _make(new, authority, now))
    try:
        (root,) = read_pem_bundle(own / "root.pem")
        (intermediate,) = read_pem_bundle(own / "intermediate.pem")
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(
            f"L'autorité simulée du dossier {own} est abîmée : supprimer ce dossier."
        ) from error
    return SimulatedAuthority(authority, own, root, intermediate)


def open_simulated_authorities(
    folder: Path, authorities: AuthorityList, now: datetime
) -> tuple[SimulatedAuthority, ...]:
    """Return every authority of the list, simulated under `folder` (see the singular)."""
    return tuple(
        open_simulated_authority(folder, authority, now) for authority in authorities.authorities
    )


def _make(folder: Path, authority: Authority, now: datetime) -> None:
    # Its use is that of actors' certificates: a root of these that strays into a trust store can't
    # pass for a web site, save Let's Encrypt's, whose real certificates are for servers.
    use = authority.granted_use
    life = {"now": now, "valid_from": now - AUTHORITY_AGE, "valid_until": now + AUTHORITY_LIFE}
    root_key, key = generate_key("p256"), generate_key("p256")
    root_name = simulator_name(f"Simulateur {authority.name} racine")
    name = simulator_name(f"Simulateur {authority.name} intermédiaire")
    root = certificate_builder(
        root_name, root_name, root_key, root_key, **life, path_length=1
    ).sign(root_key, DIGEST)
    intermediate = (
        certificate_builder(name, root_name, key, root_key, **life, path_length=0)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .sign(root_key, DIGEST)
    )
    write_atomically(folder / "root.key.pem", key_pem(root_key), PRIVATE)
    write_atomically(folder / "root.pem", root.public_bytes(Encoding.PEM))
    write_atomically(folder / "intermediate.key.pem", key_pem(key), PRIVATE)
    write_atomically(folder / "intermediate.pem", intermediate.public_bytes(Encoding.PEM))
    write_atomically(folder / "crl.pem", revocation_list_pem(intermediate, key, (), now))
