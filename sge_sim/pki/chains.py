"""From a certificate to a trusted root, by signatures.

The library's own verifier (`cryptography.x509.verification`) stops at the first fault, refuses
Ed25519, and demands clientAuth of every certificate; the policy needs the chain apart from the
other faults, so that a tester reads them all at once. Hence this search, which asks of each step:
the issuer's name, the issuer's signature, the right to issue, and the length of the path.

Dates are not looked at here: they are judged on each request (`request_rules`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from cryptography import x509

from sge_sim.pki.certificates import extension, is_authority, is_signed_by, unique

# As many as the longest Certificate message of TLS (100 kB) holds, and more than any file.
MAX_PRESENTED = 200
MAX_INTERMEDIATES = 5


class ChainDefect(Enum):
    """Why no chain leads to a trusted root, from the least to the most precise."""

    UNKNOWN_ISSUER = "unknown issuer"
    SELF_SIGNED = "self-signed"
    FORGED_ISSUER = "forged issuer"
    ISSUER_IS_NOT_AUTHORITY = "issuer is not an authority"
    PATH_TOO_LONG = "path too long"


@dataclass(frozen=True)
class BrokenChain:
    """Where the search ended: the last `certificate` reached, whose issuer is at fault."""

    defect: ChainDefect
    certificate: x509.Certificate


@dataclass(frozen=True)
class Chain:
    """A certificate, the intermediates above it (nearest first), and the trusted root."""

    leaf: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    root: x509.Certificate

    @property
    def issuer(self) -> x509.Certificate:
        """The certificate whose key signed the leaf."""
        return self.intermediates[0] if self.intermediates else self.root

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        """Everything above the leaf."""
        return (*self.intermediates, self.root)

    @property
    def valid_from(self) -> datetime:
        """The instant (UTC) from which all that is above the leaf is valid."""
        return max(certificate.not_valid_before_utc for certificate in self.authorities)

    @property
    def valid_until(self) -> datetime:
        """The instant (UTC) until which all that is above the leaf is valid."""
        return min(certificate.not_valid_after_utc for certificate in self.authorities)


class ChainBuilder:
    """Finds the chain of a certificate among trusted roots and known intermediates."""

    def __init__(
        self, roots: Iterable[x509.Certificate], intermediates: Iterable[x509.Certificate] = ()
    ) -> None:
        self._roots = _by_subject(roots)
        self._intermediates = _by_subject(intermediates)

    def build(
        self, leaf: x509.Certificate, presented: Iterable[x509.Certificate] = ()
    ) -> Chain | BrokenChain:
        """Return the shortest chain from `leaf` to a trusted root, or why there is none.

        `presented` are the certificates that came with the leaf, in any order; they are trusted
        for nothing: only signatures up to a root count. No more than `MAX_PRESENTED` are looked
        at, and no chain holds more than `MAX_INTERMEDIATES`.
        """
        pool = _by_subject(unique(presented)[:MAX_PRESENTED])
        broken = BrokenChain(ChainDefect.UNKNOWN_ISSUER, leaf)
        if leaf.issuer == leaf.subject and is_signed_by(leaf, leaf):
            broken = BrokenChain(ChainDefect.SELF_SIGNED, leaf)
        # Breadth first: an issuer reached once was reached by its shortest path, so each is tried
        # a single time however many look-alikes a client presents.
        reached = {leaf}
        paths: list[tuple[x509.Certificate, ...]] = [(leaf,)]
        for _ in range(MAX_INTERMEDIATES + 1):
            longer: list[tuple[x509.Certificate, ...]] = []
            for path in paths:
                top = path[-1]
                for root in self._roots.get(top.issuer, ()):
                    defect = _defect_of_step(path, root)
                    if defect is None:
                        return Chain(leaf, path[1:], root)
                    broken = _furthest(broken, BrokenChain(defect, top))
                known = self._intermediates.get(top.issuer, ())
                for issuer in (*pool.get(top.issuer, ()), *known):
                    if issuer in reached:
                        continue
                    defect = _defect_of_step(path, issuer)
                    if defect is None:
                        reached.add(issuer)
                        longer.append((*path, issuer))
                        broken = _furthest(broken, BrokenChain(ChainDefect.UNKNOWN_ISSUER, issuer))
                    else:
                        broken = _furthest(broken, BrokenChain(defect, top))
            paths = longer
        return broken


def _by_subject(
    certificates: Iterable[x509.Certificate],
) -> dict[x509.Name, tuple[x509.Certificate, ...]]:
    index: dict[x509.Name, tuple[x509.Certificate, ...]] = {}
    for certificate in certificates:
        index[certificate.subject] = (*index.get(certificate.subject, ()), certificate)
    return index


def _defect_of_step(
    path: tuple[x509.Certificate, ...], issuer: x509.Certificate
) -> ChainDefect | None:
    """Return why `issuer`, which bears the right name, can't stand above `path`."""
    if not is_signed_by(path[-1], issuer):
        return ChainDefect.FORGED_ISSUER
    if not is_authority(issuer) or not _may_sign(issuer):
        return ChainDefect.ISSUER_IS_NOT_AUTHORITY
    constraints = extension(issuer, x509.BasicConstraints)
    longest = constraints.path_length if constraints else None
    # The leaf doesn't count, nor does a certificate that only renews its own issuer's.
    below = sum(1 for certificate in path[1:] if certificate.subject != certificate.issuer)
    if longest is not None and below > longest:
        return ChainDefect.PATH_TOO_LONG
    return None


def _may_sign(issuer: x509.Certificate) -> bool:
    usage = extension(issuer, x509.KeyUsage)
    return usage is None or usage.key_cert_sign


def _furthest(first: BrokenChain, other: BrokenChain) -> BrokenChain:
    """Return the one that says more, or the later when they say the same."""
    order = list(ChainDefect)
    return max(other, first, key=lambda broken: order.index(broken.defect))
