"""The dashboard of a simulator that runs: refusals of every kind are in its journal."""

import pytest
import requests
from demandes import CDC
from door_kit import Doors, knock_once, last_id, recorded_after
from lxml import html
from running_simulator import RunningSimulator

pytestmark = pytest.mark.xdist_group("door")


def page(simulator: RunningSimulator, path: str = "/") -> requests.Response:
    answer = simulator.ask("GET", path)
    answer.raise_for_status()
    return answer


def test_the_dashboard_shows_the_simulator_and_its_actors(doors: Doors) -> None:
    for environnement, simulator in doors.simulators.items():
        home = page(simulator).text
        assert f"<small>{environnement}</small>" in home
        assert simulator.url in home
        assert "a expiré le" in page(simulator, "/acteurs").text  # of the case « expire »
        assert page(simulator, "/favicon.ico").content.startswith(b"\0\0\1\0")


def test_a_refused_handshake_is_in_the_journal(
    homologation: RunningSimulator, doors: Doors
) -> None:
    before = last_id(homologation)
    homologation.post(CDC, b"<a/>")
    number = recorded_after(homologation, before)["id"]
    knock_once(homologation, doors.files["expire"])
    knocked = recorded_after(homologation, number)["id"]
    tree = html.fromstring(page(homologation, "/journal").content)
    links = tree.xpath("//table//td[1]/a/@href")
    assert {f"/echanges/{number}", f"/echanges/{knocked}"} <= {*links}
    tree = html.fromstring(page(homologation, "/journal?q=sgt562").content)
    assert {each.text for each in tree.xpath("//tbody/tr/td[6]/a")} == {"SGT562"}
