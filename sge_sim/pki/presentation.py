"""What TLS says of a certificate before the policy hears of it: the verdict of a handshake."""

from collections.abc import Sequence
from datetime import datetime

from sge_sim.pki.trust import TrustStore
from sge_sim.transport.handshake import Cause, cause_of_verification
from sge_sim.transport.tls import refusal_of_chain

# OpenSSL takes no longer Certificate message (SSL_MAX_CERT_LIST_DEFAULT); each certificate in it
# has a length of 3 bytes and, in TLS 1.3, extensions of 2.
_MAX_MESSAGE = 100 * 1024
_FRAME = 5


def tls_refusal(
    trust: TrustStore, leaf: bytes, others: Sequence[bytes], now: datetime
) -> str | None:
    """Return why the door's TLS ends a handshake at `now` (machine time, aware), in French.

    `leaf` and the `others` sent with it are in DER. None for a chain that TLS lets through; the
    key isn't looked at.
    """
    if sum(len(der) + _FRAME for der in (leaf, *others)) > _MAX_MESSAGE:
        return f"{Cause.PROTOCOL.value} : plus de 100 Kio de certificats"
    try:
        found = refusal_of_chain(trust.roots_pem(), leaf, others, now)
    except ValueError:
        return f"{Cause.PROTOCOL.value} : le certificat n'est pas lisible"
    if found is None:
        return None
    code, words = found
    return f"{cause_of_verification(code, alone=not others).value} ({words})"
