"""A campaign with many kinds of failure: a sentence each, the same in every form of its report."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from failing_campaign import ANNOUNCED, write_failing_report
from lxml import etree, html
from openpyxl import load_workbook
from pdf_words import packed, text

from sge_sim.cli.campaign import one_line
from sge_sim.domaine.francais import unbroken
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.executions import CauseDeCas, causes_of, said_of
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
    "half of its points": ("CMD3-R1@C5", "il manque 144 points sur 288"),
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


EXCUSED = {
    "CMD3-NR2@C5": "observé en 2023 ; vu de 23.2 à 23.4",
    "CMD3-R2@C1-C4": "lues en homologation en 2022 et 2023 ; vu de 22.1 à 23.2",
    "F300B_O1@C2-C4": "Enedis juge la demande seule. Écart connu : SGT400 (observé en 23.2). "
    "Source : Catalogue 21.3 ; GUI 0469 ; fiche et option observées en production (2022)",
}


@pytest.mark.parametrize("cle", EXCUSED)
def test_an_excused_success_is_told_as_such_in_every_form(
    folder: Path, rapport: Rapport, cle: str
) -> None:
    """With the observation that excuses each check, and how many were made."""
    run = rapport.find(cle)
    assert run is not None
    assert run.statut.bon
    assert {each.excuse for each in run.excuses} == {EXCUSED[cle]}
    assert run.controles > 0
    ended = said_of(run)
    assert re.fullmatch(r"(réussi|admis), (1 vérification excusée|2 vérifications excusées)", ended)
    page = html.parse(str(folder / "rapport.html"))
    (case,) = page.xpath(f"//details[@id='{cle}']")
    assert case.xpath("summary/span")[0].text == ended
    assert f"guides : {run.controles} vérifications faites, " in case.text_content()
    assert EXCUSED[cle] in case.text_content()
    book = load_workbook(folder / "suivi.xlsx")
    told = [row[11] for row in book[run.package].iter_rows(values_only=True) if row[4] == run.id]
    assert any(remark.startswith(f"{ended.capitalize()}.") for remark in told)
    rows = list(book["Non jugé"].iter_rows(values_only=True))
    assert any(EXCUSED[cle] == why and cle in keys for _, why, keys in rows if keys)
    (test,) = etree.parse(folder / "junit.xml").xpath(f"//testcase[@name='{cle}']")
    assert [each.tag for each in test] == ["system-out"]
    assert test[0].text.startswith(ended)
    assert EXCUSED[cle] in test[0].text
    assert ended in one_line(run)
    assert EXCUSED[cle] in one_line(run)
    listed = re.findall(rf"{packed(ended.capitalize())}:([^.]*)", text(render_pdf(rapport)))
    assert any(cle in keys.split(",") for keys in listed)


def test_the_exit_status_counts_an_excused_success_as_a_success(rapport: Rapport) -> None:
    good = tuple(
        each for each in rapport.executions if each.excuses and each.statut is Statut.REUSSI
    )
    assert good
    assert replace(rapport, partielle=True, executions=good).reussi


def test_cases_of_which_none_can_be_tested_are_no_success(rapport: Rapport) -> None:
    """`--cas` of such ones alone exits with 1: nothing was judged."""
    good = [each for each in rapport.executions if each.statut is Statut.REUSSI][:1]
    (untested,) = (
        replace(each, suivi={**each.suivi, "Quantité demandée": "Non testable"}) for each in good
    )
    assert not replace(rapport, partielle=True, executions=(untested,)).reussi
    assert replace(rapport, partielle=True, executions=(*good, untested)).reussi
