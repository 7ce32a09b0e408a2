"""Somebody holds the database's lock: who calls is told so within five seconds, and served after.

The routes of the administration are asked in `tests/admin/test_locked_administration.py`.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from catalogue_requests import request_of
from command_tree import every_command
from dataconnect_kit import C5, DAILY, SANS_COURBE, Client, admin, data_connect_simulator
from held_lock import hold
from lxml import etree
from operations_kit import least
from points_kit import csv_lines, made_points
from running_simulator import RunningSimulator, kept_open

from sge_sim.cli import commands
from sge_sim.dataconnect import rest_rules
from sge_sim.dataconnect.rest_rules import PAGE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.operations import all_operations
from sge_sim.services.registry import BY_PATH, SERVICES

SOON = 5.0
AT_ONCE = 6
RELEASES = [load_release(number) for number in ("23.2", "23.4", "26.1")]

Ask = Callable[[], Any]


running = kept_open(data_connect_simulator)


def asked(doors: Mapping[str, Ask], at_once: int = AT_ONCE) -> dict[str, Any]:
    """Ask at all the doors, check that each answers soon, and return the answers."""

    def ask(name: str) -> tuple[Any, float]:
        began = time.monotonic()
        return doors[name](), time.monotonic() - began

    with ThreadPoolExecutor(at_once) as pool:
        said = dict(zip(doors, pool.map(ask, doors), strict=True))
    assert {name: seconds for name, (_, seconds) in said.items() if seconds > SOON} == {}
    return {name: answer for name, (answer, _) in said.items()}


def calls_of(running: RunningSimulator) -> dict[str, Ask]:
    """Return a call to each service: the first case of the catalogue that is one."""

    def call(path: str, message: bytes) -> str | None:
        answer = running.post(path, message)
        result = etree.fromstring(answer.content).find(".//detail/*/resultat")
        return None if result is None else str(result.get("code"))

    found: dict[str, Ask] = {}
    for release in RELEASES:
        for case in release.cas:
            path = f"/{case.service}/v{case.version}"
            if path in BY_PATH and path not in found:
                envelope = request_of(
                    case, running.login, running.ready["contrat_id"], release.reference
                )
                found[path] = partial(call, path, etree.tostring(envelope))
    return found


def test_every_service_answers_soon_while_the_lock_is_held_and_works_after(
    running: RunningSimulator,
) -> None:
    calls = calls_of(running)
    assert {*calls} == {service.path for service in SERVICES}
    with hold(running.data_dir / "sge-sim.db"):
        locked = asked(calls)
    free = asked(calls)
    for service in SERVICES:
        busy = "SGT506" if "SGT506" in service.codes else "SGT500"
        assert locked[service.path] == (busy if service.writes else free[service.path])
        assert free[service.path] not in ("SGT500", "SGT506")


def test_data_connect_answers_soon_while_the_lock_is_held_and_works_after(
    running: RunningSimulator,
) -> None:
    shared = Client(running)
    shared.share(SANS_COURBE)
    token = shared.token().json()["access_token"]

    def consent(version: str) -> int:
        return Client(running).decide(C5, version=version).status_code

    def revoke() -> int:
        client = Client(running)
        asked = {"token": token, **client.credentials}
        return client.http.post(client.url + "/oauth2/v3/revoke", asked, timeout=30).status_code

    writing: dict[str, Ask] = {
        "consent v1": partial(consent, "v1"),
        "consent v2": partial(consent, "v2"),
        "revoke": revoke,
    }
    reading: dict[str, Ask] = {
        "page": lambda: Client(running).page().status_code,
        "token": lambda: Client(running).token().status_code,
        "measures": lambda: (
            Client(running)
            .get(DAILY, pointId=SANS_COURBE, dateDebut="2026-11-01", dateFin="2026-11-08")
            .status_code
        ),
        "services": lambda: shared.services(shared.share(SANS_COURBE)) and 200,
    }
    with hold(running.data_dir / "sge-sim.db"):
        locked = asked({**writing, **reading})
    busy = {**dict.fromkeys(writing, PAGE["page_panne"].status), "revoke": rest_rules.PANNE.status}
    assert locked == busy | dict.fromkeys(reading, 200)
    free = asked({**writing, **reading})
    assert {*free.values()} <= {200, 302}


def written(running: RunningSimulator) -> dict[str, str]:
    """Return the arguments of each command that writes, once there is something to change."""
    Client(running).share(SANS_COURBE)
    consents = running.admin("/api/consentements", prm=SANS_COURBE)
    (given,) = [consent["id"] for consent in consents if consent["en_vigueur"]]
    running.command("campaign", "start")
    contrat, certificate = running.ready["contrat_id"], running.ready["client_cert"]
    client_id = running.ready["data_connect"]["client_id"]
    siren, closed = "213409998", "999999992"
    for each in (siren, closed):
        running.command("entreprises", "add", each, "--nom", "Essai")
    kept = admin(running, "/api/applications", nom="Essai", acteur=siren)["client_id"]
    points = running.data_dir / "points.csv"
    points.write_bytes(b"".join(csv_lines(made_points(2))))
    return {
        "acteurs canal": f"{contrat} --type dossier",
        "acteurs certificat": f"TIERS1 {certificate} --environment homologation",
        "acteurs contrat": f"TIERS1 {contrat} --debut 2015-01-01",
        "acteurs add": "NEUF1 --nom Neuf",
        "acteurs grant": "TIERS1 Consultation",
        "acteurs login": f"TIERS1 {running.login}",
        "acteurs mot-de-passe": f"{running.login} --mot-de-passe secret",
        "applications add": "Essai --redirect-uri https://exemple.fr/retour",
        "applications set": f"{client_id} --nom Essai",
        "campaign start": "--acteur FOURN1",
        "campaign stop": "",
        "cert register": f"{certificate} --environment production",
        "clock advance": "1h",
        "clock freeze": "",
        "clock set": "2026-11-26",
        "consentements remove": f"{given}",
        "entreprises add": "200054781 --nom Essai",
        "entreprises autorise": f"{siren} {kept}",
        "entreprises oublie": f"{siren}",
        "entreprises remove": f"{closed}",
        "flux publish": "--environment production",
        "pannes add": "sgt500",
        "pannes remove": "--tous",
        "points copy": SANS_COURBE,
        "points import": f"{points}",
        "points remove": "--tous",
        "points set": f"{C5} --service-acces oui",
    }


READ = {
    "campaign passages": "",
    "clock show": "",
    "doctor": "",
    "flux doctor": "inconnu.zip",
    "flux score": "--lu inconnu.csv",
    "flux show": "inconnu.zip",
    "generations": "--journal",
    "health": "",
    "hosts": "",
    "journal repair": "",
    "points mesures": C5,
}
"""Those that only read the state, and aren't declared to."""

ELSEWHERE = {
    # They write what they judge, as `campaign stop`.
    *("campaign list", "campaign report", "campaign status"),
    *("cert check", "cert issue", "cert renew-server", "cert revoke"),  # no database
    *("factures verifie", "flux decrypt", "flux validate"),  # of files
    *("clock real",),  # refused: the simulated clock is ahead of the machine's
    *("kit", "serve"),  # make folders
    "token",  # a file
    *("snapshot", "reset"),  # of the whole state: they wait for whoever writes
    *("journal replay", "tickets open", "tickets close", "applications remove"),  # ask who serves
    "mcp",  # of who speaks its protocol
    "flux masse",  # files alone, of a state that nothing writes
}

WHY = (
    "La base est prise",
    "la base de données ne répond pas",
    "Un import ou un retrait de points est en cours",  # which waits for the lock itself
)


def test_every_command_answers_soon_while_the_lock_is_held_and_works_after(
    running: RunningSimulator,
) -> None:
    writing = written(running)
    declared = {
        each.words: each
        for each in all_operations()
        if each.command and not each.flag and not each.is_bare
    }
    others = {
        words: " ".join(least(declared[words]).values())
        for words in declared.keys() - {*writing, *READ, *ELSEWHERE}
    }
    reading = {*READ} | {words for words in others if declared[words].method == "GET"}
    typed = {**writing, **READ, **others}
    with_a_state = {
        words
        for words, command in every_command(commands)
        if any("--data-dir" in param.opts for param in command.params)
    }
    assert with_a_state == {*typed} | ELSEWHERE
    cert, key = running.ready["client_cert"], running.ready["client_key"]
    typed["doctor"] = f"--certificat {cert} --cle {key}"

    def run(name: str) -> tuple[int, str]:
        done = running.command(*name.split(), *typed[name].split())
        return done.returncode, done.stderr

    doors: dict[str, Ask] = {name: partial(run, name) for name in typed}
    with hold(running.data_dir / "sge-sim.db"):
        locked = asked(doors)
    free = asked(doors, at_once=1)  # two that move the clock at once refuse each other
    assert [name for name in typed if "Traceback" in locked[name][1] + free[name][1]] == []
    for name in writing:
        code, told = locked[name]
        assert (name, code, len(told.splitlines())) == (name, 2, 1)
        assert any(why in told for why in WHY), (name, told)
    assert {name: locked[name][0] for name in reading} == {name: free[name][0] for name in reading}
    assert {name: free[name] for name in writing if free[name][0]} == {}
