"""Channels: where the files of a contract are delivered.

By default a folder of the data directory, one per contract; others push to the actor's own server,
as Enedis does: by FTP, or SFTP (`canal_sftp`). Whatever the channel, a file is written beside under
a temporary name, then renamed: nobody sees it half written. It may be delivered twice, when the
simulator died before it could note the first time: same name, same content, so that the second
replaces the first.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ftplib import all_errors, error_perm
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import SplitResult, unquote, urlsplit

from sge_sim.domaine.nomenclatures import CodeFlux, TypeCanal
from sge_sim.errors import UsageError, system_reason
from sge_sim.flux.registry import BY_CODE
from sge_sim.machine import monde
from sge_sim.machine.files import make_private_folder, write_atomically

if TYPE_CHECKING:
    from ftplib import FTP

FAMILLE: Final = "{famille}"
"""Stands in the URL of a channel for the folder of the family of each file."""

TIMEOUT_SECONDS = 10
"""How long a server may keep a delivery waiting, at each exchange."""


class DeliveryError(Exception):
    """A file could not be delivered; the message says why, in French."""


class Channel(ABC):
    """A way to deliver files."""

    @abstractmethod
    def deliver(self, name: str, content: bytes) -> None:
        """Deliver a file, replacing the one of that name; raises `DeliveryError`."""


def temporary_name(name: str) -> str:
    """Return the name under which a file is written before it is complete."""
    return f".{name}.part"


class FolderChannel(Channel):
    """A folder of this machine, made when it isn't there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, name: str, content: bytes) -> None:
        try:
            make_private_folder(self._folder)
            write_atomically(self._folder / name, content)
        except OSError as error:
            raise DeliveryError(
                f"le dossier {self._folder} ne peut pas être écrit ({system_reason(error)})"
            ) from error


class KeptChannel(Channel):
    """The database that several machines share: what is delivered is what any of them reads."""

    def deliver(self, name: str, content: bytes) -> None:
        """Nothing is left to do."""


@dataclass(frozen=True)
class Server:
    """Where an FTP or SFTP channel leads: `scheme://user:password@host:port/folder`."""

    PORTS: ClassVar = {"ftp": 21, "sftp": 22}

    kind: str
    host: str
    port: int
    user: str
    password: str
    folder: str
    """As the server names it from the user's first folder; empty to stay there."""

    @classmethod
    def parse(cls, kind: str, url: str | None) -> "Server":
        """Read the URL of a channel; raises `UsageError`."""
        parts = _split(url or "")
        if parts is None or parts.scheme != kind or not parts.hostname:
            raise UsageError(
                f"Un canal {kind} se donne par --url {kind}://utilisateur:motdepasse@hôte/dossier."
            )
        return cls(
            kind,
            parts.hostname,
            parts.port or cls.PORTS[kind],
            unquote(parts.username or "anonymous"),
            unquote(parts.password or ""),
            unquote(parts.path.removeprefix("/")),
        )

    def failure(self, reason: str) -> DeliveryError:
        """Return the error of a delivery that this server didn't take, for that reason."""
        return DeliveryError(
            f"le serveur {self.kind.upper()} {self.host}:{self.port} ne prend pas le fichier "
            f"({reason})"
        )


def url_of_flux(url: str | None, flux: CodeFlux) -> str | None:
    """Return where the files of a flux go on a channel that may have a folder per family.

    A flux of no family has one of its name (assumed).

    >>> url_of_flux("sftp://moi@hote/depot/{famille}", "R66B")
    'sftp://moi@hote/depot/R63_R64_R65_R66_R67_C68'
    """
    return url and url.replace(FAMILLE, BY_CODE[flux].famille or flux)


def masked(url: str | None) -> str | None:
    """Return the URL of a channel without its password."""
    parts = _split(url or "")
    if parts is None or parts.password is None:
        return url
    return url and url.replace(f":{parts.password}@", ":***@", 1)


def check_canal(kind: TypeCanal, url: str | None) -> None:
    """Raise `UsageError` when a channel can't be of this URL."""
    if kind != "dossier":
        Server.parse(kind, url)
    elif url is not None and not Path(url).is_absolute():
        raise UsageError(f"« {url} » : donner le chemin complet du dossier.")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


@contextmanager
def ftp_channel(server: Server) -> Iterator[Channel]:
    """Give a channel over one connection, in passive mode; raises `DeliveryError`."""
    ftp = monde.ftp(TIMEOUT_SECONDS)
    try:
        with ftp:
            try:
                ftp.connect(server.host, server.port)
                ftp.login(server.user, server.password)
                if server.folder:
                    ftp.cwd(server.folder)
            except all_errors as error:
                raise _ftp_failure(server, error) from error
            yield _FtpChannel(ftp, server)
    finally:
        ftp.close()


class _FtpChannel(Channel):
    def __init__(self, ftp: "FTP", server: Server) -> None:
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
            raise _ftp_failure(self._server, error) from error


def _ftp_failure(server: Server, error: Exception) -> DeliveryError:
    if isinstance(error, EOFError):
        return server.failure("connexion coupée")
    words = system_reason(error) if isinstance(error, OSError) else f"« {error} »"
    return server.failure(words)
