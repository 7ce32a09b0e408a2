"""A campaign with many kinds of failure: a sentence each, the same in every form of its report."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from failing_campaign import ANNOUNCED, write_failing_report
from lxml import etree, html
from openpyxl import load_workbook

from sge_sim.domaine.francais import unbroken
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.executions import CauseDeCas, causes_of
from sge_sim.homologation.reports.pdf_report import PAGES_MOST, render_pdf
from sge_sim.homologation.reports.rapport import Rapport, read_rapport

KINDS = {
    "a value out of its list": ("ADP-R1@C1-C4", "unite : kVA, kVAR ou kW attendu, reçu MW"),
    "another point": ("ADP-R1@C5", "nomme le point 25884515170669"),
    "a fault on HTTP 200": ("ADP-NR1", "une faute avec le statut HTTP 200"),
    "no answer": (
        "AHC-R1@C5",
        "La cible ne répond pas : la connexion est coupée avant la réponse.",
    ),
    "a page": ("CMD2-R1@C1-C4", "une page HTML (statut HTTP 502)"),
    "another direction": ("CMD3-R1@C1-C4", "grandeurMetier vaut PROD, attendu CONS"),
    "a refusal": ("CMD3-R3@C1-C4", "refus SGT401 « Demande non recevable : point inexistant »"),
    "a name that leaks": ("RP-R1@C5", "le nom du client du point 24100000202179 est rendu"),
    "another code": ("RP-NR2@C5", "Attendu : refus SGT4F7 ; reçu : SGT500"),
    "a planned fault": ("F380-R1@C5", "Panne prévue n° 1 : réponse retardée (0,001 s)."),
    "a value that is missing": ("ASS-R1@C2-C4", "ne contient pas « serviceSouscritId ("),
    "a known deviation": ("AHC-R1@C1-C4", "refus SGT4G3"),
    "an announced failure that didn't come": (ANNOUNCED, "Annoncé en échec, mais réussi."),
}
_TECHNICAL = re.compile(r"Error|Exception|None|\(\)|\bin \w+\.py|[Cc]onnection|Remote|zeep|lxml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_failing_report(tmp_path_factory.mktemp("failing"))


@pytest.fixture(scope="module")
def rapport(folder: Path) -> Rapport:
    return read_rapport(folder)


@pytest.fixture(scope="module")
def causes(rapport: Rapport) -> Mapping[str, CauseDeCas]:
    """The cause of each case that is to be put right."""
    return {cle: each for each in causes_of(rapport.executions) for cle in each.cles}


@pytest.mark.parametrize(("cle", "why"), KINDS.values(), ids=KINDS)
def test_each_kind_has_its_sentence(causes: Mapping[str, CauseDeCas], cle: str, why: str) -> None:
    cause = causes[cle]
    assert why in cause.phrase
    for sentence in (cause.phrase, cause.que_faire):
        assert sentence.endswith(".")
        assert not _TECHNICAL.search(sentence), sentence


def test_nothing_else_went_wrong(rapport: Rapport, causes: Mapping[str, CauseDeCas]) -> None:
    failed = {each.cle for each in rapport.executions if each.statut is Statut.ECHOUE}
    kinds = [cle for cle, _ in KINDS.values()]
    assert failed == {cle for cle in kinds if causes[cle].statut is Statut.ECHOUE}
    assert len(set(map(causes.__getitem__, kinds))) == len(KINDS)


def test_what_one_planned_fault_struck_has_one_cause(causes: Mapping[str, CauseDeCas]) -> None:
    assert len(causes["F380-R1@C5"].cles) == 5


def test_who_is_to_act_is_told(causes: Mapping[str, CauseDeCas]) -> None:
    assert causes["RP-R1@C5"].que_faire == (
        "La demande n'est pas en cause : signaler la réponse (GUI 0427 v1.2.0 §4)."
    )
    assert "sge-sim doctor" in causes["AHC-R1@C5"].que_faire
    assert "aurait été accepté : le PRM d'un point" in causes["CMD3-R3@C1-C4"].que_faire
    assert "signaler à Enedis" in causes["AHC-R1@C1-C4"].que_faire


def test_every_form_tells_the_same(folder: Path, rapport: Rapport) -> None:
    causes = causes_of(rapport.executions)
    page = html.parse(str(folder / "rapport.html"))
    assert page.xpath("//span[@class='phrase']/text()") == [
        unbroken(each.phrase) for each in causes
    ]
    sheet = load_workbook(folder / "suivi.xlsx")["À corriger"]
    assert [row[2] for row in sheet.iter_rows(2, values_only=True)] == [
        each.phrase for each in causes
    ]
    junit = etree.parse(folder / "junit.xml")
    messages = junit.xpath("//failure/@message | //error/@message")
    for each in causes:
        assert any(message.startswith(each.phrase) for message in messages), each


def test_its_pdf_has_four_pages_at_most(rapport: Rapport) -> None:
    assert 1 <= render_pdf(rapport).count(b"/MediaBox") <= PAGES_MOST


def test_a_doubt_is_told_and_counts_for_nothing(folder: Path, rapport: Rapport) -> None:
    doubtful = [each.cle for each in rapport.a_verifier]
    assert "CMD3-R1@C5" in doubtful, "half of its points: what the real platform is known for"
    page = html.parse(str(folder / "rapport.html"))
    assert page.xpath("//p[starts-with(., 'À vérifier')]/a/text()") == doubtful
