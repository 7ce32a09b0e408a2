"""The snippets of a page, run in their order as its reader runs them: in an empty folder.

`sh` blocks must end well. In `console` blocks the lines after `$ ` are commands, the others what
they write: each must be there, in order, `…` standing for anything. `python` blocks run by
themselves.
"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
_BLOCK: Final = re.compile(r"^( *)```(sh|console|python)\n(.*?)^ *```$", re.M | re.S)
_PORTS: Final = {
    "8443": "SGE_SIM_PORT",
    "8080": "SGE_SIM_ADMIN_PORT",
    "8444": "SGE_SIM_DATA_CONNECT_PORT",
}
_INSTALLING: Final = (
    "python3 -m venv .venv",
    "pip install ./sge_sim-*.whl",
    ". .venv/bin/activate",
)
_NOTHING: Final[Mapping[str, str]] = {}
_PRELUDE: Final = r"""
set -e -o pipefail
shopt -s expand_aliases
stopped() { [ -z "$SERVED" ] || { kill $SERVED; wait $SERVED || true; SERVED=; rm -f "$READY"; }; }
trap stopped EXIT
sge-sim() {
    if [ "$1" != serve ]; then command sge-sim "$@"; return; fi
    stopped
    case " $* " in
        *" --ready-file "*) READY=$(sed 's/.* --ready-file \([^ ]*\).*/\1/' <<<" $* ") ;;
        *) READY=ready-of-the-test.json; set -- "$@" --ready-file $READY ;;
    esac
    READY=$(realpath "$READY")
    command sge-sim "$@" >>serve.log 2>&1 & SERVED=$!
    while ! [ -e "$READY" ]; do kill -0 $SERVED || { cat serve.log; return 1; }; sleep 0.1; done
}
"""


@dataclass(frozen=True)
class Step:
    """What a reader types, and the lines that should come of it."""

    typed: str
    wanted: Sequence[str]


def steps_of(page: str) -> Iterator[Step]:
    """Yield the steps of a page in Markdown."""
    for indent, kind, text in _BLOCK.findall(page):
        text = re.sub(rf"^{indent}", "", text, flags=re.M)
        if kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                typed = re.match(r"(?:.*\\\n)*.*\n", part)
                assert typed is not None
                yield Step(typed[0], part[typed.end() :].splitlines())
        elif kind == "python":
            yield Step(f"python3 - <<'PYTHON'\n{text}PYTHON\n", ())
        else:
            yield Step(text, ())


def run_page(
    page: Path, folder: Path, *, environ: Mapping[str, str] = _NOTHING, installed: bool = True
) -> list[str]:
    """Run a page in `folder` with free ports; return its steps that went otherwise.

    All that it wrote stays in `written.log` there, what the simulator wrote in `serve.log`.

    Where sge-sim is `installed`, the lines that install it are passed over.
    """
    ports, text = _free_ports(), page.read_text("utf-8")
    for line in _INSTALLING if installed else ():
        text = text.replace(f"\n{line}\n", "\n:\n")
    for written, port in zip(_PORTS, ports, strict=True):
        text = text.replace(f"localhost:{written}", f"localhost:{port}")
    steps = list(steps_of(text))
    script = _PRELUDE + "".join(
        f"printf '\\n@@%s\\n' {rank}\n{step.typed}" for rank, step in enumerate(steps)
    )
    whole = {
        **os.environ,
        **dict(zip(_PORTS.values(), map(str, ports), strict=True)),
        "SGE_SIM_POPULATION_SIZE": "0",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "NO_PROXY": "localhost",
        **environ,
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=whole,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    (folder / "written.log").write_text(done.stdout, "utf-8")
    written = dict(re.findall(r"^@@(\d+)\n(.*?)(?=^@@|\Z)", done.stdout, re.M | re.S))
    wrong = [
        f"« {step.typed.strip()} » : {line!r} isn't in {written.get(str(rank))!r}"
        for rank, step in enumerate(steps)
        for line in missing_lines(step.wanted, written.get(str(rank), ""))
    ]
    if done.returncode:
        last = max(map(int, written), default=0)
        wrong.append(
            f"« {steps[last].typed.strip()} » ended {done.returncode}: {done.stdout[-2000:]}"
        )
    return wrong


def missing_lines(wanted: Sequence[str], written: str) -> list[str]:
    """Return the lines that aren't written, each looked for after the one before."""
    missing, start = [], 0
    for line in wanted:
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        found = re.compile(rf"^\s*{pattern}", re.M).search(written, start)
        if found is None:
            missing.append(line)
        else:
            start = found.end()
    return missing


def _free_ports() -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in _PORTS]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def pages() -> list[Path]:
    """Return the pages that have a snippet."""
    found = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
    return [page for page in found if "reference" not in page.parts and _has_step(page)]


def _has_step(page: Path) -> bool:
    return next(steps_of(page.read_text("utf-8")), None) is not None
