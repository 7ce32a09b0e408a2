"""HTTP Basic and one call a second, over two processes, both off unless asked for; and ceilings."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
import requests
from acces_kit import ACCES, C5, Tiers, tiers_in_process
from door_cases import Maker
from door_kit import database_of, hand_in, knock_once
from hypothesis import given
from hypothesis import strategies as st
from many_processes import run_at_once
from running_simulator import XML, RunningSimulator, start_simulator

from sge_sim.clock import machine_now
from sge_sim.door.cadence import TOUS, Cadence
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Journal
from sge_sim.pki.trust import open_pki
from sge_sim.referentiel.passwords import password_digest, password_matches
from sge_sim.services.registry import SERVICES
from sge_sim.tables.acteurs import Utilisateur

pytestmark = pytest.mark.xdist_group("door")

PATH = "/RecherchePoint/v2.0"
SECOND = datetime(2026, 6, 1, 12, 0, 0).astimezone()


@pytest.fixture(scope="module")
def strict_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    options = ("--basic-auth", "--rate-refused", "--www-counts-as-same", "--workers", "2")
    folder = tmp_path_factory.mktemp("strict")
    with start_simulator(folder, *options, "--population-size", "0") as running:
        done = running.command(
            "acteurs", "mot-de-passe", running.login, "--mot-de-passe", "Sésame:1"
        )
        assert done.returncode == 0, done.stderr
        yield running


@pytest.mark.assumed("what SGE's HTTP Basic checks isn't published")
def test_a_closed_account_is_refused_with_its_right_password(
    strict_door: RunningSimulator,
) -> None:
    def set_actif(actif: bool) -> None:
        database = database_of(strict_door.data_dir)
        with database.transaction() as session:
            session.get_one(Utilisateur, strict_door.login).actif = actif
        database.dispose()

    auth = (strict_door.login, "Sésame:1")
    set_actif(False)
    try:
        answer = get(strict_door, auth)
        assert answer.status_code == 401
        assert "n'est celui d'aucun utilisateur" in answer.text
    finally:
        set_actif(True)
    assert get(strict_door, auth).status_code == 200


def get(simulator: RunningSimulator, auth: tuple[str, str] | None) -> requests.Response:
    user = None if auth is None else tuple(part.encode() for part in auth)
    with simulator.session_of("tiers") as session:
        return session.get(f"{simulator.url}{PATH}?wsdl", auth=user, timeout=10)


@pytest.mark.assumed("SGE's HTTP Basic is optional and what it checks isn't published")
@pytest.mark.parametrize(
    ("auth", "why"),
    [
        (None, "aucun login lisible"),
        (("personne\x01@example.org", "x"), "aucun login lisible"),
        (("personne@example.org", "x"), "n'est celui d'aucun utilisateur"),
        (("contact@tiers2.example.org", "x"), "est d'un autre acteur que le certificat"),
        (("sans.droit@tiers1.example.org", "x"), "aucun mot de passe n'a été donné"),
        (("homologation@fourn1.example.org", "Sésame:1"), "est d'un autre acteur"),
    ],
)
def test_who_is_not_a_user_of_the_actor_is_challenged(
    strict_door: RunningSimulator, auth: tuple[str, str] | None, why: str
) -> None:
    answer = get(strict_door, auth)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert why in answer.text
    (entry,) = strict_door.admin("/api/journal", limit=1)
    assert why in entry["detail"]
    assert entry["rule"]["name"] == "Porte/utilisateur_authentifie"
    assert entry["rule"]["remede"] in answer.text


def test_the_right_password_lets_in_and_a_wrong_one_does_not(strict_door: RunningSimulator) -> None:
    assert get(strict_door, (strict_door.login, "Sésame:1")).status_code == 200
    assert get(strict_door, (strict_door.login.upper(), "Sésame:1")).status_code == 200
    refused = get(strict_door, (strict_door.login, "sésame:1"))
    assert refused.status_code == 401
    assert "est faux" in refused.text


@pytest.mark.parametrize(
    "header",
    [
        *("Basic", "Basic !!!", "Basic YWJj", "Bearer x", "Basic /w==", "Basic é"),
        "Basic AGE6Yg==",  # a NUL in the login
    ],
)
def test_an_unreadable_authorization_is_challenged(
    strict_door: RunningSimulator, header: str
) -> None:
    sent = {"Authorization": header.encode("latin-1")}
    with strict_door.session_of("tiers") as session:
        answer = session.get(f"{strict_door.url}{PATH}?wsdl", headers=sent, timeout=10)
    assert answer.status_code == 401


@pytest.mark.assumed("429 beyond one call a second: what SGE answers isn't published")
def test_a_second_call_in_the_same_second_is_refused_in_any_process(
    strict_door: RunningSimulator,
) -> None:
    auth = (strict_door.login, "Sésame:1".encode())

    def post(_: int) -> requests.Response:
        with strict_door.session_of("tiers") as session:
            return session.post(strict_door.url + PATH, b"<a/>", headers=XML, auth=auth)

    time.sleep(1 - time.time() % 1)
    started = int(time.time())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    seconds = int(time.time()) - started + 1
    statuses = [answer.status_code for answer in answers]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 1 <= statuses.count(500) <= seconds, statuses
    assert len(refused) + statuses.count(500) == 8
    assert all("appel de RecherchePoint par TIERS1" in answer.text for answer in refused)
    assert refused[0].headers["Retry-After"] == "1"
    entries = strict_door.admin("/api/journal", service="RecherchePoint", limit=8)
    assert sorted(entry["http_status"] for entry in entries) == sorted(statuses)
    rules = {entry["rule"]["name"] for entry in entries if entry["http_status"] == 429}
    assert rules == {"Porte/un_appel_par_seconde"}


def test_an_excess_is_only_noted_by_default(homologation: RunningSimulator) -> None:
    for _ in range(4):
        assert homologation.post(PATH, b"<a/>").status_code == 500  # not a SOAP message
    entries = homologation.admin("/api/journal", service="RecherchePoint", limit=4)
    noted = "appel de RecherchePoint par TIERS1 dans la même seconde"
    assert any(noted in entry["detail"] for entry in entries)


@pytest.mark.assumed("the FAQ knows no exception for www.: a setting makes one")
def test_a_www_pair_is_let_in_by_the_setting(
    strict_door: RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("www")
    pki = open_pki(strict_door.data_dir, now=machine_now(), public_roots=False)
    names = ["example.fr", "www.example.fr"]
    presented = Maker(pki, folder / "extra").gandi_leaf(subject="example.fr", names=names)
    hand_in(strict_door, presented)
    # Past the certificate, Basic is what it lacks.
    assert knock_once(strict_door, presented.write(folder / "www.pem")).status == 401


def _count(cadence: Cadence, times: int) -> None:
    for _ in range(times):
        cadence.count(("A",), "Service", SECOND)


def _count_together() -> None:
    with closing(Cadence()) as cadence:
        context = get_context("fork")
        others = [context.Process(target=_count, args=(cadence, 500)) for _ in range(2)]
        for each in others:
            each.start()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: _count(cadence, 250), range(2)))
        for each in others:
            each.join(30)
        assert cadence.count(("A",), "Service", SECOND) == [1501]


def test_processes_count_together() -> None:
    run_at_once(1, _count_together)


def test_a_new_second_an_actor_or_a_service_starts_again() -> None:
    with closing(Cadence()) as cadence:
        assert cadence.count(("A",), "S", SECOND) == [1]
        assert cadence.count(("A",), "S", SECOND + timedelta(milliseconds=999)) == [2]
        assert cadence.count(("B",), "S", SECOND) == [1]
        assert cadence.count(("A",), "T", SECOND) == [1]
        assert cadence.count(("A",), "S", SECOND + timedelta(seconds=1)) == [1]


@given(st.lists(st.sampled_from("ABCDEFGH"), max_size=60))
def test_each_actor_has_its_own_count(calls: list[str]) -> None:
    with closing(Cadence()) as cadence:
        for number, acteur in enumerate(calls):
            of_acteur = calls[: number + 1].count(acteur)
            assert cadence.count((acteur, TOUS), "S", SECOND) == [of_acteur, number + 1]


def test_a_password_is_kept_as_a_salted_digest() -> None:
    kept = password_digest("Sésame")
    assert password_matches("Sésame", kept)
    assert not password_matches("Sésamé", kept)
    assert kept != password_digest("Sésame")
    assert "Sésame" not in kept


@pytest.mark.documented("GUI 0498 v1.1.0, 0497 v1.5.0, 0502 v1.4.0 §2.2")
def test_the_guides_that_give_a_ceiling() -> None:
    given = {
        f"{each.nom} v{each.version}": each.par_seconde for each in SERVICES if each.par_seconde
    }
    assert given == {
        "CommanderAccesDonneesMesures v1.0": 10,
        "ConsultationMesuresDetaillees v3.0": 40,
        "CommandeHistoriqueDonneesMesuresFines v1.0": 5,
        "CommandeHistoriqueDonneesMesuresFacturantes v1.0": 5,
        "CommandeInformationsTechniquesEtContractuelles v1.0": 5,
    }


@pytest.mark.assumed("that more are refused is documented (GUI 0498), the code isn't")
@pytest.mark.parametrize("refused", [True, False])
def test_more_demands_in_a_second_than_the_ceiling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool
) -> None:
    second = machine_now()
    at = "sge_sim.door.b2b_application.machine_now"

    def answers(tiers: Tiers, calls: int) -> list[str | None]:
        return [tiers.code(ACCES, **tiers.acces(C5)) for _ in range(calls)]

    with tiers_in_process(tmp_path, plafonds_refused=refused) as tiers:
        monkeypatch.setattr(at, lambda: second)
        assert answers(tiers, 6) == [None, *5 * ["SGT570"]]
        with tiers.acting_as("fournisseur") as another:
            assert answers(another, 6)[3:] == [
                "SGT570",
                *2 * ["SGT506" if refused else "SGT570"],
            ]
        for _ in range(11):  # the search has no ceiling
            assert tiers.services(C5)
        monkeypatch.setattr(at, lambda: second + timedelta(seconds=1))
        assert answers(tiers, 1) == ["SGT570"]
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    found = Journal.beside(database, tmp_path).find_echanges(limit=100)
    database.dispose()
    noted = [echange.service for echange in found if "10 au plus" in (echange.detail or "")]
    assert noted == 2 * ["CommanderAccesDonneesMesures"]
    rules = [
        echange.rule.name
        for echange in found
        if echange.code == "SGT506" and echange.rule is not None
    ]
    assert rules == 2 * refused * ["Porte/plafond_du_service"]
