"""What an assistant is told of a simulator, and what it may do to it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from demandes import CDC
from loaded_programs import interpreter
from lxml import etree
from running_simulator import RunningSimulator, kept_open, start_simulator

from sge_sim.cli.outils_mcp import Outils
from sge_sim.errors import UsageError

CLIENT = """
import asyncio, json, sys
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

async def main():
    command, *arguments = sys.argv[2:]
    server = StdioServerParameters(command=command, args=arguments)
    async with Client(stdio_client(server)) as client:
        found = [tool.name for tool in (await client.list_tools()).tools]
        said = await client.call_tool("expliquer", json.loads(sys.argv[1]))
        print(json.dumps([found, said.structured_content]))

asyncio.run(main())
"""


served = kept_open(start_simulator, "--population-size", "0")


@pytest.fixture(scope="module")
def outils(served: RunningSimulator) -> Outils:
    return Outils(served.data_dir)


def test_a_code_is_explained_by_each_rule_that_gives_it(outils: Outils) -> None:
    said = outils.expliquer("SGT4L8")
    assert said["libelle"]
    assert {rule["name"].partition("/")[0] for _, rule in said["regles"]} >= {
        "ConsultationMesuresDetaillees"
    }
    assert all(rule["remede"] and rule["source"] for _, rule in said["regles"])


def test_what_is_no_code_is_refused(outils: Outils) -> None:
    with pytest.raises(UsageError, match="n'est pas un code retour"):
        outils.expliquer("XYZ")


def test_the_request_of_a_case_passes_as_it_is_written(
    outils: Outils, served: RunningSimulator
) -> None:
    answer = served.post(CDC, outils.demande("ADP-R1@C5").encode())
    assert answer.status_code == 200
    assert etree.fromstring(answer.content).find(".//point").get("id") == "25946599093143"


def test_a_call_of_the_journal_is_told_with_its_rule(
    outils: Outils, served: RunningSimulator
) -> None:
    served.post(CDC, outils.demande("ADP-NR1").encode())
    (last,) = outils.journal(code="SGT401", limite=1)
    said = outils.expliquer(str(last["id"]))
    assert "point_connu" in json.dumps(said)


def test_a_long_answer_is_cut_and_says_what_gives_the_rest(
    outils: Outils, served: RunningSimulator
) -> None:
    journal, expliquer, *_ = outils.lectures
    # The door takes so large a demand, and the administration gives 900 kB of it.
    message = outils.demande("ADP-NR1").encode().replace(b"<pointId", b"\n" * 900_000 + b"<pointId")
    served.post(CDC, message)
    (call,) = journal(limite=1)
    said = expliquer(str(call["id"]))
    assert said["request"].endswith("sge-sim journal show donne un appel entier)")
    assert len(json.dumps(said)) < 12_000
    with pytest.raises(UsageError, match="50 appels au plus ; préciser le code ou le service"):
        journal(limite=51)


@pytest.mark.parametrize(
    ("outil", "argument"),
    [
        ("journal", "code"),
        ("expliquer", "refus"),
        ("demande", "cas"),
        ("avancer", "duree"),
        ("jouer", "cas"),
    ],
)
def test_what_an_assistant_asks_is_not_repeated_at_length(
    outils: Outils, outil: str, argument: str
) -> None:
    (ask,) = (each for each in (*outils.lectures, *outils.actions) if each.__name__ == outil)
    for text in ("x" * 10_000_000, "1" * 10_000_000):
        with pytest.raises(UsageError, match=r"^Ce qui est demandé tient en 100 caractères"):
            ask(**{argument: text})


def test_only_what_is_asked_for_may_act(outils: Outils) -> None:
    reads = {each.__name__ for each in outils.lectures}
    assert reads == {"journal", "expliquer", "aide", "demande", "heure"}
    assert {each.__name__ for each in outils.actions} == {"avancer", "jouer"}


def test_the_clock_moves(outils: Outils) -> None:
    before = outils.heure()
    assert outils.avancer("1d")[:10] > before[:10]


def test_a_case_is_run_against_this_simulator(
    outils: Outils, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", interpreter("sge_sim"))
    assert "ADP-R1@C5" in outils.jouer("ADP-R1@C5")


@pytest.mark.mcp
@pytest.mark.parametrize(("options", "more"), [((), set()), (("--agir",), {"avancer", "jouer"})])
def test_a_client_of_the_protocol_finds_the_tools_and_calls_one(
    served: RunningSimulator, tmp_path: Path, options: tuple[str, ...], more: set[str]
) -> None:
    python = str(Path(os.environ["SGE_SIM_MCP_PYTHON"]).absolute())
    client = tmp_path / "client.py"
    client.write_text(CLIENT)
    command = ("-m", "sge_sim", "mcp", "--data-dir", str(served.data_dir), *options)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [python, str(client), '{"refus": "SGT4L8"}', python, *command],
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    tools: list[str]
    said: Any
    tools, said = json.loads(done.stdout)
    assert set(tools) == {"journal", "expliquer", "aide", "demande", "heure", *more}
    assert said["code"] == "SGT4L8"
