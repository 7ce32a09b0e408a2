"""NASS: the end of an access service is announced once, in the simulator's own format."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from publication_kit import C5, CONTRAT, INDEX_C5, JOUR_1, MIDI, TIERS, Platform

from sge_sim.commandes.acces import AccesSouscrit, order_acces
from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.prestations import prestation_acces
from sge_sim.domaine.delais import AUSSITOT

END = JOUR_1 + timedelta(days=5)


def order(platform: Platform) -> str:
    """Order access to the energies of a C5 for five days; return the number of the service."""
    commande = Commande(C5, TIERS, CONTRAT, "a@b.fr", "SAD", None, MIDI, AUSSITOT)
    acces = AccesSouscrit("ENERGIE", "SOUTIRAGE", END)
    prestation = prestation_acces("C5", "SOUTIRAGE", "ENERGIE", publie=False)
    with platform.database.transaction() as session:
        _, service = order_acces(
            session, commande, "C5", acces, prestation, Declaration(True, "ROCHE", True, False)
        )
        return service.service_souscrit_id


@pytest.mark.documented("slides V26.2: NASS bears the number of the service and the reason")
def test_the_end_of_a_service_is_announced_once(platform: Platform) -> None:
    numero = order(platform)
    assert platform.catch_up(MIDI + timedelta(days=4)) == 0
    assert platform.catch_up(MIDI + timedelta(days=30)) == 1
    assert platform.catch_up(MIDI + timedelta(days=31)) == 0
    ((nom, content),) = platform.ready().items()
    assert nom == f"SGE-SIM_NASS_{numero}_{C5}_{END:%Y%m%d}000000.zip"
    with ZipFile(io.BytesIO(content)) as archive:
        (member,) = archive.namelist()
        told = json.loads(archive.read(member))
    assert told["format"] == "sge-sim-nass-1"
    assert "n'est pas public" in told["avertissement"]
    assert (told["serviceSouscritId"], told["prm"], told["contratId"]) == (numero, C5, CONTRAT)
    assert (told["mesuresTypeCode"], told["sens"]) == ("ENERGIE", "SOUTIRAGE")
    assert told["dateFin"] == END.isoformat()
    assert told["motifFin"] == "Date de fin du service atteinte"


def test_a_stop_says_its_own_reason(platform: Platform) -> None:
    numero = order(platform)
    platform.stop(numero, MIDI + timedelta(days=1))
    assert platform.catch_up(MIDI + timedelta(days=2)) == 1
    (told,) = platform.told()
    assert f"NASS, fin du service {numero}" in told
    assert b"Arr\xc3\xaat demand\xc3\xa9" in next(iter(_members(platform)))


def _members(platform: Platform) -> list[bytes]:
    made = platform.ready().values()
    return [
        archive.read(archive.namelist()[0])
        for archive in (ZipFile(io.BytesIO(content)) for content in made)
    ]


@pytest.mark.assumed("the former orders aren't announced yet")
def test_a_former_service_is_not_announced(platform: Platform) -> None:
    numero = platform.subscribe(C5, INDEX_C5)
    platform.stop(numero, MIDI + timedelta(hours=1))
    platform.catch_up(MIDI + timedelta(days=1))
    assert not any("NASS" in one for one in platform.told())
