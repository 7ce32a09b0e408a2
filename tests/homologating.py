"""`sge-sim homologate` as a user runs it."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from loaded_programs import interpreter, run_module
from lxml import html
from running_simulator import RunningSimulator

from sge_sim.homologation.reports.rapport import Execution, Rapport, read_rapport


@dataclass(frozen=True)
class Homologation:
    """What the command did."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def report(self) -> Rapport:
        return read_rapport(self.folder)

    def execution(self, cle: str) -> Execution:
        """Return the run of a case."""
        (found,) = [each for each in self.report.executions if each.cle == cle]
        return found


def run_forking(*arguments: str, module: str = "sge_sim") -> "CompletedProcess[str]":
    """Run a program by a fork of the loaded one; the simulators that it starts are forks too."""
    forking = f"import sys; sys.executable = {interpreter('sge_sim')!r}"
    return run_module(module, arguments, before=forking, timeout=120)


def homologate(
    folder: Path, *options: str, run: Callable[..., "CompletedProcess[str]"] = run_forking
) -> Homologation:
    done = run("homologate", "--rapport", str(folder), *options)
    return Homologation(done.returncode, done.stdout, done.stderr, folder)


def printed(folder: Path) -> str:
    """The command that the page of a report prints, as who is elsewhere completes it: it names the
    folder of the report alone."""
    page = html.parse(str(folder / "rapport.html"))
    (line,) = page.xpath("//code[@class='commande']/text()")
    assert str(folder.parent) not in line
    path = folder.resolve()
    return str(line).replace(
        f"--reprise {shlex.quote(path.name)}", f"--reprise {shlex.quote(str(path))}"
    )


def against(simulator: RunningSimulator, *, admin: bool = True) -> list[str]:
    """The options that name a running simulator as the target, its administration known or not."""
    ready = simulator.ready
    return [
        *("--cible", ready["b2b_url"], "--ca", ready["ca_file"]),
        *(("--admin", ready["admin_url"]) if admin else ()),
        *("--certificat", ready["client_cert"], "--cle", ready["client_key"]),
        *("--login", ready["login"], "--contrat", ready["contrat_id"]),
    ]
