"""The two settings of OpenSSL that Python's `ssl` doesn't reach, applied through ctypes.

An `ssl.SSLContext` of CPython is a small object whose first field is the `SSL_CTX *`. That field
is read here and checked against something `ssl` also shows, before anything is changed. Nothing
else in the project touches memory this way.
"""

import ctypes
import ssl
from types import ModuleType

from sge_sim.errors import UsageError

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
        "utiliser un CPython 3.11 à 3.13 lié à la libssl du système."
    )
