"""SERVICE_ACCES: what an access service lets its actor consult, until it is stopped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from detaillees_kit import C5_SURPLUS, LUNDI, LUNDI_SUIVANT, Detaillees, blocks, code
from orders_kit import Orders
from running_simulator import RunningSimulator

PRM = C5_SURPLUS


def open_acces(simulator: RunningSimulator, *options: str) -> None:
    done = simulator.command("points", "set", PRM, "--service-acces", "oui", *options)
    assert done.returncode == 0, done.stderr


@pytest.fixture(autouse=True)
def closed_afterwards(tiers: Detaillees) -> Iterator[None]:
    yield
    tiers.simulator.command("points", "set", PRM, "--service-acces", "non")


def energies(tiers: Detaillees, **members: Any) -> Any:
    return tiers.v3(PRM, "ENERGIE", cadreAcces="SERVICE_ACCES", **members)


@pytest.mark.documented("GUI 0497 v1.5.0 p. 4-5: an access service over the whole period; CMD3-R6")
def test_the_whole_period_is_covered(tiers: Detaillees) -> None:
    open_acces(tiers.simulator, "--acces-periode", f"{LUNDI}..2028-01-01")
    assert blocks(energies(tiers))
    # The past is served in homologation (CMD3-R6), but not what comes after the service.
    assert blocks(energies(tiers, debut=LUNDI - timedelta(1)))
    tiers.simulator.command("points", "set", PRM, "--service-acces", "non")
    # It runs no longer on the day of the demand.
    open_acces(tiers.simulator, "--acces-periode", f"{LUNDI}..{LUNDI_SUIVANT}")
    assert code(energies(tiers)) == "SGT211"


@pytest.mark.documented("GUI 0498 v1.1.0 p. 11-12: a service has one direction")
def test_a_service_has_one_direction(tiers: Detaillees) -> None:
    open_acces(tiers.simulator)
    for sens in ("SOUTIRAGE", "INJECTION"):
        assert blocks(energies(tiers, sens=sens))
    tiers.simulator.execute(
        "DELETE FROM service_souscrit WHERE prm = ? AND type = 'ACCES' AND sens = 'INJECTION'", PRM
    )
    assert blocks(energies(tiers, sens="SOUTIRAGE"))
    assert code(energies(tiers, sens="INJECTION")) == "SGT211"


@pytest.mark.documented("GUI 0474 v1.3.0 §1: access to measures is stopped; a C5, level 2")
def test_a_service_is_listed_and_stopped_by_its_actor(
    tiers: Detaillees, fournisseur: Detaillees
) -> None:
    open_acces(tiers.simulator, "--type", "ENERGIE")
    orders = Orders(tiers.simulator)
    found = [
        each for each in orders.services(PRM) if each["serviceSouscritType"]["code"] == "ACCES"
    ]
    assert [(service["etatCode"], service["mesuresTypeCode"]) for service in found] == [
        ("ACTIF", "ENERGIE"),
        ("ACTIF", "ENERGIE"),
    ]
    for service in found:
        assert not isinstance(orders.arret(PRM, service["serviceSouscritId"]), str)
    ended = [
        each for each in orders.services(PRM) if each["serviceSouscritType"]["code"] == "ACCES"
    ]
    assert {service["etatCode"] for service in ended} == {"TERMINE"}
    assert {each["motifFinLibelle"] for each in ended} == {"Arrêt demandé par le bénéficiaire"}
    assert code(energies(tiers)) == "SGT211"
    # Each actor has its own.
    assert blocks(energies(fournisseur))
