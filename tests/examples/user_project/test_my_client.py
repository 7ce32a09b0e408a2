"""What its author writes to test it, with `pip install sge-sim` as the only preparation."""

import subprocess
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from my_client import Sge

C5 = "25946599093143"
OWN = "25900000000134"


@pytest.fixture
def client(sge):
    return Sge(sge.url, sge.cert, sge.ca, sge.login)


@pytest.mark.sge_case("ADP-R1@C5")
def test_the_meter_of_a_point_is_read(client, sge):
    assert client.meter_number(C5).isalnum()
    sge.journal.assert_answered("ConsultationDonneesTechniquesContractuelles", "SGT200")


@pytest.mark.sge_case("ADP-NR1")
def test_an_unknown_point_does_not_exist(client, sge):
    assert not client.exists("99999999999999")
    assert sge.journal.last().rule.name == "ConsultationDonneesTechniquesContractuelles/point_connu"


def test_nothing_is_left_of_the_test_before(sge):
    assert sge.journal.read() == []
    sge.journal.assert_not_called("RecherchePoint")


def test_the_clock_is_the_tests_own(sge):
    sge.clock.freeze(datetime(2024, 3, 31, 1, 30, tzinfo=ZoneInfo("Europe/Paris")))
    sge.clock.advance(timedelta(hours=1))
    assert sge.clock.now().isoformat() == "2024-03-31T03:30:00+02:00"


def test_the_clock_is_back_in_the_next_test(sge):
    assert sge.clock.now().date().isoformat() == "2024-03-01"


@pytest.mark.sge_case("RP-NR2")
def test_a_ready_client_searches_without_enough_criteria(sge):
    service = sge.client("RecherchePoint").service
    with pytest.raises(Exception, match="suffisants"):
        service.rechercherPoint(
            criteres={
                "adresseInstallation": {
                    "numeroEtNomVoie": "1 RUE DE LA MER",
                    "codeInseeCommune": "34231",
                },
            },
            loginUtilisateur=sge.login,
        )
    sge.journal.assert_answered("RecherchePoint", "SGT4F7")


def test_a_session_of_requests_presents_the_certificate(sge):
    answer = sge.requests_session().get(f"{sge.url}/RecherchePoint/v2.0?wsdl", timeout=10)
    assert answer.status_code == 200


def test_the_supplier_calls_too(sge):
    supplier = sge.fournisseur
    client = Sge(supplier.url, supplier.cert, supplier.ca, supplier.login)
    assert client.exists(C5)
    assert sge.journal.last().acteur == "FOURN1"
    assert supplier.login != sge.login
    assert supplier.contrat_id != sge.contrat_id


def test_commands_work_on_the_folder_of_the_simulator(sge):
    command = [sys.executable, "-m", "sge_sim", "points", "set", C5, "--teleoperable", "non"]
    subprocess.run([*command, "--data-dir", str(sge.data_dir)], check=True)


def test_a_point_of_ones_own(sge, client):
    point = sge.point(C5, prm=OWN, etat_contractuel="RESIL", compteur={"matricule": "042"})
    assert point["etat_contractuel"]["code"] == "RESIL"
    assert client.meter_number(OWN) == "042"


def test_the_point_is_gone_in_the_next_test(client):
    assert not client.exists(OWN)
