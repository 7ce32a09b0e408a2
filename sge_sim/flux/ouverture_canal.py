"""Opening the channel that a contract declares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sge_sim.domaine.nomenclatures import TypeCanal
from sge_sim.flux.canal_ftp import ftp_channel
from sge_sim.flux.canaux import Channel, FolderChannel, KeptChannel, Server


@contextmanager
def open_channel(
    kind: TypeCanal,
    url: str | None,
    default_folder: Path | None,
    host_key: str | None = None,
    learn: Callable[[str], None] = lambda _key: None,
) -> Iterator[Channel]:
    """Give a channel that is ready to deliver, and close it.

    Without a URL and a `default_folder`, the files stay in the database.

    `host_key` is the SSH key that the server must show; `learn` receives the one it shows when
    none is known yet. Raises `DeliveryError` when the server can't be reached.
    """
    if kind == "dossier":
        folder = Path(url) if url else default_folder
        yield KeptChannel() if folder is None else FolderChannel(folder)
    elif kind == "ftp":
        with ftp_channel(Server.parse(kind, url)) as channel:
            yield channel
    else:
        from sge_sim.flux.canal_sftp import sftp_channel

        with sftp_channel(Server.parse(kind, url), host_key, learn) as channel:
            yield channel
