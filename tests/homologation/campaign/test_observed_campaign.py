"""An actor's own client against a simulator, watched through the journal."""

import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import zeep
from in_process import served_in_process
from lxml import html
from openpyxl import load_workbook
from running_simulator import RunningSimulator
from zeep.exceptions import Fault

from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.rapport import read_rapport

C5 = "25946599093143"


class Client:
    """A client of the actor `kind`, as an actor would write one."""

    def __init__(self, simulator: RunningSimulator, kind: str) -> None:
        self.login = simulator.ready["acteurs"][kind]["login"]
        self._clients = SgeClient(cible_of(simulator.ready, kind))

    def service(self, name: str, version: str) -> zeep.proxy.ServiceProxy:
        return self._clients.service_client(name, version).service

    def point(self, prm: str, consent: bool) -> None:
        adp = self.service("ConsultationDonneesTechniquesContractuelles", "1.0")
        with suppress(Fault):
            adp.consulterDonneesTechniquesContractuelles(
                pointId=prm, loginUtilisateur=self.login, autorisationClient=consent
            )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator on which both default actors have opened a campaign and made calls."""
    with served_in_process(
        tmp_path_factory.mktemp("watched"), "--now", "2023-10-24T10:00"
    ) as running:
        early = Client(running, "tiers")
        early.point(C5, consent=True)
        assert running.command("campaign", "start").returncode == 0
        other = running.ask("POST", "/api/campaigns", json={"acteur": supplier_code(running)})
        assert other.status_code == 201
        tiers = Client(running, "tiers")
        wsdl = running.session.get(f"{running.url}/RecherchePoint/v2.0?wsdl", timeout=10)
        assert wsdl.status_code == 200
        tiers.point("99999999999999", consent=False)
        tiers.point(C5, consent=False)
        tiers.point("25478147557460", consent=True)
        early.service("RecherchePoint", "2.0").rechercherPoint(
            criteres={
                "adresseInstallation": {"codePostal": "34650", "codeInseeCommune": "34231"},
                "domaineTensionAlimentationCode": "BTINF",
                "categorieClientFinalCode": "PRO",
            },
            loginUtilisateur=tiers.login,
        )
        Client(running, "fournisseur").point(C5, consent=True)
        yield running


def supplier_code(running: RunningSimulator) -> str:
    found = running.admin("/api/acteurs")
    return next(
        each["code"] for each in found if each["kind"] == "fournisseur" and each["par_defaut"]
    )


def observations(running: RunningSimulator, kind: str) -> list[dict[str, object]]:
    """What the campaign of the actor has seen, from the administration."""
    supplier = supplier_code(running)
    (own,) = (
        each
        for each in running.admin("/api/campaigns")
        if (each["acteur"] == supplier) is (kind == "fournisseur")
    )
    found: list[dict[str, object]] = own["observations"]
    return found


def test_only_what_came_after_the_start_is_looked_at(watched: RunningSimulator) -> None:
    assert len(observations(watched, "tiers")) == 4


def test_a_contract_that_is_fetched_is_no_observation(watched: RunningSimulator) -> None:
    fetched = [
        each["id"] for each in watched.admin("/api/journal", limit=100) if each["kind"] == "http"
    ]
    assert fetched
    observed = {each["echange_id"] for each in observations(watched, "tiers")}
    assert observed.isdisjoint(fetched)


def test_calls_tick_the_cases_that_they_are(watched: RunningSimulator) -> None:
    first, second, *_ = observations(watched, "tiers")
    assert (first["issue"], first["cas"]) == ("coché", ["ADP-NR1"])
    assert (second["issue"], second["cas"]) == ("coché", ["ADP-R2@C5"])


def test_a_call_that_is_no_case_is_explained_by_the_nearest(watched: RunningSimulator) -> None:
    _, _, third, fourth = observations(watched, "tiers")
    assert (third["issue"], third["cas"]) == ("proche", ["ADP-R1@C1-C4"])
    assert "pointId : attendu 98800007059999, reçu 25478147557460" in str(third["explication"])
    assert fourth["cas"] == ["RP-R1@C5"]
    assert "categorieClientFinalCode : attendu RES, reçu PRO" in str(fourth["explication"])


def test_each_actor_has_its_own_campaign(watched: RunningSimulator) -> None:
    (only,) = observations(watched, "fournisseur")
    assert (only["issue"], only["cas"]) == ("coché", ["ADP-R1@C5"])


def test_a_wrong_consent_is_explained(watched: RunningSimulator) -> None:
    status = watched.command("campaign", "status").stdout
    assert "coché          ADP-NR1" in status
    client = Client(watched, "tiers")
    mesures = client.service("ConsultationMesures", "1.1")
    with pytest.raises(Fault):
        mesures.consulterMesures(
            pointId="25957452924301",
            loginDemandeur=client.login,
            contratId=watched.ready["contrat_id"],
            autorisationClient="false",  # zeep drops a False that stands in a choice
        )
    status = watched.command("campaign", "status").stdout
    assert "Le cas le plus proche est AHC-R1@C5." in status
    assert "autorisationClient : attendu true, reçu false" in status


@pytest.mark.documented("catalogue SGE 21.3: a good request alone homologates the C2-C4")
def test_a_wrong_contract_ticks_nothing_even_where_the_reply_is_ignored(
    watched: RunningSimulator,
) -> None:
    client = Client(watched, "tiers")
    infra_j = client.service("CommandeTransmissionDonneesInfraJ", "1.0")
    consent = {
        "accordClient": True,
        "injection": False,
        "soutirage": True,
        "personneMorale": {"denominationSociale": "Raison Sociale"},
    }
    wanted = {"injection": False, "soutirage": True, "cdc": True, "idx": False, "ptd": False}
    with pytest.raises(Fault):
        infra_j.commanderTransmissionDonneesInfraJ(
            demande={
                "donneesGenerales": {
                    "objetCode": "AME",
                    "pointId": "98800000000246",
                    "initiateurLogin": client.login,
                    "contratId": "9999999",
                },
                "accesDonnees": {"declarationAccordClient": consent, **wanted},
            }
        )
    status = watched.command("campaign", "status").stdout
    assert "non conforme   F375A-R1@C2-C4" in status
    assert "SGT471" in status


def test_an_actor_has_one_open_campaign(watched: RunningSimulator) -> None:
    again = watched.command("campaign", "start")
    assert again.returncode == 2
    assert "déjà une campagne ouverte" in again.stderr


def test_a_campaign_gives_the_reports_of_any_other(
    watched: RunningSimulator, tmp_path: Path
) -> None:
    done = watched.command("campaign", "report", "--rapport", str(tmp_path))
    assert done.returncode == 1
    report = read_rapport(tmp_path)
    assert report.origine == "observée"
    assert report.cible == f"le simulateur sge-sim « {watched.data_dir.resolve().name} »"
    ticked = {each.cle for each in report.executions if each.statut is Statut.REUSSI}
    assert {"ADP-NR1", "ADP-R2@C5"} <= ticked
    run = report.find("ADP-NR1")
    assert run is not None
    assert run.regle is not None
    assert "99999999999999" in run.requete
    assert report.find("ADP-R1@C5").statut is Statut.PAS_COMMENCE  # type: ignore[union-attr]
    assert {each.package: each.decision for each in report.verdicts} == {
        "consultation": Decision.A_PASSER,
        "commande": Decision.PAS_COMMENCE,
        "infrajournalier": Decision.NON_HOMOLOGUE,
        "historique": Decision.PAS_COMMENCE,
    }


def test_a_campaign_of_an_unknown_actor_is_refused(watched: RunningSimulator) -> None:
    done = watched.command("campaign", "start", "--acteur", "PERSONNE")
    assert done.returncode == 2
    assert "PERSONNE" in done.stderr


def test_a_closed_campaign_looks_at_nothing_more(watched: RunningSimulator) -> None:
    assert watched.command("campaign", "stop").returncode == 0
    before = observations(watched, "tiers")
    Client(watched, "tiers").point(C5, consent=True)
    assert observations(watched, "tiers") == before


def test_the_page_tells_what_each_exchange_was(watched: RunningSimulator) -> None:
    listed = html.fromstring(watched.ask("GET", "/campaigns").content)
    number = min(int(link.text) for link in listed.xpath("//table//a"))
    answer = watched.ask("GET", f"/campaigns/{number}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    page = html.fromstring(answer.content)
    items = [" ".join(item.text_content().split()) for item in page.xpath("//ul/li")]
    assert any("coché ADP-NR1" in each for each in items)
    assert any("pointId : attendu 98800007059999, reçu 25478147557460" in each for each in items)
    rows = {
        row[0].text_content().strip(): row[1].text_content().strip()
        for row in page.xpath("//table/tbody/tr")
    }
    assert rows["ADP-NR1"] == "réussi"
    assert rows["ADP-R1@C5"] == "à passer"
    report = watched.ask("GET", f"/campaigns/{number}/rapport.html")
    assert report.headers["Content-Type"] == "text/html; charset=utf-8"
    sheet = watched.ask("GET", f"/campaigns/{number}/suivi.xlsx")
    assert "consultation" in load_workbook(io.BytesIO(sheet.content)).sheetnames


def test_a_campaign_is_opened_and_closed_from_the_page(watched: RunningSimulator) -> None:
    base = watched.ready["admin_url"] + "/campaigns"
    form = {"release": "sge-22.1", "acteur": "TIERS2"}
    opened = requests.post(base, form, timeout=10, allow_redirects=False)
    assert opened.status_code == 303
    again = requests.post(base, form, timeout=10)
    assert "déjà une campagne ouverte" in html.fromstring(again.content).find(".//p[@role]").text
    stranger = {"Origin": "http://ailleurs.example"}
    assert requests.post(base, form, headers=stranger, timeout=10).status_code == 403
    page = watched.ready["admin_url"] + opened.headers["Location"]
    assert "fermée le" in requests.post(page + "/fermer", timeout=10).text
