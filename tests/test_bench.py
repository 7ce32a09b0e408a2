"""The programs of `bench/` say how they are used instead of measuring."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"
PROGRAMS = [
    file.relative_to(BENCH.parent)
    for file in sorted(BENCH.rglob("*.py"))
    if '__name__ == "__main__"' in file.read_text(encoding="utf-8") and file.name != "driver.py"
]
"""`driver.py` has the arguments of `driver.c`, from the module that starts it."""


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_asked_for_help_prints_its_usage_and_ends(
    program: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [str(program), "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(BENCH.parent / program), run_name="__main__")
    name = ".".join(program.with_suffix("").parts).removesuffix(".__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m {name} [-h]")


def test_a_program_needs_nothing_of_the_tests_but_what_it_names() -> None:
    """The suite has the kits of `tests` on its path, and would hide it."""
    command = [sys.executable, "-m", "bench.walks", "--help"]
    done = subprocess.run(command, cwd=BENCH.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
