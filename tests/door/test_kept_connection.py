"""What changes while a connection is kept, or a simulator runs, holds from the next request on."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from door_cases import Maker
from door_kit import Doors, connect, hand_in, knock, knock_once, last_id, recorded_after
from running_simulator import RunningSimulator

from sge_sim.clock import machine_now
from sge_sim.pki.certificates import fingerprint
from sge_sim.pki.trust import Pki

pytestmark = pytest.mark.xdist_group("door")


@pytest.fixture(scope="module")
def make(pki_of_homologation: Pki, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(pki_of_homologation, tmp_path_factory.mktemp("extra"))


@pytest.mark.assumed("RFC 5280: a connection is no excuse")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_certificate_that_expires_during_a_connection_is_refused(
    homologation: RunningSimulator, make: Maker, tmp_path: Path, version: str
) -> None:
    end = machine_now().replace(microsecond=0) + timedelta(seconds=2)
    presented = make.gandi_leaf(end=end)
    hand_in(homologation, presented)
    connection = connect(homologation, presented.write(tmp_path / "client.pem"), version)
    assert knock(connection).status == 200
    while machine_now() <= end:
        time.sleep(0.1)
    time.sleep(0.2)
    seen = knock(connection)
    connection.close()
    assert seen.status == 403
    assert "expiré depuis le" in seen.text


@pytest.mark.assumed("RFC 5280: a connection is no excuse")
def test_a_certificate_revoked_during_a_connection_is_refused(
    homologation: RunningSimulator, make: Maker, tmp_path: Path
) -> None:
    presented = make.gandi_leaf()
    hand_in(homologation, presented)
    pem = presented.write(tmp_path / "client.pem")
    connection = connect(homologation, pem)
    assert knock(connection).status == 200
    done = homologation.command("cert", "revoke", str(pem))
    assert done.returncode == 0, done.stderr
    before = last_id(homologation)
    seen = knock(connection)
    connection.close()
    assert seen.status == 403
    assert "révoqué le" in seen.text
    assert "révoqué le" in recorded_after(homologation, before)["detail"]


def test_a_certificate_handed_in_is_taken_up_by_a_running_simulator(
    homologation: RunningSimulator, make: Maker, tmp_path: Path
) -> None:
    pem = make.gandi_leaf().write(tmp_path / "client.pem")
    connection = connect(homologation, pem)
    assert knock(connection).status == 403
    done = homologation.command("cert", "register", str(pem), "--acteur", "TIERS2")
    assert done.returncode == 0, done.stderr
    before = last_id(homologation)
    assert knock(connection).status == 200
    connection.close()
    assert recorded_after(homologation, before)["acteur"] == "TIERS2"


@pytest.mark.documented("FAQ: handed in 15 working days before the end")
def test_a_certificate_that_ends_soon_is_announced_and_has_its_ticket_in_production_alone(
    doors: Doors, make: Maker, tmp_path: Path
) -> None:
    # 15 working days take three weeks at least: two weeks before the end, they have begun.
    presented = make.gandi_leaf(end=machine_now() + timedelta(days=14))
    pem = presented.write(tmp_path / "client.pem")
    details = {}
    for environnement, simulator in doors.simulators.items():
        done = simulator.command(
            "acteurs", "certificat", "TIERS1", str(pem), "--environment", environnement
        )
        assert done.returncode == 0, done.stderr
        before = last_id(simulator)
        assert knock_once(simulator, pem).status == 200
        details[environnement] = recorded_after(simulator, before)["detail"]
        listed = {
            certificat["empreinte"]: certificat["avertissement"]
            for certificat in simulator.admin("/api/certificats", environnement=environnement)
        }
        warning = listed[fingerprint(presented.leaf_der)]
        assert warning.startswith("Le certificat expire le ")
        assert warning in details[environnement]
        for page in ("/certificats", "/acteurs"):
            assert warning in simulator.ask("GET", page).text
    assert "15 jours" not in details["homologation"]
    assert "15 jours ouvrés avant" in details["production"]

    production = doors.simulators["production"]
    checked = production.command("cert", "check", str(pem), "--environment", "production")
    assert checked.returncode == 0, checked.stdout
    assert "renouveler sans attendre" in checked.stdout
