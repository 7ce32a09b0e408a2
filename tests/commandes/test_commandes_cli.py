"""What the command line tells of orders, and what it makes happen to a point."""

import json
from typing import Any

import pytest
import yaml
from orders_kit import C4, C5, Orders, orders_simulator
from running_simulator import kept_open

tiers = kept_open(orders_simulator)


def shown(tiers: Orders, prm: str) -> dict[str, Any]:
    return json.loads(tiers.simulator.printed("points", "show", prm, "--json"))


@pytest.mark.documented("FAQ: what a valid authorisation says")
def test_declarations_are_listed_with_their_audit(tiers: Orders) -> None:
    tiers.collecte("24210000001156")
    (each,) = json.loads(tiers.simulator.printed("autorisations", "list", "--json"))
    assert (each["prm"], each["nom"], each["au"]) == ("24210000001156", "ROCHE", "2026-08-01")
    assert [check["critere"] for check in each["audit"]] == [
        "client désigné",
        "consentement de la personne",
        "date d'émission",
        "durée de validité",
    ]
    text = tiers.simulator.printed("autorisations", "list", "--acteur", "TIERS1")
    assert "NON  client désigné : « ROCHE » n'est pas le client connu" in text
    assert tiers.simulator.printed("autorisations", "list", "--acteur", "TIERS2") == ""


@pytest.mark.documented("CM7: the end of a point is the end of its services")
def test_a_terminated_point_shows_its_services_ended(tiers: Orders) -> None:
    number = tiers.collecte(C5)["body"]["serviceSouscritId"]
    before = shown(tiers, C5)
    assert before["services"][0]["etat"] == "ACTIF"
    assert before["mesures"]["collectes"] == ["2025-08-01.."]
    set_ = yaml.safe_load(tiers.simulator.printed("points", "set", C5, "--resilie", "2025-08-10"))
    assert set_[C5]["services"][0]["id"] == number
    tiers.clock("set", "2025-08-10")
    after = shown(tiers, C5)
    assert after["etat_contractuel"]["code"] == "RESIL"
    assert after["services"][0]["motif_fin"] == "Résiliation du point"
    assert after["mesures"]["collectes"] == ["2025-08-01..2025-08-10"]
    assert tiers.collecte(C5) == "SGT4M6"


@pytest.mark.documented("V26.2: opposition belongs to C5")
def test_an_event_that_can_t_be_is_told_in_a_sentence(tiers: Orders) -> None:
    for prm, option, value, told_ in (
        (C5, "--resilie", "2025-07-01", "est passé"),
        (C4, "--opposition", "oui", "seul le client d'un C5"),
    ):
        done = tiers.simulator.command("points", "set", prm, option, value)
        assert (done.returncode, told_ in done.stderr) == (2, True)
