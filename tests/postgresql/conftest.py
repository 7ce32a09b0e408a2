import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgresql_kit import OWNER, Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server that the tests may stop; it is running between them."""
    folder = Path("/tmp") / f"sge-sim-pg-{os.getpid()}"
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        shutil.chown(folder, OWNER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(folder, port)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder)
