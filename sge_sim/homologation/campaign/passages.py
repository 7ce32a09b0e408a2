"""Campaigns that the administration runs against its own simulator, and the reports that it keeps.

One at a time, in a thread. The client is the one of `sge-sim homologate`: it calls over mutual TLS
as the default tiers, and asks the administration over HTTP.
"""

import logging
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Final

from sge_sim.clock import PARIS, Clock, machine_now
from sge_sim.errors import UnknownError, UsageError
from sge_sim.facts.outage import log_failure
from sge_sim.homologation.campaign.outcome import judge
from sge_sim.homologation.campaign.runner import Runner, select_cases
from sge_sim.homologation.campaign.targets import (
    not_asked,
    of_production,
    partial_worth,
    rerun_command,
    societe_of,
)
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.sender import Marqueur
from sge_sim.homologation.client.sge_client import Cible, SgeClient
from sge_sim.homologation.reports.comparaison import Comparaison, compare, precedes
from sge_sim.homologation.reports.rapport import (
    Execution,
    Rapport,
    Reprise,
    read_rapport,
    reprise_of,
)
from sge_sim.homologation.reports.writing import Personal, write_reports
from sge_sim.machine import monde

FILES: Final = ("rapport.html", "suivi.xlsx", "junit.xml", "rapport.json", "preuves.zip")
_FOLDER: Final = "rapports"
_NAME: Final = re.compile(r"\d{8}-\d{6}(-\d+)?")
_SHOWN: Final = 20

_log = logging.getLogger(__name__)


@dataclass
class Passage:
    """A campaign that runs, or has run: `nom` is its report's, once `fini`.

    `executions` grows as the cases end; `erreur` says in French why it stopped before its end;
    `fichiers` are those of the report that was kept.
    """

    nom: str
    release: str
    quoi: str
    total: int
    executions: list[Execution] = field(default_factory=list)
    fini: bool = False
    erreur: str = ""
    fichiers: tuple[str, ...] = ()

    def end(self, erreur: str = "") -> None:
        """Mark as over; `erreur` says why it stopped before its end."""
        self.erreur = erreur
        self.fini = True


@dataclass(frozen=True)
class Garde:
    """A report that was kept, and what changed since the one before it of the same client."""

    nom: str
    rapport: Rapport
    depuis: Comparaison | None

    @property
    def passage(self) -> Passage:
        """The run that the report is of."""
        done = list(self.rapport.executions)
        release = self.rapport.release
        return Passage(self.nom, release, "", len(done), done, fini=True, fichiers=FILES)


class Passages:
    """The campaigns that one administration runs, and the reports in its data folder."""

    def __init__(
        self,
        data_dir: Path,
        clock: Clock,
        personal: Personal | None = None,
        keeping: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`personal` finds what reports hide of an actor's own points; they are written within
        `keeping`."""
        self._keeping = keeping
        self._personal = personal
        self._folder = data_dir / _FOLDER
        self._clock = clock
        self._mutex = monde.Lock()
        self._last: Passage | None = None
        self._read: dict[str, Rapport] = {}

    @property
    def last(self) -> Passage | None:
        """The running campaign, else the last that ran."""
        return self._last

    def start(self, cible: Cible, release_name: str, package: str, case: str) -> Passage:
        """Run a package or a case of a release, all of its cases where neither is named.

        Raises `UsageError` for an unknown name, and while another one runs.
        """
        release, package = load_release(release_name), package.lower()
        packages = (package,) if package else ()
        if package and package not in release.packages:
            raise UnknownError(f"{release.nom} n'a pas de package « {package} ».", package)
        cases = select_cases(release, packages, (case,) if case else ())
        with self._mutex:
            if self._last is not None and not self._last.fini:
                raise UsageError("Une campagne est en cours : attendre qu'elle finisse.")
            passage = Passage(self._new_name(), release.nom, case or package or "tout", len(cases))
            self._last = passage

        def work() -> None:
            begun = machine_now().astimezone(PARIS)
            try:
                marqueur = Marqueur("passage", cible.admin_url)
                runner = Runner(release, SgeClient(cible, marqueur=marqueur), self._clock)
                executions = runner.run(cases, passage.executions.append)
                folder = self._folder / passage.nom
                worth = partial_worth(len(cases), release) if case else ""
                rapport = Rapport(
                    release=release.nom,
                    origine="exécutée",
                    cible=cible.url,
                    acteur=cible.login,
                    societe=societe_of(cible.login, cible.admin_url, cible.certificat),
                    simulateur=True,
                    debut=begun,
                    fin=machine_now().astimezone(PARIS),
                    partielle=bool(case),
                    verdicts=judge(release, packages, executions, partielle=bool(case)),
                    executions=executions,
                    remarques=tuple(filter(None, (worth, of_production(cible.admin_url, release)))),
                    commande=rerun_command(folder),
                    reprise=reprise_of_cible(cible),
                    non_verifies=not_asked(release, executions),
                )
                with self._keeping():
                    write_reports(rapport, folder, self._personal)
                passage.end()
            except UsageError as error:
                passage.end(str(error))
            except Exception as error:
                reason = log_failure(_log, error, "La campagne s'est interrompue")
                passage.end(f"Le simulateur a échoué : {reason}")

        monde.Thread(target=work, daemon=True).start()
        return passage

    def kept(self) -> list[Garde]:
        """Return the newest reports, the newest first."""
        names = self._names()
        found = []
        for rank, name in enumerate(names[:_SHOWN]):
            rapport = self._rapport(name)
            if rapport is None:
                continue
            earlier = (self._rapport(each) for each in names[rank + 1 : _SHOWN + 1])
            before = next((kept for kept in earlier if kept and precedes(kept, rapport)), None)
            since = None if before is None else compare(before, rapport)
            found.append(Garde(name, rapport, since))
        return found

    def file(self, name: str, file: str) -> Path:
        """Return the path of a file of a report; raises `UsageError` if there is none."""
        path = self._folder / name / file
        if not _NAME.fullmatch(name) or file not in FILES or not path.is_file():
            raise UnknownError(f"Aucun rapport ne s'appelle {name}.", name)
        return path

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        found = (each.name for each in self._folder.iterdir())
        return sorted((name for name in found if _NAME.fullmatch(name)), reverse=True)

    def _rapport(self, name: str) -> Rapport | None:
        if name not in self._read:
            with suppress(UsageError):
                self._read[name] = read_rapport(self._folder / name)
        return self._read.get(name)

    def _new_name(self) -> str:
        base = f"{machine_now().astimezone(PARIS):%Y%m%d-%H%M%S}"
        names = chain([base], (f"{base}-{rank}" for rank in count(2)))
        return next(name for name in names if not (self._folder / name).exists())


def reprise_of_cible(cible: Cible) -> Reprise:
    """Return the options that run cases on a target of SGE again."""
    options = {
        "target": cible.url,
        "admin": cible.admin_url,
        "cert": cible.certificat,
        "key": cible.cle,
        "ca": cible.ca,
        "login": cible.login,
        "contrat": cible.contrat_id,
    }
    return reprise_of(options, options)
