from dataclasses import replace

import pytest
from campaign_samples import DEVIANT, GOOD, REFUSED, SAMPLE, answered, case, release, sample_report

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.plateformes import ARRET, Offering, first_generation
from sge_sim.homologation.campaign.outcome import judge, not_run, seen
from sge_sim.homologation.catalogue.cases import Attendu, Cas, TropRecent
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.executions import cause_of
from sge_sim.homologation.reports.rapport import Execution, Rapport

documented = pytest.mark.documented("catalogue SGE 21.3 §1")
GOOD_REFUSAL = RefusRecu("SGT401", "point inexistant")


def decide(*runs: Execution, cases: tuple[Cas, ...], partielle: bool = False) -> Decision:
    (verdict,) = judge(release(*cases), ("consultation",), runs, partielle)
    return verdict.decision


@documented
def test_a_package_whose_compulsory_cases_are_all_good_is_homologated() -> None:
    runs = (answered(GOOD, {}), answered(REFUSED, GOOD_REFUSAL))
    assert decide(*runs, cases=(GOOD, REFUSED)) is Decision.HOMOLOGUE


@documented
def test_one_failed_case_denies_the_package_and_is_named() -> None:
    runs = (answered(GOOD, {}), answered(REFUSED, {}))
    (verdict,) = judge(release(GOOD, REFUSED), ("consultation",), runs, partielle=False)
    assert verdict.decision is Decision.NON_HOMOLOGUE
    assert verdict.raison == "échoué : A-NR1."


@documented
def test_a_case_that_was_not_run_denies_the_package() -> None:
    assert decide(answered(GOOD, {}), cases=(GOOD, REFUSED)) is Decision.A_PASSER
    runs = (answered(GOOD, {}), not_run(REFUSED, "fermé"))
    assert decide(*runs, cases=(GOOD, REFUSED)) is Decision.A_PASSER
    wrong = (answered(GOOD, RefusRecu("SGT500")), not_run(REFUSED, "fermé"))
    assert decide(*wrong, cases=(GOOD, REFUSED)) is Decision.NON_HOMOLOGUE


def test_cases_that_nobody_called_are_counted_rather_than_named() -> None:
    untried = not_run(REFUSED, "rien", statut=Statut.PAS_COMMENCE)
    cases, runs = (GOOD, REFUSED), (answered(GOOD, {}), untried)
    (verdict,) = judge(release(*cases), ("consultation",), runs, partielle=False)
    assert verdict.decision is Decision.A_PASSER
    assert verdict.raison == "1 cas obligatoire pas commencé."


@documented
def test_a_failed_case_of_another_package_does_not_matter() -> None:
    runs = (answered(GOOD, {}), answered(DEVIANT, RefusRecu("SGT401")))
    consultation, commande = judge(
        release(GOOD, DEVIANT), ("consultation", "commande"), runs, partielle=False
    )
    assert consultation.decision is Decision.HOMOLOGUE
    assert commande.decision is Decision.NON_HOMOLOGUE


def test_what_the_target_does_not_serve_is_left_out_and_named() -> None:
    ending = case("A-R3", existences={"Ancien": first_generation("Nouveau")})
    gone = not_run(ending, "arrêté.", statut=Statut.NON_SERVI)
    cases = (GOOD, ending)
    (verdict,) = judge(
        release(*cases), ("consultation",), (answered(GOOD, {}), gone), partielle=False
    )
    assert verdict.decision is Decision.HOMOLOGUE
    assert verdict.raison.endswith("Hors jugement (arrêté) : A-R3.")
    assert decide(answered(GOOD, None), gone, cases=cases) is Decision.NON_HOMOLOGUE
    assert decide(gone, cases=(ending,)) is Decision.SANS_CAS_SERVI
    optional = case("A-R2", facultatif=True)
    assert decide(gone, answered(optional, {}), cases=(ending, optional)) is Decision.SANS_CAS_SERVI


def test_a_campaign_in_which_nothing_was_judged_is_no_success() -> None:
    gone = not_run(GOOD, "arrêté.", statut=Statut.NON_SERVI)
    for partielle in (True, False):
        assert not report_of(gone, cases=(GOOD,), partielle=partielle).reussi
    assert report_of(gone, answered(REFUSED, GOOD_REFUSAL), cases=(GOOD, REFUSED)).reussi


def test_what_was_seen_of_a_case_counts_by_its_own_day() -> None:
    ending = case("A-R3", existences={"Ancien": first_generation("Nouveau")})
    after = Offering("auto", ARRET)
    assert seen(ending, None, after, "rien").statut is Statut.NON_SERVI
    assert seen(ending, None, Offering("toutes", ARRET), "rien").statut is Statut.A_PASSER
    failed = answered(ending, RefusRecu("SGT506"))
    assert failed.instant is not None
    assert seen(ending, failed, after, "") is failed, "it was served on that day"
    late = replace(failed, instant=failed.instant.replace(year=2026, month=12))
    assert seen(ending, late, after, "").statut is Statut.NON_SERVI
    good = replace(answered(ending, {}), instant=late.instant)
    assert seen(ending, good, after, "") is good


@documented
def test_an_optional_case_counts_for_nothing() -> None:
    optional = case("A-R2", facultatif=True)
    runs = (answered(GOOD, {}), answered(optional, RefusRecu("SGT500")))
    assert decide(*runs, cases=(GOOD, optional)) is Decision.HOMOLOGUE


@documented
def test_one_run_of_a_group_is_enough() -> None:
    first, other = (case("A-R3", segment=each, au_choix="courbe") for each in ("C1-C4", "C5"))
    runs = (answered(first, RefusRecu("SGT500")), answered(other, {}))
    assert decide(*runs, cases=(first, other)) is Decision.HOMOLOGUE


@documented
def test_the_reason_counts_the_good_runs_and_tells_what_a_group_does_without() -> None:
    first, other = (case("A-R3", segment=each, au_choix="arrêt") for each in ("C2-C4", "C5"))
    runs = (answered(GOOD, {}), not_run(first, "rien"), answered(other, {}))
    (verdict,) = judge(release(GOOD, first, other), ("consultation",), runs, partielle=False)
    assert verdict.decision is Decision.HOMOLOGUE
    assert verdict.raison == (
        "Chaque cas obligatoire est bon (2 exécutions). Au choix, A-R3@C5 suffit, sans A-R3@C2-C4."
    )
    both = (answered(GOOD, {}), answered(first, {}), answered(other, {}))
    (verdict,) = judge(release(GOOD, first, other), ("consultation",), both, partielle=False)
    assert verdict.raison == "Chaque cas obligatoire est bon (3 exécutions)."


@documented
def test_a_group_without_a_good_run_denies_the_package() -> None:
    first, other = (case("A-R3", segment=each, au_choix="courbe") for each in ("C1-C4", "C5"))
    runs = (answered(first, RefusRecu("SGT500")), answered(other, RefusRecu("SGT500")))
    assert decide(*runs, cases=(first, other)) is Decision.NON_HOMOLOGUE


def test_a_package_without_a_case_in_the_release_is_out_of_question() -> None:
    (verdict,) = judge(SAMPLE, ("historique",), (), partielle=False)
    assert verdict.decision is Decision.SANS_OBJET


@documented
def test_a_partial_campaign_never_homologates() -> None:
    runs = (answered(GOOD, {}),)
    assert decide(*runs, cases=(GOOD,), partielle=True) is Decision.NON_JUGE


def test_a_known_deviation_is_told_apart_from_a_failure_and_does_not_homologate() -> None:
    run = answered(DEVIANT, RefusRecu("SGT500", "panne"))
    assert run.statut is Statut.ECART
    assert answered(DEVIANT, RefusRecu("SGT401")).statut is Statut.ECHOUE
    (verdict,) = judge(release(DEVIANT), ("commande",), (run,), partielle=False)
    assert verdict.decision is Decision.NON_HOMOLOGUE
    assert verdict.raison == "écart connu : B-R1@C5."


IGNORED = case("A-R4", reponse_ignoree=True, ecart_connu=(Ecart("SGT4G3", "observé"),))


@pytest.mark.observed("22.1: SGT500, 23.2: SGT400 where the platform doesn't serve the C2-C4")
@pytest.mark.parametrize("code", ["SGT400", "SGT500", "SGT4G3", "", None])
def test_where_enedis_judges_the_request_alone_a_platform_that_fails_is_excused(
    code: str | None,
) -> None:
    run = answered(IGNORED, RefusRecu(code))
    assert run.statut is Statut.ADMIS
    assert decide(run, cases=(IGNORED,)) is Decision.HOMOLOGUE


@documented
@pytest.mark.parametrize("code", ["SGT471", "SGT565", "SGT566", "SGT562"])
def test_a_refusal_that_tells_a_mistake_of_the_request_is_never_ignored(code: str) -> None:
    run = answered(IGNORED, RefusRecu(code))
    assert run.statut is Statut.ECHOUE
    assert decide(run, cases=(IGNORED,)) is Decision.NON_HOMOLOGUE


def test_no_answer_at_all_is_a_failure_even_where_the_answer_is_ignored() -> None:
    assert answered(IGNORED, None).statut is Statut.ECHOUE


def test_a_campaign_succeeds_only_without_anything_to_put_right() -> None:
    assert not sample_report().reussi


@pytest.mark.parametrize(
    ("announced", "answer", "succeeds"),
    [
        (True, RefusRecu("SGT463"), True),
        (False, RefusRecu("SGT463"), False),
        (False, GOOD_REFUSAL, True),
        pytest.param(True, GOOD_REFUSAL, False, id="stale"),
    ],
)
def test_announced_failures_are_forgiven_and_must_come(
    announced: bool, answer: RefusRecu, succeeds: bool
) -> None:
    runs = (answered(GOOD, {}), answered(REFUSED, answer, prevu_en_echec=announced))
    report = report_of(*runs, cases=(GOOD, REFUSED))
    assert report.reussi is succeeds
    assert [each.cle for each in report.perimes] == (
        ["A-NR1"] if announced and answer is GOOD_REFUSAL else []
    )


def report_of(*runs: Execution, cases: tuple[Cas, ...], partielle: bool = False) -> Rapport:
    verdicts = judge(release(*cases), ("consultation",), runs, partielle=partielle)
    return replace(sample_report(), executions=runs, verdicts=verdicts, partielle=partielle)


ANNOUNCED = answered(REFUSED, RefusRecu("SGT463"), prevu_en_echec=True)


def test_beside_announced_failures_an_optional_case_counts_for_nothing() -> None:
    for optional, succeeds in ((True, True), (False, False)):
        other = case("A-R2", facultatif=optional)
        failed = answered(other, RefusRecu("SGT500"))
        assert report_of(ANNOUNCED, failed, cases=(REFUSED, other)).reussi is succeeds


def test_beside_announced_failures_one_run_of_a_group_is_enough() -> None:
    first, other = (case("A-R3", segment=each, au_choix="courbe") for each in ("C1-C4", "C5"))
    failed = answered(first, RefusRecu("SGT500"))
    for answer, succeeds in (({}, True), (RefusRecu("SGT500"), False)):
        runs = (ANNOUNCED, failed, answered(other, answer))
        assert report_of(*runs, cases=(REFUSED, first, other)).reussi is succeeds
    # A good run of another group makes up for nothing, nor does one of no group.
    apart = case("A-R4", au_choix="index")
    for good in (apart, GOOD):
        runs = (ANNOUNCED, failed, answered(good, {}))
        assert not report_of(*runs, cases=(REFUSED, first, good)).reussi


def test_a_package_of_which_nothing_was_run_does_not_succeed() -> None:
    assert not report_of(cases=(GOOD,)).reussi


@pytest.mark.parametrize(
    ("other", "succeeds"),
    [(answered(GOOD, {}), True), (answered(GOOD, RefusRecu("SGT500")), False), (None, True)],
)
def test_a_partial_campaign_succeeds_by_good_and_announced_cases(
    other: Execution | None, succeeds: bool
) -> None:
    runs = (ANNOUNCED,) if other is None else (ANNOUNCED, other)
    assert report_of(*runs, cases=(REFUSED, GOOD), partielle=True).reussi is succeeds


def test_the_label_of_a_refusal_counts() -> None:
    wrong = answered(REFUSED, RefusRecu("SGT401", "autre chose"))
    assert wrong.statut is Statut.ECHOUE
    uncertain = case("A-NR2", attendu=Attendu("SGT211", "supposé", libelle_certain=False))
    assert answered(uncertain, RefusRecu("SGT211", "autre chose")).statut is Statut.REUSSI


def test_a_nominal_simulator_has_no_excuse() -> None:
    for first, refusal in ((IGNORED, RefusRecu("SGT400")), (DEVIANT, RefusRecu("SGT500"))):
        assert answered(first, refusal, defauts=False).statut is Statut.ECHOUE
        assert answered(first, {}, defauts=False).statut is Statut.REUSSI


@pytest.mark.documented("official document of 26.1, p. 39: RSA doesn't work on C2-C4 there")
def test_a_run_that_cannot_be_tested_counts_for_nothing() -> None:
    untested = case("A-R2", non_testable="le service ne fonctionne pas")
    assert decide(answered(GOOD, {}), cases=(GOOD, untested)) is Decision.HOMOLOGUE
    runs = (answered(GOOD, {}), not_run(untested, "Non testable"))
    assert decide(*runs, cases=(GOOD, untested)) is Decision.HOMOLOGUE


STRUCK = "Panne prévue n° 3 : latence, appel 1."


def test_a_package_that_a_planned_fault_struck_is_not_judged() -> None:
    """Whatever was answered, to whatever case: a good answer under a fault proves nothing."""
    optional = case("A-R2", facultatif=True)
    for struck in (GOOD, optional):
        runs = [answered(GOOD, {}), answered(REFUSED, {}), answered(optional, {})]
        runs = [each for each in runs if each.cle != struck.cle]
        runs.append(answered(struck, {}, panne=STRUCK))
        assert runs[-1].statut is Statut.PERTURBE
        assert STRUCK in runs[-1].remarque
        (verdict,) = judge(release(GOOD, REFUSED, optional), ("consultation",), runs, False)
        assert verdict.decision is Decision.NON_JUGE
        assert struck.cle in verdict.raison


def test_a_report_with_a_struck_case_is_no_success_even_if_failures_were_announced() -> None:
    run = answered(GOOD, {}, panne=STRUCK, prevu_en_echec=True)
    whole = report_of(run, cases=(GOOD,))
    assert not whole.reussi
    assert not replace(whole, partielle=True).reussi


def test_a_case_whose_preparation_was_struck_is_struck_too() -> None:
    run = not_run(GOOD, "La préparation a échoué.", panne=STRUCK)
    assert run.statut is Statut.PERTURBE
    assert run.remarque == f"{STRUCK} La préparation a échoué."


def test_a_demand_that_came_too_early_says_when_to_send_it_again() -> None:
    wait = case("T-R1", trop_recent=TropRecent("SGT584", 30))
    run = answered(wait, RefusRecu("SGT584"))
    assert run.statut is Statut.ECHOUE
    later = "La renvoyer après 11:00 : la même demande datait de moins de 30 minutes (SGT584)."
    assert run.remarque == later
    assert later in cause_of(run)
    assert "renvoyer" not in answered(wait, RefusRecu("SGT401")).remarque
