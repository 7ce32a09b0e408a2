"""Reports that are kept: the newest first, each compared with the one before it."""

from dataclasses import replace
from pathlib import Path

import pytest
from campaign_samples import sample_report

from sge_sim.clock import RunningClock
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.passages import Passages
from sge_sim.homologation.client.sge_client import Cible
from sge_sim.homologation.reports.comparaison import compare
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import Rapport
from sge_sim.homologation.reports.writing import write_reports


def with_outcomes(rapport: Rapport, **outcomes: Statut) -> Rapport:
    """The report with other outcomes, by the key of the case without its punctuation."""
    return replace(
        rapport,
        executions=tuple(
            replace(each, statut=outcomes[name], constats=())
            if (name := each.cle.replace("-", "_")) in outcomes
            else each
            for each in rapport.executions
        ),
    )


@pytest.fixture
def passages(tmp_path: Path) -> Passages:
    earlier = sample_report()
    later = with_outcomes(earlier, A_R1=Statut.ECHOUE, A_NR1=Statut.REUSSI)
    other = replace(earlier, release="sge-2.0")
    for name, rapport in (
        ("20250101-000000", earlier),
        ("20250102-000000", other),
        ("20250103-000000", later),
    ):
        write_reports(rapport, tmp_path / "rapports" / name)
    return Passages(tmp_path, RunningClock())


def test_a_report_is_compared_with_the_one_before_of_its_release(passages: Passages) -> None:
    newest, other, oldest = passages.kept()
    assert newest.nom == "20250103-000000"
    assert str(newest.depuis) == "1 réparé, 1 cassé, sur 3 cas passés les deux fois"
    assert other.depuis is None
    assert oldest.depuis is None
    page = passages.file(newest.nom, "rapport.html").read_text()
    assert "Depuis le rapport du 04/03/2025 10:30:00 : 1 réparé, 1 cassé, sur 3 cas" in page
    assert str(compare(oldest.rapport, oldest.rapport)).startswith("rien n'a changé, sur 3")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("20250103-000000", "../../sge-sim.db"),
        ("..", "rapport.html"),
        ("20250103-000000", "autre.txt"),
        ("20990101-000000", "rapport.html"),
    ],
)
def test_nothing_but_a_report_is_given(passages: Passages, name: str, file: str) -> None:
    assert passages.file("20250103-000000", "rapport.html").is_file()
    with pytest.raises(UsageError):
        passages.file(name, file)


def test_a_package_is_named_in_any_case(passages: Passages) -> None:
    """A name that the release hasn't is refused before that of a case."""
    cible = Cible("https://localhost:1", Path("c"), Path("k"), "a@b.fr", "1100256")
    for package, wrong in (("Consultation", "RP-R99"), ("tout", "tout")):
        with pytest.raises(UsageError, match=wrong):
            passages.start(cible, "sge-26.1", package, "RP-R99")
