"""`sge-sim doctor`: why calls don't pass, told before Enedis' support has to.

The looks go from what is on this machine to what the server says, and each only where the one
before makes it worth it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sge_sim.homologation.diagnosis import Diagnostic
from sge_sim.homologation.doctor_files import examine_files
from sge_sim.homologation.doctor_network import (
    NOT_PRESENTABLE,
    Client,
    examine_server,
    examine_url,
)
from sge_sim.pki.authorities import Environment, load_authorities
from sge_sim.pki.installation import open_pki
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import load_trust
from sge_sim.referentiel.certificats import CertificateRegister
from sge_sim.resources import data_path
from sge_sim.state import open_database
from sge_sim.store.acteurs import find_contrat, find_utilisateur
from sge_sim.store.database import Database

# The contract's AdresseEmailType, whose dot before the last label is any character.
_LOGIN: Final = re.compile(
    r"[0-9a-zA-Z][\-._0-9a-zA-Z]{0,255}@[0-9a-zA-Z][\-._0-9a-zA-Z]{1,255}\.[a-zA-Z]{2,63}"
)
_CONTRAT_MAX: Final = 15


@dataclass(frozen=True)
class Setup:
    """What a client is set up with; what is None isn't looked at.

    `data_dir` is that of the simulator called, whose authorities and register are then used.
    """

    cert: Path
    key: Path
    url: str | None = None
    ca: Path | None = None
    login: str | None = None
    contrat: str | None = None
    data_dir: Path | None = None
    environment: Environment = "homologation"


def examine(setup: Setup, now: datetime) -> list[Diagnostic]:
    """Return everything that is wrong with a set-up; `now` is the machine's time, aware.

    Raises `UsageError` for a data directory without a simulator.
    """
    database = None if setup.data_dir is None else open_database(setup.data_dir)
    files = list(examine_files(setup.cert, setup.key, _policy(setup, database, now), now))
    found = [*files]
    found += _examine_identity(setup, database)
    if setup.url is not None:
        paths = frozenset(
            f"/{file.stem.replace('-v', '/v')}" for file in data_path("wsdl").glob("*.wsdl")
        )
        wrong = list(examine_url(setup.url, paths, now))
        found += wrong
        if not any(each.code in ("https", "adresse_du_wsdl") for each in wrong):
            client = Client(setup.cert, setup.key, setup.ca)
            server = examine_server(setup.url, client, now)
            found += [each for each in server if each.code != NOT_PRESENTABLE or not files]
    if database is not None:
        database.dispose()
    return found


def _policy(setup: Setup, database: Database | None, now: datetime) -> Policy:
    if setup.data_dir is None or database is None:
        return Policy(setup.environment, load_trust(load_authorities()))
    trust = open_pki(setup.data_dir, now=now).trust
    return Policy(setup.environment, trust, CertificateRegister(database))


def _examine_identity(setup: Setup, database: Database | None) -> Iterator[Diagnostic]:
    login, contrat = setup.login, setup.contrat
    if login is not None and _LOGIN.fullmatch(login) is None:
        yield Diagnostic(
            "login",
            f"« {login} » n'a pas la forme d'un login SGE : une adresse électronique sans accent "
            "ni espace.",
            "Écrire le login du portail SGE ; sinon chaque demande est refusée en SGT562.",
        )
        login = None
    if contrat is not None and (
        not 1 <= len(contrat) <= _CONTRAT_MAX or contrat.strip() != contrat
    ):
        yield Diagnostic(
            "contrat",
            f"« {contrat} » n'a pas la forme d'un numéro de contrat : 1 à 15 caractères, sans "
            "espace autour.",
            "Écrire le numéro du contrat GRD-F ou Enedis-Tiers ; sinon SGT562.",
        )
        contrat = None
    if database is None:
        return
    with database.sessions() as session:
        user = None if login is None else find_utilisateur(session, login)
        if login is not None and user is None:
            yield Diagnostic(
                "login_inconnu",
                f"Le simulateur n'a pas de login « {login} » (SGT504).",
                "Voir sge-sim acteurs list, ou l'ajouter.",
            )
        found = None if contrat is None else find_contrat(session, contrat)
        if contrat is not None and found is None:
            yield Diagnostic(
                "contrat_inconnu",
                f"Le simulateur n'a pas de contrat « {contrat} » (SGT471).",
                "Voir sge-sim acteurs list, ou l'ajouter.",
            )
        if user is not None and found is not None and user.acteur_code != found.acteur_code:
            yield Diagnostic(
                "contrat_d_un_autre",
                f"Le contrat {contrat} est à l'acteur {found.acteur_code}, le login {login} à "
                f"{user.acteur_code} (SGT472).",
                "Prendre le login et le contrat d'un même acteur.",
            )
