"""NASS: the end of a service is announced once, in the simulator's own format."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from publication_kit import (
    AUTRE_CONTRAT,
    C5,
    CONTRAT,
    INDEX_C5,
    JOUR_1,
    MIDI,
    TIERS,
    Platform,
    members,
    new_platform,
)
from state_kit import grant_acces, numeros_within

from sge_sim.commandes.acces import AccesSouscrit, order_acces
from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.changements import Changements, change_life
from sge_sim.commandes.prestations import prestation_acces
from sge_sim.dataconnect.consentements import give_consentement, remove_consentement
from sge_sim.domaine.jours_ouvres import AUSSITOT
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.dataconnect import Application
from sge_sim.tables.points import find_point

END = JOUR_1 + timedelta(days=5)


def order(
    platform: Platform, contrat_id: str = CONTRAT, acces_type: TypeServiceAcces = "ENERGIE"
) -> str:
    """Order access to measures of a C5 for five days; return the number of the service."""
    commande = Commande(C5, TIERS, contrat_id, "a@b.fr", "SAD", None, MIDI, AUSSITOT)
    acces = AccesSouscrit(acces_type, "SOUTIRAGE", END)
    prestation = prestation_acces("C5", "SOUTIRAGE", acces_type, publie=False)
    with platform.database.transaction() as session:
        declaration = Declaration(True, "ROCHE", True, False)
        ((_, service),) = order_acces(
            session, numeros_within(session), commande, "C5", [(acces, prestation)], declaration
        )
        return service.service_souscrit_id


def announcements(platform: Platform) -> dict[str, Any]:
    """What the announcements say, by the name of their file, oldest first."""
    told = {}
    for nom, content in platform.ready().items():
        if "_NASS_" in nom:
            (member,) = members(content).values()
            told[nom] = json.loads(member)
    return told


@pytest.mark.documented("slides V26.2: NASS bears the number of the service and the reason")
def test_the_end_of_a_service_is_announced_once(platform: Platform) -> None:
    numero = order(platform)
    assert platform.catch_up(MIDI + timedelta(days=4)) == 0
    assert platform.catch_up(MIDI + timedelta(days=30)) == 1
    assert platform.catch_up(MIDI + timedelta(days=31)) == 0
    ((nom, told),) = announcements(platform).items()
    assert nom == f"SGE-SIM_NASS_{CONTRAT}_{numero}_{END:%Y%m%d}000000.zip"
    assert told["format"] == "sge-sim-nass-1"
    assert told["avertissement"].startswith("Format propre à sge-sim : celui du flux NASS d'Enedis")
    assert told["contratId"] == CONTRAT
    assert told["fins"] == [
        {
            "prm": C5,
            "serviceSouscritId": numero,
            "serviceSouscritCode": "ACCES",
            "mesuresTypeCode": "ENERGIE",
            "sens": "SOUTIRAGE",
            "dateDebut": JOUR_1.isoformat(),
            "dateFin": END.isoformat(),
            "motifFin": "Date de fin du service atteinte",
        }
    ]


def test_a_stop_says_its_own_reason(platform: Platform) -> None:
    numero = order(platform)
    platform.stop(numero, MIDI + timedelta(days=1))
    assert platform.catch_up(MIDI + timedelta(days=2)) == 1
    (told,) = platform.told()
    assert f"NASS, fin du service {numero}" in told
    (announced,) = announcements(platform).values()
    assert [one["motifFin"] for one in announced["fins"]] == ["Arrêt demandé par le bénéficiaire"]


@pytest.mark.documented("slides V26.2: NASS tells of the stop of the recurrent services")
def test_services_of_both_generations_that_end_together_are_told_together(
    platform: Platform,
) -> None:
    former = platform.subscribe(C5, replace(INDEX_C5, date_fin=END))
    acces = order(platform)
    platform.catch_up(MIDI + timedelta(days=30))
    ((nom, told),) = announcements(platform).items()
    assert former in nom
    assert [(one["serviceSouscritId"], one["serviceSouscritCode"]) for one in told["fins"]] == [
        (former, "TRANSREC"),
        (acces, "ACCES"),
    ]
    assert any("NASS, fin de 2 services" in one for one in platform.told())


def test_a_replay_under_a_frozen_clock_makes_the_same_files(tmp_path: Path) -> None:
    """Three services are stopped at one instant; the publisher looks, or doesn't, after each."""

    def played(*looks: bool) -> dict[str, bytes]:
        played_on = new_platform(tmp_path / str(looks))
        stopped_at = MIDI + timedelta(days=1)
        numeros = [order(played_on, acces_type=each) for each in ("ENERGIE", "PMAX", "INDEX")]
        publisher = played_on.publisher
        publisher.catch_up(stopped_at)
        for numero, look in zip(numeros, looks, strict=True):
            played_on.stop(numero, stopped_at)
            if look:
                assert publisher.catch_up(stopped_at) == 0
        assert publisher.catch_up(stopped_at + timedelta(microseconds=1)) == 1
        (announced,) = announcements(played_on).values()
        assert len(announced["fins"]) == 3
        played_on.close()
        return played_on.ready()

    never = played(False, False, False)
    for looks in (
        (True, True, True),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ):
        assert played(*looks) == never


def test_those_of_two_contracts_are_told_apart(platform: Platform) -> None:
    order(platform)
    order(platform, contrat_id=AUTRE_CONTRAT)
    platform.catch_up(MIDI + timedelta(days=30))
    told = announcements(platform).values()
    assert [(one["contratId"], len(one["fins"])) for one in told] == [
        (CONTRAT, 1),
        (AUTRE_CONTRAT, 1),
    ]


@pytest.mark.assumed("a consent's services are told as the others, the number that it opened")
def test_the_end_of_a_consent_is_announced_to_its_actor(platform: Platform) -> None:
    with platform.database.transaction() as session:
        application = Application(
            client_id="appli",
            secret="",
            nom="Appli",
            acteur_code=TIERS,
            mode="production",
            redirect_uri="https://localhost/",
            apis=[],
        )
        session.add(application)
        point = find_point(session, C5)
        given = give_consentement(session, application, "titulaire", point, MIDI, END)
        consentement = remove_consentement(session, given.id, MIDI + timedelta(days=1))
        numeros = [service.service_souscrit_id for service in consentement.services]
    platform.catch_up(MIDI + timedelta(days=2))
    (told,) = announcements(platform).values()
    assert [one["serviceSouscritId"] for one in told["fins"]] == numeros
    assert {one["motifFin"] for one in told["fins"]} == {"Retrait du consentement par le client"}
    assert {one["mesuresTypeCode"] for one in told["fins"]} == {
        *("CDC", "PMAX", "IDX", "ENERGIE", "ITC")
    }


@pytest.mark.assumed("neither an opposition, which has no beneficiary, nor a service that a tester")
def test_what_nobody_ordered_is_not_announced(platform: Platform) -> None:
    with platform.database.transaction() as session:
        point = find_point(session, C5)
        change_life(session, point, Changements(opposition=True), MIDI)
        change_life(session, point, Changements(opposition=False), MIDI + timedelta(days=1))
        contrat = session.get_one(Contrat, CONTRAT)
        grant_acces(session, C5, "ENERGIE", "SOUTIRAGE", contrat, JOUR_1, END)
    assert platform.catch_up(MIDI + timedelta(days=30)) == 0


def test_a_thousand_ends_at_most_are_told_at_once(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sge_sim.tables.transmissions._ENDS_AT_ONCE", 2)
    for acces_type in ("ENERGIE", "PMAX", "INDEX"):
        order(platform, acces_type=acces_type)
    assert platform.catch_up(MIDI + timedelta(days=30)) == 2
    assert [len(one["fins"]) for one in announcements(platform).values()] == [2, 1]
