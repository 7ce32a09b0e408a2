"""Delivery to an SFTP server, with a password.

The server's key is trusted at the first delivery, and kept: another one later is refused, until
the channel is declared anew (`sge-sim acteurs canal`).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import asyncssh

from sge_sim.errors import system_reason
from sge_sim.flux.canaux import TIMEOUT_SECONDS, Channel, DeliveryError, Server, temporary_name
from sge_sim.machine import monde

_SLOWEST_BYTES_PER_SECOND = 50_000
_REASONS: Final[dict[type[Exception], str]] = {
    asyncssh.HostKeyNotVerifiable: (
        "il ne montre plus la même clé : si c'est voulu, déclarer de nouveau le canal"
    ),
    asyncssh.PermissionDenied: "identifiants refusés",
    asyncssh.ConnectionLost: "connexion coupée",
    asyncssh.SFTPConnectionLost: "connexion coupée",
    asyncssh.SFTPNoSuchFile: "dossier absent",
    asyncssh.SFTPNoSuchPath: "dossier absent",
    asyncssh.SFTPPermissionDenied: "écriture interdite",
    asyncssh.SFTPNoSpaceOnFilesystem: "disque plein",
    asyncssh.SFTPQuotaExceeded: "disque plein",
}
"""What a server says by a kind of its protocol; other kinds keep their words."""


@contextmanager
def sftp_channel(
    server: Server, host_key: str | None, learn: Callable[[str], None]
) -> Iterator[Channel]:
    """Give a channel over one connection; raises `DeliveryError`.

    `host_key` is the key that the server must show, as OpenSSH writes it; `learn` receives the
    one it shows when that is None.
    """
    with asyncio.Runner() as runner:
        try:
            connection = runner.run(_connect(server, host_key))
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise _failure(server, error) from error
        try:
            shown = connection.get_server_host_key()
            if host_key is None and shown is not None:
                learn(shown.export_public_key("openssh").decode().strip())
            yield _SftpChannel(runner, _client(runner, connection, server), server)
        finally:
            connection.abort()
            runner.run(connection.wait_closed())


def _client(
    runner: asyncio.Runner, connection: asyncssh.SSHClientConnection, server: Server
) -> asyncssh.SFTPClient:
    try:
        return runner.run(asyncio.wait_for(connection.start_sftp_client(), TIMEOUT_SECONDS))
    except (OSError, asyncssh.Error, TimeoutError) as error:
        raise _failure(server, error) from error


class _SftpChannel(Channel):
    def __init__(self, runner: asyncio.Runner, client: asyncssh.SFTPClient, server: Server) -> None:
        self._runner = runner
        self._client = client
        self._server = server

    def deliver(self, name: str, content: bytes) -> None:
        try:
            seconds = TIMEOUT_SECONDS + len(content) / _SLOWEST_BYTES_PER_SECOND
            self._runner.run(asyncio.wait_for(self._deliver(name, content), seconds))
        except (OSError, asyncssh.Error, TimeoutError) as error:
            raise _failure(self._server, error) from error

    async def _deliver(self, name: str, content: bytes) -> None:
        folder = self._server.folder
        prefix = f"{folder.rstrip('/')}/" if folder else ""
        temporary, final = prefix + temporary_name(name), prefix + name
        async with self._client.open(temporary, "wb") as file:
            await file.write(content)
        try:
            await self._client.posix_rename(temporary, final)
        except asyncssh.SFTPOpUnsupported:
            # The plain rename of SFTP doesn't replace a file.
            if await self._client.exists(final):
                await self._client.remove(final)
            await self._client.rename(temporary, final)


async def _connect(server: Server, host_key: str | None) -> asyncssh.SSHClientConnection:
    known = None if host_key is None else asyncssh.import_known_hosts(f"* {host_key}\n")
    return await monde.ssh(
        server.host,
        server.port,
        username=server.user,
        password=server.password,
        known_hosts=known,
        client_keys=None,
        config=None,
        agent_path=None,
        connect_timeout=TIMEOUT_SECONDS,
        login_timeout=TIMEOUT_SECONDS,
    )


def _failure(server: Server, error: Exception) -> DeliveryError:
    for kind, words in _REASONS.items():
        if isinstance(error, kind):
            return server.failure(words)
    if isinstance(error, OSError):
        return server.failure(system_reason(error))
    return server.failure(f"« {error or type(error).__name__} »")
