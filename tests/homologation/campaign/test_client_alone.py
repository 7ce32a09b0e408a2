"""An observed campaign counts the client's calls alone, and tells two clients apart."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from demandes import fiche
from homologating import against, homologate
from in_process import served_in_process
from kit_examples import assert_answered, unzip_kit
from lxml import html
from running_simulator import XML, RunningSimulator, kept_open

CDC = "ConsultationDonneesTechniquesContractuelles"
UNKNOWN = "99999999999999"
AGENT = "ClientDuTest/1.0"
POINT = "25946599093143"


running = kept_open(served_in_process, "--now", "2023-10-24T10:00")


@pytest.fixture
def opened(running: RunningSimulator) -> Iterator[int]:
    """A campaign of the default tiers, closed at the end."""
    number = post(running, "/api/campaigns", {"release": "23.2"}).json()["id"]
    yield number
    post(running, f"/api/campaigns/{number}/stop")


def post(running: RunningSimulator, path: str, body: Any = None, **form: str) -> requests.Response:
    asked = {"data": form, "headers": {"Origin": running.home}} if form else {"json": body}
    answer = running.ask("POST", path, **asked)
    assert answer.ok, answer.text
    return answer


def press(running: RunningSimulator, path: str, **form: str) -> requests.Response:
    return post(running, path, **(form or {"rien": ""}))


def call(running: RunningSimulator, session: requests.Session, login: str | None = None) -> int:
    """Ask for an unknown point, as case ADP-NR1 does; return the number of the exchange."""
    message = fiche(login or running.login, UNKNOWN, accord=False)
    session.post(f"{running.url}/{CDC}/v1.0", message, headers=XML, timeout=30)
    return int(running.admin("/api/journal", limit=1)[0]["id"])


def ticked(running: RunningSimulator, number: int) -> dict[int, list[str]]:
    """The cases that each observed exchange ticked."""
    campaign = running.admin(f"/api/campaigns/{number}")
    return {each["echange_id"]: each["cas"] for each in campaign["observations"]}


def origins(running: RunningSimulator, after: int) -> list[str]:
    found = running.admin("/api/journal", apres=after, limit=1000)
    return [each["origine"] for each in found if each["kind"] in ("soap", "http")]


def wait_for_passage(running: RunningSimulator, address: str) -> None:
    """Follow the passage until its last line has come."""
    live = requests.get(f"{address}/direct", timeout=60)
    assert "event: fin" in live.text


def test_only_the_client_ticks_beside_all_that_sge_sim_calls_itself(
    running: RunningSimulator, opened: int, tmp_path: Path
) -> None:
    mine = call(running, running.session)
    assert ticked(running, opened) == {mine: ["ADP-NR1"]}
    passage = press(running, "/passages", release="sge-23.2", cas="ADP-R1@C5")
    wait_for_passage(running, passage.url)
    with_admin = homologate(tmp_path / "1", *against(running), "--cas", "ADP-R1@C5")
    assert with_admin.code == 0, with_admin.stdout
    named = against(running, admin=False)
    alone = homologate(tmp_path / "2", *named, "--release", "23.2", "--cas", "ADP-R1@C5")
    assert alone.code == 0, alone.stdout
    press(running, f"/echanges/{mine}/rejouer")
    ready = running.ready
    files = (
        "--certificat",
        ready["client_cert"],
        "--cle",
        ready["client_key"],
        "--ca",
        ready["ca_file"],
    )
    assert running.command("doctor", *files, "--url", f"{running.url}/{CDC}/v1.0").returncode == 0
    assert ticked(running, opened) == {mine: ["ADP-NR1"]}, "nothing but the client's call counts"
    assert set(origins(running, mine)) == {"passage", "rejeu", "doctor"}
    (again,) = running.admin("/api/journal", origine="rejeu")
    assert again["rejeu_de"] == mine
    listed = running.command("journal", "list", "--origine", "rejeu").stdout
    assert [line.split()[0] for line in listed.splitlines() if line[:6].strip()] == [
        str(again["id"])
    ]
    shown = running.command("journal", "show", str(again["id"])).stdout
    assert f"Origine     rejeu de l'échange {mine}" in shown
    kept = with_admin.report.executions[0]
    assert (kept.origine, kept.logiciel.partition("/")[0]) == ("passage", "sge-sim")
    page = running.command("campaign", "report", "--rapport", str(tmp_path / "3"))
    assert "1 réussi" in page.stdout
    report = (tmp_path / "3" / "rapport.html").read_text()
    assert "seuls comptent les appels du client" in report
    assert "appel fait par le client de l" in report


def test_the_first_calls_of_the_kit_are_the_clients(
    running: RunningSimulator, opened: int, tmp_path: Path
) -> None:
    kit = unzip_kit(running, tmp_path)
    before = running.admin("/api/journal", limit=1)[0]["id"]
    assert_answered(kit, sys.executable, "exemples/premier_appel_zeep.py")
    assert set(origins(running, before)) == {"client"}
    assert list(ticked(running, opened).values()) == [["ADP-R1@C5"]]


def test_two_clients_at_once_are_told_apart_by_their_certificate(
    running: RunningSimulator, tmp_path: Path
) -> None:
    chain, other = running.second_client(tmp_path / "second")
    first = running.command("campaign", "start", "--certificat", running.ready["client_cert"])
    second = running.command("campaign", "start", "--certificat", str(chain))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "acteur TIERS1, certificat " in second.stdout
    numbers = [int(done.stdout.split()[1]) for done in (first, second)]
    again = running.command("campaign", "start", "--certificat", str(chain))
    assert (again.returncode, "déjà une campagne ouverte" in again.stderr) == (2, True)
    mine, theirs = call(running, running.session), call(running, other)
    assert [list(ticked(running, number)) for number in numbers] == [[mine], [theirs]]
    unsaid = running.command("campaign", "status")
    assert unsaid.returncode == 2
    assert f"plusieurs campagnes ouvertes ({numbers[0]}, {numbers[1]})" in unsaid.stderr
    status = running.command("campaign", "status", "--campaign", str(numbers[1]))
    assert f"{theirs}  coché" in status.stdout
    for number in numbers:
        assert running.command("campaign", "stop", "--campaign", str(number)).returncode == 0


@pytest.mark.parametrize("bound", [{"login": "{login}"}, {"user_agent": "clientDuTest"}])
def test_a_client_is_told_by_its_login_or_its_product_too(
    running: RunningSimulator, bound: dict[str, str]
) -> None:
    body = {name: text.format(login=running.login.upper()) for name, text in bound.items()}
    number = post(running, "/api/campaigns", {"release": "23.2", **body}).json()["id"]
    session = running.session_of("tiers")
    session.headers["User-Agent"] = AGENT
    mine = call(running, session)
    call(running, running.session_of("tiers"), "autre@tiers1.example.org")
    assert list(ticked(running, number)) == [mine]
    post(running, f"/api/campaigns/{number}/stop")


def test_a_browser_opens_the_campaign_of_one_certificate(running: RunningSimulator) -> None:
    page = html.fromstring(requests.get(running.ready["admin_url"] + "/campaigns").content)
    choices = page.xpath("//select[@name='certificat']/option[contains(., 'TIERS1')]/@value")
    opened = press(running, "/campaigns", release="sge-23.2", certificat=choices[0])
    words = html.fromstring(opened.content).text_content()
    assert f"acteur TIERS1, certificat {choices[0][:16]}…" in words
    assert "origine=client" in opened.text
    press(running, opened.url.removeprefix(running.ready["admin_url"]) + "/fermer")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--user-agent", "sge-sim/0.1"), "ceux de sge-sim"),
        (("--login", "personne@example.org"), "est inconnu"),
        (("--login", "{login}", "--acteur", "FOURNISSEUR1"), "observer un seul acteur"),
        (("--acteur", "PERSONNE"), "n'existe pas : choisir parmi"),
        (("--certificat", "{ca}"), "n'est enregistré pour aucun acteur"),
    ],
)
def test_a_client_that_could_never_tick_is_refused(
    running: RunningSimulator, options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    supplier = next(
        each["code"] for each in running.admin("/api/acteurs") if each["code"] != "TIERS1"
    )
    stranger = tmp_path / "etranger.pem"
    given = [part.format(login=running.login, ca=stranger) for part in options]
    given = [supplier if part == "FOURNISSEUR1" else part for part in given]
    if str(stranger) in given:
        out = (
            "--autorite",
            "gandi",
            "--nom",
            "etranger.fr",
            "--sortie",
            str(tmp_path / "etranger"),
        )
        assert running.command("cert", "issue", *out).returncode == 0
        stranger.write_bytes((tmp_path / "etranger" / "chain.pem").read_bytes())
    done = running.command("campaign", "start", *given)
    assert done.returncode == 2, done.stdout
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
