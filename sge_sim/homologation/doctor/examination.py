"""`sge-sim doctor`: why calls don't pass, told before Enedis' support has to.

The looks go from what is on this machine to what the server says, and each only where the one
before makes it worth it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import CertificateRegister
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.homologation.client.sender import Marqueur
from sge_sim.homologation.doctor import Diagnostic
from sge_sim.homologation.doctor.identity import Identity, examine_files, examine_identity
from sge_sim.homologation.doctor.network import NOT_PRESENTABLE, Client, examine_server, examine_url
from sge_sim.machine.files import data_path
from sge_sim.pki.authorities import load_authorities
from sge_sim.pki.inspection import inspect_files
from sge_sim.pki.policy import Policy
from sge_sim.pki.trust import load_trust, open_pki
from sge_sim.schema.data_folder import open_database


@dataclass(frozen=True)
class Setup:
    """What a client is set up with; what is None isn't looked at.

    `data_dir` is that of the simulator called, whose authorities and register are then used;
    `admin_url` its administration, where it serves.
    """

    cert: Path
    key: Path
    url: str | None = None
    ca: Path | None = None
    login: str | None = None
    contrat: str | None = None
    data_dir: Path | None = None
    admin_url: str | None = None
    environment: Environment = "homologation"


def examine(setup: Setup, now: datetime) -> list[Diagnostic]:
    """Return everything that is wrong with a set-up; `now` is the machine's time, aware.

    Raises `UsageError` for a data directory without a simulator.
    """
    database = None if setup.data_dir is None else open_database(setup.data_dir)
    policy = _policy(setup, database, now)
    files = list(examine_files(setup.cert, setup.key, policy, now))
    acteur = _acteur_of(setup.cert, policy, now)
    identity = Identity(setup.login, setup.contrat, acteur, setup.url, setup.environment)
    found = [*files, *examine_identity(identity, database)]
    if setup.url is not None:
        paths = frozenset(
            f"/{file.stem.replace('-v', '/v')}" for file in data_path("wsdl").glob("*.wsdl")
        )
        wrong = list(examine_url(setup.url, paths, now))
        found += wrong
        if not any(each.code in ("https", "adresse_du_wsdl") for each in wrong):
            headers = Marqueur("doctor", setup.admin_url).headers()
            client = Client(setup.cert, setup.key, setup.ca, headers)
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


def _acteur_of(cert: Path, policy: Policy, now: datetime) -> str | None:
    """Return the actor for whom the certificate is registered, None if that isn't known."""
    try:
        return inspect_files([cert], [policy], now).verdicts[0].acteur
    except UsageError:
        return None
