"""What nobody has called yet, what is left to run and what failed are three things on each face."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from campaign_samples import DEVIANT, GOOD, INSTANT, REFUSED, answered, release, sample_report
from lxml import etree, html
from openpyxl import load_workbook
from pdf_words import packed, text

from sge_sim.domaine.nomenclatures import PACKAGES
from sge_sim.domaine.plateformes import Offering
from sge_sim.homologation.campaign.observed import CampaignState
from sge_sim.homologation.campaign.outcome import judge, not_run
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.homologation.client.messages import RefusRecu
from sge_sim.homologation.reports.etats import (
    STYLE,
    Avis,
    Couleur,
    Decision,
    FiltreDeCas,
    IssueDeCas,
    Statut,
)
from sge_sim.homologation.reports.html_report import render_html
from sge_sim.homologation.reports.junit_report import render_junit
from sge_sim.homologation.reports.pdf_report import render_pdf
from sge_sim.homologation.reports.rapport import Execution, Rapport
from sge_sim.homologation.reports.suivi_xlsx import render_xlsx
from sge_sim.services.registry import SERVICES

OFFERING = Offering("toutes", INSTANT.date())
OPENED = CampaignState(1, "TIERS1", "sge-26.1", INSTANT, None, (), OFFERING)
CLOSED = replace(OPENED, fin=INSTANT)


def faces(rapport: Rapport) -> Iterator[str]:
    """What each face of a report says, without spaces."""
    yield packed(html.fromstring(render_html(rapport)).find("body").text_content())
    yield text(render_pdf(rapport))
    book = load_workbook(io.BytesIO(render_xlsx(rapport)))
    yield packed(str([sheet.title for sheet in book]))
    rows = (row for sheet in book for row in sheet.iter_rows(values_only=True))
    yield packed(" ".join(str(cell) for row in rows for cell in row if cell != "non homologué"))


def test_a_campaign_just_opened_has_begun_nothing_and_nothing_is_to_be_put_right() -> None:
    rapport = OPENED.rapport()
    assert {each.decision for each in rapport.verdicts} == {Decision.PAS_COMMENCE}
    assert {each.statut for each in rapport.executions} == {
        Statut.PAS_COMMENCE,
        Statut.NON_TESTABLE,
    }
    for face in faces(rapport):
        assert "nonhomologué" not in face
        assert "Àcorriger" not in face
        assert "Àpasser" not in face
    assert render_html(rapport).count('class="etat neutre"') >= len(rapport.executions)
    assert 'class="etat mauvais"' not in render_html(rapport)
    assert not rapport.reussi
    junit = etree.fromstring(render_junit(rapport))
    assert not junit.xpath("//failure | //error")
    assert len(junit.xpath("//skipped")) == len(rapport.executions)


def test_what_a_closed_campaign_lacks_is_to_be_run_and_did_not_fail() -> None:
    rapport = CLOSED.rapport()
    assert {each.decision for each in rapport.verdicts} == {Decision.A_PASSER}
    left = sum(each.statut is Statut.A_PASSER for each in rapport.executions)
    assert f"À passer ({left})" in render_html(rapport)
    assert packed(f"À passer ({left})") in text(render_pdf(rapport))
    assert "À corriger" not in render_html(rapport)
    assert 'class="etat mauvais"' not in render_html(rapport)
    assert not rapport.reussi


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ((), Decision.PAS_COMMENCE),
        ((answered(GOOD, {}),), Decision.A_PASSER),
        ((answered(GOOD, RefusRecu("SGT500")),), Decision.NON_HOMOLOGUE),
        ((answered(GOOD, {}), answered(REFUSED, {})), Decision.NON_HOMOLOGUE),
        (
            (answered(GOOD, {}), answered(REFUSED, RefusRecu("SGT401", "point inexistant"))),
            Decision.HOMOLOGUE,
        ),
    ],
)
def test_a_package_of_an_open_campaign_goes_from_not_begun_to_homologated(
    runs: tuple[Execution, ...], wanted: Decision
) -> None:
    called = {each.cle: each for each in runs}
    executions = tuple(
        called.get(each.cle) or not_run(each, "rien", statut=Statut.PAS_COMMENCE)
        for each in (GOOD, REFUSED, DEVIANT)
    )
    packages = ("commande", "consultation")
    consultation, commande = judge(release(GOOD, REFUSED, DEVIANT), packages, executions, False)
    assert consultation.decision is wanted
    assert commande.decision is Decision.PAS_COMMENCE


def test_a_heading_counts_what_failed_apart_from_what_is_left() -> None:
    runs = (answered(GOOD, {}), answered(REFUSED, {}), not_run(DEVIANT, "La cible est fermée."))
    rapport = replace(sample_report(), executions=runs)
    assert ">À corriger (1), à passer (1)<" in render_html(rapport)
    assert packed("À corriger (1), à passer (1)") in text(render_pdf(rapport))


def test_each_state_has_its_word_its_colour_and_its_filter() -> None:
    for family in (Statut, Decision, Avis, IssueDeCas):
        for state in family:
            assert isinstance(state.couleur, Couleur)
            assert family(state.value) is state
    for colours in zip(*((each.clair, each.sombre, each.fond) for each in Couleur), strict=True):
        assert len(set(colours)) == len(Couleur)
    three = (Statut.PAS_COMMENCE, Statut.A_PASSER, Statut.ECHOUE)
    assert len({each.couleur for each in three}) == len({each.filtre for each in three}) == 3
    assert {each.filtre for each in Statut} == {*FiltreDeCas}


def test_a_state_has_one_colour_on_every_face() -> None:
    """The page, the PDF and the workbook show each state in the tint that is declared."""
    for statut in Statut:
        run = replace(answered(GOOD, RefusRecu("SGT500")), statut=statut, facultatif=False)
        rapport = replace(sample_report(), executions=(run,), verdicts=())
        couleur = statut.couleur
        page = html.fromstring(render_html(rapport))
        (state,) = page.xpath("//summary/span[contains(@class, 'etat')]")
        assert (state.text, state.get("class")) == (statut.value, f"etat {couleur}")
        assert f"--{couleur}: light-dark({couleur.clair}, {couleur.sombre});" in render_html(
            rapport
        )
        cell = load_workbook(io.BytesIO(render_xlsx(rapport)))["consultation"].cell(2, 12)
        assert cell.fill.start_color.rgb[-6:].lower() == couleur.fond[1:]


def test_the_style_hides_the_runs_of_every_other_filter() -> None:
    hidden = re.findall(r"#f-([a-z-]+):checked\) \.cas:not\(\.([a-z-]+)\)", STYLE)
    assert hidden == [(each, each) for each in FiltreDeCas]


def test_packages_have_one_order() -> None:
    """That of Enedis' catalogue: in releases, verdicts, sheets, and lists to choose from."""
    assert SOAP.packages() == tuple(each.lower() for each in PACKAGES)
    assert {each.package for each in SERVICES} == {*PACKAGES}
    for name in list_releases():
        packages = load_release(name).packages
        assert list(packages) == [each for each in SOAP.packages() if each in packages]
    rapport = CLOSED.rapport()
    shown = list(dict.fromkeys(each.package for each in rapport.executions))
    assert [each.package for each in rapport.verdicts] == shown
    junit = etree.fromstring(render_junit(rapport))
    assert [each.get("name") for each in junit] == shown
    book = load_workbook(io.BytesIO(render_xlsx(rapport)))
    assert book.sheetnames[-len(shown) :] == shown
