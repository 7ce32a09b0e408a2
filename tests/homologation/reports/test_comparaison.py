import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_samples import GOOD, INSTANT, REFUSED, answered, case, sample_report
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from running_simulator import run_command

from sge_sim.homologation.campaign.outcome import not_run
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.comparaison import compare, find_previous, precedes
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.rapport import Execution, Rapport, to_json
from sge_sim.homologation.reports.writing import write_reports

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
    assert (*found.changes, *found.autres) == (
        ("1 réparé", ("A-NR1",)),
        ("1 cassé", ("A-R1",)),
        ("1 passé après seulement", ("F-R1",)),
        ("1 passé avant seulement", ("E-R1",)),
        ("1 inchangé, mauvais", ("D-R1",)),
        ("1 inchangé, bon", ("C-R1",)),
    )
    assert str(found) == "1 réparé, 1 cassé, sur 4 cas passés les deux fois"


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


DAY = timedelta(days=1)
KEYS = ("A-R1", "B-R1", "C-R1")
BEGAN = INSTANT + DAY


def run(cle: str, how: str, product: str = "Client A/2") -> Execution:
    """A run that ended so: good, bad, struck by a panne, or not run."""
    of = case(cle)
    if how == "sans appel":
        return not_run(of, "Aucune demande observée pour ce cas.")
    panne = "Panne prévue n° 1." if how == "perturbé" else ""
    answer = RefusRecu("SGT500") if how == "mauvais" else {}
    return replace(answered(of, answer, panne), logiciel=product)


def campaign(*how: str, product: str = "Client A/2", after: bool = False, **who: object) -> Rapport:
    """A campaign of three cases that ended so, an hour long, the day before or that day."""
    began = BEGAN if after else INSTANT
    runs = tuple(run(cle, each, product) for cle, each in zip(KEYS, how, strict=True))
    rapport = replace(
        sample_report(), executions=runs, verdicts=(), debut=began, origine="observée"
    )
    return replace(rapport, **{"fin": began + DAY / 24, **who})


def history(before: Rapport, after: Rapport) -> str | None:
    """What the report says of what was before: nothing, or a sentence, then the cases."""
    page = html.fromstring(render_html(after, before if precedes(before, after) else None))
    said = page.xpath("//details[starts-with(summary, 'Depuis le rapport')]")
    if not said:
        return None
    (folded,) = said
    assert folded.get("open") is None
    place = [each.tag for each in page.xpath("//main//table[@class='verdicts'] | //main//details")]
    assert place[0] == "table", "the verdict comes first"
    return " ".join(folded.text_content().split()).partition(" : ")[2]


NOW = campaign("bon", "bon", "mauvais", after=True)
BAD_BEFORE = ("mauvais", "mauvais", "bon")
HISTORIES = {
    "another actor": (campaign(*BAD_BEFORE, acteur="b@exemple.fr"), NOW, None),
    "another client of the actor": (campaign(*BAD_BEFORE, client="login b"), NOW, None),
    "another product": (campaign(*BAD_BEFORE, product="Client B/2"), NOW, None),
    "another client, untried": (campaign(*["sans appel"] * 3, client="login b"), NOW, None),
    "another target": (campaign(*BAD_BEFORE, cible="https://sge.enedis.fr"), NOW, None),
    "another origin": (campaign(*BAD_BEFORE, origine="pytest"), NOW, None),
    "another release": (campaign(*BAD_BEFORE, release="sge-2.0"), NOW, None),
    "still running": (campaign(*BAD_BEFORE, fin=BEGAN + DAY / 48), NOW, None),
    "untried": (campaign(*["sans appel"] * 3), NOW, None),
    "struck": (campaign(*["perturbé"] * 3), NOW, None),
    "run before": (
        campaign(*BAD_BEFORE),
        NOW,
        "2 réparés, 1 cassé, sur 3 cas passés les deux fois "
        "2 réparés : A-R1, B-R1. 1 cassé : C-R1.",
    ),
    "run before by an older version": (
        campaign(*BAD_BEFORE, product="Client A/1"),
        NOW,
        "2 réparés, 1 cassé, sur 3 cas passés les deux fois "
        "2 réparés : A-R1, B-R1. 1 cassé : C-R1.",
    ),
    "one of three run before": (
        campaign("sans appel", "perturbé", "mauvais"),
        NOW,
        "rien n'a changé, sur 1 cas passés les deux fois",
    ),
    "one of three run now": (
        campaign(*BAD_BEFORE),
        campaign("sans appel", "perturbé", "bon", after=True),
        "rien n'a changé, sur 1 cas passés les deux fois",
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), HISTORIES.values(), ids=HISTORIES)
def test_a_made_up_history_gives_no_false_sentence(
    before: Rapport, after: Rapport, said: str | None
) -> None:
    assert history(before, after) == said


def test_of_reports_that_stand_together_the_last_of_the_same_client_is_taken(
    tmp_path: Path,
) -> None:
    """Whenever their files were written: a copy is newer than what it is of."""
    last = campaign(*BAD_BEFORE, debut=INSTANT + DAY / 4, fin=INSTANT + DAY / 3)
    befores = (last, *(before for before, _, _ in HISTORIES.values()))
    for rank, before in enumerate(befores):
        (tmp_path / str(rank)).mkdir()
        (tmp_path / str(rank) / "rapport.json").write_bytes(to_json(before))
    assert find_previous(NOW, tmp_path / "nouveau") == last
    written = write_reports(NOW, tmp_path / "nouveau")
    page = (written.folder / "rapport.html").read_text(encoding="utf-8")
    assert page.count("Depuis le rapport du 04/03/2025 18:30:00 : 2 réparés, 1 cassé") == 1


HOW = st.sampled_from(["bon", "mauvais", "perturbé", "sans appel"])
WHO = {
    "product": ("Client A/1", "Client A/2", "Client B/2"),
    "acteur": ("a@exemple.fr", "b@exemple.fr"),
    "client": ("", "login b"),
    "cible": ("un simulateur sge-sim", "https://localhost:8443"),
    "origine": ("observée", "exécutée"),
    "release": ("sge-1.0", "sge-2.0"),
}


@st.composite
def campaigns(draw: st.DrawFn, after: bool) -> Rapport:
    """A campaign of somebody, which mostly is the same."""
    changed = draw(st.sets(st.sampled_from(sorted(WHO)), max_size=1))
    who = {
        name: draw(st.sampled_from(WHO[name])) if name in changed else WHO[name][0] for name in WHO
    }
    return campaign(*(draw(HOW) for _ in KEYS), after=after, **who)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(campaigns(after=False), campaigns(after=True))
def test_no_history_says_what_was_not(before: Rapport, after: Rapport) -> None:
    """What is said to be repaired was called and bad, is called and good, by the same client."""
    said = history(before, after)
    names = [{each.split("/")[0] for each in rapport.logiciels} for rapport in (before, after)]
    same = all(
        getattr(before, each) == getattr(after, each)
        for each in ("acteur", "client", "cible", "origine", "release")
    )
    runs = list(zip(before.executions, after.executions, strict=True))
    called = [
        pair for pair in runs if all(each.statut in (Statut.REUSSI, Statut.ECHOUE) for each in pair)
    ]
    assert (said is not None) == (same and names[0] == names[1] and bool(called))
    for words, (old, new) in (("réparé", (False, True)), ("cassé", (True, False))):
        listed = re.search(rf"\d {words}s? : ([^.]*)", said or "")
        keys = listed[1].split(", ") if listed else []
        fared = [b.cle for b, a in called if (b.statut.bon, a.statut.bon) == (old, new) and said]
        assert keys == fared
