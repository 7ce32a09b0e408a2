"""The commands that look at a simulator."""

import json
from pathlib import Path

import pytest
from running_simulator import RunningSimulator, run_command

from sge_sim.referentiel.prm import is_valid


@pytest.mark.documented("FAQ, check key; a real point of the catalogue")
def test_prm_check_tells_good_keys_from_bad_ones() -> None:
    good = run_command("prm", "check", "25946599093143")
    assert (good.returncode, "clé valide" in good.stdout) == (0, True)
    bad = run_command("prm", "check", "25946599093143", "25946599093144", "--json")
    assert bad.returncode == 1
    assert json.loads(bad.stdout) == {"25946599093143": True, "25946599093144": False}


def test_prm_generate_gives_the_same_valid_ones_for_a_seed() -> None:
    one, other = (run_command("prm", "generate", "--count", "50", "--seed", "7") for _ in "ab")
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


def test_hosts_prints_what_a_client_with_fixed_urls_needs(simulator: RunningSimulator) -> None:
    printed = simulator.command("hosts", "--port", "8443").stdout
    for host in ("sge-homologation-ws", "sge-ws", "sge-homologation-b2b", "sge-b2b"):
        assert f"127.0.0.1  {host}.enedis.fr" in printed
    assert simulator.ready["ca_file"] in printed
    assert "443" in printed


def test_journal_list_has_the_fields_of_the_rest_api(simulator: RunningSimulator) -> None:
    simulator.session.get(simulator.url + "/RecherchePoint/v2.0?wsdl", timeout=10)
    listed = json.loads(simulator.command("journal", "list", "--limit", "1", "--json").stdout)
    (exchange,) = simulator.admin("/api/journal", limit=1)
    assert listed == [exchange]
    filtered = simulator.command("journal", "list", "--code", "SGT999", "--json")
    assert json.loads(filtered.stdout) == []


def test_command_on_an_empty_folder_says_how_to_start(tmp_path: Path) -> None:
    done = run_command("journal", "list", "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert "sge-sim serve" in done.stderr


@pytest.mark.parametrize("arguments", [("inconnue",), ("prm", "check"), ("serve", "--port", "x")])
def test_misuse_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = run_command(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
