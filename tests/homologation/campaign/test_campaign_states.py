"""What a campaign keeps of the runs that it has seen of one case."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from campaign_samples import INSTANT, answered

from sge_sim.domaine.plateformes import Offering
from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.matching import Observation
from sge_sim.homologation.campaign.observed import CampaignState
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.etats import Decision, IssueDeCas, Statut
from sge_sim.homologation.reports.rapport import Execution

RELEASE = load_release("23.2")
OFFERING = Offering("toutes", date(2023, 10, 24))
(CASE,) = RELEASE.find("ADP-NR1")
GOOD = answered(CASE, RefusRecu(CASE.attendu.code, CASE.attendu.libelle or ""))
BAD = answered(CASE, RefusRecu("SGT463", "autre"))
LATER_BAD = replace(BAD, remarque="la dernière")
LATER_GOOD = replace(GOOD, remarque="la dernière")


def kept(*runs: Execution, fin: datetime | None = None) -> Execution:
    """What a campaign keeps of those runs of the case, one after the other."""
    observations = tuple(
        Observation(number, INSTANT, CASE.service, IssueDeCas.COCHE, (CASE.cle,), (), "", run)
        for number, run in enumerate(runs)
    )
    state = CampaignState(1, "TIERS1", RELEASE.nom, INSTANT, fin, observations, OFFERING)
    (run,) = (each for each in state.executions if each.cle == CASE.cle)
    return run


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ((GOOD, BAD), GOOD),
        ((BAD, GOOD), GOOD),
        ((GOOD, LATER_GOOD), LATER_GOOD),
        ((BAD, LATER_BAD), LATER_BAD),
        ((GOOD, BAD, LATER_BAD), GOOD),
    ],
)
def test_a_case_stays_ticked_by_its_last_good_run(
    runs: tuple[Execution, ...], wanted: Execution
) -> None:
    assert kept(*runs) == wanted


def test_a_case_that_nobody_called_has_not_begun_and_lacks_once_the_campaign_is_closed() -> None:
    assert kept().statut is Statut.PAS_COMMENCE
    assert kept(fin=INSTANT).statut is Statut.A_PASSER


def state(*runs: Execution) -> CampaignState:
    """An open campaign that saw those runs."""
    observations = tuple(
        Observation(number, INSTANT, run.service, IssueDeCas.COCHE, (run.cle,), (), "", run)
        for number, run in enumerate(runs)
    )
    return CampaignState(1, "TIERS1", RELEASE.nom, INSTANT, None, observations, OFFERING)


@pytest.mark.parametrize(
    ("runs", "names", "succeeds"),
    [
        ((GOOD,), ("ADP-NR1",), True),
        ((BAD,), ("ADP-NR1",), False),
        ((), ("ADP-NR1",), False),
        ((GOOD,), ("ADP-R1", "ADP-NR1"), False),
        ((GOOD,), (), False),
    ],
)
def test_a_report_of_named_cases_succeeds_if_each_of_them_is_good(
    runs: tuple[Execution, ...], names: tuple[str, ...], succeeds: bool
) -> None:
    assert state(*runs).rapport(names).reussi is succeeds


def test_a_named_case_that_nobody_called_is_to_be_run_though_the_campaign_is_open() -> None:
    rapport = state(GOOD).rapport(("ADP-NR1", "ADP-R1@C5"))
    statuts = {each.cle: each.statut for each in rapport.executions}
    assert statuts == {"ADP-R1@C5": Statut.A_PASSER, "ADP-NR1": Statut.REUSSI}
    assert [each.decision for each in rapport.verdicts] == [Decision.NON_JUGE]
    assert rapport.remarques[-1].startswith(f"Campagne partielle, 2 des {len(RELEASE.cas)} cas")
    with pytest.raises(UsageError, match="ADP-R9"):
        state().rapport(("ADP-R9",))
