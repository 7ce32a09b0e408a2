"""A raw TLS client, and what it takes to see what the door made of it."""

import http.client
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from door_cases import Presented
from running_simulator import RunningSimulator

from sge_sim.domaine.nomenclatures import Environment
from sge_sim.door.certificats import register_certificate
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.referentiel.acteurs import get_acteur

WSDL = "/RecherchePoint/v2.0?wsdl"
TLS_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True)
class Doors:
    """A running simulator of each environment, with the same authorities, and the same clients."""

    simulators: dict[Environment, RunningSimulator]
    cases: dict[str, Presented]
    files: dict[str, Path | None]
    extra: Path


@dataclass(frozen=True)
class Outcome:
    """What a client sees: an HTTP status and text, or no status when TLS turned it away."""

    status: int | None
    text: str = ""


def client_context(
    simulator: RunningSimulator, pem: Path | None, version: str = "1.3"
) -> ssl.SSLContext:
    """The context of a client that would present anything; `pem` holds key and chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(simulator.ready["ca_file"])
    # Its own OpenSSL must not be what refuses a weak key.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = TLS_VERSIONS[version]
    if pem is not None:
        context.load_cert_chain(pem)
    return context


def connect(
    simulator: RunningSimulator, pem: Path | None, version: str = "1.3"
) -> http.client.HTTPSConnection:
    """A connection of that client; the handshake happens with the first request."""
    return http.client.HTTPSConnection(
        "localhost",
        urlsplit(simulator.url).port,
        context=client_context(simulator, pem, version),
        timeout=10,
    )


def knock(connection: http.client.HTTPSConnection, path: str = WSDL) -> Outcome:
    """Send one request. TLS 1.2 refuses in the handshake, TLS 1.3 at the first read."""
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return Outcome(answer.status, answer.read().decode())
    except ssl.SSLError as error:
        if "ALERT" not in (error.reason or ""):
            raise
        return Outcome(None, error.reason or "")


def knock_once(simulator: RunningSimulator, pem: Path | None, version: str = "1.3") -> Outcome:
    """Send one request on a connection of its own."""
    connection = connect(simulator, pem, version)
    try:
        return knock(connection)
    finally:
        connection.close()


def last_id(simulator: RunningSimulator) -> int:
    """The number of the newest exchange in the journal."""
    found = simulator.admin("/api/journal", limit=1)
    return found[0]["id"] if found else 0


def recorded_after(simulator: RunningSimulator, number: int) -> dict[str, Any]:
    """The exchange recorded after `number`; an alert is sent before it is recorded."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found: list[dict[str, Any]] = simulator.admin("/api/journal", apres=number)
        if found:
            (echange,) = found
            return echange
        time.sleep(0.01)
    raise AssertionError("nothing was recorded")


def database_of(data_dir: Path) -> Database:
    return Database(sqlite_url(data_dir / "sge-sim.db"))


def hand_in(simulator: RunningSimulator, presented: Presented) -> None:
    """Hand a certificate in for the first tiers."""
    database = database_of(simulator.data_dir)
    register(database, "homologation", presented, "TIERS1")
    database.dispose()


def register(
    database: Database, environnement: Environment, presented: Presented, acteur: str
) -> None:
    """Hand a certificate in, alone, for an actor."""
    with database.transaction() as session:
        chain = list(presented.chain[:1])
        register_certificate(session, get_acteur(session, acteur), chain, environnement)
