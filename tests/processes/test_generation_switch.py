"""A client of the first generation goes over the switch."""

from pathlib import Path

import pytest
from acces_kit import ASAD, C5, SAD, Tiers, tiers_in_process
from demandes import COLLECTE, collecte_quotidienne
from running_simulator import kept_open

from sge_sim.clock import parse_instant
from sge_sim.journal import EchangeRecord
from sge_sim.processes.admin_process import GenerationSwitch
from sge_sim.transport.message import Request, Response

RECHERCHE = "/RechercheServicesSouscritsMesures/v1.0"
NOW = "2026-11-20T10:00"


tiers = kept_open(tiers_in_process, scope="function", generation="auto", now=NOW)


def collecte(tiers: Tiers) -> str | None:
    """Order the index of a C5 as the first generation does; return the code of the refusal."""
    end = tiers.today.replace(year=tiers.today.year + 1)
    order = collecte_quotidienne(C5, tiers.login, tiers.contrat_id, tiers.today, end)
    acces = order["demande"]["accesMesures"]
    del acces["mesuresCorrigees"]
    acces |= {"mesuresTypeCode": "IDX", "mesuresPas": "P1D"}
    return tiers.code(COLLECTE, **order)


def post(tiers: Tiers, path: str, method: str = "POST", query: str = "") -> Response:
    headers = {"content-type": "text/xml"}
    running = tiers.running
    return running.application(Request(method, path, query, headers, b"<x/>", running.sender))


@pytest.mark.assumed("what a service answers that is gone: as an unknown path")
def test_what_was_ordered_before_lives_on_and_is_stopped_by_the_second(tiers: Tiers) -> None:
    assert collecte(tiers) is None
    assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", dateFin=tiers.today)) is None
    tiers.advance("15d")
    for path in (COLLECTE, RECHERCHE):
        gone = post(tiers, path)
        assert gone.status == 404
        assert b"Envelope" not in gone.content
        assert path.encode() not in gone.content.partition(b"sont servis")[2]
        assert post(tiers, path, "GET", "wsdl").status == 404
    (ordered,) = [service for service in tiers.services(C5) if service["etatCode"] == "ACTIF"]
    assert (ordered["serviceSouscritCode"], ordered["mesuresTypeCode"]) == ("TRANSREC", "IDX")
    (option,) = ordered["optionsPublication"]["optionPublication"]
    assert option["periodiciteTransmission"] == "P1D"
    assert option["dateDebut"] == ordered["dateDebut"]
    numero = ordered["serviceSouscritId"]
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero])) is None
    assert {service["etatCode"] for service in tiers.services(C5)} == {"TERMINE"}


@pytest.mark.assumed("or that it is unavailable for now, with --reponse-arret sgt506")
def test_a_service_that_is_gone_may_be_said_unavailable(tmp_path: Path) -> None:
    settings = {"generation": "auto", "reponse_arret": "sgt506"}
    with tiers_in_process(tmp_path, now="2026-12-02T10:00", **settings) as tiers:
        assert collecte(tiers) == "SGT506"
        assert tiers.code(SAD, **tiers.sad(C5, "ENERGIE", dateFin=tiers.today)) is None


@pytest.mark.parametrize(
    ("generation", "old", "new"), [("1", 500, 404), ("2", 404, 500), ("toutes", 500, 500)]
)
def test_one_generation_alone(tmp_path: Path, generation: str, old: int, new: int) -> None:
    with tiers_in_process(tmp_path, generation=generation) as tiers:
        # A message that isn't SOAP is refused by the service, with HTTP 500.
        assert (post(tiers, COLLECTE).status, post(tiers, SAD).status) == (old, new)


def test_the_switch_is_told_to_the_journal() -> None:
    records: list[EchangeRecord] = []
    switch = GenerationSwitch(parse_instant("2026-11-20T10:00"), records.append)
    switch(parse_instant("2026-11-30T23:59"))
    assert not records
    for instant in ("2026-12-01T00:00", "2026-12-02T00:00"):
        switch(parse_instant(instant))
    (record,) = records
    assert (record.detail or "").startswith("Le 01/12/2026, la plateforme ne sert plus")
