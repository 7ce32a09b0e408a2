"""Reports that were changed by hand, or badly joined: none makes a false sentence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_samples import DEVIANT, GOOD, REFUSED, answered, sample_report
from running_simulator import run_command

from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.outcome import not_run
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.comparaison import find_previous
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.rapport import (
    Constat,
    Rapport,
    incoherences,
    read_rapport,
    to_json,
)
from sge_sim.homologation.reports.writing import write_reports

SAMPLE = sample_report()
BEST, WORST, KNOWN = SAMPLE.executions


def of_runs(*runs: object) -> Rapport:
    return replace(SAMPLE, executions=runs)  # type: ignore[arg-type]


def of_verdict(decision: Decision, *runs: object) -> Rapport:
    verdict = replace(SAMPLE.verdicts[0], decision=decision)
    return replace(of_runs(*(runs or SAMPLE.executions)), verdicts=(verdict,))


EXCUSE = Constat("une unité", True, "MW", avertit=True, excuse="vu en 23.2")
FALSIFIED: dict[str, tuple[Rapport, str]] = {
    "ends before it begins": (
        replace(SAMPLE, fin=SAMPLE.debut - timedelta(hours=1)),
        "finit avant d'avoir commencé",
    ),
    "no time zone": (
        replace(SAMPLE, debut=SAMPLE.debut.replace(tzinfo=None)),
        "n'est pas un rapport",
    ),
    "another origin": (replace(SAMPLE, origine="certifiée"), "n'est pas un rapport"),
    "a case twice": (of_runs(*SAMPLE.executions, replace(BEST, titre="Encore")), "A-R1 y est 2"),
    "a verdict twice": (
        replace(SAMPLE, verdicts=(*SAMPLE.verdicts, SAMPLE.verdicts[0])),
        "package consultation y est 2 fois",
    ),
    "a failure made good": (
        of_runs(BEST, replace(WORST, statut=Statut.REUSSI), KNOWN),
        "« réussi » avec une attente manquée",
    ),
    "good without a call": (
        of_runs(replace(BEST, instant=None), WORST, KNOWN),
        "« réussi » sans avoir été appelé",
    ),
    "untried, with a call": (
        of_runs(replace(BEST, statut=Statut.A_PASSER), WORST, KNOWN),
        "« à passer » et a été appelé",
    ),
    "an excuse that counts": (
        of_runs(BEST, replace(WORST, constats=(replace(EXCUSE, reussi=False),)), KNOWN),
        "excuse une vérification qui compte",
    ),
    "homologated in spite of a failure": (of_verdict(Decision.HOMOLOGUE), "sans que ses cas"),
    "homologated without a case": (of_verdict(Decision.HOMOLOGUE, KNOWN), "sans que ses cas"),
    "not homologated, all good": (
        of_verdict(Decision.NON_HOMOLOGUE, BEST),
        "aucun de ses cas n'a échoué",
    ),
    "a verdict of some cases": (replace(SAMPLE, partielle=True), "campagne partielle juge"),
}


@pytest.mark.parametrize(("rapport", "why"), FALSIFIED.values(), ids=FALSIFIED)
def test_a_falsified_report_is_refused_in_a_sentence(
    rapport: Rapport, why: str, tmp_path: Path
) -> None:
    """And is no history of another one."""
    (tmp_path / "faux").mkdir()
    (tmp_path / "faux" / "rapport.json").write_bytes(to_json(rapport))
    with pytest.raises(UsageError, match=why):
        read_rapport(tmp_path / "faux")
    later = replace(SAMPLE, debut=SAMPLE.fin + timedelta(days=1), fin=SAMPLE.fin + timedelta(2))
    assert find_previous(later, tmp_path / "nouveau") is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: SAMPLE,
        lambda: of_runs(BEST, answered(REFUSED, None), KNOWN),
        lambda: replace(
            of_runs(BEST, WORST, not_run(DEVIANT, "La cible est fermée.")),
            verdicts=SAMPLE.verdicts[:1],
        ),
        lambda: of_runs(*reversed(SAMPLE.executions)),
        lambda: replace(of_runs(), verdicts=()),
        lambda: of_verdict(
            Decision.HOMOLOGUE,
            BEST,
            replace(answered(GOOD, RefusRecu("X")), cle="F", facultatif=True),
        ),
        lambda: of_verdict(
            Decision.HOMOLOGUE,
            replace(BEST, au_choix="l'un"),
            replace(WORST, au_choix="l'un"),
        ),
        lambda: of_runs(replace(BEST, constats=(EXCUSE,)), WORST, KNOWN),
    ],
)
def test_what_sge_sim_may_write_is_read_back_without_loss(
    make: Callable[[], Rapport], tmp_path: Path
) -> None:
    rapport = make()
    assert list(incoherences(rapport)) == []
    write_reports(rapport, tmp_path)
    assert read_rapport(tmp_path) == rapport


def test_the_command_says_so(tmp_path: Path) -> None:
    rapport, _ = FALSIFIED["a failure made good"]
    (tmp_path / "rapport.json").write_bytes(to_json(rapport))
    done = run_command("report", "pdf", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(" : refaire la campagne.\n")
    assert len(done.stderr.splitlines()) == 1
