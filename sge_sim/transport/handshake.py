"""Why a TLS handshake failed, precisely enough for the journal.

A client that is refused only sees an alert of one word. The server knows more: which certificate
came, and which check it failed.
"""

import ssl
from dataclasses import dataclass
from enum import Enum

from sge_sim.transport.tls import verified_chain


class Cause(Enum):
    """What ended a handshake: the name is for programs, the value is the sentence to show."""

    NO_CERTIFICATE = (
        "aucun certificat client n'a été présenté : a-t-il l'usage clientAuth ? .NET tait, sans le "
        "dire, un certificat dont l'usage étendu ne l'a pas"
    )
    EXPIRED = "le certificat présenté, ou un certificat de sa chaîne, est expiré"
    NOT_YET_VALID = "le certificat présenté, ou un certificat de sa chaîne, n'est pas encore valide"
    SELF_SIGNED = "le certificat présenté est auto-signé"
    ISSUER_NOT_FOUND = (
        "l'émetteur du certificat présenté est inconnu : "
        "autorité non reconnue, ou certificat intermédiaire non envoyé"
    )
    UNKNOWN_AUTHORITY = "la chaîne présentée ne mène à aucune autorité connue"
    WEAK = "une clé ou une signature de la chaîne présentée est trop faible"
    BAD_CHAIN = "la chaîne présentée n'est pas valide"
    BAD_PROOF = "le client n'a pas prouvé qu'il détient la clé du certificat présenté"
    SERVER_REFUSED = "le client n'accepte pas le certificat du serveur"
    PLAIN_HTTP = "le client a parlé HTTP en clair sur un port HTTPS"
    TOO_SLOW = "la négociation TLS n'a pas abouti dans le délai"
    ABANDONED = "le client a fermé la connexion pendant la négociation TLS"
    PROTOCOL = "la négociation TLS a échoué"


@dataclass(frozen=True)
class HandshakeFailure:
    """A handshake that didn't end in a usable connection.

    `chain` is what OpenSSL built of the certificates that came (DER, leaf first); it is empty if
    none came. `detail` is OpenSSL's own wording.
    """

    remote_address: str
    cause: Cause
    detail: str
    chain: tuple[bytes, ...]

    @property
    def certificate(self) -> bytes | None:
        """The certificate the client presented, in DER."""
        return self.chain[0] if self.chain else None


# OpenSSL's X509_V_ERR numbers; ISSUER_NOT_FOUND is told apart from UNKNOWN_AUTHORITY below.
_CAUSE_OF_VERIFY_CODE = {
    2: Cause.UNKNOWN_AUTHORITY,  # UNABLE_TO_GET_ISSUER_CERT
    9: Cause.NOT_YET_VALID,
    10: Cause.EXPIRED,
    18: Cause.SELF_SIGNED,  # DEPTH_ZERO_SELF_SIGNED_CERT
    19: Cause.UNKNOWN_AUTHORITY,  # SELF_SIGNED_CERT_IN_CHAIN: the client sent its own root
    20: Cause.UNKNOWN_AUTHORITY,  # UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    21: Cause.UNKNOWN_AUTHORITY,  # UNABLE_TO_VERIFY_LEAF_SIGNATURE
    66: Cause.WEAK,  # EE_KEY_TOO_SMALL
    67: Cause.WEAK,  # CA_KEY_TOO_SMALL
    68: Cause.WEAK,  # CA_MD_TOO_WEAK
}


def describe_failure(error: OSError, tls: ssl.SSLSocket, remote_address: str) -> HandshakeFailure:
    """Return what `error`, raised by the handshake of `tls`, says about the client.

    The chain comes from OpenSSL, which keeps what it built even when it refuses it.
    """
    chain = tuple(verified_chain(tls)) if isinstance(error, ssl.SSLError) else ()
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = error.verify_message
    elif isinstance(error, ssl.SSLError):
        detail = error.reason or str(error)
    else:
        detail = error.strerror or str(error)
    return HandshakeFailure(remote_address, _cause(error, chain), detail, chain)


def cause_of_verification(code: int, *, alone: bool) -> Cause:
    """Return what an X509_V_ERR number means; `alone` tells that no issuer was found at all."""
    cause = _CAUSE_OF_VERIFY_CODE.get(code, Cause.BAD_CHAIN)
    return Cause.ISSUER_NOT_FOUND if cause is Cause.UNKNOWN_AUTHORITY and alone else cause


def _cause(error: OSError, chain: tuple[bytes, ...]) -> Cause:
    if isinstance(error, ssl.SSLCertVerificationError):
        return cause_of_verification(error.verify_code, alone=len(chain) == 1)
    if not isinstance(error, ssl.SSLError) or isinstance(error, ssl.SSLEOFError):
        return Cause.ABANDONED
    reason = error.reason or ""
    if reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return Cause.NO_CERTIFICATE
    if reason == "BAD_SIGNATURE":
        return Cause.BAD_PROOF
    if reason == "HTTP_REQUEST":
        return Cause.PLAIN_HTTP
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return Cause.SERVER_REFUSED
    return Cause.PROTOCOL
