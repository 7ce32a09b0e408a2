"""`sge-sim factures verifie`: what it says of a folder, and how it ends."""

import json
import re
from pathlib import Path

import pytest
from facturation_kit import SIMPLE
from running_simulator import run_command

from sge_sim.flux.chiffrement import chiffrement, encrypt
from sge_sim.machine.documents import member_info, zipped

KEY = "00" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for nom, content in SIMPLE.files().items():
        (tmp_path / nom).write_bytes(content)
    return tmp_path


def test_a_folder_that_is_explained(folder: Path) -> None:
    done = run_command("factures", "verifie", str(folder))
    assert (done.returncode, done.stdout) == (0, "21 lignes de 3 blocs, 0 constat.\n")


def test_archives_with_a_key(folder: Path) -> None:
    members = [(member_info(each.name), each.read_bytes()) for each in sorted(folder.iterdir())]
    for each in folder.iterdir():
        each.unlink()
    content = encrypt(chiffrement("aes256", KEY), zipped(members), "F15.zip")
    (folder / "F15.zip").write_bytes(content)
    done = run_command("factures", "verifie", str(folder), "--cle", KEY)
    assert (done.returncode, done.stdout[:21]) == (0, "21 lignes de 3 blocs,")
    done = run_command("factures", "verifie", str(folder), "--cle", "11" * 32)
    assert (done.returncode, "illisible" in done.stdout) == (1, True)


def test_a_line_that_is_not_explained(folder: Path) -> None:
    text = (folder / "FL.xml").read_text().replace(">4.17<", ">4.18<", 1)
    (folder / "FL.xml").write_text(text)
    done = run_command("factures", "verifie", str(folder), "--json")
    first, *others = json.loads(done.stdout)["constats"]
    assert done.returncode == 1
    assert first["ligne"] == "ASSVCU4-0036-3 du 12/01/2026 au 11/02/2026"
    assert first["releves"] == ["1000000000000001", "1000000000000002"]
    assert first["attendu"].startswith("105 kWh × 0,0397 = 4,17 (HCH, 3,97 c€/kWh")
    assert {each["genre"] for each in others} == {"total"}


def test_each_line_is_explained_with_its_price_and_its_rounding(folder: Path) -> None:
    text = (folder / "FL.xml").read_text().replace(">4.17<", ">4.18<", 1)
    (folder / "FL.xml").write_text(text.replace(">0.060274<", ">0.070274<", 1))
    lines = run_command("flux", "show", str(folder / "FL.xml")).stdout.splitlines()
    assert len(lines) == 24
    assert lines[1] == (
        "  ASG-U du 12/01/2026 au 11/02/2026 : 31 j × 0,046027 = 1,43 (16,80 €/an ÷ 365 j ; "
        "TURPE 7 du 1er août 2025, CRE 2025-78 du 13 mars 2025 ; arrondi de 1,426837)"
    )
    assert "1,87 (attendu 0,060274 : 22,00 €/an ÷ 365 j" in lines[2]
    assert lines[7].endswith("; attendu 4,17, arrondi de 4,1685)")
    assert sum("attendu" in line for line in lines) == 2
    archive = zipped(
        (member_info(each.name), each.read_bytes()) for each in sorted(folder.glob("F*"))
    )
    (folder / "F15.zip").write_bytes(archive)
    said = run_command("flux", "show", str(folder / "F15.zip")).stdout
    assert "  HT 70,18 ; blocs : 36,73 + 25,31 + 8,14\n" in said
    assert "  TTC 84,22 ; blocs : 44,08 + 30,37 + 9,77\n" in said


@pytest.mark.parametrize(
    ("stood", "stands"),
    [
        (">2026-02-11<", ">2025-02-11<"),
        (">2026-02-11<", ">9999-12-31<"),
        (">186<", ">999999999999999999<"),
        (">0.027699<", ">999999999999.999999<"),
        (">ASG-U<", ">INCONNU<"),
    ],
)
def test_what_a_line_says_that_nothing_explains_is_told(
    folder: Path, stood: str, stands: str
) -> None:
    text = (folder / "FL.xml").read_text()
    (folder / "FL.xml").write_text(text.replace(stood, stands))
    done = run_command("flux", "show", str(folder / "FL.xml"))
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 24)
    assert re.search("n'a pas ce prix|attendu", done.stdout) or "999999999" in done.stdout
    (folder / "FL.xml").write_bytes(bytes(range(256)))
    done = run_command("flux", "show", str(folder / "FL.xml"), "--data-dir", str(folder))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_a_grid_of_a_user(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    grille = tmp_path_factory.mktemp("g") / "g.yaml"
    grille.write_text("regles: {tva: 10}\n")
    done = run_command("factures", "verifie", str(folder), "--grille", str(grille))
    assert (done.returncode, "tva 10" in done.stdout) == (1, True)
    grille.write_text("regles: {tva: x}\n")
    done = run_command("factures", "verifie", str(folder), "--grille", str(grille))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_wrong_uses_are_refused_in_a_sentence(tmp_path: Path) -> None:
    for asked in (tmp_path, tmp_path / "absent"):
        done = run_command("factures", "verifie", str(asked))
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
