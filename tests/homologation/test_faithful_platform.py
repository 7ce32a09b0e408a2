"""The package Consultation against a simulator that plays the defects of the real platform."""

from pathlib import Path

import pytest
from homologating import Homologation, against, homologate
from in_process import served_in_process
from played_in_process import play

from sge_sim.domaine.nomenclatures import ENVIRONMENTS, Environment
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.settings import Profile, Settings

DEVIANT = {
    "AHC-R1@C1-C4": "SGT4G3",
    "CMD3-R3@C1-C4": "SGT4G3",
    "CMD3-R5@C1-C4": "SGT4G3",
    "CMD3-R5@C5": "SGT4G3",
    "CMD3-R6@C1-C4": "SGT4G3",
    "CMD3-R6@C5": "SGT4G3",
    "RP-R2@C5": None,
    "RP-R3@C5": None,
}
"""The runs that the platform didn't serve in 23.2, with their code; None is an empty answer."""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Homologation:
    folder = tmp_path_factory.mktemp("fidele")
    release = load_release("23.2")
    options = ("--now", f"{release.reference}T10:00", "--profile", "fidele")
    with served_in_process(folder / "etat", *options) as running:
        return homologate(
            folder / "rapport",
            *against(running),
            *("--package", "consultation", "--release", "23.2"),
        )


@pytest.mark.observed("homologation 23.2")
def test_the_deviations_that_were_observed_show_as_such_and_no_other(
    campaign: Homologation,
) -> None:
    executions = campaign.report.executions
    bad = [each for each in executions if not each.statut.bon]
    assert {each.cle: each.code for each in bad} == DEVIANT
    assert {each.statut for each in bad} == {Statut.ECART}
    listed = {each.cle for each in load_release("23.2").cas if each.ecart_connu}
    assert listed & {each.cle for each in executions} == set(DEVIANT)


@pytest.mark.observed("homologation 23.2, CMD3-NR2: SGT4G3 where 26.1 answers SGT211")
def test_an_index_without_access_service_has_no_measure_before_it_has_no_service(
    campaign: Homologation,
) -> None:
    run = campaign.execution("CMD3-NR2@C5")
    assert (run.statut, run.code) == (Statut.REUSSI, "SGT4G3")


def test_a_refusal_tells_that_the_deviation_was_observed(campaign: Homologation) -> None:
    rules = {
        each.regle.name: each.regle.provenance
        for each in campaign.report.executions
        if each.statut is Statut.ECART and each.regle is not None
    }
    assert rules == {
        "ConsultationMesures/sans_ecart_sgt4g3": "observed",
        "ConsultationMesuresDetaillees/sans_ecart_sgt4g3": "observed",
    }
    run = campaign.execution("AHC-R1@C1-C4")
    assert ">Aucune mesure trouvée pour ce PRM<" in run.reponse


@pytest.mark.documented("catalogue SGE 21.3 §1: every compulsory case of a package must be good")
def test_the_verdict_names_the_compulsory_cases_that_deviate(campaign: Homologation) -> None:
    (verdict,) = campaign.report.verdicts
    assert verdict.decision is Decision.NON_HOMOLOGUE
    compulsory = ", ".join(cle for cle in DEVIANT if cle != "RP-R3@C5")
    assert verdict.raison == f"écart connu : {compulsory}."


@pytest.mark.observed("homologation 22.1 and 26.1: what failed in 23.2 succeeds")
@pytest.mark.parametrize("name", ["22.1", "26.1"])
def test_the_releases_without_a_deviation_are_homologated(tmp_path: Path, name: str) -> None:
    release = load_release(name)
    cases = [case for case in release.cas if case.package == "consultation"]
    executions = play(release, cases, tmp_path, profile=Profile.FIDELE)
    assert [each.cle for each in executions if not each.statut.bon] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("profile", Profile)
def test_the_defects_are_those_of_the_homologation_platform_alone(
    environment: Environment, profile: Profile
) -> None:
    settings = Settings(environment=environment, profile=profile)
    faithful = (environment, profile) == ("homologation", Profile.FIDELE)
    assert settings.plays_real_homologation is faithful
