from pathlib import Path

import pytest
from certificate_forge import NOW, Forged, Judge

from sge_sim.pki.building import read_key
from sge_sim.pki.policy import Policy
from sge_sim.pki.simulated import SimulatedAuthority
from sge_sim.pki.trust import Pki, open_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """The certificates of a first start, with the public roots. Not to be revoked from."""
    return open_pki(tmp_path_factory.mktemp("data"), now=NOW)


@pytest.fixture
def fresh_pki(tmp_path: Path) -> Pki:
    """The certificates of a first start, without the public roots."""
    return open_pki(tmp_path / "data", now=NOW, public_roots=False)


@pytest.fixture(scope="session")
def gandi(pki: Pki) -> SimulatedAuthority:
    return pki.simulated("gandi")


@pytest.fixture(scope="session")
def gandi_issuer(gandi: SimulatedAuthority) -> Forged:
    """The intermediate of the simulated Gandi, to sign what it would never issue."""
    return Forged(gandi.intermediate, gandi.signing_key())


@pytest.fixture(scope="session")
def letsencrypt_issuer(pki: Pki) -> Forged:
    authority = pki.simulated("letsencrypt")
    return Forged(authority.intermediate, authority.signing_key())


@pytest.fixture(scope="session")
def gandi_root(gandi: SimulatedAuthority) -> Forged:
    return Forged(gandi.root, read_key(gandi.folder / "root.key.pem"))


@pytest.fixture(scope="session")
def codes(pki: Pki) -> Judge:
    """The codes of the refusals of a certificate in homologation."""

    def judged(certificate: Forged, *presented: Forged) -> list[str]:
        verdict = Policy("homologation", pki.trust).judge(
            certificate.der, NOW, [each.der for each in presented]
        )
        return [reason.rule.code for reason in verdict.reasons]

    return judged
