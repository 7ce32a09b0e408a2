"""Two versions of sge-sim on one machine: this tree's, and one of an earlier commit."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from running_simulator import START_SECONDS, RunningSimulator
from waiting import eventually

from sge_sim.schema.data_folder import SCHEMA, TABLES_OF_SCHEMA

ROOT: Final = Path(__file__).parents[2]
_FILE: Final = "sge_sim/schema/data_folder.py"
_PAIR: Final = re.compile(
    r'^SCHEMA: Final = (\d+)\n.*?^TABLES_OF_SCHEMA: Final = "(\w+)"', re.M | re.S
)
_PARTS: Final = ("sge_sim", "wsdl", "catalog", "certs")
_SERVE: Final = ("--port", "0", "--admin-port", "0", "--log", "none", "--population-size", "0")


@dataclass(frozen=True)
class Version:
    """A version that can be run: what its command begins with, and where its modules are."""

    command: Sequence[str]
    tree: Path

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [*self.command, *words],
            cwd=self.tree,  # where `-m` looks first
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )

    def printed(self, *words: str) -> str:
        """Run a command that must end well; return what it wrote."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self, folder: Path, *options: str) -> Iterator[RunningSimulator]:
        """Serve the state in `folder` until the block ends."""
        ready = folder.with_name(f"{folder.name}-{len(list(folder.parent.iterdir()))}.json")
        words = ("serve", "--data-dir", str(folder), "--ready-file", str(ready), *_SERVE, *options)
        with (
            ready.with_suffix(".log").open("w+") as log,
            subprocess.Popen(
                [*self.command, *words],
                cwd=self.tree,
                env=self._environ,
                stdout=log,
                stderr=log,
                text=True,
            ) as process,
        ):
            try:
                eventually(
                    lambda: process.poll() is not None or ready.exists(),
                    START_SECONDS,
                    lambda: Path(log.name).read_text(),
                )
                assert process.poll() is None, Path(log.name).read_text()
                yield RunningSimulator(json.loads(ready.read_text()), folder)
            finally:
                process.terminate()
                process.wait(30)

    @property
    def _environ(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.tree), "SGE_SIM_SANS_FICHIER": "1"}


def this_version() -> Version:
    """The version of this tree."""
    return Version((sys.executable, "-m", "sge_sim"), ROOT)


def earlier_version(folder: Path, *, same_schema: bool) -> Version:
    """The oldest commit of the same tables, or the newest of another schema, laid into `folder`."""
    oldest = None
    for commit in _git("log", "--first-parent", "--format=%H", "--", _FILE).split():
        found = _PAIR.search(_git("show", f"{commit}:{_FILE}"))
        if found is None:
            break
        same = (int(found[1]), found[2]) == (SCHEMA, TABLES_OF_SCHEMA)
        if not same and not same_schema and int(found[1]) != SCHEMA:
            return _laid(commit, folder)
        if not same and same_schema:
            break
        oldest = commit if same else oldest
    assert oldest is not None, "no earlier commit has a schema to compare: a whole clone is needed"
    return _laid(oldest, folder)


def _laid(commit: str, folder: Path) -> Version:
    archive = folder.with_suffix(".tar")
    folder.mkdir()
    _git("archive", f"--output={archive}", commit, *_PARTS)
    subprocess.run(["tar", "-C", folder, "-xf", archive], check=True)
    return Version((sys.executable, "-m", "sge_sim"), folder)


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
