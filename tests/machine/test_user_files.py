"""What a user names is read up to a bound; what never ends, or isn't a file, is refused."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from sge_sim.errors import UsageError
from sge_sim.machine.documents import parse_json
from sge_sim.machine.files import read_user_file

READ = "import sys; from sge_sim.machine.files import read_user_file as read; "


def read_standard_input(given: bytes | None, most: int) -> "subprocess.CompletedProcess[bytes]":
    """Have a process read its standard input; without anything given it is /dev/zero."""
    program = f"{READ}sys.stdout.buffer.write(read('-', {most}))"
    with Path("/dev/zero").open("rb") as zero:
        where = {"stdin": zero} if given is None else {"input": given}
        return subprocess.run(
            [sys.executable, "-c", program], capture_output=True, timeout=60, check=False, **where
        )


def test_a_file_is_read_whole_up_to_the_bound(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 3_000_000)
    assert read_user_file(file, 3_000_000) == file.read_bytes()
    assert read_user_file(str(file), 5_000_000) == file.read_bytes()
    with pytest.raises(UsageError, match="dépasse 2999999 octets"):
        read_user_file(file, 2_999_999)


def test_a_file_far_beyond_the_bound_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as made:
        made.truncate(1 << 42)
    with pytest.raises(UsageError, match="dépasse 1000 octets"):
        read_user_file(file, 1000)


@pytest.mark.parametrize(("written", "fits"), [(100_000, True), (100_001, False)])
def test_a_pipe_is_read_up_to_the_bound(tmp_path: Path, written: int, fits: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("wb") as out:
            out.write(b"x" * written)

    writer = Thread(target=write)
    writer.start()
    if fits:
        assert read_user_file(pipe, 100_000) == b"x" * written
    else:
        with pytest.raises(UsageError, match="dépasse 100000 octets"):
            read_user_file(pipe, 100_000)
    writer.join(30)


def test_the_standard_input_is_read_up_to_the_bound() -> None:
    assert read_standard_input(b"x" * 5, 5).stdout == b"xxxxx"
    refused = read_standard_input(b"x" * 6, 5)
    assert "L'entrée standard dépasse 5 octets" in refused.stderr.decode()
    endless = read_standard_input(None, 5)
    assert "L'entrée standard n'est ni un fichier ni un tube" in endless.stderr.decode()


def test_devices_folders_and_sockets_are_refused(tmp_path: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    (tmp_path / "s").symlink_to("socket")
    with listening:
        listening.bind(str(tmp_path / "socket"))
        for special in ("/dev/zero", "/dev/null", tmp_path / "socket", tmp_path / "s"):
            with pytest.raises(UsageError, match="n'est ni un fichier ni un tube"):
                read_user_file(special, 1000)
    with pytest.raises(UsageError, match="est un dossier"):
        read_user_file(tmp_path, 1000)
    with pytest.raises(FileNotFoundError) as raised:
        read_user_file(tmp_path / "none", 1000)
    assert raised.value.filename == str(tmp_path / "none")


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "nope", b"\xff", "1" * 5000])
def test_what_is_not_json_or_too_deep_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse_json(text)
    assert len(str(raised.value)) < 200
