"""Listening sockets, or one sentence saying why there is none."""

import errno
import ipaddress
import socket

from sge_sim.errors import UsageError

_BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 takes a free one.

    Read the port taken with `getsockname()[1]`. Processes forked afterwards share the socket. A
    name with addresses of both kinds is taken for its IPv4 one.

    Raises `UsageError` if the address isn't one of this machine or the port can't be had.
    """
    family, address = _resolve(host, port)[0]
    try:
        listening = socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(_why_not(error, host, port)) from None
    # The connections inherit it. Without it, an answer sent in two parts, as uvicorn sends its own,
    # waits for a client that delays its acknowledgement of the first: 40 ms for each.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def bind_loopback(host: str, port: int) -> socket.socket:
    """Return a socket that only this machine can reach, for the administration listener.

    The administration API has no authentication: whoever reaches it commands the simulator.

    Raises `UsageError` as `bind` does, and for any address that others could reach.
    """
    for _, address in _resolve(host, port):
        if not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
            raise UsageError(
                f"L'administration n'est pas protégée et {host} est joignable d'ailleurs : "
                "la faire écouter sur 127.0.0.1 ou ::1."
            )
    return bind(host, port)


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} n'est pas un port : choisir un nombre de 0 à 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UsageError(
            f"« {host} » n'est pas une adresse où écouter : "
            "donner une adresse de cette machine, par exemple 127.0.0.1."
        ) from None
    found.sort(key=lambda address: address[0] != socket.AF_INET)
    return [(family, (str(address[0]), port)) for family, _, _, _, address in found]


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Le port {port} est déjà pris sur {host} : arrêter le programme qui l'occupe ou "
                "choisir un autre port (0 en prend un libre)."
            )
        case errno.EACCES:
            return (
                f"Le port {port} est réservé à l'administrateur de la machine : "
                "choisir un port au-dessus de 1023."
            )
        case errno.EADDRNOTAVAIL:
            return (
                f"{host} n'est pas une adresse de cette machine : "
                "écouter sur 127.0.0.1, ou sur 0.0.0.0 pour toutes ses adresses."
            )
        case _:
            return f"Impossible d'écouter sur {host}:{port} ({error.strerror})."
