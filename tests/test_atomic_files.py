"""Files are written whole or not at all, and a failure names the file that was asked for."""

import errno
import os
from pathlib import Path

import pytest

from sge_sim.errors import UsageError
from sge_sim.files import check_writable, write_atomically


def test_a_full_disk_keeps_the_old_file_and_is_told_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space") as raised:
        write_atomically(path, b"new")
    assert raised.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for refuse in (check_writable, lambda path: write_atomically(path, b"new")):
        with pytest.raises(UsageError, match="fichier ordinaire"):
            refuse(pipe)
    assert pipe.is_fifo()


def test_what_can_be_written_is_checked_without_a_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError) as raised:
        check_writable(tmp_path / "missing" / "file")
    assert raised.value.filename == str(tmp_path / "missing" / "file")
