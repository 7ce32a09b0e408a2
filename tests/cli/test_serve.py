"""`sge-sim serve` as a user meets it."""

import re
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from made_states import copy_state
from running_simulator import RunningSimulator, refusal, run_command, serve, start_simulator

from sge_sim.referentiel.dataset import load_dataset
from sge_sim.referentiel.population import minimum_size

DATA_CONNECT = ("authlib", "joserfc", "sge_sim.dataconnect.application")
CATALOGUE = "sge_sim.homologation.catalogue.release"


def test_ready_file_tells_what_a_harness_needs(simulator: RunningSimulator) -> None:
    ready = simulator.ready
    assert ready["environment"] == "homologation"
    assert ready["b2b_url"].startswith("https://localhost:")
    assert ready["admin_url"].startswith("http://localhost:")
    assert ready["pid"] == simulator.process.pid
    assert ready["acteurs"].keys() == {"tiers", "fournisseur"}
    for actor in ready["acteurs"].values():
        assert actor.keys() == {"client_cert", "client_key", "login", "contrat_id"}
        pem = Path(actor["client_cert"]).read_text()
        assert pem.count("BEGIN CERTIFICATE") == 2  # the leaf and its intermediate
    assert {name: ready[name] for name in ready["acteurs"]["tiers"]} == ready["acteurs"]["tiers"]


def test_start_prints_urls_paths_logins_and_a_line_of_curl(simulator: RunningSimulator) -> None:
    log = (simulator.data_dir / "log.txt").read_text()
    for text in (
        simulator.url,
        simulator.ready["admin_url"],
        simulator.ready["client_cert"],
        simulator.ready["client_key"],
        simulator.login,
        "curl --noproxy",
        "--cacert",
    ):
        assert text in log


def test_the_lines_printed_with_basic_auth_work(tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "0", "--basic-auth") as running:
        log = (tmp_path / "log.txt").read_text()
        (password,) = re.findall(r"^sge-sim (acteurs mot-de-passe .*)$", log, re.M)
        (call,) = re.findall(r"^curl (?:.*\\\n)*.*$", log, re.M)
        done = run_command(*password.split(), "--mot-de-passe", "secret")
        assert done.returncode == 0, done.stderr
        user = f"-u {running.login} "
        assert user in call
        # curl asks for the password in a terminal: the test has none.
        call = call.replace(user, f"-u {running.login}:secret ")
        answered = subprocess.run(["bash", "-c", call], capture_output=True, text=True)
        assert "25946599093143" in answered.stdout


def _spent() -> float:
    """The seconds of CPU of the processes that have ended, and of theirs."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_second_start_is_cheap_and_sigterm_ends_cleanly(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 1200})
    before = _spent()
    with start_simulator(tmp_path, "--population-size", "1200", cold=True) as again:
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(10) == 0
    started = _spent()
    assert "Traceback" not in (tmp_path / "log.txt").read_text()
    libraries = "import cryptography.x509, fastapi, lxml.etree, numpy, spyne, sqlalchemy.orm"
    subprocess.run([sys.executable, "-c", libraries], check=True)
    # Half more on a quiet machine; 2.5 × was seen on a busy one.
    assert started - before < 4 * (_spent() - started)


LOADED = {
    # Printed at each start.
    "sge_sim.homologation.premier_appel": ("lxml", "zeep", "requests", "spyne"),
    "sge_sim.cli.serve": ("fastapi", "numpy", "pydantic", "spyne", *DATA_CONNECT),
    # The parent loads Spyne, numpy and the measures: the processes that need them share them.
    "sge_sim.door.b2b_application": ("fastapi", "pydantic"),
    "sge_sim.transport.server": ("fastapi", "pydantic"),
    "sge_sim.flux.publication": ("fastapi", "pydantic"),
    "sge_sim.admin.application": ("zeep", CATALOGUE, *DATA_CONNECT),
    "sge_sim.dataconnect.application": ("fastapi", "zeep"),
    "sge_sim.processes.supervised": ("fastapi", "pydantic", "uvicorn"),
    "sge_sim.services.dispatch": ("fastapi", "pydantic", "zeep", *DATA_CONNECT),
    "sge_sim.transport.admin_server": ("fastapi", "pydantic"),
}
"""What a start can do without, by the module that it loads."""
ONE_AFTER_ANOTHER = f"""
import os, sys
from importlib import import_module
for module, heavy in {LOADED!r}.items():
    apart = module.endswith(".application")
    if not apart or os.fork() == 0:
        import_module(module)
        print(module, *sys.modules.keys() & {{*heavy}}, flush=True)
        if apart:
            os._exit(0)
    else:
        os.wait()
"""
"""What isn't there after others doesn't come with a module alone; two bring what others don't."""


def test_start_loads_nothing_that_it_can_do_without() -> None:
    command = [sys.executable, "-c", ONE_AFTER_ANOTHER]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True)
    assert loaded.stdout.split() == [*LOADED]


def test_simulated_clock_starts_where_it_is_told(tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "1200", "--now", "2022-02-22") as past:
        past.session.get(past.url + "/RecherchePoint/v2.0?wsdl", timeout=10)
        (exchange,) = past.admin("/api/journal", limit=1)
        assert exchange["instant"].startswith("2022-02-22T00:00:")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--now", "hier"], "n'est pas une date ISO"),
        (["--environment", "recette"], "recette"),
        (["--database-url", "nimporte"], "n'est pas l'adresse d'une base"),
        (["--wsdl-dir", "/nulle/part"], "n'est pas un dossier"),
        (["--workers", "0"], "--workers 0 : donner un nombre à partir de 1"),
        (["--population-size", "-1"], "--population-size -1 : donner un nombre à partir de 0"),
        (["--journal-max-records", "-5"], "--journal-max-records -5 : donner un nombre"),
        (["--disabled-rules", "etat_contractuel_admis"], "d'aucun service : donner Command"),
        (["--disabled-rules", "RecherchePoint/accord_donne"], "d'aucun service : donner Command"),
        (
            ["--disabled-rules", "CommandeTransmissionDonneesInfraJ/point_connu"],
            "ne se désactive pas",
        ),
    ],
)
def test_mistake_is_told_in_one_sentence_with_exit_code_2(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    if "--population-size" not in options:  # which the first start alone looks at
        copy_state(tmp_path, {"population_size": 0})
    assert sentence in refusal(serve(tmp_path, *options))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--population-size", "50"], "en demander au moins 947, ou 0"),
        (["--population-size", "0", "--now", "1800-01-01"], "sort du calendrier"),
        (["--population-size", "0", "--disabled-rules", "trop_de_tout"], "n'est la règle d'aucun"),
    ],
)
def test_a_first_start_that_is_refused_leaves_no_database(
    tmp_path: Path, options: list[str], sentence: str
) -> None:
    assert sentence in refusal(serve(tmp_path, *options))
    assert not list(tmp_path.glob("sge-sim.db*"))
    listed = run_command("points", "list", "--data-dir", str(tmp_path))
    assert "ne contient pas de simulateur" in listed.stderr


def test_a_later_start_that_is_refused_keeps_the_database(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 0})
    assert serve(tmp_path, "--now", "1800-01-01").returncode == 2
    assert run_command("points", "list", "--data-dir", str(tmp_path)).returncode == 0


def test_the_help_tells_the_smallest_population() -> None:
    smallest = minimum_size(load_dataset())
    shown = " ".join(run_command("serve", "--help").stdout.split())
    assert f"au moins {smallest}, pour ses recherches, ou 0" in shown


def test_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = refusal(serve(tmp_path, "--port", port))
    assert told.startswith(f"sge-sim : Le port {port} est déjà pris")


def test_unreadable_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sge-sim.db").write_bytes(b"not a database at all" * 100)
    assert refusal(serve(tmp_path))


@pytest.mark.parametrize(("size", "status"), [(1024 * 1024, 500), (1024 * 1024 + 1, 413)])
def test_a_request_of_more_than_a_mebibyte_is_refused(
    simulator: RunningSimulator, size: int, status: int
) -> None:
    assert simulator.post("/RecherchePoint/v2.0", b"a" * size).status_code == status
