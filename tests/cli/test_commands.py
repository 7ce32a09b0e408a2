"""The commands that look at a simulator."""

import json
import os
import shutil
import subprocess
import time
from contextlib import chdir
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command_tree import every_command
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from journal_kit import RECORD, open_journal_in
from loaded_programs import start_module
from made_states import copy_state
from running_simulator import RunningSimulator, run_command

from sge_sim.cli import commands
from sge_sim.cli.lookups import generations
from sge_sim.cli.options import Option
from sge_sim.domaine.prm import is_valid
from sge_sim.machine.texts import unfit_in


def test_an_option_is_taken_by_its_name_of_the_version_before_which_nothing_shows() -> None:
    renamed = [
        (command, option)
        for _, command in every_command(commands)
        for option in command.params
        if isinstance(option, Option) and option.was
    ]
    assert len(renamed) > 30
    for command, option in renamed:
        context = click.Context(command)
        typed = [option.was] if option.is_flag else [option.was, "7"]
        taken, _, _ = command.make_parser(context).parse_args(typed)
        assert taken[option.name]
        assert f"{option.was} " not in command.get_help(context)


@pytest.mark.documented("FAQ, check key; a real point of the catalogue")
def test_prm_check_tells_good_keys_from_bad_ones() -> None:
    good = run_command("prm", "check", "25946599093143")
    assert (good.returncode, "clé valide" in good.stdout) == (0, True)
    bad = run_command("prm", "check", "25946599093143", "25946599093144", "--json")
    assert bad.returncode == 1
    assert json.loads(bad.stdout) == {"25946599093143": True, "25946599093144": False}


def test_prm_generate_gives_the_same_valid_ones_for_a_seed() -> None:
    one, other = (run_command("prm", "generate", "--nombre", "50", "--graine", "7") for _ in "ab")
    numeros = one.stdout.split()
    assert one.stdout == other.stdout
    assert len(set(numeros)) == 50
    assert all(map(is_valid, numeros))


def test_points_show_tells_all_of_a_point(simulator: RunningSimulator) -> None:
    shown = simulator.command("points", "show", "24210000000255", "--json")
    point = json.loads(shown.stdout)
    assert point["client_final"]["nom"] == "TEST"
    text = simulator.command("points", "show", "24210000000255").stdout
    assert "1 RUE DE LA MER" in text
    unknown = simulator.command("points", "show", "25946599093144")
    assert unknown.returncode == 2
    assert "la clé" in unknown.stderr


def test_points_list_says_why_each_is_there(simulator: RunningSimulator) -> None:
    listed = json.loads(simulator.command("points", "list", "--json").stdout)
    assert any("RP-R2" in point["pourquoi"] for point in listed)


def test_a_list_says_that_others_follow(simulator: RunningSimulator) -> None:
    listed = simulator.command("points", "list", "--limit", "2")
    assert len(listed.stdout.splitlines()) == 2
    assert listed.stderr == "D'autres suivent : --limit en donne plus de 2.\n"


def test_what_is_no_file_goes_into_none(simulator: RunningSimulator, tmp_path: Path) -> None:
    sortie = ("--sortie", str(tmp_path / "points.csv"))
    assert simulator.command("points", "export", "--tous", *sortie).stdout == ""
    assert (tmp_path / "points.csv").read_text().startswith("prm;")
    refused = simulator.command("journal", "show", "1", *sortie)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "sortie : inconnu ici" in refused.stderr


def test_hosts_prints_what_a_client_with_fixed_urls_needs(simulator: RunningSimulator) -> None:
    printed = simulator.command("hosts", "--port", "8443").stdout
    for host in ("sge-homologation-ws", "sge-ws", "sge-homologation-b2b", "sge-b2b"):
        assert f"127.0.0.1  {host}.enedis.fr" in printed
    assert simulator.ready["ca_file"] in printed
    assert "443" in printed


def test_hosts_prints_no_rule_that_the_system_would_refuse(simulator: RunningSimulator) -> None:
    wrong = (("--port", "99999"), ("--port", "0"), ("--adresse", "1.2.3.4 evil"))
    for option in wrong:
        done = simulator.command("hosts", *option)
        assert (done.returncode, done.stdout) == (2, "")
        assert option[1] in done.stderr
    assert (
        "ip6tables -t nat -A OUTPUT -d ::1 "
        in simulator.command("hosts", "--adresse", "::1").stdout
    )


def test_a_certificate_is_issued_with_an_open_key_and_a_closed_bundle(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    options = ("--autorite", "gandi", "--nom", "a.example", "--mot-de-passe", "secret")
    done = simulator.command("cert", "issue", *options, "--sortie", str(tmp_path))
    assert "key.pem (sans mot de passe)" in done.stdout
    assert "BEGIN PRIVATE KEY" in (tmp_path / "key.pem").read_text()
    bundle = (tmp_path / "bundle.p12").read_bytes()
    assert load_pkcs12(bundle, b"secret").cert is not None
    help_page = " ".join(run_command("cert", "issue", "--help").stdout.split())
    assert "Mot de passe du PKCS#12 ; la clé key.pem n'en a pas." in help_page


def test_journal_list_has_the_fields_of_the_rest_api(simulator: RunningSimulator) -> None:
    simulator.session.get(simulator.url + "/RecherchePoint/v2.0?wsdl", timeout=10)
    listed = json.loads(simulator.command("journal", "list", "--limit", "1", "--json").stdout)
    (exchange,) = simulator.admin("/api/journal", limit=1)
    assert listed == [exchange]
    filtered = simulator.command("journal", "list", "--code", "sgt566", "--json")
    assert json.loads(filtered.stdout) == simulator.admin("/api/journal", code="SGT566")
    refused = simulator.command("journal", "list", "--code", "SGT999")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "« SGT999 » n'est pas un code retour : sge-sim codes list" in refused.stderr


def test_journal_show_tells_an_exchange_and_how_to_make_it_again(
    simulator: RunningSimulator,
) -> None:
    simulator.session.post(f"{simulator.url}/RecherchePoint/v2.0", b"<nothing/>", timeout=10)
    number = str(simulator.admin("/api/journal", limit=1)[0]["id"])
    told = simulator.command("journal", "show", number).stdout
    assert "Demande" in told
    assert "Réponse" in told
    raw = simulator.command("journal", "show", number, "--raw").stdout
    exchange = simulator.admin(f"/api/journal/{number}")
    assert raw == (exchange["request"] or "")
    absent = simulator.command("journal", "show", "999999")
    assert absent.returncode == 2
    assert "Aucun échange ne porte le numéro 999999" in absent.stderr


def test_a_call_is_copied_and_made_again_by_curl(simulator: RunningSimulator) -> None:
    body = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b"<it_s_mine/></s:Body></s:Envelope>"
    )
    path = "/ConsultationDonneesTechniquesContractuelles/v1.0"
    simulator.post(path, body)
    number = simulator.admin("/api/journal", limit=1)[0]["id"]
    curl = simulator.command("journal", "show", str(number), "--curl").stdout
    assert path in curl
    if shutil.which("curl"):
        answer = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, timeout=30)
        assert "SGT562" in answer.stdout
    zeep = simulator.command("journal", "show", str(number), "--zeep").stdout
    assert "client.service.consulterDonneesTechniquesContractuelles" in zeep


def test_the_journal_is_followed_as_it_grows(simulator: RunningSimulator) -> None:
    command = ("journal", "list", "--suivre", "--limit", "1", "--data-dir", str(simulator.data_dir))
    reader, writer = os.pipe()
    with os.fdopen(reader) as said, os.fdopen(writer, "w") as out:
        process = start_module("sge_sim", command, out, out)
        said.readline()
        simulator.session.get(simulator.url + "/Inconnu/v9.9", timeout=10)
        number = simulator.admin("/api/journal", limit=1)[0]["id"]
        deadline = time.monotonic() + 10
        found = False
        while not found and time.monotonic() < deadline:
            found = said.readline().split()[:1] == [str(number)]
        process.kill()
        process.wait(10)
    assert found


def test_an_advance_tells_what_it_set_off(simulator: RunningSimulator) -> None:
    told = simulator.command("clock", "advance", "1min").stdout.splitlines()
    assert told[-1] == "Rien n'était dû."


def test_lists_are_filtered_in_any_case(simulator: RunningSimulator) -> None:
    simulator.post("/RecherchePoint/v2.0", b"<a/>")
    (written,) = simulator.admin("/api/journal", service="RecherchePoint", code="SGT562", limit=1)
    typed = ("--service", "recherchepoint", "--code", "sgt562", "--limit", "1", "--json")
    assert json.loads(simulator.command("journal", "list", *typed).stdout) == [written]
    found = simulator.admin("/api/journal", service="RECHERCHEPOINT", code="sgt562", limit=1)
    assert found == [written]
    typed = ("--segment", "c5", "--etat", "resil", "--json")
    points = json.loads(simulator.command("points", "list", *typed).stdout)
    assert {(one["segment"], one["etat_contractuel"]) for one in points} == {("C5", "RESIL")}
    assert simulator.admin("/api/flux", flux="r4X", etat="A_LIVRER") == []
    assert simulator.command("flux", "list", "--flux", "r4X", "--etat", "LIVRE").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("acteurs", "list"), list),
        (("autorisations", "list"), list),
        (("catalog", "list"), list),
        (("catalog", "list", "--releases"), dict),
        (("catalog", "show", "ADP-R1"), list),
        (("catalog", "diff", "sge-22.1", "sge-23.2"), dict),
        (("clock", "show"), dict),
        (("flux", "list"), list),
        (("generations", "--journal"), list),
        (("journal", "list"), list),
        (("points", "list"), list),
        (("points", "show", "24210000000255"), dict),
        (("prm", "generate"), list),
    ],
)
def test_what_is_listed_or_shown_is_told_in_json(
    simulator: RunningSimulator, arguments: tuple[str, ...], kind: type
) -> None:
    where = () if arguments[0] in ("catalog", "prm") else ("--data-dir", str(simulator.data_dir))
    done = run_command(*arguments, "--json", *where)
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), kind)


def test_the_clock_in_json_is_that_of_the_rest_api(simulator: RunningSimulator) -> None:
    shown = json.loads(simulator.command("clock", "show", "--json").stdout)
    served = simulator.admin("/api/clock")
    assert shown.keys() == served.keys()
    assert (shown["kind"], shown["now"][:16]) == (served["kind"], served["now"][:16])


def test_a_case_in_json_has_its_request() -> None:
    (run,) = json.loads(run_command("catalog", "show", "ADP-NR1", "--json").stdout)
    assert (run["id"], run["code"], run["service"]) == (
        "ADP-NR1",
        "SGT401",
        "ConsultationDonneesTechniquesContractuelles",
    )
    assert run["requete"]["loginUtilisateur"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(("serv",), "serve"), (("points", "lst"), "list"), (("jurnal",), "journal")],
)
def test_a_mistyped_command_is_told_with_the_nearest(typed: tuple[str, ...], meant: str) -> None:
    done = run_command(*typed)
    assert (done.returncode, f"'{meant}'" in done.stderr) == (2, True), done.stderr


def test_command_on_an_empty_folder_says_how_to_start(tmp_path: Path) -> None:
    done = run_command("journal", "list", "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert "sge-sim serve" in done.stderr


def told(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(generations, ["--journal", "--data-dir", str(folder), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_services_that_end_are_told_by_actor_with_what_replaces_them(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 0})
    journal = open_journal_in(tmp_path)
    assert "Aucun service qui s'arrête" in told(tmp_path)
    called = (
        ("TIERS1", "CommandeCollectePublicationMesures"),
        ("TIERS1", "CommandeCollectePublicationMesures"),
        ("TIERS1", "CommandeServicesAccesDonnees"),
        ("TIERS1", "ConsultationMesures"),
        ("FOURN1", "RechercheServicesSouscritsMesures"),
    )
    for acteur, service in called:
        journal.append(replace(RECORD, acteur_code=acteur, service=service))
    first, second = told(tmp_path).splitlines()
    assert first.startswith("FOURN1 : RechercheServicesSouscritsMesures (1 appel, ")
    assert second.startswith(
        "TIERS1 : CommandeCollectePublicationMesures (2 appels, le dernier le 21/06/2021) s'arrête "
        "le 01/12/2026 ; CommandeServicesAccesDonnees le remplace"
    )
    assert date(2026, 12, 1).isoformat() in told(tmp_path, "--json")


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (("points", "show", "A\u202eB"), "prm : le caractère U+202E"),
        (("acteurs", "add", "--nom=\x1b[2J"), "nom : le caractère U+001B"),
        (("acteurs", "add", "--\x1b[2J=1"), "le caractère U+001B"),
        (("points", "show", "1", "A\u202eB"), "AU+202EB"),
        (("catalog", "validate", os.fsdecode(b"caf\xe9")), "argument 3 : le caractère U+DCE9"),
    ],
)
def test_no_argument_holds_a_character_that_hides_or_spoils_it(
    typed: tuple[str, ...], named: str
) -> None:
    done = run_command(*typed)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert named in done.stderr
    assert not unfit_in(done.stderr)


def test_no_command_makes_a_state_of_a_folder_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But `serve`, which starts one, and `mcp`, whose client does."""
    file = tmp_path / "fichier"
    file.write_text("x")
    folder = tmp_path / "etat"
    monkeypatch.setenv("SGE_SIM_SANS_FICHIER", "1")
    tried = []
    for words, command in every_command(commands):
        if not any(each.name == "data_dir" for each in command.params) or words in ("serve", "mcp"):
            continue
        typed = [*words.split(), "--data-dir", str(folder)]
        for each in (each for each in command.params if each.required):
            typed += [*each.opts[-1:]] if isinstance(each, click.Option) else []
            typed.append(typed_value(each.type, file))
        with chdir(tmp_path):
            done = CliRunner().invoke(commands, typed)
        assert not folder.exists(), typed
        assert not isinstance(done.exception, AssertionError | TypeError | KeyError), typed
        tried.append(words)
    assert len(tried) > 50


def typed_value(kind: click.ParamType, file: Path) -> str:
    """Return what may be typed for an argument or an option."""
    if isinstance(kind, click.Choice):
        return kind.to_info_dict()["choices"][0]
    if isinstance(kind, click.Path):
        return str(file if kind.exists else file.with_name("sortie"))
    return {"ISO": "2025-03-01", "durée": "1d", "entier": "1"}.get(kind.name, "25946599093143")
