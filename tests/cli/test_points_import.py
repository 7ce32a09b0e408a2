"""`sge-sim points import`, `modele`, `export`, `remove`, as they are typed."""

from pathlib import Path

import pytest
from in_process import served_in_process
from points_kit import csv_lines, examples, json_lines, made_points
from running_simulator import RunningSimulator, kept_open, refusal, run_command

OTHERS = "25946599093143"
C5, C4 = (cells["prm"] for cells in examples())


running = kept_open(served_in_process, "--population-size", "0", "--now", "2026-07-15T10:00")


def test_the_template_goes_in_is_served_goes_out_and_is_removed(
    running: RunningSimulator, tmp_path: Path
) -> None:
    modele = run_command("points", "modele").stdout
    file = tmp_path / "points.csv"
    file.write_text(modele)
    essai = running.command("points", "import", str(file), "--essai")
    assert (essai.stderr, essai.stdout) == ("", "2 points à importer, 0 déjà là.\n")
    assert running.ask("GET", f"/api/points/{C5}").status_code == 404
    imported = running.command("points", "import", str(file))
    assert imported.stdout == "2 points importés, 0 déjà là.\n"
    again = running.command("points", "import", str(file))
    assert again.stdout == "0 point importé, 2 déjà là.\n"
    types = {C5: ("courbe", "index", "energie"), C4: ("courbe", "index")}
    for prm, type_ in [(prm, each) for prm, known in types.items() for each in known]:
        asked = {"type": type_, "debut": "2026-07-01", "fin": "2026-07-08", "sens": "SOUTIRAGE"}
        found = running.ask("GET", f"/api/points/{prm}/mesures", params=asked)
        assert found.status_code == 200, found.text
        assert found.json()["colonnes"]
    assert running.command("points", "export").stdout == modele
    sortie = tmp_path / "sortie.jsonl"
    running.command("points", "export", "--format", "jsonl", "--sortie", str(sortie))
    assert running.command("points", "import", str(sortie)).stdout == again.stdout
    assert running.command("points", "remove", C4).stdout == "1 point retiré.\n"
    assert running.command("points", "remove", "--tous").stdout == "1 point retiré.\n"
    assert running.command("points", "export").stdout == modele.splitlines()[0] + "\n"


def test_measures_go_in_are_served_and_go_out(running: RunningSimulator, tmp_path: Path) -> None:
    mesures = run_command("points", "modele", "--mesures").stdout
    for name, content in (("points", run_command("points", "modele").stdout), ("jours", mesures)):
        (tmp_path / f"{name}.csv").write_text(content)
    files = [str(tmp_path / name) for name in ("points.csv", "jours.csv")]
    imported = running.command("points", "import", *files)
    assert imported.stdout == "2 points importés, 0 déjà là, 2 jours de mesures.\n"
    asked = {"type": "index", "debut": "2024-03-31", "fin": "2024-04-02", "sens": "SOUTIRAGE"}
    found = running.ask("GET", f"/api/points/{C5}/mesures", params=asked)
    assert "1006900" in found.text
    sortie = tmp_path / "sortie.csv"
    running.command("points", "export", "--mesures", "--sortie", str(sortie))
    assert sortie.read_text() == mesures
    assert sortie.stat().st_mode & 0o777 == 0o600
    running.command("points", "remove", "--tous")
    assert running.command("points", "import", *files, "--anonymise").stdout == imported.stdout
    exported = running.command("points", "export").stdout
    assert "Camille Exemple" not in exported
    assert len(exported.splitlines()) == 3
    running.command("points", "remove", "--tous")


def test_each_fault_is_told_with_its_line_and_nothing_is_imported(
    running: RunningSimulator, tmp_path: Path
) -> None:
    good = b"".join(csv_lines(made_points(3)))
    file = tmp_path / "points.csv"
    file.write_bytes(good + good.splitlines(keepends=True)[1] + b"x\n")
    done = running.command("points", "import", str(file))
    assert done.returncode == 2
    first, second, last = done.stderr.splitlines()
    assert first.startswith("points.csv, ligne 6 : elle a 1 cellule et ")
    assert second.startswith("points.csv, ligne 5, prm : ")
    assert "2 erreurs : rien n'est importé" in last
    assert running.command("points", "export").stdout.count("\n") == 1
    done = running.command("points", "import", str(file), "--sauf-erreurs")
    assert (done.returncode, done.stdout) == (1, "3 points importés, 0 déjà là, 2 erreurs.\n")
    assert running.command("points", "remove", "--tous").returncode == 0


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("import", "absent.csv"), "n'existe pas"),
        (("remove",), "prm : à donner"),
        (("remove", OTHERS), "n'est pas un point importé"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    running: RunningSimulator, typed: tuple[str, ...], why: str
) -> None:
    assert why in refusal(running.command("points", *typed))


def test_a_point_that_is_there_otherwise_is_removed_only_if_it_was_imported(
    running: RunningSimulator, tmp_path: Path
) -> None:
    file = tmp_path / "points.jsonl"
    file.write_bytes(b"".join(json_lines(made_points(1))))
    own = next(made_points(1))
    assert running.command("points", "import", str(file)).returncode == 0
    for prm, remedy in ((own["prm"], "points remove le retire"), (OTHERS, "donner un autre PRM")):
        other = {**own, "prm": prm, "lieuDit": "AILLEURS"}
        file.write_bytes(b"".join(json_lines(iter([other]))))
        done = running.command("points", "import", str(file))
        assert "existe déjà, autrement" in done.stderr
        assert remedy in done.stderr
        removed = running.command("points", "remove", prm)
        assert removed.returncode == (0 if prm == own["prm"] else 2)


def test_a_remark_is_shown_and_refused_when_strict(
    running: RunningSimulator, tmp_path: Path
) -> None:
    file = tmp_path / "points.jsonl"
    file.write_bytes(next(json_lines(iter([examples()[0] | {"etatAlimentation": "NALI"}]))))
    strict = running.command("points", "import", str(file), "--strict")
    first, last = strict.stderr.splitlines()
    assert first.startswith("points.jsonl, ligne 1, etatAlimentation : un point en service (SERVC)")
    assert (strict.returncode, "1 erreur : rien n'est importé" in last) == (2, True)
    taken = running.command("points", "import", str(file))
    assert taken.stderr.startswith("points.jsonl, ligne 1, etatAlimentation (remarque) : un point ")
    assert taken.stdout == "1 point importé, 0 déjà là, 1 remarque.\n"
    assert "remarques:" in running.command("points", "show", C5).stdout
    running.command("points", "remove", "--tous")
