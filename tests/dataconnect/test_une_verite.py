"""One truth: what Data Connect tells is what SGE tells, in SOAP and in files."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import zeep
from dataconnect_kit import (
    AUTOCONSOMMATEUR,
    AUTRE_C5,
    C5,
    PRODUCTEUR,
    SANS_COURBE,
    SON_AUTRE_POINT,
    TROUE,
    Client,
    data_connect_simulator,
)
from demandes import mesures_detaillees
from in_process import served_in_process
from lxml import etree
from orders_kit import Orders
from real_clients import ZeepCaller, refusal_of

from sge_sim.referentiel.fiche_rest import titulaire_of

DEBUT, FIN = date(2026, 10, 20), date(2026, 10, 30)
POINTS = (
    *(C5, AUTRE_C5, SANS_COURBE, TROUE, AUTOCONSOMMATEUR, SON_AUTRE_POINT),
    *("25957452924301", "25162373298976", "25478147557460", "24551519514005"),
)
VIVANTS = {
    AUTRE_C5: ("occupants", 307),
    "25957452924301": ("isolation", 44516),
    "25162373298976": ("voiture", 10440),
    "25478147557460": ("centrale", 3559),
    "24551519514005": ("pompe", 2103),
}
"""Points to which something happens in those days of October, and what: that of their seed."""
ORDERED = "2026-10-19T10:00"
PERIODS = ((DEBUT, FIN), (date(2026, 3, 27), date(2026, 4, 1)))
"""Days with the change of hour of October; those around that of March."""
CONSENT_DAY, TWO_DAYS_LATER = date(2026, 11, 3), date(2026, 11, 5)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Points that are shared on `CONSENT_DAY`, whose files have come since `ORDERED`."""
    folder = tmp_path_factory.mktemp("verite")
    options = ("--no-quotas", "--now", ORDERED)
    with data_connect_simulator(folder, *options, serve=served_in_process) as simulator:
        for prm, (_, graine) in VIVANTS.items():
            simulator.change_point(prm, pourquoi=None, graine=graine)
        orders = Orders(simulator)
        for prm in POINTS:
            orders.collecte(prm, mesuresTypeCode="IDX", mesuresPas="P1D")
            if prm != SANS_COURBE:
                orders.collecte(prm)
        orders.clock("advance", "15d")
        client = Client(simulator)
        for prm in (*POINTS, PRODUCTEUR):
            client.share(prm)
        yield client


@pytest.mark.assumed("what happens behind a meter is told nowhere")
@pytest.mark.parametrize("prm", VIVANTS)
def test_something_happens_to_them_in_these_days(client: Client, prm: str) -> None:
    told = client.simulator.admin(f"/api/points/{prm}/histoire")
    assert VIVANTS[prm][0] in {each["evenement"] for each in told if str(DEBUT) < each["jour"]}


class Soap:
    """ConsultationMesuresDetaillees v3.0, as the default tiers asks it."""

    def __init__(self, client: Client) -> None:
        self._call = ZeepCaller(client.simulator, "/ConsultationMesuresDetaillees/v3.0")
        self._login = client.simulator.login

    def points(
        self, prm: str, type: str, grandeur: str, debut: date, fin: date, **asked: Any
    ) -> list[tuple[str, str]]:
        answer = self._ask(prm, type, grandeur, debut, fin, **asked)
        return [
            (str(point.d)[:19].replace("T", " "), str(point.v))
            for grandeur in answer.grandeur
            for point in grandeur.points
        ]

    def indexes(self, prm: str, debut: date, fin: date, **asked: Any) -> "Registers":
        """The readings, by calendar and class."""
        answer = self._ask(prm, "INDEX", "EA", debut, fin, **asked)
        return registers(zeep.helpers.serialize_object(answer, dict))

    def _ask(self, prm: str, type: str, grandeur: str, debut: date, fin: date, **asked: Any) -> Any:
        return self._call(
            **mesures_detaillees(self._login, prm, type, grandeur, debut, fin, **asked)
        )


def weeks(debut: date = DEBUT, fin: date = FIN) -> list[tuple[date, date]]:
    starts = [debut + timedelta(7 * n) for n in range(3)]
    return [(start, min(start + timedelta(7), fin)) for start in starts if start < fin]


Registers = dict[tuple[str, str], list[tuple[str, str]]]
"""Readings, their stamps and values, by calendar and class."""


def indexes(
    client: Client, prm: str, debut: date, fin: date, sens: str = "consommation"
) -> Registers:
    """The readings that Data Connect tells."""
    return registers(client.measures(f"index_{sens}", prm, debut.isoformat(), fin.isoformat()))


def registers(answer: Any) -> Registers:
    return {
        (calendrier["idCalendrier"], classe["idClasseTemporelle"]): [
            (str(each["d"])[:19].replace("T", " "), str(each["v"])) for each in classe["valeur"]
        ]
        for contexte in answer["contexte"]
        for grandeur in contexte["grandeur"]
        for calendrier in grandeur["calendrier"]
        for classe in calendrier["classeTemporelle"]
    }


def measured(client: Client, name: str, prm: str, debut: date, fin: date) -> list[tuple[str, str]]:
    """Stamps and values of a measure of 2026; nothing where it has none."""
    asked = {"pointId": prm, "dateDebut": debut.isoformat(), "dateFin": fin.isoformat()}
    if name.startswith("puissance"):
        asked |= {"mesuresPas": "P1D", "grandeurPhysique": "PMA"}
    answer = client.get(f"/mesure_synchrone_auto/v2/{name}", **asked)
    if answer.status_code == 404:
        return []
    assert answer.status_code == 200, answer.text
    return [(point["d"], point["v"]) for point in answer.json()["grandeur"][0]["points"]]


@pytest.mark.documented("one information system: the same measures whoever asks (FAQ)")
@pytest.mark.parametrize("prm", POINTS)
def test_as_soap_tells_it(client: Client, prm: str) -> None:
    soap = Soap(client)
    for debut, fin in PERIODS:
        energies = soap.points(prm, "ENERGIE", "EA", debut, fin)
        assert measured(client, "consommation_quotidienne", prm, debut, fin) == [
            (stamp[:10], value) for stamp, value in energies
        ]
        assert len(energies) > (fin - debut).days * 3 / 4
        maxima = soap.points(prm, "PMAX", "PMA", debut, fin, mesuresPas="P1D")
        assert measured(client, "puissance_conso_max_quotidienne", prm, debut, fin) == maxima
        for start, end in weeks(debut, fin):
            watts = soap.points(prm, "COURBE", "PA", start, end)
            curve = measured(client, "courbe_de_charge_consommation", prm, start, end)
            if prm == SANS_COURBE:
                # SGE gives the hours that the meter kept, Data Connect what was collected (FAQ).
                assert curve == []
            else:
                assert curve == watts
        assert indexes(client, prm, debut, fin) == soap.indexes(prm, debut, fin)


@pytest.mark.parametrize("prm", [PRODUCTEUR, AUTOCONSOMMATEUR])
def test_as_soap_tells_what_is_injected(client: Client, prm: str) -> None:
    soap = Soap(client)
    for debut, fin in PERIODS:
        energies = soap.points(prm, "ENERGIE", "EA", debut, fin, sens="INJECTION")
        assert measured(client, "production_quotidienne", prm, debut, fin) == [
            (stamp[:10], value) for stamp, value in energies
        ]
        for start, end in weeks(debut, fin):
            curve = measured(client, "courbe_de_charge_production", prm, start, end)
            assert curve == soap.points(prm, "COURBE", "PA", start, end, sens="INJECTION")
            assert curve or prm != PRODUCTEUR
        injected = soap.indexes(prm, debut, fin, sens="INJECTION")
        assert injected
        assert indexes(client, prm, debut, fin, "production") == injected


@pytest.mark.documented("one information system: the same measures in a file (FAQ)")
def test_as_files_tell_it(client: Client) -> None:
    """The curves and the daily energies of the ten points, as the histories of SGE hold them."""
    simulator, orders = client.simulator, Orders(client.simulator)
    cases: dict[str, tuple[str, str]] = {}
    for prm in POINTS:
        for kind in ("CDC", "IDX"):
            asked = {"mesureType": kind, "dateDebut": DEBUT, "dateFin": FIN}
            pas = {"pasCdc": None} if kind == "IDX" else {}
            done = orders.historique(prm, **asked, **pas)
            assert not isinstance(done, str), (prm, kind, done)
            cases[done["body"]["affaireId"]] = (prm, kind)
    orders.clock("advance", "1d")
    files = simulator.admin("/api/flux", flux="HDM", limit=100)
    found = {}
    for file in files:
        case = re.search(r"HDM_(\w+)\.csv", file["nom"])[1]
        if case in cases:
            found[cases[case]] = content(simulator.data_dir, file)
    assert found.keys() == set(cases.values())
    client = Client(simulator)
    for prm in POINTS:
        curve = [
            point
            for debut, fin in weeks()
            for point in measured(client, "courbe_de_charge_consommation", prm, debut, fin)
        ]
        # A lost point has an empty value; the offset of legal time is left out.
        rows = [line.split(";") for line in found[prm, "CDC"].splitlines()[3:]]
        written = [(row[0][:19].replace("T", " "), row[1]) for row in rows if row[1]]
        if prm != SANS_COURBE:
            assert curve == written, prm
        energies = measured(client, "consommation_quotidienne", prm, DEBUT, FIN)
        written = differences(found[prm, "IDX"])
        assert len(written) > 7
        assert energies[-len(written) :] == written, prm
        assert len(energies) - len(written) <= 1, "the file doesn't hold the first reading"


@pytest.mark.documented("one information system: the same measures in recurrent files (FAQ)")
def test_as_recurrent_files_tell_it(client: Client) -> None:
    """R50 holds the curves, R151 the readings at the end of the day and its maximum power.

    Producers have neither (CommandeCollectePublicationMesures refuses them, SGT4H8).
    """
    client = Client(client.simulator)
    sent = {flux: releves(client, flux) for flux in ("R50", "R151")}
    for prm in POINTS:
        curve = [
            point
            for debut, fin in weeks()
            for point in measured(client, "courbe_de_charge_consommation", prm, debut, fin)
        ]
        pdcs = [pdc for _, each in sent["R50"].get(prm, []) for pdc in each.iter("PDC")]
        written = [
            (pdc.findtext("H")[:19].replace("T", " "), pdc.findtext("V"))
            for pdc in pdcs
            if pdc.findtext("V")
        ]
        assert curve == written, prm
        assert len(written) > 7 * 48 or prm == SANS_COURBE
        days = sent["R151"][prm]
        assert len(days) > 7
        maxima = [
            (day.isoformat(), each.findtext("Puissance_Maximale/Valeur"))
            for day, each in days
            if each.find("Puissance_Maximale") is not None
        ]
        maxima_given = measured(client, "puissance_conso_max_quotidienne", prm, DEBUT, FIN)
        assert [(stamp[:10], value) for stamp, value in maxima_given] == maxima
        readings = indexes(client, prm, DEBUT + timedelta(1), FIN + timedelta(1))
        for day, each in days:
            for kind, element in (
                ("Distributeur", "Classe_Temporelle_Distributeur"),
                ("Fournisseur", "Classe_Temporelle"),
            ):
                calendar = each.findtext(f"Id_Calendrier_{kind}")
                for classe in each.iter(element):
                    register = readings[calendar, classe.findtext("Id_Classe_Temporelle")]
                    midnight = f"{day + timedelta(1)} 00:00:00"
                    assert dict(register)[midnight] == classe.findtext("Valeur"), (prm, day)


def releves(client: Client, flux: str) -> dict[str, list[tuple[date, Any]]]:
    """What the files of a flux tell of each point, by day of `DEBUT` to `FIN`."""
    found: dict[str, dict[date, Any]] = {}
    for file in client.simulator.admin("/api/flux", flux=flux, limit=1000):
        path = next(client.simulator.data_dir.rglob(file["nom"]))
        with zipfile.ZipFile(path) as archive:
            (member,) = archive.namelist()
            root = etree.fromstring(archive.read(member))
        for point in root.iter("PRM"):
            for each in point.iter("Donnees_Releve"):
                day = date.fromisoformat(each.findtext("Date_Releve"))
                if DEBUT <= day < FIN:
                    found.setdefault(point.findtext("Id_PRM"), {})[day] = each
    return {prm: sorted(days.items()) for prm, days in found.items()}


def content(data_dir: Path, file: dict[str, Any]) -> str:
    path = next(data_dir.rglob(file["nom"]))
    return path.read_bytes().decode("utf-8-sig")


def differences(text: str) -> list[tuple[str, str]]:
    """The energy of each day, between two readings of the total that follow each other."""
    readings = {}
    for line in text.splitlines()[3:]:
        if line.startswith("Identifiant"):
            break
        cells = line.split(";")
        if not cells[0].startswith("20"):
            continue  # the headings of a calendar
        readings[date.fromisoformat(cells[0][:10])] = int(cells[-1])
    return [
        (day.isoformat(), str(readings[day + timedelta(1)] - index))
        for day, index in sorted(readings.items())
        if day + timedelta(1) in readings
    ]


@pytest.mark.documented("a consent is an access service, that SGE lists and consults by")
def test_sge_sees_the_consents(client: Client) -> None:
    client, orders = Client(client.simulator), Orders(client.simulator)
    listed = [
        each for each in orders.services(C5) if each["serviceSouscritType"]["code"] == "ACCES"
    ]
    assert {service["etatCode"] for service in listed} == {"ACTIF"}
    assert sorted(service["mesuresTypeCode"] for service in listed) == [
        *("CDC", "ENERGIE", "IDX", "ITC", "PMAX")
    ]
    numbers = {service["id"] for service in client.services(client.share(C5))["serviceSouscrit"]}
    assert {service["serviceSouscritId"] for service in listed} == numbers

    orders.clock("set", "2026-11-08T10:00")
    client = Client(client.simulator)
    soap, asked = Soap(client), {"cadreAcces": "SERVICE_ACCES"}
    by_access = soap.points(C5, "ENERGIE", "EA", CONSENT_DAY, TWO_DAYS_LATER, **asked)
    assert [(stamp[:10], value) for stamp, value in by_access] == measured(
        client, "consommation_quotidienne", C5, CONSENT_DAY, TWO_DAYS_LATER
    )
    client.revoke(C5)
    ended = [each for each in orders.services(C5) if each["serviceSouscritType"]["code"] == "ACCES"]
    assert {(service["etatCode"], service["motifFinLibelle"]) for service in ended} == {
        ("TERMINE", "Retrait du consentement par le client")
    }
    with pytest.raises(zeep.exceptions.Fault) as refused:
        soap.points(C5, "ENERGIE", "EA", CONSENT_DAY, TWO_DAYS_LATER, **asked)
    assert refusal_of(refused.value)[0] == "SGT211"
    client.share(C5)


@pytest.mark.parametrize("name", ["Małgorzata ŁUKASIEWICZ", "ßØRENSEN Ðagur", "Ωμέγα", "..."])
def test_an_invented_address_is_one_whatever_the_name(name: str) -> None:
    point: Any = SimpleNamespace(nom_client_final=name, siret=None, code_insee="34231")
    assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*@example\.org", titulaire_of(point).email)
