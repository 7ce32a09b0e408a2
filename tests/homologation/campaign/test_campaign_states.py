"""What a campaign keeps of the runs that it has seen of one case."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from campaign_samples import INSTANT, answered

from sge_sim.domaine.plateformes import Offering
from sge_sim.homologation.campaign.evaluation import RefusRecu
from sge_sim.homologation.campaign.matching import Observation
from sge_sim.homologation.campaign.observed import CampaignState
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.etats import Statut
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
        Observation(number, INSTANT, CASE.service, "coché", (CASE.cle,), (), "", run)
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
