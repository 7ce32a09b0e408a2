"""Tries the tests of the package: does one fail where a line of it is changed? `make mutants`.

python tests/mutants/play_mutants.py GRAINE NOMBRE

A mutant is played in a copy of the tree, which comes before the tree in every process that a test
starts. It is killed by a test that fails, or that doesn't end; where all pass in its time, it
survives. At the end the tests that killed run on what isn't changed: one that fails there as well
has killed nothing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

import pytest
import yaml
from drawn_mutants import ROOT, Key, Mutant, SourceFile, draw
from tests_that_run import tests_that_run

PROCESSES = 2
MOST_SECONDS = 180
"""For the tests of a mutant, together: the machine may do something else."""
TEST_SECONDS = 30
"""For each: one that takes more doesn't end."""
PROOF_SECONDS = 900
LEAST_KILLED = 0.9
_NOTHING_RUNS = "aucun test ne commence"
_NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__")


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the test that killed it, or why none did."""

    mutant: Mutant
    test: str | None
    remark: str
    seconds: float = 0

    def row(self, number: int) -> str:
        """Return the line of the report."""
        mutant = self.mutant
        changed = mutant.change.replace("|", "\\|").replace("`", "'")
        told = f"`{self.test}`" if self.test else f"**{self.remark}**"
        where = f"{mutant.file}:{mutant.number}"
        return f"| {number} | {where} | `{changed}` | {told} | {self.seconds:.0f} |"


class Copy:
    """A copy of the tree, in which one file at a time is another."""

    def __init__(self, folder: Path) -> None:
        self.tree, self._own = folder / "tree", folder / "own"
        shutil.copytree(ROOT, self.tree, ignore=_NOT_COPIED)

    def play(self, mutant: Mutant, number: int) -> Verdict:
        """Run the tests of a mutant, the nearest first, until one fails."""
        file, began = self.tree / mutant.file, time.monotonic()
        file.write_bytes(mutant.source)
        # The time that a compiled file is of: no other of this one has it.
        os.utime(file, (number, number))
        try:
            failed, remark = self.run("-x", *tests_that_run(mutant))
        finally:
            shutil.copy2(ROOT / mutant.file, file)
        return Verdict(mutant, next(iter(failed), None), remark, time.monotonic() - began)

    def failing(self, tests: Iterable[str]) -> set[str]:
        """Return the tests that fail on the unchanged tree, and the modules that can't be read."""
        functions = {test.partition("[")[0] for test in tests} - {_NOTHING_RUNS}
        ran = sorted(each for each in functions if "::" in each)
        asked = (ran, ("--collect-only", *sorted(functions - {*ran})))
        failed = {test for each in asked for test in self.run(*each, seconds=PROOF_SECONDS)[0]}
        assert _NOTHING_RUNS not in failed, "a test that killed isn't there"
        return {test.partition("[")[0] for test in failed}

    def run(self, *options: str, seconds: float = MOST_SECONDS) -> tuple[list[str], str]:
        """Run tests; return those that failed or didn't end, and what is said where none did."""
        shutil.rmtree(self._own, ignore_errors=True)
        self._own.mkdir()
        told = self._own / "told"
        with told.open("w") as out:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pytest", "-v", "--tb=no"),
                    *("-o", f"faulthandler_timeout={TEST_SECONDS}"),
                    *("-o", "faulthandler_exit_on_timeout=1", "-o", f"cache_dir={self._own}/cache"),
                    *options,
                ],
                cwd=self.tree,
                env=os.environ | {"PYTHONPATH": str(self.tree), "TMPDIR": str(self._own)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                return [], "survit, trop long"
            finally:
                with suppress(ProcessLookupError):  # and what it started
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        failed = self._own / "cache/v/cache/lastfailed"
        if failed.exists():
            return list(json.loads(failed.read_text())), ""
        if process.returncode in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
            return [_NOTHING_RUNS], ""
        running = told.read_text().rpartition("\n")[2].strip()
        return [running] if running else [], "survit"


def equivalents() -> dict[Key, str]:
    """Return the mutants that no test can see, each with the reason."""
    listed = yaml.safe_load(Path(__file__).with_name("equivalents.yaml").read_bytes()) or []
    return {(each["fichier"], each["ligne"], each["change"]): each["raison"] for each in listed}


def stale(known: Iterable[Key]) -> list[Key]:
    """Return the keys that are no mutant's, or no longer."""
    files = {file for file, _, _ in known}
    there = {
        mutant.key
        for file in files
        if (ROOT / file).exists()
        for statement in SourceFile(file).statements()
        for mutants in statement.mutants().values()
        for mutant in mutants
    }
    return [key for key in known if key not in there]


def play(seed: int, count: int, known: Mapping[Key, str]) -> list[Verdict]:
    """Print what became of each mutant as it is known; return all, once proved."""
    print("| n° | ligne | changement | tué par | s |\n|---:|---|---|---|---:|", flush=True)
    with ExitStack() as stack:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for _ in range(PROCESSES):
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="mutants", ignore_cleanup_errors=True)
            )
            copies.put(Copy(Path(folder)))
        workers = ThreadPoolExecutor(PROCESSES)
        stack.callback(workers.shutdown, cancel_futures=True)

        def verdict(number: int, mutant: Mutant) -> Verdict:
            if mutant.key in known:
                return Verdict(mutant, None, f"équivalent : {known[mutant.key]}")
            copy = copies.get()
            try:
                return copy.play(mutant, number)
            finally:
                copies.put(copy)

        verdicts = []
        for each in workers.map(verdict, range(1, count + 1), draw(seed, count)):
            verdicts.append(each)
            print(each.row(len(verdicts)), flush=True)
        wrong = copies.get().failing({each.test for each in verdicts if each.test})
    return [
        replace(each, test=None, remark=f"survit, {each.test} échoue sans lui")
        if (each.test or "").partition("[")[0] in wrong
        else each
        for each in verdicts
    ]


def main(seed: int, count: int) -> int:
    """Print the report; return 1 where too few are killed."""
    known = equivalents()
    print(f"# {count} mutants, graine {seed}\n")
    verdicts = play(seed, count, known)
    survivors = [(rank, each) for rank, each in enumerate(verdicts, 1) if each.test is None]
    seen = len(verdicts) - sum(each.mutant.key in known for each in verdicts)
    killed = len(verdicts) - len(survivors)
    print("\n## Ceux que rien ne tue\n")
    print("\n".join(each.row(rank) for rank, each in survivors))
    for file, line, change in stale(known):
        print(f"\nequivalents.yaml nomme ce qui n'est plus : {file}, « {line} », {change}")
    print(f"\nGraine {seed} : {killed} tués sur {seen} ({killed / seen:.1%}), ", end="")
    print(f"{len(verdicts) - seen} équivalents connus.")
    return 0 if killed >= LEAST_KILLED * seen else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what runs is ended, and cleared
    sys.exit(main(*map(int, sys.argv[1:])))
