"""Who gets in, what a refused client sees, and what the journal learns of it."""

import json
import socket
import ssl

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from throwaway_pki import SERVER, issue
from transport_kit import ask, common_name, open_socket
from waiting import eventually

from sge_sim.transport.handshake import Cause
from sge_sim.transport.tls import verified_chain

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
both_versions = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)


def alert_of(port, context):
    """Return the alert a client gets: in its handshake (TLS 1.2) or at its first read (1.3)."""
    with open_socket(port) as plain:
        try:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                tls.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                tls.recv(1)
        except ssl.SSLError as error:
            return error.reason
    return None


def refused_pair(pki, who):
    """Return the files of a client that should not get in."""
    other_root = issue("Autre racine", authority=True)
    other = issue("Autre intermédiaire", other_root, authority=True)
    weak_key = rsa.generate_private_key(65537, 1024)
    pairs = {
        "expired": issue("expired", pki.intermediate, valid_days=(-9, -1)),
        "not yet valid": issue("not yet valid", pki.intermediate, valid_days=(1, 9)),
        "self-signed": issue("self-signed"),
        "untrusted": issue("untrusted", other),
        "missing intermediate": issue("missing intermediate", pki.intermediate),
        "weak key": issue("weak key", pki.intermediate, key=weak_key),
        "issued by a client": issue("issued by a client", pki.client),
    }
    return pki.write("refused", pairs[who], send_issuers=who != "missing intermediate")


@both_versions
def test_a_welcome_client_is_known_by_certificate_chain_and_address(
    serve, client, client_context, version
):
    connection = client(serve().port, client_context(version=version))
    assert json.loads(ask(connection, "/sender")) == {
        "certificate": "client",
        "authorities": ["Intermédiaire", "Racine"],
        "address": "127.0.0.1",
    }


@both_versions
@pytest.mark.parametrize(
    ("who", "alert", "cause"),
    [
        ("expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED", Cause.EXPIRED),
        ("not yet valid", "SSLV3_ALERT_BAD_CERTIFICATE", Cause.NOT_YET_VALID),
        ("self-signed", "TLSV1_ALERT_UNKNOWN_CA", Cause.SELF_SIGNED),
        ("untrusted", "TLSV1_ALERT_UNKNOWN_CA", Cause.UNKNOWN_AUTHORITY),
        ("missing intermediate", "TLSV1_ALERT_UNKNOWN_CA", Cause.ISSUER_NOT_FOUND),
        ("weak key", "SSLV3_ALERT_BAD_CERTIFICATE", Cause.WEAK),
        ("issued by a client", "TLSV1_ALERT_UNKNOWN_CA", Cause.BAD_CHAIN),
    ],
)
def test_a_bad_certificate_gets_an_alert_and_the_journal_its_subject_and_the_reason(
    serve, client_context, pki, who, alert, cause, version
):
    running = serve()
    assert alert_of(running.port, client_context(refused_pair(pki, who), version)) == alert
    (failure,) = eventually(lambda: running.failures)
    assert failure.cause is cause
    assert common_name(failure.certificate) == who
    assert failure.remote_address == "127.0.0.1"
    assert failure.detail


@pytest.mark.parametrize(
    ("version", "alert"),
    [
        (VERSIONS[0], "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (VERSIONS[1], "TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    ],
)
def test_a_client_without_certificate_gets_an_alert(serve, client_context, version, alert):
    running = serve()
    assert alert_of(running.port, client_context(None, version)) == alert
    (failure,) = eventually(lambda: running.failures)
    assert failure.cause is Cause.NO_CERTIFICATE
    assert failure.certificate is None


def test_an_alert_survives_a_client_that_talks_on(serve, client_context):
    """Closing with unread input resets the connection, and a reset may overtake the alert."""
    port = serve().port
    for _ in range(20):
        with open_socket(port) as plain:
            context = client_context(None, ssl.TLSVersion.TLSv1_3)
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                tls.sendall(b"x" * 30_000)
                with pytest.raises(ssl.SSLError, match=r"(?i)alert"):
                    tls.recv(1)


@both_versions
def test_a_certificate_without_client_authentication_is_left_to_the_policy(
    serve, client, client_context, pki, version
):
    """As Let's Encrypt issues them since 2026: TLS must not be the one to refuse."""
    files = pki.write("server only", issue("server only", pki.intermediate, use=SERVER))
    connection = client(serve().port, client_context(files, version))
    assert json.loads(ask(connection, "/sender"))["certificate"] == "server only"


@both_versions
def test_no_session_is_resumed(serve, client_context, version):
    port = serve().port
    context = client_context(version=version)
    session = None
    for _ in range(2):
        with (
            open_socket(port) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as tls,
        ):
            tls.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            while tls.recv(65536):
                pass
            assert not tls.session_reused
            session = tls.session
            assert not session.has_ticket
            tls.unwrap()  # a clean end, after which OpenSSL's cache would offer the session


def test_tls_1_1_is_refused(serve, client_context):
    running = serve()
    context = client_context()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert alert_of(running.port, context)
    assert eventually(lambda: running.failures)[0].cause is Cause.PROTOCOL


@both_versions
def test_a_client_that_refuses_the_server_is_told_apart(serve, client_context, pki, version):
    """The commonest mistake of a new client: not to know the authority of the simulator."""
    running = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=issue("Autre racine", authority=True).pem)
    context.load_cert_chain(*pki.client_files)
    context.minimum_version = context.maximum_version = version
    alert_of(running.port, context)
    assert eventually(lambda: running.failures)[0].cause is Cause.SERVER_REFUSED


def test_plain_http_is_answered_in_words(serve):
    running = serve()
    with open_socket(running.port) as plain:
        plain.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
        answer = b"".join(iter(lambda: plain.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 400")
    assert "https://" in answer
    assert eventually(lambda: running.failures)[0].cause is Cause.PLAIN_HTTP


def test_a_port_probe_is_not_a_failure(serve, client):
    running = serve()
    open_socket(running.port).close()
    ask(client(running.port))
    assert running.failures == []


def test_a_client_that_gives_up_in_the_handshake_is_reported(serve):
    running = serve()
    with open_socket(running.port) as plain:
        plain.sendall(b"\x16\x03\x01\x02\x00\x01")
    assert eventually(lambda: running.failures)[0].cause is Cause.ABANDONED


def test_a_journal_that_fails_does_not_stop_the_service(serve, client, client_context, caplog):
    def fail(failure):
        raise RuntimeError("journal")

    running = serve(report=fail)
    assert alert_of(running.port, client_context(None))
    ask(client(running.port))
    assert eventually(lambda: "n'a pas pu être consigné" in caplog.text)


def test_the_chain_of_a_refused_certificate_is_told_as_far_as_it_goes(pki, serve, client_context):
    running = serve()
    alert_of(running.port, client_context(refused_pair(pki, "untrusted")))
    (failure,) = eventually(lambda: running.failures)
    assert [common_name(der) for der in failure.chain] == ["untrusted", "Autre intermédiaire"]


def test_a_connection_without_certificate_has_an_empty_chain():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    end, other = socket.socketpair()
    with (
        end,
        other,
        context.wrap_socket(end, do_handshake_on_connect=False, server_hostname="a") as tls,
    ):
        assert verified_chain(tls) == []
