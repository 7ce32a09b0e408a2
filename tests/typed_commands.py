"""Commands that are typed in the process of a test: what they say, and not how a process ends."""

import contextlib
import io
import sys
from subprocess import CompletedProcess

import pytest

from sge_sim.cli import main


def type_command(*words: str) -> "CompletedProcess[str]":
    """Do what `sge-sim` does with these words; return its exit code and what it wrote."""
    written, said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said):
        patch.setattr(sys, "argv", ["sge-sim", *words])
        with contextlib.redirect_stdout(written), pytest.raises(SystemExit) as ended:
            main()
    written.seek(0)
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return CompletedProcess(words, code or 0, written.read(), said.getvalue())
