"""Accounts of companies: their points, their applications, over a real listener too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from dataconnect_kit import Client, admin, data_connect_simulator, freeze
from entreprises_kit import (
    ARRIVE,
    AUTOCONSOMMATEUR,
    AUTRE_SIREN,
    GRAND,
    MESURES,
    PERIMETRE,
    PETIT,
    PRODUCTEUR,
    RESILIE,
    SIREN,
    TENUS,
    TRIPHASE,
    VOISIN,
    Caller,
)
from in_process import InProcess, served_in_process

from sge_sim.dataconnect.applications import change_application
from sge_sim.entreprises import perimetre
from sge_sim.entreprises.comptes import declare_entreprise
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.tables.points import Point

HELD = sorted(TENUS.keys() - {RESILIE})


@pytest.mark.documented("the points whose supply contract the account holds (description of 2025)")
def test_the_perimeter_is_the_points_held_today(titulaire: Caller, voisin: Caller) -> None:
    assert titulaire.perimetre() == {
        "query_parameters": {
            "usage_point_id_total_count": len(HELD),
            "page_total_count": 1,
            "actual_page_number": 1,
        },
        "usage_point_id": HELD,
    }
    assert ARRIVE in HELD, "the neighbour held it before"
    assert voisin.perimetre()["usage_point_id"] == []
    _, body = titulaire.post(b'{"page_number":1}', query=f"?siren={AUTRE_SIREN}")
    assert body["usage_point_id"] == [PRODUCTEUR]


@pytest.mark.assumed("filters are joined by and, the values of a filter by or; units, bounds")
@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({"segment": ["C4"], "siret_number": [TENUS[GRAND]]}, [GRAND]),
        ({"segment": ["P4"]}, sorted([PRODUCTEUR, AUTOCONSOMMATEUR])),
        ({"segment": ["P4", "C9"], "siret_number": [f"{AUTRE_SIREN}00015"]}, [PRODUCTEUR]),
        ({"postal_code_city": ["06600"]}, [PETIT]),
        ({"postal_code_city": ["06600 ANTIBES", "99999"]}, [PETIT]),
        ({"subscribed_power": {"lower_value": 36, "higher_value": 36.0}}, [TRIPHASE]),
        ({"subscribed_power": {"lower_value": 10_000}}, []),
        ({"siret_number": [f"{VOISIN}00011"]}, []),
        ({"segment": []}, HELD),
        ({"subscribed_power": {}, "inconnu": 1}, sorted({*HELD} - {PRODUCTEUR})),
    ],
)
def test_filters_narrow_it(titulaire: Caller, filters: dict[str, Any], kept: list[str]) -> None:
    assert titulaire.perimetre(**filters)["usage_point_id"] == kept


@pytest.mark.documented("3,000 points a page (description of 2025); beyond the last: assumed")
def test_pages(titulaire: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert perimetre.PAR_PAGE == 3000
    monkeypatch.setattr(perimetre, "PAR_PAGE", 4)
    pages = [titulaire.perimetre(page_number=page) for page in (1, 2, 3, 4, 10**30)]
    assert [prm for page in pages for prm in page["usage_point_id"]] == HELD
    assert [len(page["usage_point_id"]) for page in pages] == [4, 4, len(HELD) - 8, 0, 0]
    assert {page["query_parameters"]["page_total_count"] for page in pages} == {3}
    assert pages[4]["query_parameters"]["actual_page_number"] == 10**30


@pytest.mark.parametrize("siren", ["12345678", "1234567890", "12345678a", "١٢٣٤٥٦٧٨٩"])
def test_an_account_has_a_siren_of_its_own(running: InProcess, siren: str) -> None:
    with pytest.raises(UsageError), running.simulator.database.transaction() as session:
        declare_entreprise(session, siren, "Essai", [])


def test_what_there_is_not_is_refused(running: InProcess, titulaire: Caller) -> None:
    client_id = titulaire.credentials["client_id"]
    with pytest.raises(UsageError), running.simulator.database.transaction() as session:
        change_application(session, client_id, apis=["mesure_synchrone_v1"])
    with pytest.raises(UsageError), running.simulator.database.transaction() as session:
        declare_entreprise(session, "123456789", "Essai", [], ["ITC"])


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("portail")
    with data_connect_simulator(folder, "--no-quotas", serve=served_in_process) as found:
        freeze(found)
        yield found


def test_the_way_through_the_gateway(simulator: Any) -> None:
    """By commands and REST, on sockets; a company's applications aren't Data Connect's."""
    database = Database(sqlite_url(simulator.data_dir / "sge-sim.db"))
    with database.transaction() as session:
        session.get_one(Point, PETIT).siret = TENUS[PETIT]
    database.dispose()
    simulator.printed("entreprises", "add", SIREN, "--nom", "Commune d'essai")
    assert PETIT in simulator.printed("entreprises", "points", SIREN)
    made = admin(simulator, "/api/applications", nom="Suivi", acteur=SIREN)
    client = Client(simulator)
    of_data_connect = Client(simulator)
    client.application = made
    assert client.token().json()["expires_in"] == 12_600
    asked = {"usage_point_id": PETIT, "start": "2026-11-01", "end": "2026-11-02"}
    readings = client.json(f"{MESURES}daily_consumption", **asked)["meter_reading"]
    assert len(readings["interval_reading"]) == 1
    answer = client.http.post(
        client.url + PERIMETRE, json={"page_number": 1}, headers=client.bearer, timeout=10
    )
    assert answer.json()["usage_point_id"] == [PETIT]
    refused = of_data_connect.refused(f"{MESURES}daily_consumption", **asked)
    assert (refused[0], refused[1]["code"]) == (403, "900908")
    assert client.page().status_code != 200, "no consent is given to a company"
    kept = simulator.admin("/api/entreprises")
    admin(simulator, "/api/snapshot", nom="compte")
    url = f"{simulator.ready['admin_url']}/api/entreprises/{SIREN}"
    requests.delete(url, timeout=10).raise_for_status()
    assert client.get(f"/address/v1/{PETIT}").status_code == 401
    admin(simulator, "/api/reset", nom="compte")
    assert simulator.admin("/api/entreprises") == kept
    assert client.json(f"/address/v1/{PETIT}")["address"]
