"""One truth: what a holder is told is what SOAP and Data Connect tell."""

from datetime import date, timedelta
from typing import Any

import pytest
from demandes import mesures_detaillees
from entreprises_kit import ARRIVE, DEPUIS, GRAND, PETIT, PRODUCTEUR, Caller, credentials
from in_process import InProcess

from sge_sim.dataconnect.applications import ensure_default_applications

PERIODS = ((date(2026, 10, 23), date(2026, 10, 28)), (date(2026, 3, 27), date(2026, 4, 1)))
"""Days around both changes of hour; those of October follow the change of holder of ARRIVE."""
SOAP = "/ConsultationMesuresDetaillees/v3.0"
RESOURCES = {
    "SOUTIRAGE": (
        ("daily_consumption", "consommation_quotidienne", "ENERGIE", "EA"),
        ("consumption_load_curve", "courbe_de_charge_consommation", "COURBE", "PA"),
        ("daily_consumption_max_power", "puissance_conso_max_quotidienne", "PMAX", "PMA"),
        ("index_consumption", "index_consommation", "INDEX", "EA"),
    ),
    "INJECTION": (
        ("daily_production", "production_quotidienne", "ENERGIE", "EA"),
        ("production_load_curve", "courbe_de_charge_production", "COURBE", "PA"),
        ("index_production", "index_production", "INDEX", "EA"),
    ),
}


@pytest.fixture(scope="module")
def bac_a_sable(running: InProcess) -> Caller:
    """The application of Data Connect's sandbox, to which every consent counts as given."""
    with running.simulator.database.transaction() as session:
        found = credentials(ensure_default_applications(session)["bac_a_sable"])
    return Caller(running, found)


def listed(found: Any) -> list[Any]:
    """A list, which SOAP leaves out around a single element."""
    return found if isinstance(found, list) else [found]


def pairs(readings: Any, stamp: str, value: str, most: int) -> list[tuple[str, str]]:
    return [
        (str(each[stamp])[:most].replace("T", " "), str(each[value])) for each in listed(readings)
    ]


def registers(calendars: Any, names: tuple[str, str, str, str, str, str]) -> dict[str, Any]:
    ident, classes, classe, values, stamp, value = names
    return {
        f"{calendar[ident]} {each[classe]}": pairs(each[values], stamp, value, 19)
        for calendar in listed(calendars)
        for each in listed(calendar[classes])
    }


OURS = ("id_calendar", "temporal_class", "id_temporal_class", "values", "date", "value")
THEIRS = ("idCalendrier", "classeTemporelle", "idClasseTemporelle", "valeur", "d", "v")


@pytest.mark.documented("one information system: the same measures whoever asks (FAQ)")
@pytest.mark.parametrize("prm", [PETIT, ARRIVE, GRAND, PRODUCTEUR])
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_as_soap_and_data_connect_tell_it(
    running: InProcess,
    titulaire: Caller,
    bac_a_sable: Caller,
    prm: str,
    period: tuple[date, date],
) -> None:
    sens = "INJECTION" if prm == PRODUCTEUR else "SOUTIRAGE"
    debut, fin = period
    days = (debut.isoformat(), fin.isoformat())
    for ours, theirs, type_, grandeur in RESOURCES[sens]:
        if prm == GRAND and type_ == "PMAX":
            continue
        status, body = titulaire.mesure(ours, prm, *days)
        if prm == ARRIVE and debut < DEPUIS:
            assert (status, body["code"]) == (400, "ADAM-ERR0123")
            continue
        assert status == 200, body
        told = body["meter_reading"]
        pas = {"mesuresPas": "P1D"} if type_ == "PMAX" else {}
        demande = mesures_detaillees(
            running.login, prm, type_, grandeur, debut, fin, sens=sens, **pas
        )
        soap: Any = running.call(SOAP, demande)
        asked = {"pointId": prm, "dateDebut": days[0], "dateFin": days[1]}
        maxima = {**pas, "grandeurPhysique": "PMA"} if pas else {}
        status, other = bac_a_sable.send_as_data_connect(theirs, {**asked, **maxima})
        if type_ == "INDEX":
            found = registers(told["calendar"], OURS)
            contexte = listed(listed(soap["contexte"])[0]["grandeur"])[0]["calendrier"]
            assert found == registers(contexte, THEIRS)
            assert found
            if prm != GRAND:
                of_other = other["contexte"][0]["grandeur"][0]["calendrier"]
                assert found == registers(of_other, THEIRS)
            continue
        most = 10 if type_ == "ENERGIE" else 19
        found = pairs(told["interval_reading"], "date", "value", most)
        assert len(found) >= (fin - debut).days
        of_soap = pairs(listed(soap["grandeur"])[0]["points"], "d", "v", most)
        if prm == GRAND and type_ == "COURBE":
            # SOAP stamps the start of each step, a holder's answer the end.
            assert [value for _, value in found] == [value for _, value in of_soap]
            assert found[0][0] == f"{debut} 00:05:00"
            assert found[-1][0] == f"{fin} 00:00:00"
            assert [stamp for stamp, _ in found[:-1]] == [stamp for stamp, _ in of_soap[1:]]
        else:
            assert found == of_soap
        if prm != GRAND:
            assert found == pairs(other["grandeur"][0]["points"], "d", "v", most)
        hours = 1 if debut == PERIODS[0][0] else -1
        if type_ == "COURBE":
            steps = 12 if prm == GRAND else 2
            assert len(found) == ((fin - debut) / timedelta(hours=1) + hours) * steps
