"""What the simulator trusts and shows: roots, listed authorities, the certificate of its server.

Three sources: the simulated authorities, the public roots of certifi (an actor may try its real
certificate), and a folder of extra PEM files for what certifi no longer carries.

All public roots are trusted, not those of listed authorities alone: the handshake then passes and
the policy says in French which authority is refused, where TLS would only send an alert.

`open_pki` makes at the first start everything that `<data-dir>/pki` holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once
from sge_sim.pki.authorities import Authority, AuthorityList, load_authorities
from sge_sim.pki.certificates import is_authority, read_pem_bundle, unique
from sge_sim.pki.chains import BrokenChain, Chain, ChainBuilder
from sge_sim.pki.server_identity import DEFAULT_HOSTS, ServerIdentity, ensure_server_identity
from sge_sim.pki.simulated import SimulatedAuthority, open_simulated_authorities


class TrustStore:
    """What the simulator trusts: roots, known intermediates, and the list of authorities."""

    def __init__(
        self,
        authorities: AuthorityList,
        simulated: Iterable[SimulatedAuthority] = (),
        roots: Iterable[x509.Certificate] = (),
        intermediates: Iterable[x509.Certificate] = (),
    ) -> None:
        self.authorities = authorities
        self.simulated = tuple(simulated)
        self.roots = unique([*(authority.root for authority in self.simulated), *roots])
        self._simulated_by_root = {authority.root: authority for authority in self.simulated}
        self._builder = ChainBuilder(
            self.roots, [*(authority.intermediate for authority in self.simulated), *intermediates]
        )

    def chain_of(
        self, leaf: x509.Certificate, presented: Iterable[x509.Certificate] = ()
    ) -> Chain | BrokenChain:
        """Return the chain of `leaf` to a trusted root, by signatures, or where it breaks."""
        return self._builder.build(leaf, presented)

    def simulated_authority_of(self, chain: Chain) -> SimulatedAuthority | None:
        """Return the simulated authority whose root ends the chain, or `None` for a real one."""
        return self._simulated_by_root.get(chain.root)

    def authority_of(self, chain: Chain) -> Authority | None:
        """Return the authority of the list that issued the leaf of a verified chain.

        A simulated root is recognised by being that very certificate; a real one by the names of
        the verified issuer and root. `None` when the list doesn't hold it.
        """
        simulated = self.simulated_authority_of(chain)
        if simulated is not None:
            return simulated.authority
        return self.authorities.recognise(chain.issuer.subject, chain.root.subject)

    def roots_pem(self) -> str:
        """Return the trusted roots as PEM, for `SSLContext.load_verify_locations(cadata=…)`.

        Roots alone: a client is to present its intermediate (assumed of the real platform).
        """
        return "".join(root.public_bytes(Encoding.PEM).decode("ascii") for root in self.roots)


@computed_once()
def _public_roots() -> list[x509.Certificate]:
    return read_pem_bundle(Path(certifi.where()))


@computed_once()
def _own_authorities() -> AuthorityList:
    return load_authorities()


def load_trust(
    authorities: AuthorityList,
    simulated: Iterable[SimulatedAuthority] = (),
    *,
    public_roots: bool = True,
    authorities_dir: Path | None = None,
) -> TrustStore:
    """Gather what the simulator trusts.

    `public_roots` adds certifi's roots. `authorities_dir` is a folder of PEM files (`*.pem`,
    `*.crt`, `*.cer`): self-issued certificates in it are trusted roots, the others are
    intermediates that complete a chain but are trusted for nothing by themselves.
    Raises `UsageError` when the folder can't be read or a file of it holds no authority.
    """
    roots = [*_public_roots()] if public_roots else []
    intermediates: list[x509.Certificate] = []
    for certificate in _extra_authorities(authorities_dir) if authorities_dir else ():
        own = certificate.subject == certificate.issuer
        (roots if own else intermediates).append(certificate)
    return TrustStore(authorities, simulated, roots, intermediates)


def _extra_authorities(folder: Path) -> list[x509.Certificate]:
    if not folder.is_dir():
        raise UsageError(f"Le dossier d'autorités {folder} n'existe pas : le créer ou le corriger.")
    found = []
    for path in sorted(p for p in folder.iterdir() if p.suffix in {".pem", ".crt", ".cer"}):
        if not path.is_file():
            raise UsageError(f"{path} n'est pas un fichier : le retirer.")
        try:
            certificates = [*filter(is_authority, read_pem_bundle(path))]
        except OSError as error:
            raise UsageError(f"{path} ne peut pas être lu : vérifier ses droits.") from error
        if not certificates:
            raise UsageError(f"{path} ne contient aucun certificat d'autorité en PEM : le retirer.")
        found += certificates
    return found


@dataclass(frozen=True)
class Pki:
    """What the simulator trusts, and the certificate that it shows."""

    trust: TrustStore
    server: ServerIdentity

    def simulated(self, slug: str) -> SimulatedAuthority:
        """Return the simulated authority `slug`; raises `UsageError` for an unknown one."""
        authority = self.trust.authorities.find(slug)
        return next(
            candidate for candidate in self.trust.simulated if candidate.authority == authority
        )

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
    authorities = load_authorities(authorities_file) if authorities_file else _own_authorities()
    simulated = open_simulated_authorities(folder / "authorities", authorities, now)
    trust = load_trust(
        authorities, simulated, public_roots=public_roots, authorities_dir=authorities_dir
    )
    return Pki(trust, ensure_server_identity(folder / "server", now=now, hosts=hosts))
