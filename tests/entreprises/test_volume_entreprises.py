"""Many points, many values: from an order to its file, beside SOAP, by a reader of docs/."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from demandes import mesures_detaillees
from entreprises_kit import (
    ARRIVE,
    CANAL,
    DEPUIS,
    GRAND,
    MESURES_ASYNCHRONES,
    NOW,
    PERIMETRE,
    PETIT,
    SIREN,
    TRIPHASE,
    Caller,
    company,
    declare,
    made,
    publication,
    received,
)
from in_process import InProcess, simulator_in_process
from sqlalchemy import update

from sge_sim.clock import PARIS
from sge_sim.entreprises import comptes, perimetre
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables.pannes import add_panne
from sge_sim.tables.points import Point

SOAP = "/ConsultationMesuresDetaillees/v3.0"
MILLE = 1000


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A company that holds a thousand points and more."""
    folder = tmp_path_factory.mktemp("mille")
    settings = {"population_size": MILLE + 200, "environment": "production"}
    with simulator_in_process(folder, **settings) as found:
        StoredClock(found.simulator.database).freeze(NOW)
        with found.simulator.database.transaction() as session:
            session.execute(update(Point).values(siret=f"{SIREN}00014"))
            comptes.declare_entreprise(session, SIREN, "Commune d'essai")
        declare(found, SIREN, CANAL)
        yield found


@pytest.mark.documented("1,000 points a demand (description of 2025), within 24 hours")
def test_a_thousand_points_from_order_to_file(crowd: InProcess) -> None:
    caller = Caller(crowd, made(crowd, SIREN))
    held = caller.perimetre()["usage_point_id"]
    assert len(held) > MILLE
    days = ("2026-11-22", "2026-11-23")
    too_many = publication(held[: MILLE + 1], "ENERGIE", days)
    assert caller.order(MESURES_ASYNCHRONES, too_many)[0] == 400
    asked = publication(held[:MILLE], "ENERGIE", days)
    status, told = caller.order(MESURES_ASYNCHRONES, asked)
    assert status == 200
    ((name, body),) = received(crowd, told["dossierId"]).items()
    assert name.endswith(".zip")
    read = {each["idPrm"]: each["grandeur"][0]["points"] for each in body["mesures"]}
    assert len(read) > MILLE // 2
    assert {*read} <= {*held[:MILLE]}
    for prm in sorted(read)[:: len(read) // 20]:
        now = caller.told("daily_consumption", prm, *days)["interval_reading"]
        assert [(each["d"], str(each["v"])) for each in read[prm]] == [
            (each["date"], each["value"]) for each in now
        ], prm


def compared(
    running: InProcess, caller: Caller, prms: Sequence[str], days: tuple[date, date]
) -> int:
    """Compare the curves of days told at once, by SOAP and by the file of an order; how many
    values each told."""
    debut, fin = days
    written = (debut.isoformat(), fin.isoformat())
    numero = caller.order(MESURES_ASYNCHRONES, publication(prms, "CDC", written))[1]["dossierId"]
    ((_, body),) = received(running, numero, 1.0).items()
    of_file = {each["idPrm"]: each["grandeur"][0]["points"] for each in body["mesures"]}
    values = 0
    for prm in prms:
        status, told = caller.mesure("consumption_load_curve", prm, *written)
        demande = mesures_detaillees(running.login, prm, "COURBE", "PA", debut, fin)
        soap: Any = running.call(SOAP, demande)["grandeur"]
        (points,) = [each["points"] for each in (soap if isinstance(soap, list) else [soap])]
        found = [each["value"] for each in told["meter_reading"]["interval_reading"]]
        assert status == 200
        assert found == [str(each["v"]) for each in points]
        assert found == [str(each["v"]) for each in of_file[prm]]
        values += len(found)
    return values


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[InProcess, Caller]]:
    with company(tmp_path / "valeurs") as found:
        declare(found, SIREN, CANAL)
        yield found, Caller(found, made(found, SIREN))


@pytest.mark.documented("one information system: the same measures whoever asks (FAQ)")
def test_files_say_what_is_told_at_once_over_a_change_of_hour(
    held: tuple[InProcess, Caller],
) -> None:
    running, caller = held
    prms = sorted((PETIT, TRIPHASE, GRAND, ARRIVE))
    week = (DEPUIS, DEPUIS + timedelta(7))
    assert compared(running, caller, prms, week) == (7 * 24 + 1) * (3 * 2 + 12)
    before = (DEPUIS - timedelta(5), DEPUIS + timedelta(2))
    asked = publication([ARRIVE], "ENERGIE", (before[0].isoformat(), before[1].isoformat()))
    numero = caller.order(MESURES_ASYNCHRONES, asked)[1]["dossierId"]
    ((_, body),) = received(running, numero).items()
    days = [each["d"][:10] for each in body["mesures"][0]["grandeur"][0]["points"]]
    assert days == ["2026-10-22", "2026-10-23"], "nothing of the holder before"


class Client:
    """Fills a CSV of a year by what docs/entreprises.md says, and nothing else.

    `poste` and `lit` send and return a status and a body; `attend` waits so many seconds.
    """

    def __init__(
        self,
        poste: Callable[[str, Any], tuple[int, Any]],
        lit: Callable[[str, dict[str, str]], tuple[int, Any]],
        attend: Callable[[float], None],
    ) -> None:
        self.poste, self.lit, self.attend = poste, lit, attend

    def perseveres(self, call: Callable[[], tuple[int, Any]]) -> tuple[int, Any]:
        """Call again what a quota or a failure stopped: in a second, then in an hour."""
        wait = 1.0
        while True:
            status, body = call()
            if status not in (429, 500):
                return status, body
            self.attend(wait)
            wait = 3600.0

    def points(self) -> Iterator[str]:
        page, last = 0, 1
        while page < last:
            page += 1
            _, body = self.perseveres(partial(self.poste, PERIMETRE, {"page_number": page}))
            last = body["query_parameters"]["page_total_count"]
            yield from body["usage_point_id"]

    def fill(self, out: Any, debut: str, fin: str) -> None:
        writer = csv.writer(out)
        for prm in self.points():
            asked = {"usage_point_id": prm, "start": debut, "end": fin}
            path = "/mesures/v2/metering_data/daily_consumption"
            status, body = self.perseveres(partial(self.lit, path, asked))
            if status == 200:
                for each in body["meter_reading"]["interval_reading"]:
                    writer.writerow((prm, each["date"], each["value"]))


@pytest.mark.documented("quotas of the pilot of 2023; a night of 500 as clients of 2026 saw")
@pytest.mark.parametrize("count", [12, pytest.param(500, marks=pytest.mark.annee)])
def test_a_client_fills_a_year_through_quotas_and_a_night_of_500(
    crowd: InProcess, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    database = crowd.simulator.database
    clock, settings = StoredClock(database), {"quotas": True}
    instant = datetime(2026, 11, 26, 23, 0, tzinfo=UTC) + timedelta(days=count)
    clock.freeze(instant.astimezone(PARIS))
    monkeypatch.setattr("sge_sim.dataconnect.application.machine_now", lambda: instant)
    siren = f"{count:09d}"
    with database.transaction() as session:
        prms = [row for (row,) in session.query(Point.prm).order_by(Point.prm).limit(count)]
        session.execute(update(Point).where(Point.prm.in_(prms)).values(siret=f"{siren}00011"))
        comptes.declare_entreprise(session, siren, "Ville")
        night = clock.now() + timedelta(seconds=2), clock.now() + timedelta(hours=7)
        add_panne(session, sorte="erreur_technique", au=10**6, debut=night[0], fin=night[1])
    monkeypatch.setattr(perimetre, "PAR_PAGE", 5)
    credentials = made(crowd, siren)
    caller, statuses = Caller(crowd, credentials, settings), []

    def attend(seconds: float) -> None:
        nonlocal instant, caller
        instant += timedelta(seconds=seconds)
        clock.freeze(clock.now() + timedelta(seconds=seconds))
        if seconds > 60:  # a token lasts 3 h 30
            caller = Caller(crowd, credentials, settings)

    def noted(answer: tuple[int, Any]) -> tuple[int, Any]:
        statuses.append(answer[0])
        return answer

    out = io.StringIO()
    client = Client(
        lambda path, body: noted(caller.order(path, body)),
        lambda path, asked: noted(caller.get(path, **asked)),
        attend,
    )
    client.fill(out, "2025-11-25", "2026-11-25")
    assert {200, 429, 500} <= {*statuses}
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    read = {prm for prm, _, _ in rows}
    assert count // 3 < len(read) <= count
    assert len(rows) == len({(prm, day) for prm, day, _ in rows})
    for prm in sorted(read)[:3]:
        assert len([row for row in rows if row[0] == prm]) == 365
    assert json.dumps(rows[0])
    assert re.fullmatch(r"\d+", rows[0][2])
