"""What a server's certificate, key and authorities must be, told in one sentence otherwise."""

import ssl

import pytest
from cryptography.hazmat.primitives import serialization
from throwaway_pki import issue

from sge_sim.errors import UsageError
from sge_sim.transport import tls
from sge_sim.transport.tls import build_server_context


def test_text_around_the_authorities_is_ignored(pki):
    bundle = f"# Autorité n° 1, à présent\n{pki.root.pem}\nsuite\n{issue('b', authority=True).pem}"
    assert len(build_server_context(*pki.server_files, bundle).get_ca_certs()) == 2


def test_a_missing_file_is_named(pki):
    missing = pki.folder / "absent.pem"
    with pytest.raises(UsageError, match=r"absent\.pem ne peut pas être lu"):
        build_server_context(missing, pki.server_files[1], pki.root.pem)


def test_a_key_of_another_certificate_is_refused(pki):
    with pytest.raises(UsageError, match="n'est pas celle du certificat"):
        build_server_context(pki.server_files[0], pki.client_files[1], pki.root.pem)


def test_a_key_with_a_password_is_refused_without_asking_for_it(pki, tmp_path):
    encrypted = tmp_path / "encrypted.key"
    encrypted.write_bytes(
        pki.server.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(UsageError, match="sans mot de passe"):
        build_server_context(pki.server_files[0], encrypted, pki.root.pem)


def test_a_file_that_is_no_certificate_is_refused(pki, tmp_path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("bonjour")
    with pytest.raises(UsageError, match="fournir du PEM"):
        build_server_context(wrong, pki.server_files[1], pki.root.pem)


@pytest.mark.parametrize("bundle", ["", "bonjour"])
def test_no_authority_at_all_is_refused(pki, bundle):
    with pytest.raises(UsageError, match="Aucune autorité"):
        build_server_context(*pki.server_files, bundle)


def test_a_damaged_authority_is_refused(pki):
    damaged = pki.root.pem.replace("MII", "AAA", 1)
    with pytest.raises(UsageError, match="n'est pas du PEM valable"):
        build_server_context(*pki.server_files, damaged)


def test_a_python_that_hides_its_openssl_is_told_so(monkeypatch):
    """As when OpenSSL is linked into the interpreter and its names are not exported."""
    monkeypatch.setattr(tls, "_file_of", lambda module: ssl.__file__)
    with pytest.raises(UsageError, match="ne donne pas accès"):
        tls.accept_any_purpose(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


def test_a_context_that_is_not_where_expected_is_left_alone():
    class Shifted(ssl.SSLContext):
        options = 0

    with pytest.raises(UsageError, match="contexte TLS introuvable"):
        tls.disable_session_cache(Shifted(ssl.PROTOCOL_TLS_SERVER))
