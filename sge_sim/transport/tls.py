"""The TLS side of the listeners: the server's context and what it learnt of a client."""

import re
import ssl
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sge_sim.errors import UsageError
from sge_sim.transport.openssl import accept_any_purpose, disable_session_cache, verify_chain

_PEM_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----", re.ASCII)
_DER = 2  # _ssl.ENCODING_DER


def build_server_context(
    certificate: Path, private_key: Path, client_authorities: str | None
) -> ssl.SSLContext:
    """Return the context of a server, which asks every client for a certificate or, without
    `client_authorities`, none.

    `certificate` is the PEM file of the server's certificate followed by its intermediates,
    `private_key` the PEM file of its key, without password; it may be the same file.
    `client_authorities` is the PEM text of the *root* authorities whose chains are built; text
    around the certificates is ignored. An intermediate has no place in it: it would let a client
    pass that forgets to send it.

    What is fixed, and why:

    - TLS 1.2 at least: SOAP clients on Java 8 and .NET Framework often have nothing newer;
    - no resumption of sessions, by ticket or by cache: it would skip the check of the
      certificate and lose its chain;
    - the same verification on every Python (3.13 alone would accept partial chains and refuse
      old authorities on form);
    - OpenSSL's default security level, which refuses weak keys and signatures;
    - any purpose (`accept_any_purpose`): the policy, not TLS, speaks about key use.

    The context is never changed afterwards: to renew a certificate, build another one.

    Raises `UsageError` when a file can't be read or isn't what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET
    load_server_certificate(context, certificate, private_key)
    if client_authorities is not None:
        _verify_clients(context, client_authorities)
    disable_session_cache(context)
    return context


def refusal_of_chain(
    client_authorities: str, leaf: bytes, others: Sequence[bytes], now: datetime
) -> tuple[int, str] | None:
    """Return why a server that trusts `client_authorities` ends a handshake at `now`, or None.

    `client_authorities` as in `build_server_context`; `leaf` and the `others` that the client
    sends with it are in DER. For the rest see `openssl.verify_chain`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _verify_clients(context, client_authorities)
    return verify_chain(context, leaf, others, now)


def _verify_clients(context: ssl.SSLContext, client_authorities: str) -> None:
    """Set the server to ask for a certificate, and how its chain is verified."""
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
    context.verify_mode = ssl.CERT_REQUIRED
    _trust(context, client_authorities)
    accept_any_purpose(context)


def verified_chain(tls: ssl.SSLSocket) -> list[bytes]:
    """Return the client's chain as OpenSSL built it, in DER, from the leaf to the root.

    After a refused handshake it is the chain as far as it could be built, so that the refused
    certificate can still be named; empty if no certificate came.
    """
    if sys.version_info >= (3, 13):
        return tls.get_verified_chain()
    # Before 3.13 the same thing exists without a public name.
    private: Any = tls._sslobj  # type: ignore[attr-defined]
    return [certificate.public_bytes(_DER) for certificate in private.get_verified_chain() or ()]


def load_server_certificate(context: ssl.SSLContext, certificate: Path, private_key: Path) -> None:
    """Have `context` show the certificate of these files to the clients to come.

    Raises `UsageError` for files that can't be read or aren't a pair.
    """
    for path in (certificate, private_key):
        try:
            path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{path} ne peut pas être lu ({error.strerror}) : "
                "vérifier le chemin et les droits du certificat et de la clé du serveur."
            ) from None
    try:
        # An empty password makes an encrypted key an error, not a question on the terminal.
        context.load_cert_chain(certificate, private_key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise UsageError(
                f"La clé {private_key} n'est pas celle du certificat {certificate} : "
                "fournir les deux fichiers d'une même paire."
            ) from None
        raise UsageError(
            f"{certificate} et {private_key} ne forment pas un certificat de serveur utilisable "
            f"({error.reason or error}) : fournir du PEM, la clé sans mot de passe."
        ) from None


def _trust(context: ssl.SSLContext, client_authorities: str) -> None:
    certificates = _PEM_CERTIFICATE.findall(client_authorities)
    if not certificates:
        raise UsageError(
            "Aucune autorité de certification n'est connue : aucun client ne pourrait se "
            "connecter ; fournir au moins un certificat racine en PEM."
        )
    try:
        context.load_verify_locations(cadata="\n".join(certificates))
    except ssl.SSLError as error:
        raise UsageError(
            f"Un certificat d'autorité n'est pas du PEM valable ({error.reason or error}) : "
            "remplacer le fichier d'autorités."
        ) from None
