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


def test_files_that_will_not_do_are_refused(pki, tmp_path, subtests):
    certificate, key = pki.server_files
    trusted = pki.root.pem
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("bonjour")
    for files, bundle, why in (
        ((tmp_path / "absent.pem", key), trusted, r"absent\.pem ne peut pas être lu"),
        ((certificate, pki.client_files[1]), trusted, "n'est pas celle du certificat"),
        ((wrong, key), trusted, "fournir du PEM"),
        ((certificate, key), "", "Aucune autorité"),
        ((certificate, key), "bonjour", "Aucune autorité"),
        ((certificate, key), trusted.replace("MII", "AAA", 1), "n'est pas du PEM valable"),
    ):
        with subtests.test(why), pytest.raises(UsageError, match=why):
            build_server_context(*files, bundle)


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
