"""The TLS side of the listeners: the server's context and what it learnt of a client.

What Python's `ssl` doesn't reach of OpenSSL is reached through ctypes: an `ssl.SSLContext` is a
small object of CPython whose first field is the `SSL_CTX *`. That field is read here and checked
against something `ssl` also shows, before anything is changed. Nothing else in the project touches
memory this way.
"""

import ctypes
import re
import ssl
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sge_sim.errors import UsageError, system_reason

_X509_PURPOSE_ANY = 7
_SSL_CTRL_SET_SESS_CACHE_MODE = 44
_SSL_SESS_CACHE_OFF = 0


def accept_any_purpose(context: ssl.SSLContext) -> None:
    """Have OpenSSL check a client's chain without asking what the certificate is meant for.

    Let's Encrypt gave up the client-authentication key use in 2026, so OpenSSL's own check would
    end such a handshake with an alert, and a tester could no longer be told why. Relaxed, the
    signatures, the dates, the key strength and the rule that only an authority may issue are
    still checked; the key use is left to the certificate policy.

    Raises `UsageError` where this Python doesn't let its OpenSSL be reached.
    """
    library, pointer = _reach(context)
    library.SSL_CTX_set_purpose.argtypes = [ctypes.c_void_p, ctypes.c_int]
    if library.SSL_CTX_set_purpose(pointer, _X509_PURPOSE_ANY) != 1:
        raise _unreachable("SSL_CTX_set_purpose a échoué")


def disable_session_cache(context: ssl.SSLContext) -> None:
    """Have the server remember no TLS 1.2 session, whichever way connections end.

    Python turns tickets off but not this cache, and a session resumed from it skips the check of
    the certificate: it was accepted after its certificate had expired.

    Raises `UsageError` where this Python doesn't let its OpenSSL be reached.
    """
    library, pointer = _reach(context)
    library.SSL_CTX_ctrl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    library.SSL_CTX_ctrl.restype = ctypes.c_long
    library.SSL_CTX_ctrl(pointer, _SSL_CTRL_SET_SESS_CACHE_MODE, _SSL_SESS_CACHE_OFF, None)


def verify_chain(
    context: ssl.SSLContext, leaf: bytes, others: Sequence[bytes], now: datetime
) -> tuple[int, str] | None:
    """Verify a client's certificate as a server with `context` does in a handshake at `now`.

    `leaf` and `others`, which the client sends with it, are in DER. Return OpenSSL's X509_V_ERR
    number and its wording, or None for a chain that passes.

    Raises `ValueError` for a leaf that OpenSSL can't read, `UsageError` where this Python doesn't
    let its OpenSSL be reached.
    """
    library, pointer = _reach(context)
    _declare(library)
    with _certificates(library, [leaf]) as (own,), _certificates(library, others) as sent:
        if own is None or library.X509_get0_pubkey(own) is None:
            raise ValueError("OpenSSL can't read the certificate or its key")
        untrusted, verification = library.OPENSSL_sk_new_null(), library.X509_STORE_CTX_new()
        try:
            for certificate in filter(None, sent):
                library.OPENSSL_sk_push(untrusted, certificate)
            store = library.SSL_CTX_get_cert_store(pointer)
            library.X509_STORE_CTX_init(verification, store, own, untrusted)
            # From here on, as OpenSSL's ssl_verify_cert_chain.
            settings = library.X509_STORE_CTX_get0_param(verification)
            level = library.SSL_CTX_get_security_level(pointer)
            library.X509_VERIFY_PARAM_set_auth_level(settings, level)
            library.X509_STORE_CTX_set_default(verification, b"ssl_client")
            library.X509_VERIFY_PARAM_set1(settings, library.SSL_CTX_get0_param(pointer))
            library.X509_VERIFY_PARAM_set_time(settings, int(now.timestamp()))
            if library.X509_verify_cert(verification) == 1:
                return None
            code = int(library.X509_STORE_CTX_get_error(verification))
            return code, library.X509_verify_cert_error_string(code).decode("ascii", "replace")
        finally:
            library.X509_STORE_CTX_free(verification)
            library.OPENSSL_sk_free(untrusted)
            library.ERR_clear_error()


@contextmanager
def _certificates(library: ctypes.CDLL, ders: Sequence[bytes]) -> Iterator[list[int | None]]:
    """Give OpenSSL's reading of certificates, None for what it can't read."""
    read: list[int | None] = []
    try:
        for der in ders:
            data = ctypes.create_string_buffer(der, len(der))
            position = ctypes.c_void_p(ctypes.addressof(data))
            read.append(library.d2i_X509(None, ctypes.byref(position), len(der)))
            if read[-1] and position.value != ctypes.addressof(data) + len(der):  # bytes too many
                library.X509_free(read[-1])
                read[-1] = None
        yield read
    finally:
        for certificate in filter(None, read):
            library.X509_free(certificate)


_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_long
# What each function returns and takes (C headers x509_vfy.h, x509.h, ssl.h, stack.h).
_FUNCTIONS: tuple[tuple[str, type | None, tuple[type, ...]], ...] = (
    ("ERR_clear_error", None, ()),
    ("OPENSSL_sk_free", None, (_POINTER,)),
    ("OPENSSL_sk_new_null", _POINTER, ()),
    ("OPENSSL_sk_push", _INT, (_POINTER, _POINTER)),
    ("SSL_CTX_get0_param", _POINTER, (_POINTER,)),
    ("SSL_CTX_get_cert_store", _POINTER, (_POINTER,)),
    ("SSL_CTX_get_security_level", _INT, (_POINTER,)),
    ("X509_STORE_CTX_free", None, (_POINTER,)),
    ("X509_STORE_CTX_get0_param", _POINTER, (_POINTER,)),
    ("X509_STORE_CTX_get_error", _INT, (_POINTER,)),
    ("X509_STORE_CTX_init", _INT, (_POINTER, _POINTER, _POINTER, _POINTER)),
    ("X509_STORE_CTX_new", _POINTER, ()),
    ("X509_STORE_CTX_set_default", _INT, (_POINTER, ctypes.c_char_p)),
    ("X509_VERIFY_PARAM_set1", _INT, (_POINTER, _POINTER)),
    ("X509_VERIFY_PARAM_set_auth_level", None, (_POINTER, _INT)),
    ("X509_VERIFY_PARAM_set_time", None, (_POINTER, ctypes.c_int64)),
    ("X509_free", None, (_POINTER,)),
    ("X509_get0_pubkey", _POINTER, (_POINTER,)),
    ("X509_verify_cert", _INT, (_POINTER,)),
    ("X509_verify_cert_error_string", ctypes.c_char_p, (_LONG,)),
    ("d2i_X509", _POINTER, (_POINTER, _POINTER, _LONG)),
)


def _declare(library: ctypes.CDLL) -> None:
    try:
        for name, returned, taken in _FUNCTIONS:
            function = getattr(library, name)
            function.restype, function.argtypes = returned, taken
    except AttributeError as error:
        raise _unreachable(str(error)) from None


def _reach(context: ssl.SSLContext) -> tuple[ctypes.CDLL, int]:
    """Return the OpenSSL that `ssl` uses and the address of the context's `SSL_CTX`."""
    import _ssl

    try:
        library = ctypes.CDLL(_file_of(_ssl))
        library.SSL_CTX_get_options.argtypes = [ctypes.c_void_p]
        library.SSL_CTX_get_options.restype = ctypes.c_uint64
        pointer = ctypes.c_void_p.from_address(id(context) + object.__basicsize__).value
        found = pointer is not None and library.SSL_CTX_get_options(pointer) == context.options
    except (AttributeError, OSError) as error:
        raise _unreachable(str(error)) from None
    if pointer is None or not found:
        raise _unreachable("contexte TLS introuvable")
    return library, pointer


def _file_of(module: ModuleType) -> str | None:
    """Return the shared object of an extension module; None where it is built into Python."""
    return getattr(module, "__file__", None)


def _unreachable(detail: str) -> UsageError:
    return UsageError(
        f"Ce Python ne donne pas accès à sa bibliothèque OpenSSL ({detail}) : "
        "utiliser un CPython 3.11 à 3.14 lié à la libssl du système."
    )


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
        chain = tls.get_verified_chain()
    else:
        # Before 3.13 the same thing exists without a public name.
        private: Any = tls._sslobj  # type: ignore[attr-defined]
        chain = [
            certificate.public_bytes(_DER) for certificate in private.get_verified_chain() or ()
        ]
    return chain


def load_server_certificate(context: ssl.SSLContext, certificate: Path, private_key: Path) -> None:
    """Have `context` show the certificate of these files to the clients to come.

    Raises `UsageError` for files that can't be read or aren't a pair.
    """
    for path in (certificate, private_key):
        try:
            path.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{path} ne peut pas être lu ({system_reason(error)}) : "
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
