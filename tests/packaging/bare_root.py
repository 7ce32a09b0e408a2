"""A root that holds glibc alone: no shell, no program, and what runs in it has an empty PATH."""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demandes import recherche
from waiting import eventually

GLIBC = re.compile(r"(ld-linux-x86-64|lib(c|m|pthread|dl|rt|util|resolv))\.so\.\d+")
ENTER = (
    'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && '
    'root=$1 user=$2 && shift 2 && exec /usr/bin/env -i PATH= "$@"'
)
SECONDS = 120


@dataclass(frozen=True)
class BareRoot:
    """The root in `folder`: `command` runs what is tested as `user`, in a namespace of `network`.

    `environ` is all that it gets beside an empty PATH, `data` the folder of its state.
    """

    folder: Path
    command: tuple[str, ...]
    user: int = 0
    network: str | None = None
    environ: tuple[str, ...] = ("HOME=/state",)
    data: str = "/state/sge"

    def entered(self, *arguments: str) -> list[str]:
        """The command line that runs the command within the root, and ends with it."""
        chroot = ["/usr/sbin/chroot", f"--userspec={self.user}:{self.user}", str(self.folder)]
        return [
            *([] if self.network is None else ["ip", "netns", "exec", self.network]),
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"),
            *("sh", "-c", ENTER, "sh", str(self.folder), str(self.user)),
            *self.environ,
            *chroot,
            *self.command,
            *arguments,
        ]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(
            self.entered(*arguments), capture_output=True, text=True, timeout=10 * SECONDS
        )

    @contextmanager
    def serving(self, *options: str) -> Iterator[dict[str, Any]]:
        """Run `serve`, give its ready file, stop it by SIGTERM: it ends within ten seconds."""
        ready = self.folder / "state" / "ready.json"
        ready.unlink(missing_ok=True)
        log = self.folder / "state" / "serve.log"
        arguments = ("serve", "--data-dir", self.data, "--ready-file", "/state/ready.json")
        with log.open("w+") as out:
            process = subprocess.Popen(self.entered(*arguments, *options), stdout=out, stderr=out)
            try:
                eventually(
                    lambda: process.poll() is not None or ready.exists(), SECONDS, log.read_text
                )
                assert process.poll() is None, log.read_text()
                yield json.loads(ready.read_text())
            finally:
                begun = time.monotonic()
                inner = children_of(process.pid)
                for pid in inner:
                    subprocess.run(["kill", "-TERM", str(pid)], check=False)
                try:
                    process.wait(20)
                finally:
                    process.send_signal(signal.SIGKILL)
                assert time.monotonic() - begun < 10

    def outside(self, path: str) -> Path:
        """The path, as this side has it, of a file within the root."""
        return self.folder / path.lstrip("/")


def children_of(pid: int) -> list[int]:
    listed = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(pid)], text=True)
    return [int(each) for each in listed.split()]


def make_bare_root(folder: Path, debian: Path) -> Path:
    """Make a root of the glibc of a Debian root, and of nothing else."""
    libraries = folder / "lib" / "x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    for path in (debian / "lib" / "x86_64-linux-gnu").iterdir():
        if GLIBC.fullmatch(path.name):
            shutil.copy(path, libraries / path.name)
    (folder / "lib64").mkdir()
    shutil.copy(libraries / "ld-linux-x86-64.so.2", folder / "lib64")
    (folder / "etc").mkdir()
    (folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n")  # as every engine gives one
    for name in ("proc", "dev", "tmp", "state"):
        (folder / name).mkdir()
        (folder / name).chmod(0o1777)
    return folder


def call(ready: dict[str, Any], root: BareRoot, url: str, *more: str) -> str:
    """Post a demand of RecherchePoint by curl, as the README does; return the answer."""
    body = recherche(ready["login"])
    files = (("--cacert", "ca_file"), ("--cert", "client_cert"), ("--key", "client_key"))
    options = [part for option, name in files for part in (option, str(root.outside(ready[name])))]
    done = subprocess.run(
        ["curl", "-sS", *options, *more, "-H", "Content-Type: text/xml", "-d", body, url],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
