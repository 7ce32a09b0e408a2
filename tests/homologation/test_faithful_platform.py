"""The package Consultation against a simulator that plays the defects of the real platform."""

from pathlib import Path

import pytest
from homologating import Homologation, against, homologate
from played_in_process import play
from running_simulator import RunningSimulator, kept_open, start_simulator

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


DAY = f"{load_release('23.2').reference}T10:00"
faithful = kept_open(start_simulator, "--now", DAY, "--profile", "fidele")


@pytest.fixture(scope="module")
def campaign(faithful: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Homologation:
    folder = tmp_path_factory.mktemp("fidele")
    asked = ("--package", "consultation", "--release", "23.2")
    return homologate(folder / "rapport", *against(faithful), *asked)


@pytest.mark.observed("homologation 2022 and 2023: the measures of a large point are made up")
@pytest.mark.parametrize("admin", [True, False])
def test_an_excused_success_is_a_success_that_says_so(
    faithful: RunningSimulator, tmp_path: Path, admin: bool
) -> None:
    """The exit status is 0, and without the administration all that it can't tell is listed."""
    asked = ("--cas", "CMD3-R2@C1-C4", "--release", "23.2", *(() if admin else ("--now", DAY)))
    done = homologate(tmp_path, *against(faithful, admin=admin), *asked, "--client", "Le mien")
    assert done.code == 0, done.stdout + done.stderr
    (run,) = done.report.executions
    assert run.controles > 20
    assert "\n              réussi, 2 vérifications excusées\n" in done.stdout
    assert "lues en homologation en 2022 et 2023 ; vu de 22.1 à 23.2" in done.stdout
    assert f"{run.controles} vérifications faites, 2 excusées." in done.stdout
    unknown = {each.quoi for each in done.report.non_verifies}
    assert ("ce qu'est la cible" in unknown) is not admin
    assert ("les mesures, les points et les services de la cible" in unknown) is not admin
    assert ("ce qu'est la cible : sans l'administration" in done.stdout) is not admin
    assert {"31 cas du package consultation", "16 cas du package commande"} <= unknown
    assert done.report.client == "Le mien"
    assert done.report.societe == ("ALPHA SERVICES ENERGIE" if admin else "")
    for form in ("rapport.html", "suivi.xlsx", "junit.xml"):
        assert str(tmp_path).encode() not in (tmp_path / form).read_bytes()


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
