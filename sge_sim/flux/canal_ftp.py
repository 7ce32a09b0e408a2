"""Delivery to an FTP server, in passive mode."""

from collections.abc import Iterator
from contextlib import contextmanager
from ftplib import FTP, all_errors, error_perm
from io import BytesIO

from sge_sim.errors import system_reason
from sge_sim.flux.canaux import (
    TIMEOUT_SECONDS,
    Channel,
    DeliveryError,
    Server,
    temporary_name,
)


@contextmanager
def ftp_channel(server: Server) -> Iterator[Channel]:
    """Give a channel over one connection; raises `DeliveryError`."""
    ftp = FTP(timeout=TIMEOUT_SECONDS)  # noqa: S321 - what the contract annex declares
    try:
        with ftp:
            try:
                ftp.connect(server.host, server.port)
                ftp.login(server.user, server.password)
                if server.folder:
                    ftp.cwd(server.folder)
            except all_errors as error:
                raise _failure(server, error) from error
            yield _FtpChannel(ftp, server)
    finally:
        ftp.close()


class _FtpChannel(Channel):
    def __init__(self, ftp: FTP, server: Server) -> None:
        self._ftp = ftp
        self._server = server

    def deliver(self, name: str, content: bytes) -> None:
        temporary = temporary_name(name)
        try:
            self._ftp.storbinary(f"STOR {temporary}", BytesIO(content))
            try:
                self._ftp.rename(temporary, name)
            except error_perm:
                # Some servers don't rename over a file that is there.
                self._ftp.delete(name)
                self._ftp.rename(temporary, name)
        except all_errors as error:
            raise _failure(self._server, error) from error


def _failure(server: Server, error: Exception) -> DeliveryError:
    if isinstance(error, EOFError):
        return server.failure("connexion coupée")
    words = system_reason(error) if isinstance(error, OSError) else f"« {error} »"
    return server.failure(words)
