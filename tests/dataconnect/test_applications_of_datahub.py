"""An application made on Datahub is one of Data Connect: it calls, within its APIs."""

from typing import Any

import pytest
import requests
from dataconnect_kit import C5, DAILY, Client

WEEK = {"pointId": C5, "dateDebut": "2026-11-01", "dateFin": "2026-11-08"}
TECHNIQUE = "theo@tiers.example.fr"


def ask(client: Client, path: str, **asked: Any) -> Any:
    answer = requests.post(
        f"{client.simulator.ready['admin_url']}/api/datahub{path}", json=asked, timeout=10
    )
    assert answer.ok, answer.text
    return answer.json()


@pytest.mark.observed("production, October 2026: an API that isn't subscribed answers 900908")
def test_an_application_of_the_sandbox_calls_within_its_apis(dc: Client) -> None:
    client = Client(dc.simulator, sandbox=True)
    acteurs = dc.simulator.admin("/api/acteurs")
    tiers = next(one["code"] for one in acteurs if one["kind"] == "tiers" and one["par_defaut"])
    ask(client, "/comptes", email=TECHNIQUE, nom="Théo", acteur=tiers)
    form = {"par": TECHNIQUE, "redirect_uri": "https://exemple.fr/retour", "mode": "bac_a_sable"}
    made = ask(client, "/applications", nom="Essai", apis=[], **form)
    client.application = made
    status, told = client.refused(DAILY, **WEEK)
    assert (status, told["code"]) == (403, "900908")
    change = f"/applications/{made['client_id']}"
    ask(client, change, par=TECHNIQUE, apis=["mesure_synchrone_auto"])
    subscribed = Client(dc.simulator, sandbox=True)
    subscribed.application = made
    assert subscribed.get(DAILY, **WEEK).status_code == 200
