"""The server's certificate, and real handshakes with it and with the actors' certificates."""

import ctypes
import ssl
from datetime import timedelta
from pathlib import Path
from stat import S_IMODE

import pytest
from certificate_forge import NOW
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.clock import machine_now
from sge_sim.domaine.plateformes import DATA_CONNECT_HOSTS
from sge_sim.errors import UsageError
from sge_sim.pki.certificates import extension, read_pem_bundle
from sge_sim.pki.issuing import IssuedFiles, issue_client_certificate, write_issued_certificate
from sge_sim.pki.policy import Policy
from sge_sim.pki.server_identity import DEFAULT_HOSTS, ensure_server_identity
from sge_sim.pki.trust import Pki, open_pki
from sge_sim.settings import VerifieEku

MACHINE_NOW = machine_now()


def _leaf(path: Path) -> x509.Certificate:
    (leaf,) = read_pem_bundle(path)
    return leaf


@pytest.mark.observed("host names of the two platforms, before and since 23 September 2024")
def test_server_certificate_bears_this_machine_and_the_real_platforms(tmp_path: Path) -> None:
    server = ensure_server_identity(tmp_path / "server", now=NOW)
    names = extension(_leaf(server.identity), x509.SubjectAlternativeName)
    assert names.get_values_for_type(x509.DNSName) == [
        "localhost",
        "sge-homologation-ws.enedis.fr",
        "sge-ws.enedis.fr",
        "sge-homologation-b2b.enedis.fr",
        "sge-b2b.enedis.fr",
        "sge-b2b.erdf.fr",
        *DATA_CONNECT_HOSTS,
    ]
    addresses = names.get_values_for_type(x509.IPAddress)
    assert [str(address) for address in addresses] == ["127.0.0.1", "::1"]


def test_identity_is_private_and_its_authority_public(tmp_path: Path) -> None:
    server = ensure_server_identity(tmp_path / "server", now=NOW)
    assert S_IMODE(server.identity.stat().st_mode) == 0o600
    assert S_IMODE(server.authority.stat().st_mode) == 0o644
    assert b"PRIVATE KEY" not in server.authority.read_bytes()


def test_certificate_is_renewed_before_its_end_and_its_authority_stays(tmp_path: Path) -> None:
    first = ensure_server_identity(tmp_path / "server", now=NOW)
    before, authority = first.identity.read_bytes(), first.authority.read_bytes()
    early = first.valid_until - timedelta(days=31)
    assert ensure_server_identity(tmp_path / "server", now=early) == first
    assert first.identity.read_bytes() == before
    late = first.valid_until - timedelta(days=30)
    renewed = ensure_server_identity(tmp_path / "server", now=late)
    assert renewed.valid_until > first.valid_until
    assert renewed.identity.read_bytes() != before
    assert renewed.authority.read_bytes() == authority


def test_fewer_hosts_keep_the_certificate_and_foreign_ones_are_refused(tmp_path: Path) -> None:
    hosts = ["localhost", "sge-sim", "10.0.0.7"]
    first = ensure_server_identity(tmp_path / "server", now=NOW, hosts=hosts)
    before = first.identity.read_bytes()
    ensure_server_identity(tmp_path / "server", now=NOW, hosts=["localhost"])
    assert first.identity.read_bytes() == before
    for foreign in ("www.banque.fr", "10.0.0.8"):
        with pytest.raises(UsageError, match=foreign):
            ensure_server_identity(tmp_path / "server", now=NOW, hosts=[*hosts, foreign])
    with pytest.raises(UsageError, match="ni un nom"):
        ensure_server_identity(tmp_path / "server", now=NOW, hosts=["hôte"])


@pytest.mark.parametrize("name", ["identity.pem", "authority.pem"])
def test_files_that_cannot_be_read_are_not_called_damaged(tmp_path: Path, name: str) -> None:
    ensure_server_identity(tmp_path / "server", now=NOW)
    file = tmp_path / "server" / name
    file.rename(file.with_suffix(".aside"))
    file.symlink_to(file)  # unreadable, even to root
    with pytest.raises(OSError, match=name):
        ensure_server_identity(tmp_path / "server", now=NOW)


def test_damaged_identity_is_a_usage_error(tmp_path: Path) -> None:
    server = ensure_server_identity(tmp_path / "server", now=NOW)
    server.identity.write_text("nothing")
    with pytest.raises(UsageError, match="abîmé"):
        ensure_server_identity(tmp_path / "server", now=NOW)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """A first start at the machine's time, for OpenSSL."""
    return open_pki(tmp_path_factory.mktemp("live"), now=MACHINE_NOW)


def _issue(live: Pki, folder: Path, slug: str) -> IssuedFiles:
    issued = issue_client_certificate(live.simulated(slug), ["a.fr"], now=MACHINE_NOW, days=30)
    return write_issued_certificate(folder, issued)


def _server(live: Pki) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=live.trust.roots_pem())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(live.server.identity)
    # What Python 3.13 asks by default, here on every version.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def _client(live: Pki, files: IssuedFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(live.server.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(files.chain, files.key)
    return context


def _handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> bytes | None:
    """Run a handshake in memory; return the client's certificate as the server sees it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=host),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(8):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ends[1].getpeercert(True)


@pytest.mark.parametrize("host", DEFAULT_HOSTS)
def test_client_trusts_the_server_under_each_of_its_names(
    live: Pki, tmp_path: Path, host: str
) -> None:
    files = _issue(live, tmp_path, "gandi")
    der = _handshake(_server(live), _client(live, files), host)
    assert Policy("production", live.trust).judge(der, MACHINE_NOW).accepted


def test_client_refuses_the_server_under_another_name(live: Pki, tmp_path: Path) -> None:
    files = _issue(live, tmp_path, "gandi")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Hh]ostname"):
        _handshake(_server(live), _client(live, files), "www.banque.fr")


@pytest.mark.documented("Let's Encrypt: no clientAuth since 8 July 2026")
def test_lets_encrypt_fails_a_default_server_and_passes_one_with_a_relaxed_purpose(
    live: Pki, tmp_path: Path
) -> None:
    files = _issue(live, tmp_path, "letsencrypt")
    with pytest.raises(ssl.SSLError, match="purpose"):
        _handshake(_server(live), _client(live, files), "localhost")
    relaxed = _server(live)
    _accept_any_purpose(relaxed)
    der = _handshake(relaxed, _client(live, files), "localhost")
    tolerant = {"verifie_eku": VerifieEku.TOLERANT}  # whatever the machine's day
    assert Policy("homologation", live.trust, **tolerant).judge(der, MACHINE_NOW).accepted
    assert not Policy("production", live.trust, **tolerant).judge(der, MACHINE_NOW).accepted


def _accept_any_purpose(context: ssl.SSLContext) -> None:
    import _ssl

    set_purpose = ctypes.CDLL(_ssl.__file__).SSL_CTX_set_purpose
    set_purpose.argtypes, set_purpose.restype = [ctypes.c_void_p, ctypes.c_int], ctypes.c_int
    handle = ctypes.c_void_p.from_address(id(context) + object.__basicsize__)
    assert set_purpose(handle, 7) == 1


def test_authority_of_the_server_signs_no_actor(live: Pki) -> None:
    leaf = _leaf(live.server.identity).public_bytes(Encoding.DER)
    verdict = Policy("production", live.trust).judge(leaf, MACHINE_NOW)
    assert {"chaine", "usage_client"} <= {reason.rule.code for reason in verdict.reasons}


def test_an_authority_of_an_earlier_version_goes_on_without_the_hosts_that_came_since(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "server"
    before = ensure_server_identity(folder, now=NOW, hosts=["localhost", "sge-ws.enedis.fr"])
    made = before.identity.read_bytes()
    ensure_server_identity(folder, now=NOW)
    assert before.identity.read_bytes() == made
    with pytest.raises(UsageError, match="ailleurs"):
        ensure_server_identity(folder, now=NOW, hosts=["ailleurs.example"])
