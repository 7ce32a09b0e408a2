"""What it takes to call a simulator as one of the actors whose keys stand in its folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.api.premier_appel import MoyensTls
from sge_sim.pki.certificates import fingerprint


@dataclass(frozen=True)
class Moyens(MoyensTls):
    """What an exchange is made again with: any folder will do to run a copied call.

    `own` tells that the certificate is the one that the exchange was made with.
    """

    own: bool


def moyens_for(data_dir: Path, empreinte: str | None) -> Moyens:
    """Return the means to make an exchange again.

    `empreinte` is the fingerprint of the certificate that it came with. The simulator has the keys
    of the default actors alone: another actor's exchange is made again as the default tiers.
    """
    pki = data_dir.resolve() / "pki"
    authority = pki / "server" / "authority.pem"
    for folder in _clients(pki):
        if _fingerprint_of(folder / "chain.pem") == empreinte:
            return Moyens(folder / "chain.pem", folder / "key.pem", authority, own=True)
    folder = pki / "clients" / "tiers"
    return Moyens(folder / "chain.pem", folder / "key.pem", authority, own=False)


def _clients(pki: Path) -> Iterator[Path]:
    for chain in sorted((pki / "clients").glob("*/chain.pem")):
        yield chain.parent


def _fingerprint_of(chain: Path) -> str:
    leaf = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    return fingerprint(leaf.public_bytes(Encoding.DER))
