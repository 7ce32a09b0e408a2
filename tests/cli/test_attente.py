"""What is told in a terminal of what takes long, and nowhere else."""

import os
import pty
import subprocess
import sys

SCRIPT = """
import time, threading
from sge_sim.cli.console import told_if_long
with told_if_long("Essai", lambda: "fait à moitié" + " ;" * 200):
    time.sleep({seconds})
assert threading.active_count() == 1
"""


def said_in_a_terminal(seconds: float) -> str:
    """What the script says on stderr, a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", SCRIPT.format(seconds=seconds)]
    with subprocess.Popen(command, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                read = os.read(ours, 1000)
            except OSError:  # the other end is closed
                break
            said += read
            if not read:
                break
        assert process.wait(20) == 0
    os.close(ours)
    return said.decode()


def test_what_is_quick_says_nothing() -> None:
    assert said_in_a_terminal(0.1) == ""


def test_what_takes_over_two_seconds_is_told_and_taken_back() -> None:
    said = said_in_a_terminal(2.5)
    assert "Essai… 2 s fait à moitié ; ;" in said
    assert max(map(len, said.split("\r"))) <= 80 + len("\x1b[K"), "a longer line couldn't be erased"
    assert said.endswith("\r\x1b[K")


def test_nothing_is_said_to_what_is_no_terminal() -> None:
    command = [sys.executable, "-c", SCRIPT.format(seconds=2.5)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
