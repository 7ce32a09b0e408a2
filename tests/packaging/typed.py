"""What docs/installation.md has its readers type, section by section, as it is written there."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "installation.md"


def typed(title: str) -> list[str]:
    """Return the commands of a section; one that goes on over several lines is one command."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = "".join(f"{line}\n" for line in re.findall(r"^    (.*)$", section, re.MULTILINE))
    return lines.replace("\\\n", "").splitlines()


def run(command: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Have a shell run a command in `folder`, to its end; return what it wrote."""
    done = subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}"
    return done.stdout


@contextmanager
def running(
    command: str, folder: Path, environ: Mapping[str, str], within: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """Have a shell run a command that serves, until it writes that it does; then stop it.

    `within` is what comes before the shell: a namespace of its own.
    """
    with subprocess.Popen(
        [*within, "bash", "-ec", f"exec {command}"],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            written = ""
            for line in process.stdout:
                written += line
                if "Tableau de bord" in line:
                    break
            else:
                raise AssertionError(written)
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=30)
