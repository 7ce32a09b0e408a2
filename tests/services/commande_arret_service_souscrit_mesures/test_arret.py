"""CommandeArretServiceSouscritMesures through zeep on the real WSDL."""

from pathlib import Path
from typing import Any

import pytest
from codes_kit import check_obtained_codes
from orders_kit import C4, C5, TODAY, UNKNOWN, Orders, orders_simulator

from sge_sim.facts.stored_clock import StoredClock
from sge_sim.schema.data_folder import open_database
from sge_sim.services.commande_arret_service_souscrit_mesures.service import SERVICE
from sge_sim.tables.ecritures import read_last_instant

INDEX = {"mesuresTypeCode": "IDX", "mesuresPas": "P1D", "mesuresCorrigees": None}
OPPOSED = "24210000002057"


def ordered(actor: Orders, prm: str, **asked: Any) -> str:
    return actor.collecte(prm, **asked)["body"]["serviceSouscritId"]


@pytest.mark.documented("OFF ASS-R1; GUI 0474 §4: nothing but the acknowledgement")
@pytest.mark.parametrize(("prm", "asked"), [(C5, {}), (C4, {"mesuresPas": "PT10M"})])
def test_a_stopped_service_ends_today(tiers: Orders, prm: str, asked: dict[str, Any]) -> None:
    number = ordered(tiers, prm, **asked)
    answer = tiers.arret(prm, number)
    assert answer["body"] == {"affaireId": None, "prestations": None}
    acknowledged = answer["header"]["acquittement"]["infoFonctionnelles"]
    assert acknowledged == {"pointId": prm, "affaireId": None}
    (service,) = tiers.services(prm)
    assert (service["etatCode"], service["dateFin"]) == ("TERMINE", TODAY)
    assert service["motifFinLibelle"] == "Arrêt demandé par le bénéficiaire"


@pytest.mark.documented("GUI 0474 §3")
@pytest.mark.parametrize(
    ("general", "code"),
    [
        ({"objetCode": "AME"}, "SGT4O7"),
        ({"initiateurLogin": "personne@exemple.fr"}, "SGT504"),
        ({"initiateurLogin": "contact@tiers2.example.org"}, "SGT502"),
        ({"contratId": "9999999"}, "SGT471"),
        ({"contratId": "1100391"}, "SGT472"),
        ({}, "SGT4O3"),
    ],
)
def test_a_stop_is_refused(tiers: Orders, general: dict[str, str], code: str) -> None:
    assert tiers.arret(C5, "99999999", general) == code


@pytest.mark.documented("AX.0466, GUI 0474 §1; unknown point: assumed")
def test_a_service_is_stopped_on_its_point_by_its_actor_and_once(tiers: Orders) -> None:
    prm = "24210000001156"
    number = ordered(tiers, prm)
    assert tiers.arret(C5, number) == "SGT4O3"
    assert tiers.arret(UNKNOWN, number) == "SGT4O3"
    assert Orders(tiers.simulator, "fournisseur").arret(prm, number) == "SGT4O2"
    tiers.arret(prm, number)
    assert tiers.arret(prm, number) == "SGT4O4"


@pytest.mark.assumed("a service that waits can't be stopped")
def test_sgt4o4_before_it_has_started(tiers: Orders) -> None:
    asked = {"mesuresPas": "PT10M", "dateDebut": TODAY.replace(day=20), "dateFin": None}
    waiting = ordered(tiers, "98800005144497", **asked)
    assert tiers.arret("98800005144497", waiting) == "SGT4O4"


@pytest.mark.assumed("stopping the recording needs the meter, stopping index doesn't")
def test_sgt589_where_the_meter_has_to_be_reached(tiers: Orders) -> None:
    prm = "24210000002382"
    curve, index = ordered(tiers, prm), ordered(tiers, prm, **INDEX)
    tiers.simulator.change_point(prm, teleoperable=0)
    assert tiers.arret(prm, curve) == "SGT589"
    assert tiers.arret(prm, index)["body"] is not None


@pytest.mark.assumed("stopping the curve of a large point needs no tele-operation")
def test_the_curve_of_a_large_point_out_of_reach_can_be_stopped(tiers: Orders) -> None:
    prm = "98800001544168"
    curve = ordered(tiers, prm, mesuresPas="PT10M")
    tiers.simulator.change_point(prm, teleoperable=0)
    assert tiers.arret(prm, curve)["header"]
    assert tiers.services(prm)[0]["etatCode"] == "TERMINE"


@pytest.mark.documented("GUI 0474 §1: the incumbent supplier lifts the opposition, a tiers can't")
def test_only_the_incumbent_supplier_lifts_an_opposition(tiers: Orders) -> None:
    incumbent = Orders(tiers.simulator, "fournisseur")
    tiers.simulator.change_point(OPPOSED, fournisseur_titulaire="FOURN1")
    (opposition,) = tiers.services(OPPOSED)
    number = opposition["serviceSouscritId"]
    assert tiers.arret(OPPOSED, number) == "SGT4O2"
    assert tiers.collecte(OPPOSED) == "SGT4H7"
    assert incumbent.arret(OPPOSED, number)["header"]
    (lifted,) = tiers.services(OPPOSED)
    assert (lifted["etatCode"], lifted["motifFinLibelle"]) == ("TERMINE", "Levée de l'opposition")
    assert tiers.collecte(OPPOSED)["body"]["serviceSouscritId"]


@pytest.mark.assumed("a C5 has to be reached, which takes time; no other order precedes it")
def test_stops_that_take_time(tmp_path: Path) -> None:
    with orders_simulator(tmp_path, "--delai-activation", "3d") as orders:
        number = ordered(orders, C5)
        other = ordered(orders, "24210000001156")
        assert orders.arret(C5, number) == "SGT4O4"
        orders.clock("advance", "3d")
        database = open_database(orders.simulator.data_dir)
        before = StoredClock(database).now()
        assert orders.arret(C5, number)["header"]
        assert database.memoire.look().ask(read_last_instant) >= before
        database.dispose()
        assert orders.services(C5)[0]["etatCode"] == "ACTIF"
        assert orders.arret(C5, number) == "SGT4O5"
        done = orders.simulator.command(
            "points", "set", "24210000001156", "--opposition", "oui", "--delai", "2d"
        )
        assert done.returncode == 0, done.stderr
        assert orders.arret("24210000001156", other) == "SGT4O6"
        orders.clock("advance", "3d")
        assert orders.services(C5)[0]["etatCode"] == "TERMINE"
        states = [service["etatCode"] for service in orders.services("24210000001156")]
        assert states == ["TERMINE", "ACTIF"]


def test_every_listed_code_was_obtained_or_is_told_unreachable() -> None:
    check_obtained_codes(__file__, SERVICE)
