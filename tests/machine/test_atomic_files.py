"""Files are written whole or not at all, and a failure names the file that was asked for."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sge_sim.errors import UsageError
from sge_sim.machine.files import PRIVATE, check_writable, make_folder_once, write_atomically


def test_a_full_disk_keeps_the_old_file_and_is_told_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr("sge_sim.machine.monde.fsync", full)
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


WRITE_AND_DIE = """
import os, sys
from pathlib import Path
from sge_sim.machine import files, monde
def die(*_):
    os._exit(9)
if sys.argv[2] == "file":
    monde.fsync = die
    files.write_atomically(Path(sys.argv[1]), b"half")
files.make_folder_once(Path(sys.argv[1]), lambda new: ((new / "half").touch(), die()))
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_process_left_is_taken_over(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "made"
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(path), kind], check=False)
        assert done.returncode == 9
    left = {each.name for each in tmp_path.iterdir()} - {".lock"}
    assert left == {".made.new"}
    if kind == "file":
        write_atomically(path, b"whole")
        assert path.read_bytes() == b"whole"
    else:
        make_folder_once(path, lambda new: (new / "whole").touch())
        assert [each.name for each in path.iterdir()] == ["whole"]
    assert {each.name for each in tmp_path.iterdir()} - {".lock"} == {"made"}


def test_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([65 + number]) * 100_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_atomically(path, content, PRIVATE), contents * 5))
    assert path.read_bytes() in contents
    assert stat.S_IMODE(path.stat().st_mode) == PRIVATE
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_into_a_file_that_somebody_laid_there(tmp_path: Path) -> None:
    path, beside = tmp_path / "key.pem", tmp_path / ".key.pem.new"
    other = tmp_path / "other"
    other.write_bytes(b"")
    for lay in (beside.hardlink_to, beside.symlink_to):
        lay(other)
        with pytest.raises((UsageError, OSError)):
            write_atomically(path, b"secret", PRIVATE)
        assert other.read_bytes() == b""
        assert not path.exists()
        beside.unlink()
