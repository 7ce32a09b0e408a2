"""What a campaign may drive: a simulator of its own, another one, or the real platform.

The real platform is shared and keeps what it is sent: one call a second at most, within its
hours, and no order sent twice.
"""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sge_sim.api.administration import Administration
from sge_sim.clock import Clock
from sge_sim.domaine.francais import counted
from sge_sim.domaine.plateformes import (
    HOMOLOGATION_HOST,
    LOCAL_HOSTS,
    RENAMED_HOSTS,
    closed_sentence,
    is_open,
)
from sge_sim.errors import UsageError
from sge_sim.homologation.catalogue.cases import Cas
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.homologation.catalogue.release import Release
from sge_sim.homologation.reports.etats import mots_des_rapports
from sge_sim.homologation.reports.rapport import Execution, NonVerifie, Rapport
from sge_sim.pki.inspection import organisation_of_file

_MOTS: Final[Mapping[str, Any]] = mots_des_rapports()["cible"]
ON_PRODUCTION: Final[str] = _MOTS["en_production"]
BY_THE_DATE: Final[str] = _MOTS["selon_la_date"]
WARNING: Final[str] = _MOTS["avertissement"]
REAL_PAUSE_SECONDS: Final = 1.0

REPONSES_DU_SIMULATEUR: Final = (NonVerifie(**_MOTS["reponses_du_simulateur"]),)
"""Where a client is watched, nobody judges the simulator that it calls."""
SANS_ADMINISTRATION: Final = tuple(
    NonVerifie(quoi, f"sans l'administration de la cible, {pourquoi}")
    for quoi, pourquoi in _MOTS["sans_administration"].items()
)
"""What only the administration of a simulator tells."""


def not_asked(release: Release, executions: Sequence[Execution]) -> tuple[NonVerifie, ...]:
    """Return the cases of a release that a campaign has left out."""
    keys = {each.cle for each in executions}
    left = Counter(case.package for case in release.cas if case.cle not in keys)
    return tuple(
        NonVerifie(f"{counted(count, 'cas', 'cas')} du package {package}", "non demandés")
        for package, count in left.items()
    )


def is_local(url: str) -> bool:
    """Whether `url` names this machine."""
    return urlsplit(url).hostname in LOCAL_HOSTS


def check_hours(url: str, clock: Clock) -> None:
    """Raise `UsageError` if `url` is Enedis' homologation platform and it is closed (FAQ)."""
    now, host = clock.now(), urlsplit(url).hostname or ""
    if RENAMED_HOSTS.get(host, host) == HOMOLOGATION_HOST and not is_open(now):
        raise UsageError(closed_sentence(now, simulated=False))


def of_production(admin_url: str | None, release: Release) -> str:
    """Return the warning on a catalogue of SGE that is played on a simulator of production.

    Empty for any other target, and without an administration to ask.
    """
    if admin_url is None or release.protocole is not SOAP:
        return ""
    environment = Administration(admin_url).get("/api/settings")["environment"]
    return ON_PRODUCTION if environment == "production" else ""


def rerun_command(folder: Path) -> str:
    """Return the shell command that runs again what wasn't good in the report of a folder.

    It names the folder alone: reports are sent, and tell nothing of the machine.
    """
    return shlex.join(["sge-sim", "homologate", "--reprise", folder.resolve().name])


def societe_of(acteur: str, admin_url: str | None, certificat: Path | None) -> str:
    """Return the company of an actor, known by its code or a login: as a simulator names it, else
    as its certificate does; empty where neither tells."""
    if admin_url is not None:
        for each in Administration(admin_url).acteurs():
            if acteur.lower() in (each.code.lower(), *(user.login for user in each.utilisateurs)):
                return each.nom
    return "" if certificat is None else organisation_of_file(certificat)


def partial_worth(chosen: int, release: Release) -> str:
    """Return in French what a campaign of some cases proves."""
    return (
        f"Campagne partielle, {chosen} des {len(release.cas)} cas de {release.nom} : elle dit si "
        "ceux-là passent, et ne juge aucun package, qu'il faut passer en entier et en une fois."
    )


def to_rerun(earlier: Rapport) -> tuple[str, ...]:
    """Return the keys of the runs that weren't good in `earlier`."""
    return tuple(each.cle for each in earlier.executions if each.a_corriger and not each.statut.bon)


def was_ordered(case: Cas, earlier: Rapport) -> bool:
    """Whether `case` is an order that an earlier campaign sent, which must not be sent again.

    Without an answer the order may have been taken all the same.
    """
    run: Execution | None = earlier.find(case.cle)
    return case.service.startswith("Commande") and run is not None and bool(run.requete)
