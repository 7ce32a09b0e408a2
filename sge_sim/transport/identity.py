"""What a request tells of its sender: the certificate and the address of the connection."""

import ssl
from collections.abc import Mapping
from typing import Any

TLS_OBJECT = "sge_sim.tls"
"""Key of the WSGI environment under which the live `ssl.SSLSocket` of the request stands."""

PEER_CHAIN = "sge_sim.peer_chain"
"""Key of the WSGI environment under which the chain verified at the handshake stands."""


def peer_certificate(environ: Mapping[str, Any]) -> bytes | None:
    """Return the client's own certificate in DER; None for a request that didn't come by TLS."""
    tls: ssl.SSLSocket | None = environ.get(TLS_OBJECT)
    return None if tls is None else tls.getpeercert(binary_form=True)


def peer_chain(environ: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Return what the handshake verified above the client's certificate, in DER."""
    chain: tuple[bytes, ...] = environ.get(PEER_CHAIN, ())
    return chain[1:]


def remote_address(environ: Mapping[str, Any]) -> str:
    """Return the IP address the request came from, as text."""
    address: str = environ.get("REMOTE_ADDR", "")
    return address
