"""The simulated authorities: one root and one intermediate for each authority of the list.

They stand for the real authorities so that a tester can be issued, in a second, a certificate
« de Gandi » or « de Let's Encrypt » that the policy recognises. Their names all say that they are
simulated, and they are recognised by being these very certificates, never by their names.

A folder `<data-dir>/pki/authorities/<slug>/` holds `root.key.pem`, `root.pem`,
`intermediate.key.pem`, `intermediate.pem` and `crl.pem` (what the intermediate has revoked).

Time: OpenSSL judges certificates at the machine's time whatever the simulated clock reads, so
every `now` of this package is the machine's (`sge_sim.clock.machine_now`), never `Clock.now()`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.errors import UsageError
from sge_sim.machine.files import PRIVATE, locked, make_folder_once, write_atomically
from sge_sim.pki.authorities import Authority, AuthorityList
from sge_sim.pki.building import DIGEST, certificate_builder, key_usage, simulator_name
from sge_sim.pki.certificates import read_pem_bundle
from sge_sim.pki.keys import PrivateKey, generate_key, key_pem, read_key
from sge_sim.pki.revocation import add_to_revocation_list, revocation_list_pem

# An authority is older than what it issues, expired certificates included.
AUTHORITY_AGE = timedelta(days=730)
AUTHORITY_LIFE = timedelta(days=3650)


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
    return tuple(open_simulated_authority(folder, one, now) for one in authorities.authorities)


def _make(folder: Path, authority: Authority, now: datetime) -> None:
    # Its use is that of actors' certificates: a root of these that strays into a trust store can't
    # pass for a web site, save Let's Encrypt's, whose real certificates are for servers.
    use = authority.granted_use
    life = {"now": now, "valid_from": now - AUTHORITY_AGE, "valid_until": now + AUTHORITY_LIFE}
    root_key, key = generate_key("p256"), generate_key("p256")
    root_name = simulator_name(f"Simulateur {authority.name} racine")
    name = simulator_name(f"Simulateur {authority.name} intermédiaire")
    root = (
        certificate_builder(root_name, root_name, root_key, root_key, **life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .sign(root_key, DIGEST)
    )
    intermediate = (
        certificate_builder(name, root_name, key, root_key, **life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        .sign(root_key, DIGEST)
    )
    write_atomically(folder / "root.key.pem", key_pem(root_key), PRIVATE)
    write_atomically(folder / "root.pem", root.public_bytes(Encoding.PEM))
    write_atomically(folder / "intermediate.key.pem", key_pem(key), PRIVATE)
    write_atomically(folder / "intermediate.pem", intermediate.public_bytes(Encoding.PEM))
    write_atomically(folder / "crl.pem", revocation_list_pem(intermediate, key, (), now))
