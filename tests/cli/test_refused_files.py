"""What can't be read or written is told in a sentence that names it, before anything is done."""

import asyncio
import errno
import os
from pathlib import Path

import pytest
from loaded_programs import run_module
from running_simulator import RunningSimulator, refusal, run_command, serve

from sge_sim.cli.french import system_sentence
from sge_sim.clock import machine_now
from sge_sim.errors import system_reason
from sge_sim.pki.server_identity import ensure_server_identity

LONG = "a" * 300


def sentence(*arguments: str) -> str:
    return refusal(run_command(*arguments))


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("file", "/file » existe déjà et n'est pas un dossier"),
        ("file/below", "/file » existe déjà et n'est pas un dossier"),
        ("/proc/foo", "« /proc/foo » n'existe pas ou ne peut pas être créé"),
        (LONG, "a un nom trop long"),
    ],
)
def test_a_data_folder_that_cannot_be_made(tmp_path: Path, folder: str, told: str) -> None:
    (tmp_path / "file").write_text("kept")
    assert told in refusal(serve(tmp_path / folder))
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.parametrize(
    "arguments",
    [("hosts",), ("clock", "show"), ("kit", "/tmp/k.zip"), ("cert", "renew-server")],
)
def test_a_data_folder_that_cannot_be_looked_at(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    sentence(*arguments, "--data-dir", str(tmp_path / LONG))
    sentence(*arguments, "--data-dir", str(loop / "data"))


@pytest.mark.parametrize("out", [__file__, "/proc/nope"])
def test_a_folder_of_certificates_that_cannot_be_made(
    simulator: RunningSimulator, out: str
) -> None:
    options = ("--autorite", "gandi", "--nom", "a.example", "--data-dir", str(simulator.data_dir))
    assert f"« {out} »" in sentence("cert", "issue", *options, "--sortie", out)


def test_a_report_of_a_campaign_that_cannot_be_written(simulator: RunningSimulator) -> None:
    where = ("--data-dir", str(simulator.data_dir))
    run_command("campaign", "start", *where)
    try:
        assert "« /proc/nope »" in sentence("campaign", "report", *where, "--rapport", "/proc/nope")
    finally:
        run_command("campaign", "stop", *where)


def test_a_ready_file_that_cannot_be_written_is_told_before_the_start(tmp_path: Path) -> None:
    data_dir, pipe = tmp_path / "data", tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "« /nope/x.json »" in refusal(serve(data_dir, "--ready-file", "/nope/x.json"))
    for special in (tmp_path, pipe, Path("/dev/full")):
        told = refusal(serve(data_dir, "--ready-file", str(special)))
        assert f"{special} n'est pas un fichier ordinaire" in told
    assert pipe.is_fifo()
    assert list(data_dir.iterdir()) == []


def test_a_certificate_that_cannot_be_read_is_not_to_be_deleted(tmp_path: Path) -> None:
    ensure_server_identity(tmp_path / "pki" / "server", now=machine_now())
    identity = tmp_path / "pki" / "server" / "identity.pem"
    identity.unlink()
    identity.symlink_to(identity)  # unreadable, even to root
    renewed = run_command("cert", "renew-server", "--data-dir", str(tmp_path))
    for done in (renewed, serve(tmp_path, "--population-size", "0")):
        told = refusal(done)
        assert f"« {identity} »" in told
        assert "supprimer" not in told


def test_a_first_start_on_a_disk_that_is_full_is_told_in_one_sentence(tmp_path: Path) -> None:
    """The largest file allowed stands for the disk: 700 kB don't hold the data set."""
    bound = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))"
    typed = ("serve", "--data-dir", str(tmp_path / "data"), "--port", "0", "--admin-port", "0")
    done = run_module("sge_sim", typed, before=bound)
    assert "La base ne peut pas être utilisée" in refusal(done)


def test_a_write_to_an_open_file_tells_a_full_disk_too() -> None:
    told = system_sentence(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert told == "Le disque n'a plus de place : en faire, puis recommencer."
    assert system_sentence(OSError(errno.EPIPE, os.strerror(errno.EPIPE))) is None


def test_what_the_system_refuses_is_said_in_french(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    for path, reason in (
        (tmp_path / "absent", "introuvable"),
        (tmp_path, "c'est un dossier"),
        (tmp_path / "file" / "below", "un dossier du chemin est un fichier"),
        (tmp_path / "loop", "lien symbolique qui tourne en rond"),
        (tmp_path / LONG, "nom trop long"),
        (Path("/dev/full"), "disque plein"),
    ):
        with (
            pytest.raises(OSError, match="Errno") as refused,
            path.open("r+b", buffering=0) as file,
        ):
            file.write(b"x")
        assert system_reason(refused.value) == reason


def test_a_host_of_several_addresses_gives_the_reason_of_the_first() -> None:
    """As asyncio tells of them: in one sentence, without a number of its own."""

    async def connect() -> None:
        await asyncio.open_connection("localhost", 9)

    with pytest.raises(OSError, match=r"\[Errno \d+\]") as refused:
        asyncio.run(connect())
    assert system_reason(refused.value) == "connexion refusée"


def test_a_data_folder_where_others_may_write_is_refused_by_every_command(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert "chmod go-w" in refusal(serve(tmp_path))
    for command in (("hosts",), ("clock", "show"), ("journal", "repair"), ("cert", "renew-server")):
        assert "chmod go-w" in sentence(*command, "--data-dir", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_holds_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sge-sim.db").symlink_to(tmp_path.parent / "elsewhere.db")
    assert "lien symbolique" in refusal(serve(tmp_path))
    assert not (tmp_path.parent / "elsewhere.db").exists()
