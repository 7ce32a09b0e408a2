"""What docs/data-connect.md shows works, and tells how many things are assumed."""

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from dataconnect_kit import Client

from sge_sim.cli import commands
from sge_sim.dataconnect.documentation import all_rules, rules_table

PAGE = (Path(__file__).parents[2] / "docs" / "data-connect.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def dc(started: Client) -> Client:
    return started


def test_the_table_of_refusals_is_up_to_date() -> None:
    """Renew it by `python -m sge_sim.dataconnect.documentation`."""
    assert rules_table() in PAGE


def test_what_is_assumed_is_counted() -> None:
    listed = PAGE.partition("## Ce qui est supposé")[2].partition("\n## ")[0]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", listed, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert f"ces {len(numbers)} choses" in listed


def test_each_rule_has_a_name_of_its_own_and_what_would_have_passed() -> None:
    names = [rule.name for _, rule in all_rules()]
    assert len(names) == len(set(names))
    assert all(rule.remede and rule.source for _, rule in all_rules())


def test_a_first_call_with_curl(dc: Client) -> None:
    (snippet,) = re.findall(r"^    ID=….*?end=2026-11-08\"$", PAGE, re.S | re.M)
    sandbox = dc.sandbox.application
    known = f"ID={sandbox['client_id']} SECRET={sandbox['client_secret']}"
    snippet = snippet.replace("ID=… SECRET=…", known).replace("https://localhost:8444", dc.url)
    done = subprocess.run(
        ["bash", "-c", snippet], cwd=dc.simulator.data_dir, capture_output=True, text=True
    )
    assert '"usage_point_id":"22516914714270"' in done.stdout, done.stderr


def test_a_first_call_with_python(dc: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    monkeypatch.chdir(dc.simulator.data_dir)
    names: dict[str, object] = {}
    exec(snippet, names)
    answer = names["answer"]
    assert isinstance(answer, dict)
    assert len(answer["grandeur"][0]["points"]) == 7 * 48


def test_commands_of_the_page_are_those_there_are(dc: Client) -> None:
    for command in re.findall(r"^    sge-sim (consentements list)$", PAGE, re.M):
        assert dc.simulator.command(*command.split()).returncode == 0
    (shown,) = re.findall(r"^    sge-sim (catalog show .*)$", PAGE, re.M)
    assert CliRunner().invoke(commands, shown.split()).exit_code == 0
    hosts = dc.simulator.command("hosts").stdout
    for host in ("gw.ext.prod.api.enedis.fr", "mon-compte-particulier.enedis.fr"):
        assert f"127.0.0.2  {host}" in hosts
        assert host in PAGE
    port = dc.url.rpartition(":")[2]
    assert f"-d 127.0.0.2 -p tcp --dport 443 -j REDIRECT --to-ports {port}" in hosts
