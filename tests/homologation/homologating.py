"""`sge-sim homologate` as a user runs it."""

from dataclasses import dataclass
from pathlib import Path

from running_simulator import run_command

from sge_sim.homologation.reports.rapport import Rapport, read_rapport


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


def homologate(folder: Path, *options: str) -> Homologation:
    done = run_command("homologate", "--report", str(folder), *options)
    return Homologation(done.returncode, done.stdout, done.stderr, folder)


def against(simulator: object) -> list[str]:
    """The options that name a running simulator as the target."""
    ready = simulator.ready  # type: ignore[attr-defined]
    return [
        *("--target", ready["b2b_url"], "--admin", ready["admin_url"], "--ca", ready["ca_file"]),
        *("--cert", ready["client_cert"], "--key", ready["client_key"]),
        *("--login", ready["login"], "--contrat", ready["contrat_id"]),
    ]
