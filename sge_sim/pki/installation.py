"""The certificates of a data directory: everything that a first start makes, in one call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from sge_sim.errors import UsageError
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.chains import Chain
from sge_sim.pki.server_identity import DEFAULT_HOSTS, ServerIdentity, ensure_server_identity
from sge_sim.pki.simulated import SimulatedAuthority, open_simulated_authorities
from sge_sim.pki.trust import TrustStore, load_trust


@dataclass(frozen=True)
class Pki:
    """What the simulator trusts, and the certificate that it shows."""

    trust: TrustStore
    server: ServerIdentity

    def simulated(self, slug: str) -> SimulatedAuthority:
        """Return the simulated authority `slug`; raises `UsageError` for an unknown one."""
        authority = self.trust.authorities.find(slug)
        return next(one for one in self.trust.simulated if one.authority == authority)

    def revoke(self, certificate: x509.Certificate, now: datetime) -> None:
        """Revoke a certificate that a simulated authority issued, as of `now` (machine time).

        Raises `UsageError` for a certificate of anybody else.
        """
        chain = self.trust.chain_of(certificate)
        issuer = self.trust.simulated_authority_of(chain) if isinstance(chain, Chain) else None
        if issuer is None:
            raise UsageError(
                "Ce certificat ne vient pas d'une autorité simulée de ce dossier de données : "
                "seule son autorité peut le révoquer."
            )
        issuer.revoke(certificate.serial_number, now)


def open_pki(
    data_dir: Path,
    *,
    now: datetime,
    hosts: Iterable[str] = DEFAULT_HOSTS,
    authorities_file: Path | None = None,
    authorities_dir: Path | None = None,
    public_roots: bool = True,
) -> Pki:
    """Open `<data_dir>/pki`, making at the first start what isn't there.

    `now` is the machine's time, aware: OpenSSL judges certificates by it whatever the simulated
    clock reads. `hosts` are the names and addresses of the server's certificate. For the list and
    the folder of extra authorities see `load_authorities` and `load_trust`. Processes that start
    at once end with the same files. Raises `UsageError` for what can't be read.
    """
    folder = data_dir / "pki"
    authorities = load_authorities(authorities_file)
    simulated = open_simulated_authorities(folder / "authorities", authorities, now)
    trust = load_trust(
        authorities, simulated, public_roots=public_roots, authorities_dir=authorities_dir
    )
    return Pki(trust, ensure_server_identity(folder / "server", now=now, hosts=hosts))
