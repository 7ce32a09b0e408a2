"""The load: many connections that send ready requests, driven by a program that costs little.

The driver is C, compiled here when a compiler and OpenSSL's headers are there; elsewhere it is
one Python process per core, and the table says so.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal
from urllib.parse import urlsplit

CONNECTIONS = 16
How = Literal["keep", "new", "once"]
_SOURCE = Path(__file__).with_name("driver.c")


@dataclass(frozen=True)
class Load:
    """What was answered: how often, calls a second, failures, the latencies in milliseconds."""

    calls: int
    rate: float
    errors: int
    p50: float
    p99: float


@dataclass(frozen=True)
class Rounds:
    """The same load in several rounds, between which others are measured: their medians count."""

    loads: Sequence[Load]

    @property
    def rate(self) -> float:
        """Calls a second."""
        return median(load.rate for load in self.loads)

    @property
    def p50(self) -> float:
        """The median latency in milliseconds."""
        return median(load.p50 for load in self.loads)

    @property
    def p99(self) -> float:
        """What one call in a hundred exceeds, in milliseconds."""
        return median(load.p99 for load in self.loads)

    def __str__(self) -> str:
        rates = sorted(load.rate for load in self.loads)
        rate = f"{self.rate:.0f}/s ({rates[0]:.0f} to {rates[-1]:.0f})"
        errors = sum(load.errors for load in self.loads)
        return f"{rate}, {errors} errors" if errors else rate


class Driver:
    """Drives a load against one address of this machine; `folder` takes what it compiles."""

    def __init__(self, folder: Path) -> None:
        self._program = _compiled(folder)
        self._folder = folder

    @property
    def name(self) -> str:
        """What drives: the table names it, since a slow driver measures itself."""
        return "C" if self._program else f"Python, {os.cpu_count()} processes"

    def run(
        self,
        target: Mapping[str, Any],
        messages: Sequence[bytes],
        seconds: float,
        *,
        connections: int = CONNECTIONS,
        how: How = "keep",
    ) -> Load:
        """Send `messages` in turn to `target` (a ready file's content) for `seconds`.

        `new` takes a new connection for each; `once` sends each message once, in any time.
        """
        file = self._folder / "messages"
        file.write_bytes(b"".join(b"%d\n%s" % (len(message), message) for message in messages))
        url = urlsplit(target["b2b_url"])
        arguments = [
            *("127.0.0.1", str(url.port), target["client_cert"], target["client_key"], str(file)),
            *(str(connections), str(seconds), how),
        ]
        if self._program is not None:
            return _read([_run([str(self._program), *arguments], seconds)])
        processes = os.cpu_count() or 1
        arguments[5] = str(max(1, connections // processes))
        command = [sys.executable, "-m", "bench.driver", *arguments]
        started = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)
        ]
        return _read([process.communicate(timeout=seconds + 60)[0] for process in started])


def http_messages(
    target: Mapping[str, Any], path: str, bodies: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Return each SOAP message as a whole HTTP request to `path`."""
    host = urlsplit(target["b2b_url"]).netloc
    return tuple(
        (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f'SOAPAction: ""\r\nContent-Length: {len(body)}\r\n\r\n'
        ).encode()
        + body
        for body in bodies
    )


def _compiled(folder: Path) -> Path | None:
    compiler = shutil.which(sysconfig.get_config_var("CC") or "cc") or shutil.which("cc")
    if compiler is None:
        return None
    program = folder / "driver"
    command = [compiler, "-O2", "-D_GNU_SOURCE", "-pthread", str(_SOURCE), "-o", str(program)]
    done = subprocess.run([*command, "-lssl", "-lcrypto"], capture_output=True, check=False)
    return program if done.returncode == 0 else None


def _run(command: list[str], seconds: float) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=seconds + 60
    )
    if done.returncode:
        raise RuntimeError(f"the driver failed: {done.stderr.strip()}")
    return done.stdout


def _read(outputs: Sequence[str]) -> Load:
    """Join what the drivers printed: rates add up, the worst latencies count."""
    rows = [[float(number) for number in output.split()] for output in outputs]
    return Load(
        calls=int(sum(calls for calls, *_ in rows)),
        rate=sum(calls / seconds for calls, _, seconds, _, _ in rows),
        errors=int(sum(errors for _, errors, _, _, _ in rows)),
        p50=max(p50 for *_, p50, _ in rows),
        p99=max(p99 for *_, p99 in rows),
    )
