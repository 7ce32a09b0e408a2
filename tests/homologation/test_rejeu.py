"""An exchange sent again: linked to its original, changed before it is sent, compared with it.

A copied call makes the same call from any folder, whatever the machine's environment says.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from demandes import CDC, fiche
from lxml import html
from running_simulator import RunningSimulator, run_command, start_simulator

from sge_sim.homologation.client.messages import read_answer
from sge_sim.homologation.rejeu import difference

UNKNOWN, POINT = "99999999999999", "25946599093143"


@pytest.fixture
def original(simulator: RunningSimulator) -> int:
    """The number of a call for a point that doesn't exist."""
    simulator.post(CDC, fiche(simulator.login, UNKNOWN), User_Agent="original")
    found = simulator.admin("/api/journal", prm=UNKNOWN, origine="client", limit=1)
    return int(found[0]["id"])


def play(running: RunningSimulator, number: int, **form: str) -> html.HtmlElement:
    headers = {"Origin": running.home}
    answer = running.ask("POST", f"/echanges/{number}/rejouer", data=form, headers=headers)
    assert answer.ok, answer.text
    return html.fromstring(answer.content)


def shown(running: RunningSimulator, number: object) -> html.HtmlElement:
    return html.fromstring(running.ask("GET", f"/echanges/{number}").content)


def recorded(running: RunningSimulator, original: int) -> dict[str, object]:
    replays = running.admin("/api/journal", origine="rejeu", limit=100)
    number = next(each["id"] for each in replays if each["rejeu_de"] == original)
    found: dict[str, object] = running.admin(f"/api/journal/{number}")
    return found


def test_a_replay_is_the_same_call_and_is_linked_to_its_original(
    simulator: RunningSimulator, original: int
) -> None:
    page = play(simulator, original)
    words = " ".join(page.text_content().split())
    assert f"Rejeu de l'échange {original}" in words
    assert page.xpath(f"//section//a[@href='/echanges/{original}']")
    assert words.count("Elles disent la même chose.") == 2
    again = recorded(simulator, original)
    assert again["request"] == fiche(simulator.login, UNKNOWN).decode()
    assert shown(simulator, original).xpath(f"//dd/a[@href='/echanges/{again['id']}']")


def test_a_replay_may_be_changed_and_shows_what_that_changes(
    simulator: RunningSimulator, original: int
) -> None:
    form = shown(simulator, original)
    offered = form.xpath("//textarea[@name='demande']")[0].text.removeprefix("\n")
    assert offered == fiche(simulator.login, UNKNOWN).decode()
    # A browser ends lines as HTTP does.
    typed = offered.replace(UNKNOWN, POINT).replace("\n", "\r\n")
    page = play(simulator, original, demande=typed)
    gone, come = ("\n".join(page.xpath(f"//{tag}/text()")) for tag in ("del", "ins"))
    assert f"<pointId>{UNKNOWN}</pointId>" in gone
    assert f"<pointId>{POINT}</pointId>" in come
    assert "SGT401" in gone
    assert f'<point id="{POINT}">' in come
    again = recorded(simulator, original)
    expected = fiche(simulator.login, POINT).decode()
    assert again["request"] == expected, "its lines end as those of the original"
    assert again["code"] == "SGT200"


def test_a_difference_leaves_the_layout_out_and_is_bounded() -> None:
    assert difference(b"<a><b>1</b></a>", b"<a>\n <b>1</b>\n</a>") == []
    assert difference(b"<a><b>1</b></a>", b"<a><b>2</b></a>") == [
        ("@", "…"),
        (" ", "<a>"),
        ("-", "  <b>1</b>"),
        ("+", "  <b>2</b>"),
        (" ", "</a>"),
    ]
    assert difference(b"a" * 400_001, b"") is None
    assert difference(b"a\n" * 6_001, b"") is None
    lines = difference(b"", b"\n".join(b"%d" % n for n in range(5_000))) or []
    assert (len(lines), lines[-1]) == (201, ("@", "… et 4801 autres lignes"))
    lines = difference(b"", b"\n".join(b"%d" % n for n in range(200))) or []
    assert lines[-1] == ("@", "… et 1 autre ligne")
    long = difference(b"", b"a" * 10_000) or []
    assert len(long[1][1]) == 200


@pytest.mark.parametrize("kinds", [1, 60, 101, 200, 500, 6_000])
def test_a_difference_takes_no_time_that_anybody_waits(kinds: int) -> None:
    old = b"\n".join(b"line %d" % (n * 7 % kinds) for n in range(6_000))
    new = b"\n".join(b"line %d" % (n * 11 % kinds) for n in range(6_000))
    started = time.process_time()
    found = difference(old, new)
    assert time.process_time() - started < 2
    assert (found is None) is (kinds in (101, 200))


ELSEWHERE = {
    "REQUESTS_CA_BUNDLE": "/nowhere/bundle.pem",
    "CURL_CA_BUNDLE": "/nowhere/bundle.pem",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}
"""What a machine may have for other sites."""


@pytest.fixture(scope="module")
def relative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator that was given its folder by a relative path, which is that of a call."""
    with (
        chdir(tmp_path_factory.mktemp("relative")),
        start_simulator(Path("etat"), "--population-size", "0") as running,
    ):
        running.post(CDC, fiche(running.login, POINT))
        yield running


Copied = Callable[[RunningSimulator, str], str]


def copied_from_page(simulator: RunningSimulator, form: str) -> str:
    number = simulator.admin("/api/journal", limit=1)[0]["id"]
    return str(shown(simulator, number).get_element_by_id(f"copie-{form}").text_content())


def copied_from_command(simulator: RunningSimulator, form: str) -> str:
    number = simulator.admin("/api/journal", limit=1)[0]["id"]
    done = run_command("journal", "show", str(number), f"--{form}", "--data-dir", "etat")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("copied", [copied_from_page, copied_from_command])
@pytest.mark.parametrize(
    ("form", "program"),
    [("curl", ("curl", "sh", "-c")), ("zeep", (sys.executable, sys.executable, "-c"))],
)
def test_a_copy_runs_from_any_folder(
    relative: RunningSimulator, tmp_path: Path, copied: Copied, form: str, program: tuple[str, ...]
) -> None:
    if not shutil.which(program[0]):
        return  # curl is no part of the suite
    done = subprocess.run(
        [*program[1:], copied(relative, form)],
        cwd=tmp_path,
        env={**os.environ, **ELSEWHERE},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if form == "curl":
        assert not hasattr(read_answer(done.stdout.encode()), "code")
    assert POINT in done.stdout
