"""`--donnees-reelles`, as it is typed: reports that meet an own point without it, and with it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from homologating import against, homologate
from in_process import served_in_process
from points_kit import examples
from running_simulator import RunningSimulator
from test_own_points_are_hidden import contents, spellings

from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient

CASE = "RP-R1@C5"
COMMUNE = {"codePostal": "34650", "codeInseeCommune": "34231"}
OWN = {
    **examples()[0],
    **COMMUNE,
    "commune": "ROMIGUIERES",
    "numeroEtNomVoie": "7 RUE ZARATHOUSTRA",
}
PERSONAL = {OWN["prm"], OWN["numeroEtNomVoie"]}
TWICE = pytest.mark.parametrize(
    ("options", "held"), [((), set()), (("--donnees-reelles",), PERSONAL)]
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator with a point of one's own in the commune that a case searches, observed as a
    client does it."""
    folder: Path = tmp_path_factory.mktemp("reelles")
    options = ("--population-size", "0", "--now", "2026-02-03T10:00")
    with served_in_process(folder, *options) as running:
        points = folder / "points.jsonl"
        points.write_text(json.dumps(OWN))
        assert running.command("points", "import", str(points)).returncode == 0
        assert running.command("campaign", "start").returncode == 0
        client = SgeClient(cible_of(running.ready))
        criteres = {
            "adresseInstallation": COMMUNE,
            "domaineTensionAlimentationCode": "BTINF",
            "categorieClientFinalCode": "RES",
        }
        login = {"loginUtilisateur": client.cible.login}
        client.call("RecherchePoint", "2.0", {"criteres": criteres, **login})
        yield running


def held_by(folder: Path) -> set[str]:
    """What is personal in a report or in its evidence."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 5
    whole = b"".join(content for path in files for content in contents(path))
    return {text for text in PERSONAL if any(form in whole for form in spellings(text))}


@TWICE
def test_homologate_hides_own_points_unless_it_is_asked_for(
    running: RunningSimulator, tmp_path: Path, options: tuple[str, ...], held: set[str]
) -> None:
    done = homologate(tmp_path, *against(running), "--release", "26.1", "--cas", CASE, *options)
    assert done.code == 0, done.stdout + done.stderr
    assert held_by(done.folder) == held


@TWICE
def test_campaign_report_hides_own_points_unless_it_is_asked_for(
    running: RunningSimulator, tmp_path: Path, options: tuple[str, ...], held: set[str]
) -> None:
    done = running.command("campaign", "report", "--rapport", str(tmp_path / "rapport"), *options)
    assert done.returncode == 1, done.stderr  # one case of all of them was called
    assert "1 réussi" in done.stdout
    assert held_by(tmp_path / "rapport") == held
