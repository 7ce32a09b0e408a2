"""The help answers questions in users' words: the right page comes first."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.aide.mots import page_about, read_mots
from sge_sim.aide.recherche import SHOWN, HelpIndex, help_index
from sge_sim.aide.sections import anchor_of, read_sections
from sge_sim.cli import commands

DOCS = Path(__file__).parents[2] / "docs"
QUESTIONS = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text("utf-8"))
MISSED = 3
"""Questions of thirty whose page may come later."""


@pytest.fixture(scope="module")
def index() -> HelpIndex:
    return help_index()


@pytest.mark.parametrize("half", QUESTIONS)
def test_the_right_page_comes_first(index: HelpIndex, half: str) -> None:
    asked = QUESTIONS[half]
    first = [(question, index.answer(question).extraits[0].section.page) for question, _ in asked]
    missed = [
        found for found, (_, pages) in zip(first, asked, strict=True) if found[1] not in pages
    ]
    assert len(missed) * 30 <= len(asked) * MISSED, missed


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("certifcat refsué", "comment/403-a-la-porte"),
        ("horlgoe", "horloge"),
        ("pane", "pannes"),
        ("CERTIFICATS REFUSES", "comment/403-a-la-porte"),
        ("sgt562 ?", "comment/sgt562"),
    ],
)
def test_errors_of_typing_are_borne(index: HelpIndex, typed: str, page: str) -> None:
    reponse = index.answer(typed)
    assert (reponse.sure, reponse.extraits[0].section.page) == (True, page)
    assert reponse.extraits[0].ligne


@pytest.mark.parametrize("words", ["crédit immobilier taux", "résultat du match de football"])
def test_what_fits_nothing_is_said_with_the_nearest_pages(index: HelpIndex, words: str) -> None:
    reponse = index.answer(words)
    assert not reponse.sure
    assert len(reponse.extraits) <= SHOWN


@given(st.text(max_size=200))
def test_whatever_is_asked_is_answered(question: str) -> None:
    reponse = help_index().answer(question)
    assert len({each.section.page for each in reponse.extraits}) == len(reponse.extraits) <= 5


def test_words_are_declared_of_pages_that_exist() -> None:
    """`reference` is made with the site."""
    there = {each.page for each in read_sections(DOCS)}
    assert {page for page in read_mots().pages if not page.startswith("reference/")} == {
        page for page in there if not page.startswith("reference/")
    }


def test_an_anchor_is_that_of_the_site() -> None:
    assert anchor_of("1. Où est l'état ?") == "ou-est-l-etat"


@pytest.mark.parametrize(
    ("code", "rule", "page"),
    [
        ("SGT562", None, "/aide/comment/sgt562.html"),
        ("403", "Porte/nom_exact", "/aide/comment/403-a-la-porte.html"),
        ("900804", "DataConnect/quota_par_heure", "/aide/comment/quotas-data-connect.html"),
        ("SGT4F7", "RecherchePoint/criteres_suffisants", None),
        (None, None, None),
    ],
)
def test_a_refusal_leads_to_its_page(code: str | None, rule: str | None, page: str | None) -> None:
    assert page_about(code, rule) == page


def test_the_pages_about_refusals_exist() -> None:
    assert {*read_mots().refus.values()} <= {each.page for each in read_sections(DOCS)}


def test_the_command_answers_and_says_where() -> None:
    found = CliRunner().invoke(commands, ["aide", "certificat", "refusé"])
    assert "/aide/comment/403-a-la-porte.html" in found.output
    assert CliRunner().invoke(commands, ["aide", "zzqx"]).output.startswith("Rien dans l'aide")
