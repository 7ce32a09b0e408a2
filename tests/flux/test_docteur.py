"""`flux doctor`: spoilt files are named by their kind, sound ones raise no alarm."""

from itertools import islice
from pathlib import Path
from random import Random

import pytest
from flux_cases import clean_files
from running_simulator import run_command
from sick_files import SECRETS, SICK, sick, sound

from sge_sim.flux.docteur import REMEDES, Docteur


@pytest.mark.parametrize(
    "number", [48, pytest.param(200, marks=pytest.mark.fichiers_sales)], ids=str
)
def test_spoilt_files_are_named_and_sound_ones_raise_no_alarm(
    number: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files = clean_files(tmp_path_factory)
    wrong = []
    for kind, nom, came in islice(sick(Random(f"sick/{number}"), files), number):
        docteur = Docteur(SECRETS)
        found = [each for n, c in came.items() for each in docteur.examine(n, c)]
        found += docteur.together()
        if kind not in {each.genre for each in found if each.nom == nom}:
            wrong.append((kind, nom, [str(each)[:300] for each in found]))
    assert len(wrong) <= number // 40, wrong
    docteur, alarms = Docteur(SECRETS), []
    for nom, content in islice(sound(Random(f"sound/{number}"), files), number):
        alarms += [str(each) for each in docteur.examine(nom, content) if each.genre]
    assert alarms == []


def test_every_kind_has_what_to_do_and_is_drawn() -> None:
    assert {*SICK, "renvoi", "suite", "trop gros"} == {*REMEDES}


@pytest.mark.parametrize("seed", range(3))
def test_no_byte_raises(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    rng, files = Random(seed), clean_files(tmp_path_factory)
    for nom, content in islice(sound(rng, files), 12):
        spoilt = bytearray(content[:20_000])
        for _ in range(rng.randrange(1, 30)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        assert Docteur(SECRETS).examine(nom, bytes(spoilt))


def test_the_command_says_a_line_of_each_file(tmp_path: Path) -> None:
    folder = tmp_path / "depot"
    (folder / "juin").mkdir(parents=True)
    (folder / "a.zip").write_bytes(b"")
    (folder / "b.xml").write_text("<facture/>")
    (folder / "c.lien").symlink_to(folder / "c.lien")
    (folder / "juin" / "a.zip").write_bytes(b"")
    made = run_command("flux", "doctor", str(folder), "--data-dir", str(tmp_path / "etat"))
    assert (made.returncode, made.stderr) == (1, "")
    first, second, third, within = made.stdout.splitlines()
    assert first == f"a.zip : vide, zéro octet ; {REMEDES['vide']}."
    assert second.startswith("b.xml : inconnu, ")
    assert third.startswith("c.lien : illisible, ")
    assert within == f"juin/a.zip : vide, zéro octet ; {REMEDES['vide']}."
    absent = run_command("flux", "doctor", "absent.zip", "--data-dir", str(tmp_path))
    assert absent.returncode == 2
    assert "absent.zip" in absent.stderr
