"""Planned faults at the door: each kind, whom it strikes, and what the journal tells."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from demandes import collecte_quotidienne, fiche
from in_process import InProcess, simulator_in_process
from lxml import etree
from running_simulator import XML, RunningSimulator, kept_open, start_simulator

from sge_sim.api.pannes import PanneView
from sge_sim.clock import legal_date, machine_now, parse_instant
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.journal import Journal, RechercheJournal
from sge_sim.operations import State
from sge_sim.operations.pannes import list_pannes
from sge_sim.operations.pannes import plan as plan_panne
from sge_sim.operations.pannes import play as play_episode

SERVICE = "ConsultationDonneesTechniquesContractuelles"
PATH = f"/{SERVICE}/v1.0"
PRM = "25946599093143"


whole = kept_open(simulator_in_process, population_size=0)


@pytest.fixture
def plan(whole: InProcess) -> Any:
    """Plan faults, which are gone at the end."""
    from sge_sim.tables.pannes import remove_pannes

    def make(**asked: Any) -> PanneView:
        state = State(whole.simulator.settings.data_dir, whole.simulator.database)
        return plan_panne(state, **asked)

    yield make
    with whole.simulator.database.transaction() as session:
        remove_pannes(session)


def call(whole: InProcess, prm: str = PRM) -> Any:
    return whole.post(PATH, fiche(whole.login, prm))


def detail_of_last(whole: InProcess) -> str:
    journal = Journal.beside(whole.simulator.database, whole.simulator.settings.data_dir)
    (newest,) = journal.find_echanges(RechercheJournal(), limit=1)
    return newest.detail or ""


def test_without_a_plan_nothing_happens_and_nothing_is_counted(whole: InProcess) -> None:
    assert call(whole).status == 200
    assert not (whole.simulator.settings.data_dir / "pannes.compteurs").exists()


@pytest.mark.parametrize("code", ["SGT500", "SGT506"])
def test_a_code_is_answered_once_in_place_of_the_service(
    whole: InProcess, plan: Any, code: str
) -> None:
    panne = plan(sorte=code.lower(), service=SERVICE.lower())
    answer = call(whole)
    (result,) = etree.fromstring(answer.content).iter("{*}resultat")
    assert (answer.status, result.get("code")) == (500, code)
    assert f"Panne prévue n° {panne.numero} : erreur SOAP {code}, appel 1." in detail_of_last(whole)
    assert call(whole).status == 200
    assert (whole.simulator.settings.data_dir / "pannes.compteurs").exists()


def test_a_fault_without_a_code(whole: InProcess, plan: Any) -> None:
    plan(sorte="sans_code")
    answer = call(whole)
    root = etree.fromstring(answer.content)
    assert answer.status == 500
    assert list(root.iter("{*}Fault"))
    assert not list(root.iter("detail", "{*}resultat"))


@pytest.mark.parametrize("status", [403, 502, 503])
def test_a_status_of_http(whole: InProcess, plan: Any, status: int) -> None:
    plan(sorte=f"http{status}")
    assert call(whole).status == status


def test_a_truncated_and_an_invalid_message(whole: InProcess, plan: Any) -> None:
    good = call(whole).content
    plan(sorte="xml_tronque")
    cut = call(whole).content
    assert good.startswith(cut)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(cut)
    plan(sorte="xml_invalide")
    strange = etree.fromstring(call(whole).content)
    (stranger,) = strange.iter("panne")
    stranger.getparent().remove(stranger)
    assert etree.tostring(strange) == etree.tostring(etree.fromstring(good))


def test_slowness_and_cuts_are_left_to_the_transport(whole: InProcess, plan: Any) -> None:
    plan(sorte="latence", secondes=1.5)
    plan(sorte="lente", secondes=2.5)
    plan(sorte="coupure")
    plan(sorte="coupure_muette")
    departures = [call(whole).departure for _ in range(4)]
    assert [(each.delay_seconds, each.over_seconds, each.kept) for each in departures] == [
        (1.5, 0, 1),
        (0, 2.5, 1),
        (0, 0, 0.5),
        (0, 0, 0),
    ]
    assert call(whole).departure is None


def test_only_what_it_is_about_is_struck_and_counted(whole: InProcess, plan: Any) -> None:
    plan(sorte="http502", service="RecherchePoint", au=9)
    plan(sorte="http502", acteur="FOURN1", au=9)
    plan(sorte="http503", prm="30001610071843", acteur="TIERS1", du=2, au=2)
    statuses = [call(whole, prm).status for prm in (PRM, "30001610071843", PRM, "30001610071843")]
    assert statuses == [200, 200, 200, 503]


@pytest.mark.parametrize(
    "asked", [{"service": "Inconnu"}, {"acteur": "PERSONNE"}, {"secondes": 3.0}]
)
def test_what_means_nothing_is_refused(whole: InProcess, plan: Any, asked: Any) -> None:
    with pytest.raises(UsageError):
        plan(sorte="sgt500", **asked)


# Over the wire.


served = kept_open(start_simulator, "--workers", "2", "--population-size", "0")


def admin(served: RunningSimulator, method: str, path: str, **body: Any) -> Any:
    answer = served.ask(method, path, json=body)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def statuses(served: RunningSimulator, calls: int) -> list[int]:
    """Call on a new connection each time, so that any of the processes may answer."""
    found = []
    for _ in range(calls):
        with served.session_of("tiers") as session:
            message = fiche(served.login, PRM)
            answer = session.post(served.url + PATH, message, headers=XML, timeout=10)
            found.append(answer.status_code)
    return found


def test_seed_7_gives_the_same_sequence_in_two_runs_with_two_workers_and_with_one(
    served: RunningSimulator, whole: InProcess, plan: Any
) -> None:
    asked = {"sorte": "http502", "probabilite": 0.4, "graine": 7, "au": 30}
    plan(**asked)
    alone = [call(whole).status for _ in range(34)]
    runs = []
    for _ in range(2):
        panne = admin(served, "POST", "/api/pannes", **asked)
        runs.append(statuses(served, 34))
        (seen,) = served.admin("/api/pannes")
        assert (seen["appels"], seen["epuisee"]) == (30, True)
        assert seen["touches"] == runs[-1].count(502)
        admin(served, "DELETE", f"/api/pannes/{panne['numero']}")
    first, second = runs
    assert first == second == alone
    assert 6 <= first.count(502) <= 18
    assert first[30:] == [200] * 4


def test_a_plan_of_the_command_line_strikes_a_call_over_the_wire(
    served: RunningSimulator, tmp_path: Path
) -> None:
    added = served.command("pannes", "add", "latence", "--secondes", "0.2", "--service", SERVICE)
    assert added.returncode == 0, added.stderr
    began = time.monotonic()
    assert statuses(served, 1) == [200]
    assert 0.2 <= time.monotonic() - began < 5
    (seen,) = served.admin("/api/journal", limit=1)
    assert "réponse retardée (0,2 s), appel 1." in seen["detail"]
    assert seen["panne"] == served.admin("/api/pannes")[0]["numero"]
    assert "épuisée : 1 / 1" in served.command("pannes", "list").stdout
    assert served.command("pannes", "remove", "--tous").returncode == 0
    assert served.admin("/api/pannes") == []
    wrong = served.command("pannes", "remove", "999")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("sorte", "error"),
    [
        ("coupure", (requests.exceptions.ChunkedEncodingError, requests.ConnectionError)),
        ("coupure_muette", requests.ConnectionError),
    ],
)
def test_a_cut_connection_over_the_wire(served: RunningSimulator, sorte: str, error: Any) -> None:
    admin(served, "POST", "/api/pannes", sorte=sorte)
    with pytest.raises(error):
        statuses(served, 1)
    assert statuses(served, 1) == [200]
    admin(served, "DELETE", "/api/pannes")


def test_a_slow_answer_comes_whole(served: RunningSimulator) -> None:
    admin(served, "POST", "/api/pannes", sorte="lente", secondes=0.3)
    began = time.monotonic()
    assert statuses(served, 1) == [200]
    assert time.monotonic() - began >= 0.3
    admin(served, "DELETE", "/api/pannes")


def test_a_reset_begins_the_counts_of_the_plans_again(served: RunningSimulator) -> None:
    admin(served, "POST", "/api/pannes", sorte="http503", du=2, au=2)
    admin(served, "POST", "/api/snapshot")
    assert statuses(served, 3) == [200, 503, 200]
    admin(served, "POST", "/api/reset")
    assert statuses(served, 3) == [200, 503, 200]
    admin(served, "DELETE", "/api/pannes")


def test_a_fault_is_planned_and_removed_on_the_page(served: RunningSimulator) -> None:
    assert "Aucune panne prévue" in served.ask("GET", "/pannes").text
    form = {"sorte": "http502", "service": "", "acteur": "", "prm": "", "du": "1", "au": "4"}
    page = served.ask("POST", "/pannes", data=form).text
    assert "1 à 4" in page
    assert "HTTP 502" in page
    refused = served.ask("POST", "/pannes", data={**form, "prm": "12"}).text
    assert "quatorze chiffres" in refused
    (panne,) = served.admin("/api/pannes")
    page = served.ask("POST", "/pannes/retirer", data={"numero": panne["numero"]}).text
    assert "Aucune panne prévue" in page


# As clients of SGE lived it.


@pytest.mark.observed("a client of SGE, 2026: refused for days, then taken")
def test_a_code_n_times_then_the_service_answers(whole: InProcess, plan: Any) -> None:
    plan(sorte="code_sgt", code="sgt570", service="CommandeServicesAccesDonnees", au=9)
    plan(sorte="code_sgt", code="SGT506", service=SERVICE, au=2)
    answers = [call(whole) for _ in range(3)]
    assert [each.status for each in answers] == [500, 500, 200]
    (result,) = etree.fromstring(answers[0].content).iter("{*}resultat")
    assert result.get("code") == "SGT506"


@pytest.mark.observed("mlier/conso, 2026: corrected before parsing")
def test_texts_are_coded_twice_and_nothing_else(whole: InProcess, plan: Any) -> None:
    good = call(whole).content
    plan(sorte="utf8_double")
    spoilt = call(whole).content
    assert "SuccÃ¨s".encode() in spoilt
    before, after = (etree.fromstring(each) for each in (good, spoilt))
    for mine, theirs in zip(before.iter(), after.iter(), strict=True):
        assert (mine.tag, dict(mine.attrib)) == (theirs.tag, dict(theirs.attrib))
        assert (mine.text or "").encode().decode("latin-1") == (theirs.text or "")


def test_what_a_window_of_the_clock_leaves_out_is_as_ever(whole: InProcess, plan: Any) -> None:
    good = call(whole).content
    plan(sorte="utf8_double", debut=parse_instant("2199-01-01"))
    plan(sorte="utf8_double", service="RecherchePoint")
    assert call(whole).content == good


@pytest.mark.assumed("which services and readings it is that are told otherwise")
def test_what_is_replaced_in_an_answer_is_drawn_value_by_value(whole: InProcess, plan: Any) -> None:
    point, login, contrat = "25957452924301", whole.login, whole.contrat_id
    path, searched = "/ConsultationMesures/v1.1", "/RechercheServicesSouscritsMesures/v1.0"
    asked = {"pointId": point, "loginDemandeur": login, "contratId": contrat}
    asked |= {"autorisationClient": True}
    good = whole.ask(path, asked).content
    initial = b'<statut code="INITIALE"><libelle>Initiale<'
    cancelled = '<statut code="ANNULEE"><libelle>Annulée<'.encode()
    plan(sorte="releve_annulee", probabilite=0.3, graine=5)
    found = whole.ask(path, asked).content
    assert 0 < found.count(cancelled) < good.count(initial) - 1
    assert found.replace(cancelled, initial) == good
    today = legal_date(machine_now())
    order = collecte_quotidienne(point, login, contrat, today, today + timedelta(30))
    assert whole.ask("/CommandeCollectePublicationMesures/v3.0", order).status == 200
    plan(sorte="service_en_demande", prm=point)
    criteres = {"pointId": point, "contratId": contrat}
    answer = whole.ask(searched, {"criteres": criteres, "loginUtilisateur": login}).content
    assert b"<etatCode>DEMANDE<" in answer
    assert b"<etatCode>ACTIF<" not in answer


def codes_of(whole: InProcess, path: str, demande: Any, calls: int) -> list[str]:
    """Return the codes of so many answers, « double » after those whose texts are coded twice."""
    found = []
    for _ in range(calls):
        content = whole.ask(path, demande).content
        (result,) = etree.fromstring(content).iter("{*}resultat")
        found.append(result.get("code") + " double" * ("Ã©".encode() in content))
    return found


@pytest.mark.observed("a client of SGE, 2026; mlier/conso: SGT570 fifteen times, then taken")
def test_the_order_of_2026_is_refused_for_days_then_taken(whole: InProcess, plan: Any) -> None:
    state = State(whole.simulator.settings.data_dir, whole.simulator.database)
    made = play_episode(state, nom="sgt570-2026")
    assert [each.sorte for each in made] == ["code_sgt", "code_sgt", "utf8_double"]
    login, contrat, today = whole.login, whole.contrat_id, legal_date(machine_now())
    order = collecte_quotidienne(PRM, login, contrat, today, today + timedelta(30))
    ordered = codes_of(whole, "/CommandeCollectePublicationMesures/v3.0", order, 16)
    assert ordered[:15] == ["SGT570"] * 15
    assert ordered[15].startswith("SGT200")
    assert "code SGT donné" not in detail_of_last(whole)
    search = {"criteres": {"pointId": PRM, "contratId": contrat}, "loginUtilisateur": login}
    path = "/RechercheServicesSouscritsMesures/v1.0"
    for struck_texts in (True, False):
        found = codes_of(whole, path, search, 20)
        assert {*found} == {"SGT500", "SGT200", *(["SGT200 double"] if struck_texts else [])}
        assert 1 <= found.count("SGT500") <= 9
        StoredClock(whole.simulator.database).freeze(machine_now() + timedelta(8))
    orders, *_ = list_pannes(state)
    assert (orders.appels, orders.epuisee) == (15, True)
    StoredClock(whole.simulator.database).follow_machine()
