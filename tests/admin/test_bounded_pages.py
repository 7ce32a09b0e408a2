"""No page grows with what was recorded: 2 MB and a second of CPU at most, whatever clients sent.

Every route that is read is asked, with what makes it largest; the files that are downloaded alone
may be of any size.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, get_args

import pytest
import requests
from admin_kit import Room, control_room
from fastapi.routing import APIRoute

from sge_sim.admin import application
from sge_sim.clock import PARIS, machine_now
from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.soap.contract import ENVELOPE
from sge_sim.store.journal import DecidingRule, EchangeRecord

MOST_BYTES = 2 * 10**6
MOST_SECONDS = 1.0
C5 = "25946599093143"
NOW = datetime(2025, 3, 10, 10, tzinfo=PARIS)
SERVICE = "/RecherchePoint/v2.0"
ROOT = "http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0"
REQUEST = 2**20 - 1000
"""Bytes of the largest request, less its envelope."""
LEVELS = 236
"""Those of an envelope come on top."""
RECORDS = 1000
WORST = '"&\'<\x01'
"""What takes most once it is escaped, in HTML and in JSON."""


def hostile_bodies() -> Iterator[str]:
    """Yield contents of a request of the greatest size, each large in another way."""
    up, down = ("".join(f"<{slash}n{level}>" for level in order) for slash, order in (
        ("", range(LEVELS)), ("/", range(LEVELS - 1, -1, -1)),
    ))
    yield up + "<a/>" * ((REQUEST - len(up + down)) // 4) + down
    yield up + "<a/><b/>" * ((REQUEST - len(up + down)) // 8) + down
    yield "<e" + "".join(f' a{number:05}=""' for number in range(74_000)) + "/>"
    yield "".join(f"<e{number:06}/>" for number in range(REQUEST // 10))
    yield f"<criteres><numSiret>{'&amp;' * (REQUEST // 5)}</numSiret></criteres>"
    yield "".join(f"<e{number}>{'&quot;' * 1600}</e{number}>" for number in range(100))
    yield "<a>" * (REQUEST // 4)
    yield '"' * REQUEST


@pytest.fixture(scope="module")
def flooded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room of which clients have recorded what makes its pages largest."""
    folder = tmp_path_factory.mktemp("flooded")
    with control_room(folder, population_size=1000, now=NOW) as room:
        room.state.campaigns.start("sge-26.1")
        for body in hostile_bodies():
            room.services.post(
                SERVICE,
                f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><r:rechercherPoint xmlns:r="{ROOT}">'
                f"{body}</r:rechercherPoint></s:Body></s:Envelope>".encode(),
                user_agent=WORST * 100,
            )
        room.call_cdc("25946599093143")
        record_every_kind(room)
        yield room


def record_every_kind(room: Room) -> None:
    """Record exchanges of each kind, of which every text is as long as it may be."""
    texts = [each.name for each in fields(EchangeRecord) if each.type == str | None]
    text = WORST * 1000
    for number in range(RECORDS):
        for kind in get_args(KindEchange):
            room.state.journal.append(
                EchangeRecord(
                    instant=room.state.clock.now(),
                    machine_instant=machine_now(),
                    duration_ms=1.0,
                    kind=kind,
                    rule=DecidingRule(
                        name=text, source=text, provenance="assumed", explanation=f"{number}{text}"
                    ),
                    **dict.fromkeys(texts, text),  # type: ignore[arg-type]
                )
            )
        if number % 100 == 0:
            room.state.journal.drain()


def addresses(room: Room) -> Iterator[str]:
    """Yield the address of every route that is read, its variables filled in each useful way."""
    exchanges = [
        each.id for each in room.state.journal.find_echanges(limit=20, after_id=0)
    ] + [room.state.journal.newest_id()]
    known: dict[str, list[Any]] = {"echange_id": exchanges, "part": ["requete", "reponse"], "prm":[C5], "campaign_id":[1],
      "cle":["AHC-R1"]}
    for subject in application._SUBJECTS:
        for route in subject.router(room.state).routes:
            assert isinstance(route, APIRoute)
            if "GET" not in route.methods or route.path.endswith("/direct"):
                continue
            names = re.findall(r"{(\w+)}", route.path)
            if any(n not in known for n in names):
                print("??", route.path); continue
            paths = [route.path]
            for name in names:
                paths = [path.replace(f"{{{name}}}", str(value)) for path in paths for value in known[name]]
            for path in paths:
                yield path
    yield "/api/journal?limit=1000"
    yield "/api/flux?limit=10000"
    yield "/?genre=soap&genre=http&genre=handshake&genre=flux&genre=rest"
    for t in ("courbe","energie","index","pmax"): yield f"/api/points/{C5}/mesures?type={t}&debut=2022-03-08&fin=2025-03-10"


def test_explore(flooded: Room) -> None:
    for address in addresses(flooded):
        t=time.process_time()
        answer=flooded.ask("GET",address)
        cpu=time.process_time()-t
        if cpu>.3 or len(answer.content)>500_000 or answer.status_code!=200:
            print(answer.status_code, address, len(answer.content), round(cpu,2), answer.headers.get("content-disposition","")[:12])
