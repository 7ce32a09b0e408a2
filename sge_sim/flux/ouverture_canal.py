"""Opening the channel that a contract declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sge_sim.domaine.nomenclatures import TypeCanal
from sge_sim.flux.canal_ftp import ftp_channel
from sge_sim.flux.canaux import Channel, FolderChannel, Server


@contextmanager
def open_channel(
    kind: TypeCanal,
    url: str | None,
    default_folder: Path,
    host_key: str | None = None,
    learn: Callable[[str], None] = lambda _key: None,
) -> Iterator[Channel]:
    """Give a channel that is ready to deliver, and close it.

    `host_key` is the SSH key that the server must show; `learn` receives the one it shows when
    none is known yet. Raises `DeliveryError` when the server can't be reached.
    """
    if kind == "dossier":
        yield FolderChannel(Path(url) if url else default_folder)
    elif kind == "ftp":
        with ftp_channel(Server.parse(kind, url)) as channel:
            yield channel
    else:
        from sge_sim.flux.canal_sftp import sftp_channel

        with sftp_channel(Server.parse(kind, url), host_key, learn) as channel:
            yield channel
