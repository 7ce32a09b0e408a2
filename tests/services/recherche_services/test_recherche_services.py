"""RechercheServicesSouscritsMesures through zeep on the real WSDL."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from codes_kit import check_obtained_codes
from demandes import courbe_quotidienne
from in_process import simulator_in_process
from orders_kit import C4, C5, TODAY, UNKNOWN, Orders

from sge_sim import clock
from sge_sim.clock import legal_date, parse_instant
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.services.recherche_services.service import SOUSCRITS_MESURES

OPPOSED = "24210000002057"
INDEX = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}


@pytest.mark.documented("GUI 0475 §3")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"login": "personne@exemple.fr"}, "SGT504"),
        ({"login": "contact@tiers2.example.org"}, "SGT502"),
        ({"contrat_id": "9999999"}, "SGT471"),
        ({"contrat_id": "1100391"}, "SGT472"),
    ],
)
def test_a_search_is_refused(tiers: Orders, change: dict[str, str], code: str) -> None:
    assert tiers.services(C5, **change) == code


@pytest.mark.assumed("no code is listed for them")
def test_an_unknown_point_and_an_ended_contract_are_not_refused(tiers: Orders) -> None:
    assert tiers.services(UNKNOWN) == []
    assert tiers.services(C5, contrat_id="1100017") == []


@pytest.mark.documented("GUI 0475 §4, field by field")
def test_a_transmitted_curve_tells_all_but_its_direction(tiers: Orders) -> None:
    number = tiers.collecte("24210000001156")["body"]["serviceSouscritId"]
    assert tiers.services("24210000001156") == [
        {
            "serviceSouscritId": number,
            "pointId": "24210000001156",
            "serviceSouscritType": {
                "libelle": "Transmission récurrente de mesures",
                "code": "TRANSREC",
            },
            "serviceSouscritLibelle": "Collecte et transmission récurrente de la courbe de charge",
            "injection": None,
            "soutirage": None,
            "contratId": tiers.contrat_id,
            "contratLibelle": None,
            "etatCode": "ACTIF",
            "dateDebut": TODAY,
            "dateFin": date(2026, 8, 1),
            "motifFinLibelle": None,
            "mesuresTypeCode": "CDC",
            "mesuresPas": "PT30M",
            "mesuresCorrigees": False,
            "periodiciteTransmission": "P1D",
        }
    ]


@pytest.mark.documented("GUI 0475 §4: corrected for a transmitted curve, frequency if transmitted")
def test_fields_that_a_service_has_not_are_left_out(tiers: Orders) -> None:
    prm = "24210000001481"
    collection = {
        "transmissionRecurrente": False,
        "mesuresCorrigees": True,
        "periodiciteTransmission": "P1D",
    }
    tiers.collecte(prm, **collection)
    tiers.collecte(prm, **INDEX)
    collected, index = tiers.services(prm)
    assert collected["serviceSouscritType"]["code"] == "CCDC"
    assert (collected["mesuresCorrigees"], collected["periodiciteTransmission"]) == (None, None)
    assert (index["mesuresCorrigees"], index["periodiciteTransmission"]) == (None, "P1D")
    assert index["mesuresPas"] == "P1D"


@pytest.mark.documented("GUI 0475 §1: the opposition of a C5 is seen by every actor")
def test_an_opposition_is_seen_by_everybody_and_has_no_contract(tiers: Orders) -> None:
    for kind in ("tiers", "fournisseur"):
        (service,) = Orders(tiers.simulator, kind).services(OPPOSED)
        assert service["serviceSouscritType"]["code"] == "OPPENR"
        assert service["etatCode"] == "ACTIF"
        for name in ("contratId", "mesuresTypeCode", "mesuresPas", "dateFin", "motifFinLibelle"):
            assert service[name] is None


@pytest.mark.documented("GUI 0475 §1: what it ordered itself")
def test_an_actor_doesn_t_see_the_services_of_another(tiers: Orders) -> None:
    Orders(tiers.simulator, "fournisseur").collecte("24210000002270")
    assert tiers.services("24210000002270") == []


@pytest.mark.documented("GUI 0475 §4: TERMINE has an end and a reason, DEMANDE the end asked for")
def test_a_service_that_waits_and_one_that_ended(tiers: Orders) -> None:
    waiting = {"mesuresPas": "PT10M", "dateDebut": TODAY + timedelta(days=5), "dateFin": None}
    tiers.collecte(C4, **waiting)
    number = tiers.collecte(C4, **INDEX)["body"]["serviceSouscritId"]
    tiers.arret(C4, number)
    ended, demanded = tiers.services(C4)
    assert (ended["etatCode"], ended["dateFin"]) == ("TERMINE", TODAY)
    assert ended["motifFinLibelle"]
    assert (demanded["etatCode"], demanded["dateFin"]) == ("DEMANDE", None)


@pytest.mark.assumed("a state is that of the instant of the call")
def test_what_was_due_on_the_point_has_happened_where_nobody_did_it_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No back office runs here: the search itself has the service end, then reads it anew.

    Time alone goes by between two searches: nothing is written, so that what the first read holds.
    """
    begun = parse_instant("2025-08-01T12:00")
    today = legal_date(begun)
    with simulator_in_process(tmp_path, population_size=0, now=begun) as running:
        acces = courbe_quotidienne(today, today + timedelta(days=1))
        general = {
            "objetCode": "AME",
            "pointId": C5,
            "initiateurLogin": running.login,
            "contratId": running.contrat_id,
        }
        demande = {"demande": {"donneesGenerales": general, "accesMesures": acces}}
        ordered = running.call("/CommandeCollectePublicationMesures/v3.0", demande)
        assert not isinstance(ordered, RefusRecu), ordered
        criteres = {"pointId": C5, "contratId": running.contrat_id}
        searched = {"criteres": criteres, "loginUtilisateur": running.login}

        def etat() -> str:
            found: Any = running.call("/RechercheServicesSouscritsMesures/v1.0", searched)
            (service,) = found["servicesSouscritsMesures"].values()
            return service["etatCode"]

        assert etat() == "ACTIF"
        usual = clock.machine_now
        monkeypatch.setattr(clock, "machine_now", lambda: usual() + timedelta(days=2))
        assert etat() == "TERMINE"


@pytest.mark.documented("schema: 200 services; which ones is assumed")
def test_of_more_than_two_hundred_services_the_newest_are_listed(tiers: Orders) -> None:

    prm = "24210000002382"
    tiers.collecte(prm, **INDEX)
    tiers.simulator.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 204) "
        "INSERT INTO service_souscrit (service_souscrit_id, type, etat, prm, acteur_code, "
        "contrat_id, date_debut, date_fin, motif_fin, ordered_at) "
        "SELECT printf('%08d', i), 'CCDC', 'TERMINE', ?, 'TIERS1', ?, '2020-01-01', '2020-02-01', "
        "'arret', '2020-01-01 00:00:00' FROM n",
        prm,
        tiers.contrat_id,
    )
    listed = [service["serviceSouscritId"] for service in tiers.services(prm)]
    assert len(listed) == 200
    assert listed[0] == "00000006"
    assert int(listed[-1]) > 64_700_000


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SOUSCRITS_MESURES)
