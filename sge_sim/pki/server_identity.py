"""The simulator's own certificate, and the authority that its clients are to trust.

`<data-dir>/pki/server/` holds `authority.pem` (for the clients' `verify`), its key, and
`identity.pem`: the server's key and certificate in one file, so that a renewal replaces both at
once. This authority is apart from the actors' ones and, since clients do put it in their trust
store, it can only issue for the host names it was made with.
"""

import ipaddress
import os
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sge_sim.domaine.plateformes import DATA_CONNECT_HOSTS, LOCAL_HOSTS, OFFICIAL_HOSTS
from sge_sim.errors import UsageError
from sge_sim.machine.files import PRIVATE, make_folder_once, write_atomically
from sge_sim.pki.building import (
    AUTHORITY_LIFE,
    CLOCK_MARGIN,
    DIGEST,
    certificate_builder,
    generate_key,
    key_pem,
    read_key,
    simulator_name,
)
from sge_sim.pki.certificates import extension, read_pem_bundle

DEFAULT_HOSTS = (*LOCAL_HOSTS, *OFFICIAL_HOSTS, *DATA_CONNECT_HOSTS)
SERVER_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class ServerIdentity:
    """Where the server's certificate is, and until when (UTC) it is good."""

    identity: Path
    authority: Path
    valid_until: datetime


def ensure_server_identity(
    folder: Path, *, now: datetime, hosts: Iterable[str] = DEFAULT_HOSTS
) -> ServerIdentity:
    """Return the server's certificate for `hosts`, made or renewed when needed.

    `folder` is `<data-dir>/pki/server`; `now` is the machine's time, aware; hosts are names or
    addresses. `identity` suits `SSLContext.load_cert_chain` alone. It is renewed 30 days before
    it ends and when a host is missing from it; the authority stays, so clients keep what they
    trust. Raises `UsageError` for a host that the authority wasn't made for.
    """
    wanted = tuple(_general_name(host) for host in dict.fromkeys(hosts))

    def make(new: Path) -> None:
        _make_authority(new, wanted, now)
        _make_identity(new, wanted, now)

    make_folder_once(folder, make)
    if not os.path.lexists(folder / "identity.pem") and (folder / "authority.key.pem").exists():
        _make_identity(folder, wanted, now)  # of an authority that another machine has made
    try:
        (leaf,) = read_pem_bundle(folder / "identity.pem")
        (authority,) = read_pem_bundle(folder / "authority.pem")
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(
            f"Le certificat du serveur dans {folder} est abîmé : supprimer ce dossier."
        ) from error
    # An authority of an earlier version was made for fewer of the default hosts: they can wait.
    permitted = _permitted(authority)
    wanted = tuple(
        host
        for host in wanted
        if _subtree(host) in permitted or str(host.value) not in DEFAULT_HOSTS
    )
    present = extension(leaf, x509.SubjectAlternativeName) or ()
    if now + RENEW_BEFORE >= leaf.not_valid_after_utc or not set(wanted) <= set(present):
        _refuse_foreign(folder, permitted, wanted)
        leaf = _make_identity(folder, wanted, now)
    return ServerIdentity(
        folder / "identity.pem", folder / "authority.pem", leaf.not_valid_after_utc
    )


def renew_server_identity(folder: Path, *, now: datetime) -> ServerIdentity:
    """Replace the server's certificate by a new one for the same hosts, of the same authority.

    Running servers take it up within a second or two. Raises `UsageError` when the one that is
    there can't be read.
    """
    leaf = _read_leaf(folder / "identity.pem")
    hosts = tuple(extension(leaf, x509.SubjectAlternativeName) or ())
    renewed = _make_identity(folder, hosts, now)
    return ServerIdentity(
        folder / "identity.pem", folder / "authority.pem", renewed.not_valid_after_utc
    )


def _read_leaf(path: Path) -> x509.Certificate:
    try:
        (leaf,) = read_pem_bundle(path)
        return leaf
    except (FileNotFoundError, ValueError) as error:
        raise UsageError(
            f"{path} est illisible : démarrer une fois sge-sim serve avec ce --data-dir."
        ) from error


def _make_authority(folder: Path, hosts: tuple[x509.GeneralName, ...], now: datetime) -> None:
    key = generate_key("p256")
    name = simulator_name("Simulateur SGE autorité du serveur")
    certificate = (
        certificate_builder(
            name,
            name,
            key,
            key,
            now=now,
            valid_from=now - CLOCK_MARGIN,
            valid_until=now + AUTHORITY_LIFE,
            path_length=0,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints([_subtree(h) for h in hosts], None), critical=True)
        .sign(key, DIGEST)
    )
    write_atomically(folder / "authority.key.pem", key_pem(key), PRIVATE)
    write_atomically(folder / "authority.pem", certificate.public_bytes(Encoding.PEM))


def _make_identity(
    folder: Path, hosts: tuple[x509.GeneralName, ...], now: datetime
) -> x509.Certificate:
    (authority,) = read_pem_bundle(folder / "authority.pem")
    signing_key = read_key(folder / "authority.key.pem")
    key = generate_key("p256")
    leaf = (
        certificate_builder(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulateur SGE")]),
            authority.subject,
            key,
            signing_key,
            now=now,
            valid_from=now - CLOCK_MARGIN,
            valid_until=min(now + SERVER_LIFE, authority.not_valid_after_utc),
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(signing_key, DIGEST)
    )
    write_atomically(
        folder / "identity.pem", key_pem(key) + leaf.public_bytes(Encoding.PEM), PRIVATE
    )
    return leaf


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not host.isascii() or not host.strip():
        raise UsageError(f"« {host} » n'est ni un nom d'hôte ni une adresse : le corriger.")
    return x509.DNSName(host)


def _subtree(host: x509.GeneralName) -> x509.GeneralName:
    """Return the host as a name constraint: an address is there a network of one."""
    if isinstance(host, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(host.value))
    return host


def _permitted(authority: x509.Certificate) -> Set[x509.GeneralName]:
    """Return the hosts that an authority of the server may issue for."""
    constraints = extension(authority, x509.NameConstraints)
    return set(constraints.permitted_subtrees or ()) if constraints else set()


def _refuse_foreign(
    folder: Path, permitted: Set[x509.GeneralName], hosts: tuple[x509.GeneralName, ...]
) -> None:
    for host in hosts:
        if _subtree(host) not in permitted:
            raise UsageError(
                f"L'autorité du serveur n'est pas faite pour « {host.value} » : supprimer "
                f"{folder}, puis redonner authority.pem aux clients."
            )
