"""A simulator in a process of its own, started for a campaign or a test session and stopped after.

It is `sge-sim serve` on free ports, as a user would start it: nothing of it runs in this process.
Cases of Data Connect act on a simulator through its administration, by name (`GESTES`).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from sge_sim.api.administration import Administration, ServedClock
from sge_sim.clock import elapsed_ms, parse_duration, stopwatch
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.answer_paths import AnswerTree
from sge_sim.homologation.client.sge_client import Cible
from sge_sim.settings import Settings, variable_of
from sge_sim.settings.own_folder import IGNORED

_STOP_SECONDS: Final = 20
_LOG_SHOWN: Final = 2000
_BOUND: Final = "--demarrage-secondes"


@dataclass(frozen=True)
class OwnSimulator:
    """A simulator that runs: what its ready file says, and its process."""

    data_dir: Path
    ready: Mapping[str, Any]
    process: "subprocess.Popen[bytes]"

    def cible(self, kind: str = "tiers") -> Cible:
        """Return the simulator as the default actor of that kind calls it."""
        return cible_of(self.ready, kind)


def cible_of(ready: Mapping[str, Any], kind: str = "tiers") -> Cible:
    """Return the target that the ready file of a simulator describes."""
    acteur = ready["acteurs"][kind]
    return Cible(
        url=ready["b2b_url"],
        certificat=Path(acteur["client_cert"]),
        cle=Path(acteur["client_key"]),
        login=acteur["login"],
        contrat_id=acteur["contrat_id"],
        ca=Path(ready["ca_file"]),
        admin_url=ready["admin_url"],
    )


@contextmanager
def own_simulator(data_dir: Path, options: Sequence[str] = ()) -> Iterator[OwnSimulator]:
    """Start a simulator on free ports with its state in `data_dir`; stop it at the end.

    `options` are those of `sge-sim serve`. Raises `UsageError`, with what the simulator said, if
    it doesn't start within the setting `demarrage_secondes`: of `options`, else of its variable.
    """
    seconds = _seconds_to_start(options)
    data_dir.mkdir(parents=True, exist_ok=True)
    ready_file, log_file = data_dir / "ready.json", data_dir / "serve.log"
    ready_file.unlink(missing_ok=True)
    command = [
        sys.executable,
        *(["-I"] if sys.flags.isolated else []),  # as the executable is, whatever the folder holds
        *("-m", "sge_sim", "serve"),
        *("--data-dir", str(data_dir), "--ready-file", str(ready_file)),
        *("--port", "0", "--admin-port", "0", "--data-connect-port", "0"),
        *("--log", "none"),
        *options,
    ]
    with (
        log_file.open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=_environment()) as process,  # noqa: S603
    ):
        try:
            _wait_until_ready(process, ready_file, log_file, seconds)
            yield OwnSimulator(data_dir, json.loads(ready_file.read_text()), process)
        finally:
            _stop(process)


def _environment() -> dict[str, str]:
    """Return the environment without the settings of the user's own simulator."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SGE_SIM_")}
    return {**kept, IGNORED: "1"}


def _seconds_to_start(options: Sequence[str]) -> int:
    typed = dict(pairwise(options)).get(_BOUND) or os.environ.get(variable_of("demarrage_secondes"))
    seconds = typed or str(Settings.demarrage_secondes)
    if not seconds.isdecimal():
        raise UsageError(f"{_BOUND} {seconds} : donner un nombre de secondes.")
    return Settings(demarrage_secondes=int(seconds)).demarrage_secondes


def _wait_until_ready(
    process: "subprocess.Popen[bytes]", ready_file: Path, log_file: Path, seconds: int
) -> None:
    started = stopwatch()
    while not ready_file.exists():
        ended = process.poll()
        if ended is not None or elapsed_ms(started) > seconds * 1000:
            said = log_file.read_text(encoding="utf-8", errors="replace").strip()[-_LOG_SHOWN:]
            words = f"ses derniers mots : {said}" if said else "il n'a rien dit."
            fate = f"n'est pas prêt en {seconds} s ({_BOUND}) ; son processus {process.pid} vit"
            if ended is not None:
                how = f"le code {ended}" if ended >= 0 else f"le signal {-ended}"
                fate = f"a fini par {how} avant d'être prêt"
            raise UsageError(f"Le simulateur {fate} ; {words}")
        time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


Geste = Callable[[Administration, Mapping[str, Any]], AnswerTree]


def _revoke(admin: Administration, asked: Mapping[str, Any]) -> AnswerTree:
    """Take back every consent that is in force on `prm`, as the customer does."""
    for consentement in admin.get_all("/api/consentements", prm=asked["prm"]):
        if consentement["en_vigueur"]:
            admin.delete(f"/api/consentements/{consentement['id']}")
    return {}


def _advance(admin: Administration, asked: Mapping[str, Any]) -> AnswerTree:
    """Move the clock ahead by `duree`, such as `4h`."""
    ServedClock(admin).advance(parse_duration(asked["duree"]))
    return {}


def _register(admin: Administration, asked: Mapping[str, Any]) -> AnswerTree:
    """Register an application with `apis`, of the actor of the one whose `client_id` is given."""
    others = {
        application["client_id"]: application for application in admin.get_all("/api/applications")
    }
    like = others[asked["comme"]]
    return dict(
        admin.post(
            "/api/applications",
            {
                **{name: like[name] for name in ("acteur", "mode", "redirect_uri")},
                "nom": asked["nom"],
                "apis": list(asked["apis"]),
            },
        )
    )


def _move_in(admin: Administration, asked: Mapping[str, Any]) -> AnswerTree:
    """Give `prm` another holder from `jour` on."""
    path = f"/api/points/{asked['prm']}"
    return dict(admin.post(path, {"nouveau_titulaire": asked["jour"]}))


GESTES: Final[Mapping[str, Geste]] = {
    "retirer_accord": _revoke,
    "avancer": _advance,
    "enregistrer_application": _register,
    "emmenager": _move_in,
}
"""The gestures; each takes the parameters of a case."""
