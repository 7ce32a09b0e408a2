from dataclasses import replace
from pathlib import Path

from campaign_samples import GOOD, REFUSED, answered, case, sample_report
from running_simulator import run_command

from sge_sim.homologation.campaign.evaluation import RefusRecu
from sge_sim.homologation.reports.comparaison import compare
from sge_sim.homologation.reports.rapport import Rapport, to_json

WRONG, RIGHT = RefusRecu("SGT463", "x"), RefusRecu("SGT401", "point inexistant")
OTHER, BAD = case("C-R1"), case("D-R1")


def reports() -> tuple[Rapport, Rapport]:
    before = (
        answered(GOOD, {}),
        answered(REFUSED, WRONG),
        answered(OTHER, {}),
        answered(BAD, WRONG),
        answered(case("E-R1"), {}),
    )
    after = (
        answered(GOOD, WRONG),
        answered(REFUSED, RIGHT),
        answered(OTHER, {}),
        answered(BAD, WRONG),
        answered(case("F-R1"), {}),
    )
    sample = sample_report()
    return replace(sample, executions=before), replace(sample, executions=after)


def test_what_was_fixed_broken_new_gone_and_unchanged_is_told() -> None:
    found = compare(*reports())
    assert found.parts == (
        ("1 réparé", ("A-NR1",)),
        ("1 cassé", ("A-R1",)),
        ("1 nouveau", ("F-R1",)),
        ("1 disparu", ("E-R1",)),
        ("1 inchangé, mauvais", ("D-R1",)),
        ("1 inchangé, bon", ("C-R1",)),
    )
    told = "1 réparé (A-NR1), 1 cassé (A-R1), 1 nouveau (F-R1), 1 disparu (E-R1)"
    assert str(found) == told


def test_the_command_compares_two_folders(tmp_path: Path) -> None:
    before, after = reports()
    for name, report in (("avant", before), ("apres", after)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rapport.json").write_bytes(to_json(report))
    done = run_command("report", "compare", str(tmp_path / "avant"), str(tmp_path / "apres"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 inchangé, mauvais\n  - D-R1" in done.stdout
    same = run_command("report", "compare", str(tmp_path / "avant"), str(tmp_path / "avant"))
    assert same.returncode == 0
    assert "rien n'a changé" in same.stdout
