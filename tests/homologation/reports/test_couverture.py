"""What a report says of whose campaign it is, of what it didn't judge, and of shared causes."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from campaign_samples import GOOD, REFUSED, answered, case, sample_report
from lxml import html
from openpyxl import load_workbook
from pdf_words import packed, text

from sge_sim import __version__
from sge_sim.homologation.campaign.outcome import EchangeDeCas, execution_of, not_run
from sge_sim.homologation.campaign.targets import SANS_ADMINISTRATION, rerun_command
from sge_sim.homologation.catalogue.cases import Attendu
from sge_sim.homologation.client.messages import AppelFait, RefusRecu
from sge_sim.homologation.jugement.juge import HORS_CONTRAT, Examen
from sge_sim.homologation.reports.couverture import couverture, mots
from sge_sim.homologation.reports.etats import Decision, Statut, mots_des_rapports
from sge_sim.homologation.reports.executions import causes_of
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.non_juge import NonJuge, non_juges
from sge_sim.homologation.reports.pdf_report import render_pdf
from sge_sim.homologation.reports.rapport import Constat, Execution, Rapport, VerdictPackage
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx

SAMPLE = sample_report()


def read_by_people(rapport: Rapport) -> Iterator[str]:
    """What each form that people read says, without spaces."""
    yield packed(html.fromstring(render_html(rapport)).text_content())
    yield text(render_pdf(rapport))
    book = load_workbook(io.BytesIO(render_xlsx(rapport)))
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    yield packed(" ".join(str(cell) for row in rows for cell in row))


def test_the_cover_tells_whose_campaign_it_is_of_what_and_when() -> None:
    lines = dict(couverture(SAMPLE))
    assert list(lines.values())[:5] == [
        *("Mon entreprise", "Mon client", "a@exemple.fr", "1.0", "https://localhost:8443")
    ]
    assert lines["Date"].startswith("du 04/03/2025 10:30:00 au ")
    assert lines["Établi par"] == f"sge-sim {__version__}"
    for form in read_by_people(SAMPLE):
        for what, value in lines.items():
            assert packed(what) + packed(value) in form.replace("None", "")


def test_the_version_told_is_that_which_ran_the_campaign() -> None:
    older = replace(SAMPLE, sge_sim="0.0.9")
    assert all("sge-sim0.0.9" in form for form in read_by_people(older))


@pytest.mark.parametrize("origine", mots_des_rapports()["campagnes"])
def test_no_word_of_the_house_is_left_unexplained(origine: str) -> None:
    calls = tuple(replace(each, logiciel="sge-sim/0.1.0 (passage)") for each in SAMPLE.executions)
    for form in read_by_people(replace(SAMPLE, origine=origine, executions=calls)):
        assert not re.search(r"passage|rejeu|doctor|panne prévue n", form)


def test_each_state_that_shows_is_explained_once() -> None:
    shown = [word for word, _ in mots(SAMPLE)]
    assert shown == ["réussi", "échoué", "écart connu", "non homologué", "sans objet"]
    for statut in Statut:
        alone = replace(SAMPLE, executions=(replace(SAMPLE.executions[0], statut=statut),))
        assert str(statut) in [word for word, _ in mots(alone)]
    for decision in Decision:
        verdicts = (VerdictPackage("commande", decision, "Ainsi."),)
        alone = replace(SAMPLE, executions=(), verdicts=verdicts)
        assert [word for word, _ in mots(alone)] == [str(decision)]


def test_the_command_names_the_folder_alone(tmp_path: Path) -> None:
    assert rerun_command(tmp_path / "l'été") == "sge-sim homologate --reprise 'l'\"'\"'été'"


def with_excuse(of: Execution, why: str) -> Execution:
    excused = Constat("l'unité", True, "MW", avertit=True, du_juge=True, excuse=why)
    return replace(of, constats=(excused,), controles=3)


def test_what_wasnt_judged_is_told_once_with_its_reason_and_its_cases() -> None:
    good = answered(GOOD, {})
    runs = (
        with_excuse(good, "vu en 23.2"),
        with_excuse(replace(good, cle="A-R2"), "vu en 23.2"),
        replace(good, cle="A-R3", non_verifies=(HORS_CONTRAT,)),
        not_run(case("A-R4", non_testable="pas en homologation"), "Non testable."),
        not_run(case("A-R5"), "SGE ne le sert plus.", statut=Statut.NON_SERVI),
        not_run(case("A-R6"), "La cible est fermée."),
        not_run(case("A-R7"), "La cible est fermée."),
        replace(good, cle="A-R8"),
    )
    left = VerdictPackage("commande", Decision.NON_JUGE, "Pas en entier.")
    unknown = SANS_ADMINISTRATION[:1]
    rapport = replace(SAMPLE, executions=runs, verdicts=(left,), non_verifies=unknown)
    assert non_juges(rapport) == (
        NonJuge("package commande, non jugé", "Pas en entier."),
        NonJuge("cas non servi", "SGE ne le sert plus.", ("A-R5",)),
        NonJuge("cas non testable", "Non testable.", ("A-R4",)),
        NonJuge("cas à passer", "La cible est fermée.", ("A-R6", "A-R7")),
        NonJuge("vérification excusée : l'unité", "vu en 23.2", ("A-R1", "A-R2")),
        NonJuge(f"non vérifié : {HORS_CONTRAT.quoi}", HORS_CONTRAT.pourquoi, ("A-R3",)),
        NonJuge(unknown[0].quoi, unknown[0].pourquoi),
    )
    for form in read_by_people(rapport):
        for each in non_juges(rapport):
            assert packed(each.quoi) in form
            assert packed(each.pourquoi) in form
    assert b"sans l'administration de la cible" in render_junit(rapport)


def failing(cle: str, found: str, *, attendu: str = "l'unité est celle du guide") -> Execution:
    """A run whose answer fails a check."""
    examen = Examen((Constat(attendu, False, found, "GUI", du_juge=True),), 9)
    call = AppelFait({}, b"<demande/>", b"<reponse/>", 200, 1.0)
    return execution_of(case(cle), EchangeDeCas(call, SAMPLE.debut, examen=examen))


def test_one_cause_of_twelve_failures_is_told_once_with_its_cases() -> None:
    runs = [failing(f"A-R{rank}", f"unite vaut « {rank % 5} »") for rank in range(12)]
    other = failing("A-R12", "rien", attendu="le sens est celui de la demande")
    one_cause, another = causes_of([*runs, other])
    assert one_cause.cles == tuple(each.cle for each in runs)
    assert one_cause.phrase == (
        "Attendu : l'unité est celle du guide ; reçu : unite vaut « 0 », unite vaut « 1 » ou unite "
        "vaut « 2 » (et 2 autres)."
    )
    assert another.cles == ("A-R12",)


def test_one_refusal_of_cases_that_expect_different_things_is_one_cause() -> None:
    refusal = RefusRecu("SGT566", "accord absent")
    wanted = [GOOD, case("A-R2"), REFUSED, case("A-NR2", attendu=Attendu("SGT402"))]
    (cause,) = causes_of(answered(each, refusal) for each in wanted)
    assert cause.cles == ("A-R1", "A-R2", "A-NR1", "A-NR2")
    assert cause.phrase == (
        "Attendu : succès, refus SGT401 ou refus SGT402 ; reçu : SGT566 « accord absent »."
    )
    apart = causes_of([answered(GOOD, refusal), answered(case("A-R2"), RefusRecu("SGT500"))])
    assert [each.cles for each in apart] == [("A-R1",), ("A-R2",)]
