"""The zone of the dates of answers, which the common guide has sent always (GUI 0466 §2.3)."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from catalogue_requests import envelope_of
from demandes import mesures_detaillees
from in_process import InProcess, simulator_in_process
from lxml import etree

from sge_sim.clock import parse_instant, start_of_day

ADP = "/ConsultationDonneesTechniquesContractuelles/v1.0"
AHC = "/ConsultationMesures/v1.1"
CMD = "/ConsultationMesuresDetaillees/v3.0"
C5 = "25946599093143"
DATE = re.compile(r">(\d{4}-\d\d-\d\d[^< T]*)<")


@pytest.fixture(scope="module")
def zoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    with _simulator(tmp_path_factory.mktemp("zonees"), dates_zonees=True) as running:
        yield running


def _simulator(folder: Path, **settings: Any) -> Any:
    now = parse_instant("2026-07-15T10:00")
    return simulator_in_process(folder, now=now, population_size=0, strict=True, **settings)


def dates(running: InProcess, path: str) -> list[str]:
    """The dates of an answer, which is held against its contract."""
    asked: dict[str, dict[str, Any]] = {
        ADP: {"pointId": C5, "loginUtilisateur": running.login, "autorisationClient": True},
        AHC: {
            "pointId": C5,
            "loginDemandeur": running.login,
            "contratId": running.contrat_id,
            "autorisationClient": True,
        },
        CMD: mesures_detaillees(
            running.login, C5, "ENERGIE", "EA", date(2026, 6, 1), date(2026, 6, 8)
        ),
    }
    envelope = envelope_of(path, asked[path], running.login, C5)
    answer = running.post(path, etree.tostring(envelope))
    assert answer.status == 200, answer.content
    found = DATE.findall(answer.content.decode())
    assert found
    return found


@pytest.mark.documented("GUI 0466 v1.5.0 §2.3: dates of answers have their zone")
@pytest.mark.parametrize("path", [ADP, AHC])
def test_dates_have_the_offset_of_legal_time(zoned: InProcess, path: str) -> None:
    found = dates(zoned, path)
    assert {text[10:] for text in found} == {"+01:00", "+02:00"}
    for text in found:
        midnight = start_of_day(date.fromisoformat(text[:10]))
        assert text == midnight.isoformat().replace("T00:00:00", "")


@pytest.mark.documented("GUI 0466 v1.5.0 is about the services of the common dictionary")
def test_the_measures_keep_their_own_stamps(zoned: InProcess) -> None:
    assert {len(each) for each in dates(zoned, CMD)} == {10}


@pytest.mark.observed("2022 and 2023: recorded answers have plain dates")
@pytest.mark.parametrize("path", [ADP, AHC])
def test_dates_are_plain_by_default(tmp_path: Path, path: str) -> None:
    with _simulator(tmp_path) as running:
        assert {len(each) for each in dates(running, path)} == {10}
